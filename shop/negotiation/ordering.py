"""From an agreed price to the order in one action: what was agreed is sent as it was agreed, at the price that was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Conflict, WrongState
from shop.catalog.offers import read_offers
from shop.db import session
from shop.negotiation import guarding
from shop.negotiation.bargaining import latest, lock_talk
from shop.negotiation.requesting import lock_tender
from shop.orders.models import PricePromise
from shop.orders.placing import Channel, Placed, place_order
from shop.orders.promises import Source
from shop.orders.wish import Delivery, WantedLine, Wish
from shop.vendors import reach

_GONE = "Batas waktu memesan dengan harga sepakat sudah lewat."


@dataclass(frozen=True, slots=True)
class Bill:
    """What may be ordered now of one producer, in rupiah; `cost` is delivery, None when it does not deliver there."""

    vendor_id: int
    goods: int
    cost: int | None
    order_id: int | None
    """The order it went into already."""
    imports: tuple[tuple[int, str], ...] = ()
    """(product id, name) of what is no domestic product: ordered only with a reason."""

    @property
    def total(self) -> int:
        """Goods and delivery: what the officer sees and sends."""
        return self.goods + (self.cost or 0)


def promised(source: Source, source_id: int) -> Sequence[Any]:
    """Return the promises of a negotiation or competition: rows (id, product_id, quantity, unit_price, used_order_id)."""
    columns = (
        PricePromise.id,
        PricePromise.product_id,
        PricePromise.quantity,
        PricePromise.unit_price,
        PricePromise.used_order_id,
    )
    found = select(*columns).where(PricePromise.source == source, PricePromise.source_id == source_id)
    return session.execute(found.order_by(PricePromise.id)).all()


def bills(rows: Sequence[Any], place: str, day: datetime, now: datetime) -> list[Bill]:
    """Return what the promises come to for each producer, with today's cost of delivery."""
    offers = read_offers([row.product_id for row in rows], local_day(now))
    vendors = sorted({offer.vendor_id for offer in offers.values()})
    found = reach.reach(vendors, local_day(day), place)
    made = []
    for vendor_id in vendors:
        own = [row for row in rows if row.product_id in offers and offers[row.product_id].vendor_id == vendor_id]
        goods = sum(row.quantity * row.unit_price for row in own)
        imports = tuple((x.product_id, offers[x.product_id].name) for x in own if not offers[x.product_id].pdn)
        used = next((x.used_order_id for x in own), None)
        made.append(Bill(vendor_id, goods, found[vendor_id].cost, used, imports))
    return made


@dataclass(frozen=True, slots=True)
class Ready:
    """What was agreed, ready to be sent or shown to the PPK under one key; `placed` when it was sent before."""

    wish: Wish
    key: str
    placed: Placed | None = None


def order_agreed(actor: Actor, negotiation_id: int, shown_total: int, now: datetime) -> Placed:
    """Send what was agreed with one producer as a surat pesanan; a second time gives the same order.

    Raises what `agreed` and `place_order` raise.
    """
    return _send(actor, agreed(actor, negotiation_id, shown_total, now), "negotiation", now)


def agreed(actor: Actor, negotiation_id: int, shown_total: int, now: datetime) -> Ready:
    """Return what a negotiation agreed on, locked. Raises WrongState when nothing was, or the price holds no more."""
    talk = lock_talk(actor, negotiation_id)
    guarding.must_hold(actor, talk.package_id, talk.opened_by)
    _must_hold_still(talk, talk.state == "agreed", now)
    last = latest(talk.id)
    place = Delivery(last.deliver_address, last.deliver_kecamatan, last.deliver_at)
    notes = {line["product_id"]: line["contents"] for line in last.lines}
    rows = promised("negotiation", talk.id)
    return _ready(rows, talk.package_id, talk.purpose, place, notes, shown_total, f"negotiation:{talk.id}")


def order_awarded(actor: Actor, competition_id: int, vendor_id: int | None, shown_total: int, now: datetime) -> Placed:
    """Send what was awarded: one surat pesanan for each winner, or only for one. Raises as `order_agreed`."""
    return _send(actor, awarded(actor, competition_id, vendor_id, shown_total, now), "competition", now)


def awarded(actor: Actor, competition_id: int, vendor_id: int | None, shown_total: int, now: datetime) -> Ready:
    """Return what a competition awarded, to all or one of its winners, locked. Raises as `agreed`."""
    tender = lock_tender(actor, competition_id)
    guarding.must_hold(actor, tender.package_id, tender.made_by)
    _must_hold_still(tender, tender.state == "awarded", now)
    rows = promised("competition", tender.id)
    if vendor_id is not None:
        offers = read_offers([row.product_id for row in rows], local_day(now))
        rows = [row for row in rows if row.product_id in offers and offers[row.product_id].vendor_id == vendor_id]
    else:
        rows = [row for row in rows if row.used_order_id is None] or rows
    place = Delivery(tender.deliver_address, tender.deliver_kecamatan, tender.deliver_at)
    key = f"competition:{tender.id}:{'-'.join(str(row.id) for row in rows)}"[:200]
    return _ready(rows, tender.package_id, tender.purpose, place, {}, shown_total, key)


def _must_hold_still(thing: Any, settled: bool, now: datetime) -> None:  # noqa: FBT001 - a fact, not a switch
    if not settled or thing.valid_until is None:
        raise WrongState("Belum ada harga yang disepakati di sini.")
    if now > thing.valid_until:
        raise WrongState(_GONE)


def _send(actor: Actor, ready: Ready, channel: Channel, now: datetime) -> Placed:
    return ready.placed or place_order(actor, ready.wish, ready.key, now, channel=channel)


def _ready(
    rows: Sequence[Any],
    package_id: int,
    purpose: str,
    place: Delivery,
    notes: dict[int, str],
    shown_total: int,
    key: str,
) -> Ready:
    used = sorted({row.used_order_id for row in rows if row.used_order_id is not None})
    before = Placed(tuple(used), again=True) if used and all(row.used_order_id is not None for row in rows) else None
    if not rows or (used and before is None):
        raise Conflict("Sebagian sudah dipesan. Muat ulang halaman ini.", kind="promise-gone")
    lines = tuple(
        WantedLine(row.product_id, row.quantity, notes.get(row.product_id, ""), promise_id=row.id) for row in rows
    )
    return Ready(Wish(package_id, purpose, place, lines, shown_total), key, before)
