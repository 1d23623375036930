"""Placing: lock the offers in id order, photograph each into an OrderLine, bind the pagu. All or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final, Literal, cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from shop.base.actor import Actor
from shop.base.clock import local, local_day
from shop.base.codes import fingerprint, one_line
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, Reused
from shop.base.money import rupiah
from shop.budgets import pagu
from shop.catalog import offers
from shop.catalog.offers import Offer
from shop.db import session
from shop.orders import checking, news, office_limit, places, promises, states, terms, track_record, valuing
from shop.orders.models import Order, OrderLine
from shop.orders.models_placing import PlacementKey
from shop.orders.numbering import take_number
from shop.orders.wish import Delivery, Place, WantedLine, Wish
from shop.outbox import posting as outbox
from shop.p3dn import basis

Channel = Literal["basket", "approval", "negotiation", "competition", "api", ""]
"""How an order was placed, for the figures; '' where nobody says."""
# Built once and on the tables: through the mapper an order would cost half as much again.
_keys: Final = cast("Table", PlacementKey.__table__)
_FIND_KEY: Final = select(_keys.c.body_hash, _keys.c.order_ids).where(
    _keys.c.user_id == bindparam("owner"), _keys.c.key == bindparam("given")
)
_KEEP_KEY: Final = insert(_keys)
REUSED: Final = "Kunci ini sudah dipakai untuk isi yang lain. Muat ulang halaman lalu kirim lagi."
_ORDER: Final = insert(cast("Table", Order.__table__)).returning(Order.__table__.c.id)
_LINES: Final = insert(cast("Table", OrderLine.__table__))


@dataclass(frozen=True, slots=True)
class Placed:
    """The orders of one placement; `again` when the key had been used before and nothing new was made."""

    order_ids: tuple[int, ...]
    again: bool


def place_order(actor: Actor, wish: Wish, key: str, now: datetime, *, channel: Channel = "") -> Placed:
    """Send one surat pesanan per producer. The same key again returns the same orders. `channel`: which road it came by.

    Raises Reused for the key with another body; Invalid for wrong input; Conflict `total-changed`, `not-for-sale`,
    `out-of-stock`, `capacity-gone`, `promise-gone` or `pagu-exceeded` when the world moved on, `needs-approval` above the
    office's limit; Forbidden when the package is not in this Pejabat Pengadaan's hands. Nothing is kept of a placement that fails.
    """
    actor.require("orders:order:place")
    body_hash = fingerprint(asdict(wish))
    # The key is read after the package is locked: of two clicks in the same instant the second waits here
    # and then finds what the first one made.
    ground = pagu.lock_package(wish.package_id)
    earlier = _earlier(actor, key, body_hash)
    if earlier:
        return earlier
    checking.check_wish(wish, now)
    check_ground(actor, ground, now)
    found = offers.read_offers([line.product_id for line in wish.lines], local_day(now), lock=True)
    picked = checking.pick(wish, found, now)
    delivery = checking.check_reach(wish, picked)
    prices = {offer.id: offer.price_at(line.quantity) for line, offer in picked}
    prices |= promises.redeem(wish, ground.office_id, now)
    check_total(wish, prices, sum(delivery.values()))
    _check_approved(wish, ground, now)
    pagu.reserve(ground, wish.shown_total)
    short = offers.take({offer: line.quantity for line, offer in picked}, local_day(wish.delivery.at))
    orders: dict[int, int] = {}  # {product id: the order it went into}
    for lines in _by_vendor(picked):
        order_id = _write(actor, wish, ground, lines, prices, delivery[lines[0][1].vendor_id], now, channel)
        orders |= {offer.id: order_id for _, offer in lines}
    promises.use(wish, orders)
    order_ids = sorted(set(orders.values()))
    try:
        session.execute(
            _KEEP_KEY,
            {"user_id": actor.user_id, "key": key, "body_hash": body_hash, "order_ids": order_ids, "made_at": now},
        )
    except IntegrityError as fault:  # the same key for another package, in the same instant
        raise Reused(REUSED) from fault
    if short:
        outbox.post("catalog.index", {"ids": short}, now)
    return Placed(tuple(order_ids), again=False)


def check_key(key: str) -> None:
    """Raise Invalid for a key that cannot be one."""
    if not (8 <= len(key) <= 200 and key.isascii() and key.isprintable()):  # noqa: PLR2004
        raise Invalid.at("Idempotency-Key", "Kunci kiriman harus 8 sampai 200 huruf atau angka.")


def _earlier(actor: Actor, key: str, body_hash: str) -> Placed | None:
    check_key(key)
    row = session.execute(_FIND_KEY, {"owner": actor.user_id, "given": key}).first()
    if row is None:
        return None
    if row.body_hash != body_hash:
        raise Reused(REUSED)
    return Placed(tuple(row.order_ids), again=True)


def check_ground(actor: Actor, ground: pagu.Ground, now: datetime) -> None:
    """Raise NotFound, Forbidden or Conflict `wrong-year` unless this person may order from this package now."""
    if ground.office_id != actor.office_id:
        raise NotFound("Paket ini tidak ada.")
    if ground.state != "with_pp" or not actor.acts_for(ground.pp_id):
        raise Forbidden("Paket ini belum diserahkan kepada Anda sebagai Pejabat Pengadaan.")
    if ground.year != local(now).year:
        raise Conflict("Paket ini untuk tahun anggaran %(year)s.", kind="wrong-year", year=ground.year)


def check_total(wish: Wish, prices: Mapping[int, int], shipping: int) -> None:
    """Raise Conflict `total-changed` unless the buyer saw what it costs today. Rupiah."""
    total = shipping + sum(line.quantity * prices[line.product_id] for line in wish.lines)
    if total != wish.shown_total:
        raise Conflict(
            "Harga berubah sejak Anda melihatnya. Periksa total baru lalu kirim lagi.",
            kind="total-changed",
            facts={
                "total": total,
                "shown_total": wish.shown_total,
                "shipping": shipping,
                "lines": [{"product_id": of, "unit_price": price} for of, price in prices.items()],
            },
        )


def _check_approved(wish: Wish, ground: pagu.Ground, now: datetime) -> None:
    """Hold the office's own limit: what costs more goes out only with the PPK's yes behind every line.

    The whole placement counts, with what went out of this package beside it: splitting it would be the way around.
    """
    found = office_limit.passed(ground.office_id, ground.id, wish.shown_total, wish.delivery.at, now)
    if found is None or promises.stands_on(wish, "approval"):
        return
    limit, together = found
    words = office_limit.NEEDS_YES if wish.shown_total > limit else office_limit.TOGETHER
    raise Conflict(
        words,
        kind="needs-approval",
        facts={"limit": limit, "total": together},
        limit=rupiah(limit),
        **({} if wish.shown_total > limit else {"total": rupiah(together)}),
    )


def _by_vendor(picked: Sequence[tuple[WantedLine, Offer]]) -> list[list[tuple[WantedLine, Offer]]]:
    groups: Mapping[int, list[tuple[WantedLine, Offer]]] = defaultdict(list)
    for line, offer in picked:
        groups[offer.vendor_id].append((line, offer))
    return [groups[vendor_id] for vendor_id in sorted(groups)]


def _write(
    actor: Actor,
    wish: Wish,
    ground: pagu.Ground,
    picked: list[tuple[WantedLine, Offer]],
    prices: Mapping[int, int],
    shipping: int,
    now: datetime,
    channel: Channel,
) -> int:
    vendor = picked[0][1]
    number = take_number(ground.office_id, "SP", local_day(now), ground.year)
    total = shipping + sum(w.quantity * prices[o.id] for w, o in picked)
    stops = places.for_products(wish.places, {offer.id for _, offer in picked})
    order_id: int = session.execute(
        _ORDER,
        {
            "number": number,
            "state": states.initial(),
            "office_id": ground.office_id,
            "package_id": ground.id,
            "account_code": ground.account_code,
            "vendor_id": vendor.vendor_id,
            "vendor_name": vendor.vendor_name,
            "vendor_kecamatan": vendor.vendor_kecamatan,
            "purpose": one_line(wish.purpose),
            "headcount": wish.headcount,
            **_whither(wish.delivery, stops, now),
            "total": total,
            "shipping": shipping,
            **_by_whom(actor, ground, channel, now),
            "relaxed": [],
            "version": 1,
        },
    ).scalar_one()
    session.execute(_LINES, [_photograph(order_id, line, offer, prices[offer.id]) for line, offer in picked])
    valuing.count_placed(order_id, now)
    track_record.chosen(ground.office_id, vendor.vendor_id, now)
    places.keep(order_id, stops)
    states.begin(actor, order_id, now, number=number, total=total, rup=ground.rup_code, vendor=vendor.vendor_name)
    news.tell_of(order_id, "placed", now)
    return order_id


def _by_whom(actor: Actor, ground: pagu.Ground, channel: Channel, now: datetime) -> dict[str, object]:
    """Who orders, when, by which road, and in whose place: a deputy who orders from a package of his own takes nobody's."""
    return {
        "placed_at": now,
        "value_basis": basis.on_day(local_day(now)),
        "placed_by": actor.user_id,
        "channel": channel,
        "placed_for": actor.for_user_id if ground.pp_id == actor.for_user_id else None,
    }


