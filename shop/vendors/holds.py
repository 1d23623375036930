"""Pause and suspension of a producer: with a reason from the list, words, and an end that comes by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import mail
from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound
from shop.db import session, unit_of_work
from shop.outbox.posting import post
from shop.vendors import places, states
from shop.vendors.models import Vendor, VendorHold
from shop.vendors.papers import CHANGED
from shop.vendors.reading import people_of

REASONS: Final = {
    "papers": "Izin atau sertifikat tidak berlaku",
    "hygiene": "Keluhan kebersihan atau keamanan pangan",
    "delivery": "Pesanan berulang kali terlambat atau tidak dikirim",
    "wrong_data": "Data usaha atau produk tidak benar",
    "price": "Harga tidak wajar",
    "fraud": "Dugaan kecurangan, sedang diperiksa",
    "own_wish": "Permintaan produsen sendiri",
}
KINDS: Final = {"pause": "Jeda", "suspension": "Pembekuan"}
_VERBS: Final = {"pause": "pause", "suspension": "suspend"}
LONGEST: Final = timedelta(days=366)
_BATCH: Final = 100
_SUBJECT: Final = {"pause": "Usaha Anda dijeda", "suspension": "Usaha Anda dibekukan"}
_BODY: Final = (
    "Usaha %(vendor)s tidak tampil di katalog dan tidak dapat dipesan sampai %(until)s. Alasan: %(reason)s. %(words)s\n\n"
    "Pesanan yang sudah berjalan tetap diselesaikan dan dibayar. Anda tetap dapat memperbaiki data, dokumen, dan produk. "
    "Bila Anda keberatan, hubungi petugas program di kecamatan Anda."
)
_ENDED_SUBJECT: Final = "Usaha Anda aktif lagi"
_ENDED: Final = "Usaha %(vendor)s tampil lagi di katalog dan dapat dipesan. Terima kasih."


def hold(
    actor: Actor, vendor_id: int, kind: str, reason: str, words: str, until_day: date | None, now: datetime
) -> VendorHold:
    """Pause or suspend a producer from today until a day (inclusive, Jakarta), and tell its people.

    Open orders go on. Raises Forbidden, NotFound, Invalid per field, Conflict when a hold of the kind stands already.
    """
    actor.require(states.HOLD)
    today = local_day(now)
    _check(kind, reason, words, until_day, today)
    vendor = _locked(actor, vendor_id)
    standing = current_hold(vendor_id)
    if standing is not None:
        if not (kind == "suspension" and standing.kind == "pause"):
            raise Conflict("Produsen ini sudah dijeda atau dibekukan. Akhiri dahulu yang sekarang.")
        standing.lifted_at, standing.lifted_by = now, actor.user_id
    states.move(actor, vendor, _VERBS[kind], now, reason=reason, until=str(until_day))
    row = VendorHold(
        vendor_id=vendor_id,
        kind=kind,
        reason=reason,
        words=one_line(words),
        from_day=today,
        until_day=until_day,
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    post(CHANGED, {"vendor_id": vendor_id}, now)
    _tell(vendor, _SUBJECT[kind], _BODY, now, until=f"{until_day:%d-%m-%Y}", reason=REASONS[reason], words=row.words)
    return row


def lift(actor: Actor, hold_id: int, words: str, now: datetime) -> None:
    """End a hold before its day, with words why. Raises Forbidden, NotFound, Invalid at `words`, Conflict when over."""
    actor.require(states.HOLD)
    row = session.get(VendorHold, hold_id)
    if row is None:
        raise NotFound
    vendor = _locked(actor, row.vendor_id)
    session.refresh(row)
    if row.lifted_at is not None:
        raise Conflict("Jeda atau pembekuan ini sudah berakhir.")
    why = one_line(words)
    if not why or len(why) > 500:  # noqa: PLR2004 - as long as the words of the hold
        raise Invalid.at("words", "Tulis alasan mengakhirinya, paling panjang 500 karakter.")
    _end(actor, vendor, row, "lift", now, words=why)


def end_due(now: datetime) -> None:
    """End every hold whose last day is over. Runs by itself; days it did not run are caught up with."""
    due = (
        select(VendorHold.id, VendorHold.vendor_id)
        .where(VendorHold.lifted_at.is_(None), VendorHold.until_day < local_day(now))
        .order_by(VendorHold.until_day, VendorHold.id)
        .limit(_BATCH)
    )
    if session.execute(due.limit(1)).first() is None:
        session.rollback()
        return
    with unit_of_work():
        for hold_id, vendor_id in session.execute(due).all():
            vendor = session.get(Vendor, vendor_id, with_for_update=True, populate_existing=True)
            row = session.get(VendorHold, hold_id, populate_existing=True)
            if vendor is not None and row is not None and row.lifted_at is None:
                _end(SYSTEM, vendor, row, "end", now)


def _end(actor: Actor, vendor: Vendor, row: VendorHold, verb: str, now: datetime, **data: object) -> None:
    row.lifted_at, row.lifted_by = now, actor.user_id
    states.move(actor, vendor, verb, now, hold_id=row.id, **data)
    session.flush()
    post(CHANGED, {"vendor_id": vendor.id}, now)
    _tell(vendor, _ENDED_SUBJECT, _ENDED, now)


def current_hold(vendor_id: int) -> VendorHold | None:
    """Return the hold that stands on a producer, None when there is none."""
    return session.scalars(
        select(VendorHold)
        .where(VendorHold.vendor_id == vendor_id, VendorHold.lifted_at.is_(None))
        .order_by(VendorHold.id.desc())
        .limit(1)
    ).first()


@dataclass(frozen=True, slots=True)
class Notice:
    """Why a producer is not active: the state, and of a hold its kind, reason, words and last day."""

    state: str
    kind: str | None
    why: str
    words: str | None
    until_day: date | None


def notice(vendor_id: int) -> Notice | None:
    """Return what stands over a producer's pages, None when all is well; one statement."""
    row = session.execute(
        select(Vendor.state, VendorHold.kind, VendorHold.reason, VendorHold.words, VendorHold.until_day)
        .outerjoin(VendorHold, (VendorHold.vendor_id == Vendor.id) & VendorHold.lifted_at.is_(None))
        .where(Vendor.id == vendor_id)
    ).first()
    if row is None or row.state == "active":
        return None
    return Notice(row.state, row.kind, REASONS.get(row.reason, ""), row.words, row.until_day)


