"""What the law asks about an order, read for one or for many by the same few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, cast

from sqlalchemy import func, select

from shop.base.clock import local_day
from shop.catalog.categories import chain, shelves
from shop.db import session
from shop.orders import states
from shop.orders.models import Order, OrderLine
from shop.orders.models_tax import VendorTurnover
from shop.reference import policy
from shop.reference.policy import RuleValue
from shop.tax.assessing import RuleOn, assess
from shop.tax.facts import Facts, Form, Kind
from shop.vendors.models import Vendor

_PBJT_FREE: Final = frozenset({"", "to_500m"})
"""Classes of turnover under the Rp 42 million a month up to which no PBJT is owed; unknown is taken as small."""
Amounts = Sequence[tuple[str, int]]
"""Rupiah by category."""


def rule_on(key: str, day: date) -> RuleValue:
    """Return a dated rule as it is known now. Raises NotFound."""
    return policy.rule(session, key, day)


@dataclass(frozen=True, slots=True)
class Part:
    """What another order, which may be a part of the same need, has of one category; `amount` in rupiah."""

    id: int
    number: str
    placed_at: datetime
    category_code: str
    amount: int


@dataclass(frozen=True, slots=True)
class Case:
    """One order as the law asks about it; `others` are in orders that may be parts of the same need.

    `before`: what its producer was paid earlier in the tax year.
    """

    order: Order
    vendor: Vendor
    lines: Amounts
    others: Sequence[Part]
    before: int

    def amounts(self, rules: RuleOn) -> dict[Kind, int]:
        """Return {kind: rupiah} of the lines; delivery goes with the largest."""
        day, found = local_day(self.order.placed_at), dict[Kind, int]()
        for code, amount in self.lines:
            kind = kind_of(code, day, rules)
            found[kind] = found.get(kind, 0) + amount
        found[max(found, key=lambda kind: found[kind])] += self.order.shipping
        return found

    def facts(self, kind: Kind, amount: int, day: date, rules: RuleOn) -> Facts:
        """Return the facts of one kind of supply in the order, as it would be paid on `day`."""
        vendor = self.vendor
        individual = vendor.legal_form == "individual"
        pbjt = kind == "catering" and vendor.turnover_class not in _PBJT_FREE
        inside = rules("tax.price_basis", day).value == "included"
        letter = vendor.tax_paper == "sk_pp55" and (vendor.tax_paper_from is None or vendor.tax_paper_from <= day)
        return Facts(
            day=day,
            amount=amount,
            basis=("incl_pbjt" if pbjt else "incl_ppn") if inside else "excl",
            kind=kind,
            form=cast("Form", vendor.legal_form),  # the same words, held by a test
            npwp=bool(vendor.npwp or (individual and vendor.nik)),
            pkp=vendor.pkp,
            sk=letter,
            sk_until=vendor.tax_paper_until if letter else None,
            decl500=vendor.tax_paper == "decl_500m" and vendor.tax_paper_year == day.year,
            pbjt=pbjt,
            collector=rules("tax.collector_default", day).value,
            split_dpp=self._split(rules) if kind == "goods" else 0,
        )

    def _split(self, rules: RuleOn) -> int:
        """Return the DPP of goods in the other orders (PMK 59/2022: a payment is not split up)."""
        day = local_day(self.order.placed_at)
        gross = sum(part.amount for part in self.others if kind_of(part.category_code, day, rules) == "goods")
        if not gross or not self.vendor.pkp:
            return gross
        return assess(Facts(day=day, amount=gross, basis="incl_ppn", form="pt", pkp=True), rules).dpp


def kind_of(category_code: str, day: date, rules: RuleOn = rule_on) -> Kind:
    """Return what a shelf counts as for taxes: a service, catering (rule `tax.catering_categories`), else goods."""
    shelf = shelves().get(category_code)
    if shelf is not None and shelf.kind == "service":
        return "service"
    caterers: list[str] = rules("tax.catering_categories", day).value
    return "catering" if set(chain(category_code)) & set(caterers) else "goods"


def read(orders: Sequence[Order], year: int) -> list[Case]:
    """Return what is asked about orders that would be paid in `year`; four statements, however many there are."""
    ids, vendor_ids = [order.id for order in orders], sorted({order.vendor_id for order in orders})
    vendors = {v.id: v for v in session.scalars(select(Vendor).where(Vendor.id.in_(vendor_ids)))}
    paid: Mapping[int, int] = dict(
        session.execute(
            select(VendorTurnover.vendor_id, VendorTurnover.paid).where(
                VendorTurnover.vendor_id.in_(vendor_ids), VendorTurnover.year == year
            )
        ).all()
    )
    lines: dict[int, list[tuple[str, int]]] = {}
    for order_id, code, amount in session.execute(
        select(OrderLine.order_id, OrderLine.category_code, func.sum(OrderLine.amount))
        .where(OrderLine.order_id.in_(ids))
        .group_by(OrderLine.order_id, OrderLine.category_code)
        .order_by(OrderLine.order_id, OrderLine.category_code)
    ):
        lines.setdefault(order_id, []).append((code, int(amount)))
    near = _near(orders)
    return [
        Case(o, vendors[o.vendor_id], lines[o.id], near[o.id], paid.get(o.vendor_id, 0))
        for o in orders
        if o.id in lines
    ]


def parts_of(order: Order) -> list[Part]:
    """Return the other orders whose goods may be parts of the same need as this one's, oldest first, one row an order."""
    found: dict[int, Part] = {}
    for part in sorted(_near([order])[order.id], key=lambda part: (part.placed_at, part.id)):
        if kind_of(part.category_code, local_day(order.placed_at)) == "goods":
            known = found.get(part.id)
            found[part.id] = replace(part, amount=known.amount + part.amount) if known else part
    return list(found.values())


def _near(orders: Sequence[Order]) -> dict[int, Sequence[Part]]:
    """Return the lines of other orders of the same office, producer and account placed near each; one statement."""
    windows = {o.id: _window(o.placed_at) for o in orders}
    rows: dict[tuple[int, int, str], list[Part]] = {}
    for row in session.execute(
        select(
            Order.office_id, Order.vendor_id, Order.account_code, Order.id, Order.number, Order.placed_at,
            OrderLine.category_code, func.sum(OrderLine.amount),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            Order.office_id.in_({o.office_id for o in orders}),
            Order.vendor_id.in_({o.vendor_id for o in orders}),
            Order.placed_at.between(min(w[0] for w in windows.values()), max(w[1] for w in windows.values())),
            Order.state.not_in(states.UNPAID_END),
        )
        .group_by(
            Order.office_id, Order.vendor_id, Order.account_code, Order.id, Order.number, Order.placed_at,
            OrderLine.category_code,
        )
    ):  # fmt: skip
        part = Part(*row[3:7], int(row[7]))
        rows.setdefault((row[0], row[1], row[2]), []).append(part)
    found: dict[int, Sequence[Part]] = {}
    for o in orders:
        first, last = windows[o.id]
        same = rows.get((o.office_id, o.vendor_id, o.account_code), ())
        found[o.id] = [part for part in same if part.id != o.id and first <= part.placed_at <= last]
    return found


def _window(placed: datetime) -> tuple[datetime, datetime]:
    days = timedelta(days=policy.rule(session, "order.split_window_days", local_day(placed)).value["days"])
    return placed - days, placed + days
