"""The taxes of an order: its facts as the law asks for them, assessed before payment and frozen with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Table, delete, extract, func, insert, select

from shop.base.clock import month_number
from shop.db import session
from shop.kept import adding
from shop.orders import tax_cases
from shop.orders.models import Order, Payment
from shop.orders.models_tax import OrderTax, VendorTurnover
from shop.orders.tax_cases import Case, rule_on
from shop.tax.assessing import RuleOn, assess
from shop.tax.facts import Assessment, Facts, Kind, TaxItem

_turnover: Final[Table] = VendorTurnover.__table__  # type: ignore[assignment]


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
    return assess_orders([order], day, card=card)[order.id]


def assess_orders(orders: Sequence[Order], day: date, *, card: bool = False) -> dict[int, OrderTaxes]:
    """Return {order id: taxes}, each as if it were the next one paid; four statements for any number of orders."""
    return {case.order.id: assess_case(case, day, card=card) for case in tax_cases.read(orders, day.year)}


def assess_case(case: Case, day: date, rules: RuleOn = rule_on, *, card: bool = False) -> OrderTaxes:
    """Return the taxes of an order that is already read, by these rules; no statement. Raises Invalid at `date`."""
    before, found = case.before, []
    for kind, amount in case.amounts(rules).items():
        facts = replace(case.facts(kind, amount, day, rules), card=card, turnover_before=before)
        result = assess(facts, rules)
        found.append(KindTax(kind, facts, result))
        before += result.dpp
    return OrderTaxes(tuple(found), _stamp(case.order, day, rules))


def hold_turnover(vendor_id: int, year: int) -> None:
    """Lock a producer's counter of a tax year until the commit, after the package row and before the kept totals.

    Of two payments at once that both stay below the limit by themselves, the second must see the first.
    """
    session.execute(
        adding(_turnover, ("vendor_id", "year"), ("paid",)), {"vendor_id": vendor_id, "year": year, "paid": 0}
    )


def turnover(vendor_id: int, year: int) -> int:
    """Return what a producer was paid in a tax year through this shop, rupiah without PPN and PBJT.

    The one source of the Rp 500 million counter: for what is withheld, and for what the producer reads about it.
    """
    row = (VendorTurnover.vendor_id == vendor_id, VendorTurnover.year == year)
    return session.scalar(select(VendorTurnover.paid).where(*row)) or 0


def differences() -> list[str]:
    """Return which counters differ from what was paid, in words for operators; none when they are right."""
    held = {(v, y): paid for v, y, paid in session.execute(select(*_turnover.c))}
    counted = _count()
    return [
        f"producer {vendor_id} {year}: {held.get((vendor_id, year), 0)}, not {counted.get((vendor_id, year), 0)}"
        for vendor_id, year in sorted(held.keys() | counted.keys())
        if held.get((vendor_id, year), 0) != counted.get((vendor_id, year), 0)
    ]


def recount() -> int:
    """Count every counter anew from what was paid, in the caller's transaction; returns how many there are."""
    rows = [{"vendor_id": v, "year": y, "paid": paid} for (v, y), paid in _count().items()]
    session.execute(delete(_turnover))
    if rows:
        session.execute(insert(_turnover), rows)
    return len(rows)


def _count() -> dict[tuple[int, int], int]:
    """Return {(producer, year): rupiah}: the DPP frozen with each payment; in full what was paid before there was one."""
    found: dict[tuple[int, int], int] = {}
    year = extract("year", OrderTax.paid_on)
    frozen = select(OrderTax.vendor_id, year, func.sum(OrderTax.dpp)).group_by(OrderTax.vendor_id, year)
    year = extract("year", Payment.paid_on)
    older = (
        select(Order.vendor_id, year, func.sum(Payment.amount))
        .join(Payment, Payment.order_id == Order.id)
        .where(~select(OrderTax.id).where(OrderTax.order_id == Order.id).exists())
        .group_by(Order.vendor_id, year)
    )
    for query in (frozen, older):
        for vendor_id, of, amount in session.execute(query):
            found[vendor_id, int(of)] = found.get((vendor_id, int(of)), 0) + int(amount)
    return found


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
                "month": month_number(day),
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


def _stamp(order: Order, day: date, rules: RuleOn) -> int:
    limit = rules("stamp", day).value
    return int(limit["amount"]) if order.total > limit["above"] else 0