def _whither(main: Delivery, stops: Sequence[Place], now: datetime) -> dict[str, object]:
    """Return where and when one producer delivers: what goes to one place only is an order for that place."""
    first = stops[0] if stops else main
    at = min((stop.at or main.at for stop in stops), default=main.at)
    return {
        "deliver_address": one_line(first.address),
        "deliver_kecamatan": first.kecamatan,
        "deliver_at": at,
        "due_at": terms.answer_by(now, at),
    }


def _photograph(order_id: int, line: WantedLine, offer: Offer, price: int) -> dict[str, object]:
    """Freeze the offer as it is now: whatever changes in the catalogue later does not reach this line."""
    until: date | None = offer.evidence.valid_until
    return {
        "order_id": order_id,
        "product_id": offer.id,
        "product_version": offer.version,
        "product_name": offer.name,
        "category_code": offer.category_code,
        "unit": offer.unit,
        "list_price": offer.price,
        "unit_price": price,
        "quantity": line.quantity,
        "amount": price * line.quantity,
        "note": one_line(line.note),
        "evidence": offer.evidence.evidence,
        "tkdn_bp": offer.evidence.tkdn_bp,
        "bmp_bp": offer.evidence.bmp_bp,
        "certificate_number": offer.evidence.number,
        "certificate_until": until,
        "pdn": offer.pdn,
        "umk": offer.umk,
        "halal": offer.halal,
        "took_stock": offer.stock is not None,
        "took_capacity": offer.daily_capacity is not None,
    }
