"""The taxes of an order: its facts as the law asks for them, assessed before payment and frozen with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, func, insert, select

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
    vendor = session.get_one(Vendor, order.vendor_id)
    before = turnover(order.vendor_id, day.year)
    found = []
    for kind, amount in amounts(order).items():
        facts = _facts(order, vendor, kind, amount, day)
        facts = replace(facts, card=card, turnover_before=before)
        result = assess(facts, _rule_on)
        found.append(KindTax(kind, facts, result))
        before += result.dpp
    return OrderTaxes(tuple(found), _stamp(order, day))


def amounts(order: Order) -> dict[Kind, int]:
    """Return {kind: rupiah} of an order's lines; delivery goes with the largest."""
    found: dict[Kind, int] = {}
    for code, amount in session.execute(
        select(OrderLine.category_code, func.sum(OrderLine.amount))
        .where(OrderLine.order_id == order.id)
        .group_by(OrderLine.category_code)
        .order_by(OrderLine.category_code)
    ):
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
    row = (VendorTurnover.vendor_id == vendor_id, VendorTurnover.year == year)
    return session.scalar(select(VendorTurnover.paid).where(*row)) or 0


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


def _facts(order: Order, vendor: Vendor, kind: Kind, amount: int, day: date) -> Facts:
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
        split_dpp=_split(order, vendor) if kind == "goods" else 0,
    )


def _split(order: Order, vendor: Vendor) -> int:
    """Return the DPP of goods in other orders that may be parts of the same need (PMK 59/2022: not split up)."""
    placed = order.placed_at
    days = timedelta(days=policy.rule(session, "order.split_window_days", local_day(placed)).value["days"])
    rows = session.execute(
        select(OrderLine.category_code, func.sum(OrderLine.amount))
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Order.office_id == order.office_id,
            Order.vendor_id == order.vendor_id,
            Order.placed_at.between(placed - days, placed + days),
            Order.account_code == order.account_code,
            Order.id != order.id,
            Order.state.not_in(states.UNPAID_END),
        )
        .group_by(OrderLine.category_code)
    ).all()
    day = local_day(placed)
    gross = sum(int(amount) for code, amount in rows if kind_of(code, day) == "goods")
    if not gross or not vendor.pkp:
        return gross
    return assess(Facts(day=day, amount=gross, basis="incl_ppn", form="pt", pkp=True), _rule_on).dpp


def _stamp(order: Order, day: date) -> int:
    limit = policy.rule(session, "stamp", day).value
    return int(limit["amount"]) if order.total > limit["above"] else 0
