"""Calling a competition: who is able, who is asked, and until when. Prices stay sealed; this file never reads one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import fingerprint, one_line
from shop.base.errors import FieldFault, Invalid, NotFound, or_fault
from shop.base.money import MAX_RUPIAH
from shop.budgets.pagu import Ground
from shop.catalog.categories import chain, shelves
from shop.catalog.models import Product
from shop.db import session
from shop.negotiation import guarding, news, states, terms
from shop.negotiation.models import Competition, CompetitionInvite, CompetitionLine
from shop.orders import checking
from shop.orders.terms import MAX_QUANTITY
from shop.orders.wish import Delivery, WantedLine, Wish
from shop.vendors import reach
from shop.vendors.conflicts import barred_vendors
from shop.vendors.models import Vendor
from shop.vendors.reading import named

_NEAR, _FAR = 20, 20
"""Producers of the same kecamatan, and of elsewhere, that are looked at for one request."""


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One thing that is needed: in words, how many of which unit, and at most how many rupiah for each (or None)."""

    need: str
    quantity: int
    unit: str
    ceiling: int | None


@dataclass(frozen=True, slots=True)
class Need:
    """What a competition asks for. Times in UTC."""

    package_id: int
    category: str
    purpose: str
    words: str
    lines: tuple[NeedLine, ...]
    delivery: Delivery
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Able:
    """A producer that may be asked: whether it is of the same kecamatan, and what speaks against it (a msgid, or empty)."""

    id: int
    name: str
    kecamatan_code: str
    near: bool
    added: bool
    hindrance: str


def able(actor: Actor, category: str, delivery: Delivery, name: str, now: datetime) -> Sequence[Able]:
    """Return producers that sell this category and deliver there that day, the neighbours first; then those of a name.

    Who of the rest is looked at turns with office, category and day, so that it is not always the same. At most six
    statements, each along an index and with an end. Producers this officer is too close to are left out.
    """
    actor.require(states.BUY)
    if category not in shelves():
        return ()
    sells = exists().where(
        Product.vendor_id == Vendor.id, Product.state == "published", Product.category_code.in_(_below(category))
    )
    ready = Vendor.state == "active"
    near = _rows(_query().where(ready, sells, Vendor.kecamatan_code == delivery.kecamatan).limit(_NEAR))
    last = session.scalar(select(func.max(Vendor.id))) or 1
    turn = int(fingerprint({"o": actor.office_id, "c": category, "d": local_day(now)})[:8], 16) % last
    far = _turned(turn, ready, sells, Vendor.kecamatan_code != delivery.kecamatan)
    by_name = _rows(_query().where(ready, *named(name)).limit(10)) if one_line(name) else []
    rows = {row.id: row for row in (*near, *far, *by_name)}
    barred = set(barred_vendors(actor.user_id or 0, local_day(now)))
    wanted = {row.id for row in by_name}
    hindered = _hindrances(rows.values(), delivery)
    found = [
        Able(
            id=row.id,
            name=row.name,
            kecamatan_code=row.kecamatan_code,
            near=row.kecamatan_code == delivery.kecamatan,
            added=row.id in wanted,
            hindrance=hindered[row.id],
        )
        for row in rows.values()
        if row.id not in barred and (row.id in wanted or not hindered[row.id])
    ]
    return sorted(found, key=lambda one: (not one.added, not one.near))


def _query() -> Any:
    return select(Vendor.id, Vendor.name, Vendor.kecamatan_code, Vendor.closed_weekdays).order_by(Vendor.id)


def _rows(query: Any) -> Sequence[Any]:
    return session.execute(query).all()


def _turned(turn: int, *wanted: ColumnElement[bool]) -> Sequence[Any]:
    after = _rows(_query().where(Vendor.id > turn, *wanted).limit(_FAR))
    more = _FAR - len(after)
    return [*after, *(_rows(_query().where(Vendor.id <= turn, *wanted).limit(more)) if more else [])]


def _below(category: str) -> list[str]:
    return [code for code in shelves() if category in chain(code)]


def _hindrances(rows: Collection[Any], delivery: Delivery) -> dict[int, str]:
    day = local_day(delivery.at)
    found = reach.reach([row.id for row in rows], day, delivery.kecamatan)
    told = {}
    for row in rows:
        closed = found[row.id].closed or bool(row.closed_weekdays >> day.weekday() & 1)
        told[row.id] = (
            "Libur pada hari itu" if closed else "Tidak mengantar ke sana" if found[row.id].cost is None else ""
        )
    return told


def call(
    actor: Actor, need: Need, vendor_ids: Collection[int], able_ids: Collection[int], now: datetime
) -> Competition:
    """Send one sealed request to the chosen producers.

    `able_ids` are those the catalogue had found; the others were added by the officer, which the record says.
    Raises Invalid with all faults at once, Forbidden when officer or PPK is close to one of them, Conflict
    `already-open` for the second click on the same request.
    """
    ground = _checked(actor, need, vendor_ids, now)
    vendors = session.execute(
        select(Vendor.id, Vendor.name, Vendor.state).where(Vendor.id.in_(sorted(set(vendor_ids))))
    ).all()
    if len(vendors) != len(set(vendor_ids)) or any(row.state != "active" for row in vendors):
        raise Invalid.at("vendor", "Salah satu produsen sedang tidak aktif. Pilih yang lain.")
    for row in vendors:
        guarding.must_be_free(actor, ground.ppk_id, row.id, now)
    guarding.not_twice(ground, need.category, need.purpose, need.deadline)
    tender = _written(actor, need, ground, now)
    session.add_all(
        CompetitionLine(
            competition_id=tender.id,
            position=position,
            need=one_line(line.need),
            quantity=line.quantity,
            unit=one_line(line.unit),
            ceiling=line.ceiling,
            ranking=[],
        )
        for position, line in enumerate(need.lines)
    )
    session.add_all(
        CompetitionInvite(
            competition_id=tender.id,
            vendor_id=row.id,
            vendor_name=row.name,
            why="able" if row.id in able_ids else "added",
        )
        for row in vendors
    )
    states.begin_tender(actor, tender, now, invited=[row.id for row in vendors], deadline=need.deadline.isoformat())
    for row in vendors:
        news.of_tender(tender.id, "invited", now, row.id)
    return tender


