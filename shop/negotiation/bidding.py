"""A producer's sealed bid: given, replaced, withdrawn, until the deadline. Its seal goes into the trail, its prices nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import fingerprint, one_line, random_key
from shop.base.errors import FieldFault, Invalid, NotFound, Stale, WrongState
from shop.base.money import rupiah
from shop.catalog.categories import chain, shelves
from shop.catalog.models import Product
from shop.catalog.offers import Offer, read_offers
from shop.catalog.pricing import MAX_PRICE
from shop.db import session
from shop.negotiation import news, states, terms
from shop.negotiation.models import Competition, CompetitionBid, CompetitionInvite, CompetitionLine
from shop.negotiation.requesting import lock_tender
from shop.orders import checking
from shop.orders.wish import Delivery, WantedLine, Wish
from shop.vendors.models import Vendor

TOO_LATE: Final = "Batas waktu menawar sudah lewat. Penawaran ini tidak dikirim, dan yang sudah masuk tidak berubah."
_HELD: Final = "Usaha Anda sedang dijeda atau dibekukan, jadi belum bisa menawar."


@dataclass(frozen=True, slots=True)
class BidLine:
    """What a producer offers for one line of the request: its product, rupiah for one unit, a note, why above the list."""

    line_id: int
    product_id: int
    unit_price: int
    note: str = ""
    why: str = ""


def bid(actor: Actor, competition_id: int, seen: int, lines: Sequence[BidLine], now: datetime) -> CompetitionBid:
    """Put a bid into its envelope; a second one takes the place of the first. Part of the lines is enough.

    `seen` is the number of the own bid on the screen (0: none): of two open pages the second hears Stale.
    Raises Invalid with all faults, WrongState after the deadline or while the business is held, NotFound.
    """
    tender = _open_to(actor, competition_id, now)
    number = _next(tender.id, _vendor(actor), seen)
    wanted = {row.id: row for row in lines_of(tender.id)}
    found = read_offers([line.product_id for line in lines], local_day(now))
    faults = _faults(actor, tender, lines, wanted, found, now)
    if faults:
        raise Invalid(faults=tuple({(f.field, f.message): f for f in faults}.values()))
    content = [_frozen(line, wanted[line.line_id], found[line.product_id]) for line in lines]
    made = _seal(actor, tender.id, number, content, now)
    news.of_tender(tender.id, "bid", now, actor.vendor_id)
    return made


def withdraw_bid(actor: Actor, competition_id: int, seen: int, now: datetime) -> None:
    """Take the own bid back before the deadline. Raises WrongState, Stale, NotFound."""
    tender = _open_to(actor, competition_id, now)
    mine = newest_of(tender.id, _vendor(actor))
    if mine is None or mine.withdrawn:
        raise WrongState("Anda belum punya penawaran di sini.")
    _seal(actor, tender.id, _next(tender.id, mine.vendor_id, seen), [], now)


def lines_of(competition_id: int) -> Sequence[CompetitionLine]:
    """Return what is needed, in order."""
    rows = select(CompetitionLine).where(CompetitionLine.competition_id == competition_id)
    return session.scalars(rows.order_by(CompetitionLine.position)).all()


def newest_of(competition_id: int, vendor_id: int) -> CompetitionBid | None:
    """Return a producer's own envelope. For the producer itself and for opening: nobody else may ask."""
    rows = select(CompetitionBid).where(
        CompetitionBid.competition_id == competition_id, CompetitionBid.vendor_id == vendor_id
    )
    return session.scalars(rows.order_by(CompetitionBid.number.desc()).limit(1)).first()


def seal_of(competition_id: int, vendor_id: int, number: int, lines: Sequence[Mapping[str, Any]], salt: str) -> str:
    """Return the seal of a bid: the same content and salt give the same 64 hex digits, any other content does not."""
    told = {"competition": competition_id, "vendor": vendor_id, "number": number, "lines": list(lines), "salt": salt}
    return fingerprint(told)


