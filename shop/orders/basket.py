"""What the basket adds up to today: per producer, by evidence, and which paper each surat pesanan needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import offices
from shop.base.actor import Actor
from shop.base.money import ratio_bp, share
from shop.budgets.reading import PackageView
from shop.catalog import categories
from shop.db import session
from shop.orders import bounds, places
from shop.orders.bounds import Hand
from shop.orders.cart import BasketLine
from shop.orders.models import Order
from shop.orders.wish import Place
from shop.reference import regions
from shop.vendors import reach

PAPERS: Final = (("proof", "nota"), ("kuitansi", "kuitansi"), ("spk", "SPK"))
"""Keys of the rule `contract.form` in rising order, and the paper up to each; above the last: surat perjanjian."""


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
    """Rupiah of delivery to the chosen kecamatan or to all places; None when this producer does not go to one."""
    hand: Hand | None = None
    """Who may act for this amount."""


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
    tkdn: int
    """Each line with the TKDN that is proven for it, in rupiah."""
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
    def tkdn_bp(self) -> int | None:
        """Share weighted by proven TKDN, in basis points."""
        return ratio_bp(self.tkdn, self.total)

    @property
    def certified_bp(self) -> int | None:
        """Share with a certificate, in basis points."""
        return ratio_bp(self.certified, self.total)

    @property
    def weakest(self) -> BasketLine | None:
        """The largest line without a certificate: exchanging it raises the certified share the most."""
        open_lines = [line for line in self.sendable if line.offer and line.offer.evidence.evidence != "certified"]
        return max(open_lines, key=lambda line: line.amount, default=None)


def add_up(lines: Sequence[BasketLine], day: date, kecamatan: str = "", stops: Sequence[Place] = ()) -> Basket:
    """Sort lines by producer and weigh what can be sent; with a kecamatan or places also what delivery there costs."""
    sendable = [line for line in lines if not line.fault]
    by_evidence = {"certified": 0, "self_declared": 0, "none": 0}
    pdn = umk = tkdn = 0
    for line in sendable:
        assert line.offer is not None
        by_evidence[line.offer.evidence.evidence] += line.amount
        pdn += line.amount if line.offer.pdn else 0
        umk += line.amount if line.offer.umk else 0
        tkdn += share(line.amount, line.offer.evidence.tkdn_bp)
    total = sum(line.amount for line in sendable)
    groups = _groups(lines, day, kecamatan, stops)
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
        tkdn,
        shipping,
        _above(total + shipping, day),
    )


def _groups(lines: Sequence[BasketLine], day: date, kecamatan: str, stops: Sequence[Place]) -> list[Group]:
    by_vendor: dict[int, list[BasketLine]] = {}
    for line in lines:
        if line.offer is not None:
            by_vendor.setdefault(line.offer.vendor_id, []).append(line)
    known = regions.regions(session)
    shipping = _shipping(by_vendor, kecamatan if kecamatan in known else "", stops)
    groups = []
    for vendor_id, held in by_vendor.items():
        offer = held[0].offer
        assert offer is not None
        subtotal = sum(line.amount for line in held if not line.fault)
        place = known.get(offer.vendor_kecamatan)
        cost = shipping.get(vendor_id, 0)
        paid = subtotal + (cost or 0) if subtotal else 0
        groups.append(
            Group(
                vendor_id,
                offer.vendor_name,
                place.name if place else "",
                held,
                subtotal,
                paper_for(paid, day) if paid else None,
                cost,
                bounds.hand_for(paid, day) if paid else None,
            )
        )
    return groups


def _shipping(by_vendor: dict[int, list[BasketLine]], kecamatan: str, stops: Sequence[Place]) -> dict[int, int | None]:
    """Return {producer: rupiah of delivery, None where it does not go}; one statement."""
    codes = {stop.kecamatan for stop in stops} | {kecamatan} - {""}
    if not by_vendor or not codes:
        return {}
    price = reach.costs(by_vendor, codes)
    found: dict[int, int | None] = {}
    for vendor_id, held in by_vendor.items():
        mine = places.for_products(stops, {line.product_id for line in held})
        costs = [price[vendor_id, code] for code in (places.trips(mine) if stops else [kecamatan])]
        found[vendor_id] = None if None in costs else sum(cost or 0 for cost in costs)
    return found


def paper_for(amount: int, day: date) -> Paper | None:
    """Return which proof of contract an amount needs on a day (rule `contract.form`); None when no rule is loaded."""
    found = bounds.rule("contract.form", day)
    if found is None:
        return None
    for key, name in PAPERS:
        if amount <= found.value[key]:
            return Paper(name, found.value[key], found.source, found.is_unsure)
    return Paper("surat perjanjian", None, found.source, found.is_unsure)


def _above(total: int, day: date) -> Paper | None:
    found = bounds.rule("order.value_max", day)
    return Paper("", found.value, found.source, found.is_unsure) if found and total > found.value else None


@dataclass(frozen=True, slots=True)
class Usual:
    """What this office wrote last time: a suggestion, never more."""

    address: str
    kecamatan: str
    purpose: str = ""
    headcount: int | None = None


def usual(actor: Actor, lines: Sequence[BasketLine]) -> Usual:
    """Return where this office last had something delivered, else where it is; one or two statements.

    Purpose and headcount come along only when that order was for one of the same producers: a purpose nobody reads
    again must not be carried from chairs to cakes.
    """
    o = Order
    last: Any = session.execute(
        select(o.deliver_address, o.deliver_kecamatan, o.purpose, o.headcount, o.vendor_id)
        .where(o.office_id == actor.office_id)
        .order_by(o.id.desc())
        .limit(1)
    ).first()
    if last is not None:
        alike = any(line.offer and line.offer.vendor_id == last.vendor_id for line in lines)
        return Usual(last.deliver_address, last.deliver_kecamatan, *(last.purpose, last.headcount) if alike else ())
    here = offices.office(actor.office_id or 0)
    found = regions.kecamatan_of(session, here.region_code) if here.region_code else None
    return Usual(here.name, found.code if found else "")


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


def choose(choices: Sequence[PackageView], given: str | None, lines: Sequence[BasketLine]) -> PackageView | None:
    """Return the package asked for, else the first whose account fits what is bought, else the fullest."""
    asked = next((p for p in choices if str(p.id) == given), None)
    fitting = (p for p in choices if not unfitting(lines, p.account_code))
    return asked or next(fitting, choices[0] if choices else None)
