"""What the basket adds up to today: per producer, by evidence, and which paper each surat pesanan needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import offices
from shop.base.actor import Actor
from shop.base.clock import at_local, local_day
from shop.base.errors import NotFound
from shop.base.money import ratio_bp
from shop.catalog import categories
from shop.db import session
from shop.orders.cart import BasketLine
from shop.orders.models import Order
from shop.reference import calendar, policy, regions
from shop.vendors import reach

PAPERS: Final = (("proof", "nota"), ("kuitansi", "kuitansi"), ("spk", "SPK"))
"""Keys of the rule `contract.form` in rising order, and the paper up to each; above the last: surat perjanjian."""
_MORNING: Final = time(10)


@dataclass(frozen=True, slots=True)
class Paper:
    """The proof of contract an amount needs beside the surat pesanan, up to which rupiah, and who says so."""

    name: str
    upto: int | None
    source: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one producer: one surat pesanan. `subtotal` counts only what can be sent now."""

    vendor_id: int
    vendor_name: str
    kecamatan: str
    lines: Sequence[BasketLine]
    subtotal: int
    paper: Paper | None
    shipping: int | None = 0
    """Rupiah of delivery to the chosen kecamatan; None when this producer does not go there."""


@dataclass(frozen=True, slots=True)
class Basket:
    """The basket as a whole. Rupiah; lines that cannot be sent count nothing and hold nothing up."""

    groups: Sequence[Group]
    gone: Sequence[BasketLine]
    sendable: Sequence[BasketLine]
    total: int
    certified: int
    self_declared: int
    bare: int
    pdn: int
    umk: int
    shipping: int
    above: Paper | None
    """The limit of this channel for a package when the total is above it."""

    @property
    def payable(self) -> int:
        """Goods and delivery: what the office will pay, in rupiah."""
        return self.total + self.shipping

    @property
    def pdn_bp(self) -> int | None:
        """Share of domestic products in basis points."""
        return ratio_bp(self.pdn, self.total)

    @property
    def umk_bp(self) -> int | None:
        """Share of micro and small businesses in basis points."""
        return ratio_bp(self.umk, self.total)

    @property
    def weakest(self) -> BasketLine | None:
        """The largest line without a certificate: exchanging it raises the certified share the most."""
        open_lines = [line for line in self.sendable if line.offer and line.offer.evidence.evidence != "certified"]
        return max(open_lines, key=lambda line: line.amount, default=None)


def add_up(lines: Sequence[BasketLine], day: date, kecamatan: str = "") -> Basket:
    """Sort lines by producer and weigh what can be sent; with a kecamatan also what delivery there costs."""
    sendable = [line for line in lines if not line.fault]
    by_evidence = {"certified": 0, "self_declared": 0, "none": 0}
    pdn = umk = 0
    for line in sendable:
        assert line.offer is not None
        by_evidence[line.offer.evidence.evidence] += line.amount
        pdn += line.amount if line.offer.pdn else 0
        umk += line.amount if line.offer.umk else 0
    total = sum(line.amount for line in sendable)
    groups = _groups(lines, day, kecamatan)
    shipping = sum(group.shipping or 0 for group in groups if group.subtotal)
    return Basket(
        groups,
        [line for line in lines if line.offer is None],
        sendable,
        total,
        by_evidence["certified"],
        by_evidence["self_declared"],
        by_evidence["none"],
        pdn,
        umk,
        shipping,
        _above(total + shipping, day),
    )


def _groups(lines: Sequence[BasketLine], day: date, kecamatan: str) -> list[Group]:
    by_vendor: dict[int, list[BasketLine]] = {}
    for line in lines:
        if line.offer is not None:
            by_vendor.setdefault(line.offer.vendor_id, []).append(line)
    known = regions.regions(session)
    costs = reach.reach(by_vendor, None, kecamatan) if kecamatan in known and by_vendor else {}
    groups = []
    for vendor_id, held in by_vendor.items():
        offer = held[0].offer
        assert offer is not None
        subtotal = sum(line.amount for line in held if not line.fault)
        place = known.get(offer.vendor_kecamatan)
        shipping = costs[vendor_id].cost if vendor_id in costs else 0
        groups.append(
            Group(
                vendor_id,
                offer.vendor_name,
                place.name if place else "",
                held,
                subtotal,
                paper_for(subtotal + (shipping or 0), day) if subtotal else None,
                shipping,
            )
        )
    return groups


def paper_for(amount: int, day: date) -> Paper | None:
    """Return which proof of contract an amount needs on a day (rule `contract.form`); None when no rule is loaded."""
    found = _rule("contract.form", day)
    if found is None:
        return None
    for key, name in PAPERS:
        if amount <= found.value[key]:
            return Paper(name, found.value[key], found.source, found.is_unsure)
    return Paper("surat perjanjian", None, found.source, found.is_unsure)


def _above(total: int, day: date) -> Paper | None:
    found = _rule("order.value_max", day)
    return Paper("", found.value, found.source, found.is_unsure) if found and total > found.value else None


def _rule(key: str, day: date) -> policy.RuleValue | None:
    try:
        return policy.rule(session, key, day)
    except NotFound:
        return None


def usual_place(actor: Actor) -> tuple[str, str]:
    """Return (address, kecamatan code) where this office last had something delivered, else where the office is."""
    last: Any = session.execute(
        select(Order.deliver_address, Order.deliver_kecamatan)
        .where(Order.office_id == actor.office_id)
        .order_by(Order.id.desc())
        .limit(1)
    ).first()
    if last is not None:
        return last.deliver_address, last.deliver_kecamatan
    here = offices.office(actor.office_id or 0)
    found = regions.kecamatan_of(session, here.region_code) if here.region_code else None
    return here.name, found.code if found else ""


def first_morning(lines: Sequence[BasketLine], now: datetime) -> datetime:
    """Return ten o'clock of the first working day after every producer's lead time: a moment that can be asked for."""
    hours = max((line.offer.lead_at(line.quantity) for line in lines if line.offer), default=24)
    day = local_day(now + timedelta(hours=hours))
    return at_local(calendar.add_working_days(day, 1, calendar.holiday_set(session)), _MORNING)


def unfitting(lines: Sequence[BasketLine], account_code: str) -> tuple[str, ...]:
    """Return the names of products that are usually bought under other accounts than the package's.

    A hint, not a rule: which account a purchase belongs to is the office's judgement, but an auditor asks.
    """
    known = categories.accounts()
    return tuple(
        line.offer.name
        for line in lines
        if line.offer is not None and account_code not in known.get(line.offer.category_code, (account_code,))
    )