def holds_of(vendor_id: int) -> list[Any]:
    """Return the last 20 holds of a producer, newest first."""
    query = select(VendorHold).where(VendorHold.vendor_id == vendor_id).order_by(VendorHold.id.desc()).limit(20)
    return list(session.scalars(query))


def _tell(vendor: Vendor, subject: str, body: str, now: datetime, **params: object) -> None:
    mail.notify(people_of(vendor.id, local_day(now)), subject, body, now, vendor=vendor.name, **params)


def _locked(actor: Actor, vendor_id: int) -> Vendor:
    vendor = session.get(Vendor, vendor_id, with_for_update=True, populate_existing=True)
    if vendor is None or not places.covers(actor, vendor.kecamatan_code):
        raise NotFound
    return vendor


def _check(kind: str, reason: str, words: str, until_day: date | None, today: date) -> None:
    faults: list[FieldFault] = []
    if kind not in KINDS:
        faults.append(FieldFault("kind", "Pilih jeda atau pembekuan."))
    if reason not in REASONS:
        faults.append(FieldFault("reason", "Pilih alasan dari daftar."))
    if not one_line(words) or len(one_line(words)) > 500:  # noqa: PLR2004 - the column's width
        faults.append(FieldFault("words", "Tulis penjelasan untuk produsen, paling panjang 500 karakter."))
    if until_day is None or not today <= until_day <= today + LONGEST:
        faults.append(FieldFault("until_day", "Isi hari terakhir: hari ini sampai paling lama setahun lagi."))
    if faults:
        raise Invalid(faults=tuple(faults))
