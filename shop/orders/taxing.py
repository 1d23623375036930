"""The taxes of an order: its facts as the law asks for them, assessed before payment and frozen with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, and_, func, insert, or_, select

from shop.base.clock import local_day
from shop.catalog.categories import chain, shelves
from shop.db import session
from shop.kept import adding
from shop.orders import states
from shop.orders.models import Order, OrderLine
from shop.orders.models_tax import OrderTax, VendorTurnover
from shop.reference import policy
from shop.tax.assessing import assess
from shop.tax.facts import Assessment, Facts, Form, Kind, TaxItem
from shop.vendors.models import Vendor

_turnover: Final[Table] = VendorTurnover.__table__  # type: ignore[assignment]
_PBJT_FREE: Final = frozenset({"", "to_500m"})
"""Classes of turnover under the Rp 42 million a month up to which no PBJT is owed; unknown is taken as small."""


@dataclass(frozen=True, slots=True)
class KindTax:
    """The assessment of one kind of supply in an order, with the facts it was made from."""

    kind: Kind
    facts: Facts
    result: Assessment


@dataclass(frozen=True, slots=True)
class Part:
    """Another order whose goods may be a part of the same need. `amount`: rupiah of its goods."""

    id: int
    number: str
    office_id: int
    vendor_id: int
    account_code: str
    placed_at: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class OrderTaxes:
    """The taxes of one order, kind by kind; sums in rupiah."""

    kinds: tuple[KindTax, ...]
    stamp: int
    """For the receipt as a whole, not part of what is paid to the producer."""

    def total(self, name: str) -> int:
        """Return the sum of a field of the assessments: `gross`, `dpp`, `ppn`, `pph`, `remit_treasurer` and so on."""
        return sum(getattr(x.result, name) for x in self.kinds)

    @property
    def is_unsure(self) -> bool:
        """Tell whether a rule behind these numbers is not confirmed."""
        return any(x.result.is_unsure for x in self.kinds)

    @property
    def withheld(self) -> dict[str, int]:
        """Return {code: rupiah} of what the treasurer keeps back and remits."""
        return self._remitted("treasurer")

    @property
    def platform(self) -> dict[str, int]:
        """Return {code: rupiah} of what the platform keeps back and remits."""
        return self._remitted("platform")

    def _remitted(self, party: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for item in (item for x in self.kinds for item in x.result.items if item.by == party and item.amount):
            found[item.code] = found.get(item.code, 0) + item.amount
        return found


def assess_order(order: Order, day: date, *, card: bool = False) -> OrderTaxes:
    """Return the taxes of an order as it would be paid on `day`, by card or not.

    What the office pays is the order's total, taxes inside it (rule `tax.price_basis`). Other orders of the same office,
    producer and account near it count for the Rp 2 million floor; what the producer was paid this year for the
    Rp 500 million counter. Raises Invalid at `date` for a day without rules.
    """
    return assess_orders([order], day, card=card)[order.id]


def assess_orders(orders: Sequence[Order], day: date, *, card: bool = False) -> dict[int, OrderTaxes]:
    """Return {order id: taxes}, each as if it were the next one paid; four statements for any number of orders."""
    vendor_ids = {order.vendor_id for order in orders}
    vendors = {v.id: v for v in session.scalars(select(Vendor).where(Vendor.id.in_(vendor_ids)))}
    paid = turnovers(vendor_ids, day.year)
    lines = _lines(orders)
    parts = _parts(orders)
    return {
        order.id: _assessed(order, vendors[order.vendor_id], lines, parts, paid.get(order.vendor_id, 0), day, card=card)
        for order in orders
    }


def _assessed(
    order: Order, vendor: Vendor, lines: Sequence[Any], parts: Sequence[Part], before: int, day: date, *, card: bool
) -> OrderTaxes:
    found = []
    for kind, amount in _amounts(order, lines).items():
        facts = _facts(vendor, kind, amount, day)
        split = _split(order, vendor, parts) if kind == "goods" else 0
        facts = replace(facts, card=card, turnover_before=before, split_dpp=split)
        result = assess(facts, _rule_on)
        found.append(KindTax(kind, facts, result))
        before += result.dpp
    return OrderTaxes(tuple(found), _stamp(order, day))


def _lines(orders: Sequence[Order]) -> Sequence[Any]:
    """Return (order id, shelf, rupiah) of their lines."""
    return session.execute(
        select(OrderLine.order_id, OrderLine.category_code, func.sum(OrderLine.amount))
        .where(OrderLine.order_id.in_([order.id for order in orders]))
        .group_by(OrderLine.order_id, OrderLine.category_code)
        .order_by(OrderLine.order_id, OrderLine.category_code)
    ).all()


def _amounts(order: Order, lines: Sequence[Any]) -> dict[Kind, int]:
    """Return {kind: rupiah} of an order's lines; delivery goes with the largest."""
    found: dict[Kind, int] = {}
    for order_id, code, amount in lines:
        if order_id == order.id:
            kind = kind_of(code, local_day(order.placed_at))
            found[kind] = found.get(kind, 0) + int(amount)
    largest = max(found, key=lambda kind: found[kind])
    found[largest] += order.shipping
    return found


def kind_of(category_code: str, day: date) -> Kind:
    """Return what a shelf counts as for taxes: a service, catering (rule `tax.catering_categories`), else goods."""
    shelf = shelves().get(category_code)
    if shelf is not None and shelf.kind == "service":
        return "service"
    caterers: list[str] = policy.rule(session, "tax.catering_categories", day).value
    return "catering" if set(chain(category_code)) & set(caterers) else "goods"


