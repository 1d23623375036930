"""Producers at events: joining, waiting, leaving, having been there, and what they say they sold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, insert, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Conflict, Invalid, NotFound, WrongState
from shop.base.money import MAX_RUPIAH
from shop.db import session
from shop.programme import counting, events, telling
from shop.programme.models import Event, FacilityRecord, Participation
from shop.programme.rules import counts_as
from shop.vendors.models import Vendor

JOIN: Final = "programme:event:join"


def join(actor: Actor, event_id: int, now: datetime) -> int:
    """Sign the own business up and return its place in the waiting list, 0 when it has a seat.

    The event row is locked: of two who want the last seat at once, one gets it and the other waits. Raises NotFound for
    an event of another kecamatan, WrongState once it has begun, Conflict when already signed up.
    """
    event = _own(actor, event_id, now)
    mine = actor.vendor_id or 0
    if session.get(Participation, (event_id, mine)) is not None:
        raise Conflict("Anda sudah terdaftar di acara ini.", kind="already-there")
    signed_up = select(func.count(), func.max(Participation.signed_up_at)).where(Participation.event_id == event_id)
    row: Any = session.execute(signed_up).one()
    taken, last = row
    # Whoever came later stands behind, even when two clocks read the same moment.
    at = now if last is None or last < now else last + timedelta(microseconds=1)
    session.add(Participation(event_id=event_id, vendor_id=mine, signed_up_at=at))
    trail.record(actor, "programme.joined", "event", event_id, now, vendor=mine)
    return 0 if event.places is None else max(0, int(taken) + 1 - event.places)


def leave(actor: Actor, event_id: int, now: datetime) -> None:
    """Sign the own business off; whoever waits first moves up and is told. Raises NotFound, WrongState once it has begun."""
    event = _own(actor, event_id, now)
    mine = session.get(Participation, (event_id, actor.vendor_id or 0))
    if mine is None:
        raise NotFound("Anda tidak terdaftar di acara ini.")
    queue = list(
        session.scalars(
            select(Participation.vendor_id)
            .where(Participation.event_id == event_id)
            .order_by(Participation.signed_up_at)
        )
    )
    session.delete(mine)
    trail.record(actor, "programme.left", "event", event_id, now, vendor=actor.vendor_id)
    if event.places is not None and queue.index(mine.vendor_id) < event.places < len(queue):
        telling.tell(
            [queue[event.places]], "Anda mendapat tempat di %(name)s",
            "Ada yang batal ikut %(name)s tanggal %(day)s, jadi Anda tidak lagi di daftar tunggu. "
            "Bila tidak bisa datang, batalkan di /program-saya supaya orang lain bisa ikut.",
            now, name=event.name, day=event.from_day.isoformat(),
        )  # fmt: skip


def _own(actor: Actor, event_id: int, now: datetime) -> Event:
    actor.require(JOIN)
    event = events.lock(event_id)
    home = session.scalar(select(Vendor.kecamatan_code).where(Vendor.id == actor.vendor_id))
    if home is None or event.kecamatan_code not in {None, home}:
        raise NotFound("Acara ini tidak ada.")
    if event.from_day <= local_day(now):
        raise WrongState("Acara ini sudah dimulai. Hubungi panitia bila ada perubahan.")
    return event


def mark(actor: Actor, event_id: int, said: Mapping[int, bool | None], now: datetime) -> int:
    """Record who was there and who was not (None: not said), and return how many changed.

    Having been at a class is facility P2 on that day, at anything else P5; taking it back takes the record back.
    Raises Forbidden, NotFound, WrongState before the event's first day.
    """
    actor.require(events.MANAGE)
    event = events.lock(event_id)
    if event.from_day > local_day(now):
        raise WrongState("Kehadiran dicatat mulai hari acara.")
    rows = session.scalars(
        select(Participation).where(Participation.event_id == event_id, Participation.vendor_id.in_(said))
    ).all()
    changed = [row for row in rows if row.attended != said[row.vendor_id]]
    for row in changed:
        row.attended = said[row.vendor_id]
        if not row.attended:
            row.declared_sales = None
    _let_facilities_follow(actor, event, [r.vendor_id for r in changed if r.attended], now)
    gone = [row.vendor_id for row in changed if not row.attended]
    session.execute(
        delete(FacilityRecord).where(FacilityRecord.event_id == event_id, FacilityRecord.vendor_id.in_(gone))
    )
    if changed:
        counting.keep((row.vendor_id for row in changed), now)
        trail.record(
            actor, "programme.attendance", "event", event_id, now,
            came=[r.vendor_id for r in changed if r.attended], not_came=gone,
        )  # fmt: skip
    return len(changed)


def _let_facilities_follow(actor: Actor, event: Event, vendor_ids: list[int], now: datetime) -> None:
    facility = counts_as(event.kind)
    held = set(
        session.scalars(
            select(FacilityRecord.vendor_id).where(
                FacilityRecord.vendor_id.in_(vendor_ids),
                FacilityRecord.facility == facility,
                FacilityRecord.from_day == event.from_day,
            )
        )
    )
    rows = [
        {
            "vendor_id": vendor_id,
            "facility": facility,
            "from_day": event.from_day,
            "until_day": event.until_day,
            "note": event.name,
            "event_id": event.id,
            "recorded_by": actor.user_id,
            "recorded_at": now,
        }
        for vendor_id in vendor_ids
        if vendor_id not in held
    ]
    if rows:
        session.execute(insert(FacilityRecord), rows)


def declare(actor: Actor, event_id: int, sales: int, now: datetime) -> None:
    """State what the own business sold at an event it attended, in rupiah; stating it again replaces it.

    Raises NotFound when it was not there, Invalid for an amount that cannot be.
    """
    actor.require(JOIN)
    mine = session.get(Participation, (event_id, actor.vendor_id or 0), with_for_update=True, populate_existing=True)
    if mine is None or not mine.attended:
        raise NotFound("Kehadiran Anda di acara ini belum tercatat.")
    if not 0 <= sales <= MAX_RUPIAH:
        raise Invalid.at("sales", "Isi rupiah bulat, misalnya 750.000. Isi 0 bila tidak ada yang terjual.")
    before, mine.declared_sales = mine.declared_sales, sales
    trail.record(
        actor, "programme.sales_declared", "event", event_id, now, vendor=actor.vendor_id, before=before, to=sales
    )