def _seal(
    actor: Actor, competition_id: int, number: int, content: list[dict[str, Any]], now: datetime
) -> CompetitionBid:
    salt, vendor_id = random_key(24), _vendor(actor)
    assert actor.user_id is not None
    made = CompetitionBid(
        competition_id=competition_id,
        vendor_id=vendor_id,
        number=number,
        withdrawn=not content,
        lines=content,
        salt=salt,
        seal=seal_of(competition_id, vendor_id, number, content, salt),
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(made)
    verb = "competition.bid" if content else "competition.bid_withdrawn"
    trail.record(actor, verb, "competition", competition_id, now, vendor=vendor_id, number=number, seal=made.seal)
    return made


def _vendor(actor: Actor) -> int:
    if actor.vendor_id is None:
        raise NotFound
    return actor.vendor_id


def _open_to(actor: Actor, competition_id: int, now: datetime) -> Competition:
    actor.require(states.SELL)
    tender = lock_tender(actor, competition_id)
    if tender.state != "collecting" or now > tender.deadline:
        raise WrongState(TOO_LATE)
    if session.scalar(select(Vendor.state).where(Vendor.id == actor.vendor_id)) != "active":
        raise WrongState(_HELD)
    return tender


def _next(competition_id: int, vendor_id: int, seen: int) -> int:
    mine = newest_of(competition_id, vendor_id)
    number = mine.number if mine else 0
    if number != seen:
        raise Stale("Penawaran Anda sudah diubah di layar lain. Muat ulang lalu periksa lagi.")
    return number + 1


def _faults(
    actor: Actor,
    tender: Competition,
    lines: Sequence[BidLine],
    wanted: Mapping[int, CompetitionLine],
    found: Mapping[int, Offer],
    now: datetime,
) -> list[FieldFault]:
    if not lines:
        return [FieldFault("lines", "Isi harga paling sedikit satu barang. Yang kosong berarti tidak Anda tawarkan.")]
    faults: list[FieldFault] = []
    used: set[int] = set()
    for line in lines:
        need, offer = wanted.get(line.line_id), found.get(line.product_id)
        field = f"product-{line.line_id}"
        if need is None:
            faults.append(FieldFault("lines", "Barang ini bukan bagian permintaan. Muat ulang halaman."))
        elif offer is None or offer.vendor_id != actor.vendor_id or not offer.for_sale:
            faults.append(FieldFault(field, "Pilih produk Anda yang sedang dijual."))
        elif line.product_id in used:
            faults.append(FieldFault(field, "Satu produk untuk satu baris. Pilih produk lain di sini."))
        else:
            faults += _line_faults(line, need, offer)
        used.add(line.product_id)
    return faults or _delivery_faults(tender, lines, wanted, found, now)


def _line_faults(line: BidLine, need: CompetitionLine, offer: Offer) -> list[FieldFault]:
    price, listed = f"price-{line.line_id}", offer.price_at(need.quantity)
    faults = []
    if not 0 < line.unit_price <= MAX_PRICE:
        faults.append(FieldFault(price, "Isi harga satuan dalam rupiah, misalnya 17.500."))
    elif need.ceiling is not None and line.unit_price > need.ceiling:
        most = (("most", rupiah(need.ceiling)),)
        faults.append(FieldFault(price, "Kantor membatasi %(most)s untuk satu satuan.", most))
    elif line.unit_price > listed and len(one_line(line.why)) < terms.LEAST_WORDS:
        words = "Di atas harga daftar Anda %(listed)s. Tuliskan apa bedanya, atau turunkan harganya."
        faults.append(FieldFault(f"why-{line.line_id}", words, (("listed", rupiah(listed)),)))
    faults += [
        FieldFault(f"{name}-{line.line_id}", "Paling panjang 300 huruf.")
        for name in ("note", "why")
        if len(one_line(getattr(line, name))) > terms.MAX_CONTENTS
    ]
    return faults


def _delivery_faults(
    tender: Competition,
    lines: Sequence[BidLine],
    wanted: Mapping[int, CompetitionLine],
    found: Mapping[int, Offer],
    now: datetime,
) -> list[FieldFault]:
    """Judge least order, lead time, days off and reach as an order would: who wins must be able to take it."""
    goods = tuple(WantedLine(line.product_id, wanted[line.line_id].quantity) for line in lines)
    place = Delivery(tender.deliver_address, tender.deliver_kecamatan, tender.deliver_at)
    wish = Wish(0, tender.purpose, place, goods, 0)
    try:
        checking.check_reach(wish, checking.pick(wish, found, now))
    except Invalid as fault:
        names = {f"lines.{index}.quantity": f"product-{line.line_id}" for index, line in enumerate(lines)}
        return [FieldFault(names.get(f.field, "lines"), f.message, f.params) for f in fault.faults]
    return []


def _frozen(line: BidLine, need: CompetitionLine, offer: Offer) -> dict[str, Any]:
    listed = offer.price_at(need.quantity)
    return {
        "line": line.line_id,
        "product_id": offer.id,
        "name": offer.name,
        "unit": offer.unit,
        "unit_price": line.unit_price,
        "list_price": listed,
        "note": one_line(line.note),
        "why": one_line(line.why) if line.unit_price > listed else "",
        "evidence": offer.evidence.evidence,
        "tkdn_bp": offer.evidence.tkdn_bp,
    }


def see(actor: Actor, competition_id: int, now: datetime) -> None:
    """Note when somebody of an asked producer first opened the request."""
    invite = session.get(CompetitionInvite, (competition_id, _vendor(actor)), with_for_update=True)
    if invite is not None and invite.seen_at is None:
        invite.seen_at = now


def own_goods(actor: Actor, category: str) -> Sequence[Any]:
    """Return the producer's products on sale, at most 200: rows (id, name, unit, price, fits), those of the category first."""
    below = [code for code in shelves() if category in chain(code)]
    fits = Product.category_code.in_(below)
    query = (
        select(Product.id, Product.name, Product.unit, Product.price, fits.label("fits"))
        .where(Product.vendor_id == _vendor(actor), Product.state == "published")
        .order_by(fits.desc(), Product.name, Product.id)
    )
    return session.execute(query.limit(200)).all()