def turnover(vendor_id: int, year: int) -> int:
    """Return what a producer was paid in a tax year through this shop, rupiah without PPN and PBJT."""
    return turnovers({vendor_id}, year).get(vendor_id, 0)


def turnovers(vendor_ids: Collection[int], year: int) -> dict[int, int]:
    """Return {producer: the same} for those that were paid anything; one statement."""
    rows = (VendorTurnover.vendor_id.in_(vendor_ids), VendorTurnover.year == year)
    return dict(session.execute(select(VendorTurnover.vendor_id, VendorTurnover.paid).where(*rows)).all())


def freeze(order: Order, taxes: OrderTaxes, day: date, now: datetime) -> None:
    """Keep the assessment an order was paid by, and count what the producer was paid."""
    session.execute(
        insert(OrderTax),
        [
            {
                "order_id": order.id,
                "kind": x.kind,
                "office_id": order.office_id,
                "vendor_id": order.vendor_id,
                "paid_on": day,
                "month": day.year * 100 + day.month,
                **{name: getattr(x.result, name) for name in _COLUMNS},
                "pph_base": next(item.base for item in x.result.items if item.code == x.result.pph_code),
                "stamp": taxes.stamp if x is taxes.kinds[0] else 0,
                "items": told(x.result.items),
                "made_at": now,
            }
            for x in taxes.kinds
        ],
    )
    counted = {"vendor_id": order.vendor_id, "year": day.year, "paid": taxes.total("dpp")}
    session.execute(adding(_turnover, ("vendor_id", "year"), ("paid",)), counted)


_COLUMNS: Final = (
    "dpp", "ppn", "ppn_remitted_by", "pbjt", "pph_code", "pph_bp", "pph", "pph_remitted_by", "gross", "seller_receives",
    "remit_treasurer", "remit_platform",
)  # fmt: skip


def told(items: Sequence[TaxItem]) -> list[dict[str, Any]]:
    """Return tax items as plain JSON, each with its rule as it stood."""
    return [asdict(item) | {"rule": _rule_told(item)} for item in items]


def _rule_told(item: TaxItem) -> dict[str, Any] | None:
    rule = item.rule
    if rule is None:
        return None
    return {
        "key": rule.key,
        "source": rule.source,
        "confidence": rule.confidence,
        "from": rule.valid_from.isoformat(),
        "to": rule.valid_to.isoformat() if rule.valid_to else None,
    }


def _rule_on(key: str, day: date) -> policy.RuleValue:
    return policy.rule(session, key, day)


def _facts(vendor: Vendor, kind: Kind, amount: int, day: date) -> Facts:
    individual = vendor.legal_form == "individual"
    pbjt = kind == "catering" and vendor.turnover_class not in _PBJT_FREE
    inside = policy.rule(session, "tax.price_basis", day).value == "included"
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
        collector=policy.rule(session, "tax.collector_default", day).value,
    )


def parts_of(order: Order) -> list[Part]:
    """Return the other orders whose goods may be parts of the same need as this one's, oldest first."""
    return [part for part in _parts([order]) if _counts(part, order)]


def _parts(orders: Sequence[Order]) -> list[Part]:
    """Return goods in orders of the same offices, producers and accounts near these, one statement."""
    near = []
    for order in orders:
        days = _window(order)
        near.append(
            and_(
                Order.office_id == order.office_id,
                Order.vendor_id == order.vendor_id,
                Order.placed_at.between(order.placed_at - days, order.placed_at + days),
                Order.account_code == order.account_code,
                Order.id != order.id,
            )
        )
    rows = session.execute(
        select(
            Order.id, Order.number, Order.office_id, Order.vendor_id, Order.account_code, Order.placed_at,
            OrderLine.category_code, func.sum(OrderLine.amount),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(or_(*near), Order.state.not_in(states.UNPAID_END))
        .group_by(Order.id, OrderLine.category_code)
        .order_by(Order.placed_at, Order.id)
    ).all()  # fmt: skip
    found: dict[int, Part] = {}
    for order_id, number, office_id, vendor_id, account, placed, code, amount in rows:
        if kind_of(code, local_day(placed)) == "goods":
            known = found.get(order_id) or Part(order_id, number, office_id, vendor_id, account, placed, 0)
            found[order_id] = replace(known, amount=known.amount + int(amount))
    return list(found.values())


def _window(order: Order) -> timedelta:
    return timedelta(days=policy.rule(session, "order.split_window_days", local_day(order.placed_at)).value["days"])


def _counts(part: Part, order: Order) -> bool:
    same = (part.office_id, part.vendor_id, part.account_code) == (order.office_id, order.vendor_id, order.account_code)
    return same and part.id != order.id and abs(part.placed_at - order.placed_at) <= _window(order)


def _split(order: Order, vendor: Vendor, parts: Sequence[Part]) -> int:
    """Return the DPP of goods in other orders that may be parts of the same need (PMK 59/2022: not split up)."""
    gross = sum(part.amount for part in parts if _counts(part, order))
    if not gross or not vendor.pkp:
        return gross
    day = local_day(order.placed_at)
    return assess(Facts(day=day, amount=gross, basis="incl_ppn", form="pt", pkp=True), _rule_on).dpp


def _stamp(order: Order, day: date) -> int:
    limit = policy.rule(session, "stamp", day).value
    return int(limit["amount"]) if order.total > limit["above"] else 0