def _written(actor: Actor, need: Need, ground: Ground, now: datetime) -> Competition:
    assert actor.user_id is not None
    tender = Competition(
        state=states.TENDERS.initial,
        office_id=ground.office_id,
        package_id=ground.id,
        category_code=need.category,
        purpose=one_line(need.purpose),
        need=one_line(need.words),
        deliver_address=one_line(need.delivery.address),
        deliver_kecamatan=need.delivery.kecamatan,
        deliver_at=need.delivery.at,
        deadline=need.deadline,
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(tender)
    session.flush()
    return tender


def check(actor: Actor, need: Need, now: datetime) -> Ground:
    """Judge everything but who is asked. Raises Invalid with all faults at once."""
    faults: list[FieldFault] = []
    ground = or_fault(faults, guarding.ground_for, actor, need.package_id, now)
    # The goods are not known yet: one of each stands for them, so that place and time are judged as for an order.
    or_fault(faults, checking.check_wish, Wish(0, need.purpose, need.delivery, (WantedLine(0, 1),), 0), now)
    faults += [*_about(need), *_lines(need), *_deadline(need, now)]
    if faults or ground is None:
        raise Invalid(faults=tuple(faults))
    return ground


def _checked(actor: Actor, need: Need, vendor_ids: Collection[int], now: datetime) -> Ground:
    faults: list[FieldFault] = []
    ground = or_fault(faults, check, actor, need, now)
    least = terms.least_invited(local_day(now)).value
    if len(set(vendor_ids)) < least:
        words = "Pilih paling sedikit %(least)s produsen. Tambahkan dari pencarian nama bila yang ditemukan kurang."
        faults.append(FieldFault("vendor", words, (("least", least),)))
    elif len(set(vendor_ids)) > terms.MOST_INVITED:
        faults.append(FieldFault("vendor", "Paling banyak %(most)s produsen.", (("most", terms.MOST_INVITED),)))
    if faults or ground is None:
        raise Invalid(faults=tuple(faults))
    return ground


def _about(need: Need) -> list[FieldFault]:
    faults = []
    if need.category not in shelves():
        faults.append(FieldFault("category", "Pilih jenis barang."))
    if len(one_line(need.words)) > 2_000:  # noqa: PLR2004 - two screens of a telephone
        faults.append(FieldFault("words", "Penjelasan paling panjang 2.000 huruf."))
    return faults


def _lines(need: Need) -> list[FieldFault]:
    if not need.lines:
        return [FieldFault("lines.0.need", "Tuliskan paling sedikit satu barang yang dibutuhkan.")]
    faults = []
    for index, line in enumerate(need.lines):
        if not 3 <= len(one_line(line.need)) <= 300:  # noqa: PLR2004 - the column's width
            faults.append(FieldFault(f"lines.{index}.need", "Tuliskan barangnya, 3 sampai 300 huruf."))
        if not 1 <= line.quantity <= MAX_QUANTITY:
            words = "Jumlah harus bilangan bulat 1 sampai 100.000."
            faults.append(FieldFault(f"lines.{index}.quantity", words))
        if not 1 <= len(one_line(line.unit)) <= 30:  # noqa: PLR2004 - the column's width
            faults.append(FieldFault(f"lines.{index}.unit", "Tuliskan satuannya, misalnya kotak."))
        if line.ceiling is not None and not 0 < line.ceiling <= MAX_RUPIAH:
            faults.append(FieldFault(f"lines.{index}.ceiling", "Isi rupiah bulat, atau kosongkan."))
    return faults


def _deadline(need: Need, now: datetime) -> list[FieldFault]:
    wait = terms.shortest_wait(local_day(now))
    if need.deadline < now + wait:
        words = "Beri produsen paling sedikit %(hours)s jam untuk menawar."
        return [FieldFault("deadline", words, (("hours", int(wait.total_seconds()) // 3600),))]
    if need.deadline >= need.delivery.at:
        return [FieldFault("deadline", "Batas menawar harus sebelum waktu kirim.")]
    return []


def lock_tender(actor: Actor, competition_id: int) -> Competition:
    """Lock a competition of the actor's office, or to which its producer is asked. Raises NotFound."""
    tender = session.scalars(select(Competition).where(Competition.id == competition_id).with_for_update()).first()
    if tender is None or not (actor.may("system") or _is_party(actor, tender)):
        raise NotFound("Kompetisi ini tidak ada.")
    return tender


def _is_party(actor: Actor, tender: Competition) -> bool:
    if actor.vendor_id is None:
        return actor.office_id is not None and actor.office_id == tender.office_id
    return session.get(CompetitionInvite, (tender.id, actor.vendor_id)) is not None
