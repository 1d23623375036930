"""The comparison record: what was searched, seen and compared for an order, why this one, frozen with the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, insert, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import fingerprint
from shop.base.errors import Invalid
from shop.catalog.models import Product
from shop.db import session
from shop.orders.models import Order, OrderLine, PricePromise
from shop.outbox import posting as outbox
from shop.p3dn.ladder import Tier
from shop.sourcing import weighing
from shop.sourcing.band import Band
from shop.sourcing.models import ComparisonRecord
from shop.sourcing.record_judging import Choice, Equal, Judged, judge
from shop.sourcing.record_reasons import AGREED, Said, faults
from shop.sourcing.record_trail import Step
from shop.sourcing.weighing import Preference, Weighed

FROZEN: Final = "sourcing.frozen"
"""Kind of the outbox message that says that records were made."""
_MOST_STEPS: Final = 10
_MOST_EQUALS: Final = 20
_records: Final = cast("Table", ComparisonRecord.__table__)


def freeze(actor: Actor, order_ids: Sequence[int], said: Mapping[int, Said], now: datetime) -> None:
    """Keep how the goods of orders just placed were chosen, in the transaction that placed them.

    `said`: {product id: what the officer said}. Raises Invalid naming `reason-<id>`, `words-<id>` or `import-<id>` when
    the first-ranked or a cheaper equal of what was seen is passed over, or something is imported, without a reason.
    A price from an agreement is its own reason: the record says from which, beside what was seen, if anything. Where
    nothing was searched (ordered again) it says so. A fixed number of statements.
    """
    orders = _orders(order_ids)
    lines: list[Any] = [line for _, held in orders.values() for line in held]
    agreed = _agreed(list(orders))
    choices = [Choice(x.product_id, x.quantity, x.unit_price, promised=x.product_id in agreed) for x in lines]
    at = min((order.deliver_at for order, _ in orders.values()), default=None)
    place = next((order.deliver_kecamatan for order, _ in orders.values()), "")
    judged, words = _judged(actor, choices, said, at, now)
    serves = weighing.serves_of(judged)
    goods = [
        weighing.offer_good(j.offer, j.choice.quantity, serves.get(i), j.choice.unit_price) for i, j in judged.items()
    ]
    weighed = weighing.weigh(goods, place, local_day(now))
    names = _names(judged.values())
    for order_id, (_, held) in orders.items():
        mine = [judged[line.product_id] for line in held if line.product_id in judged]
        content = {
            "searched": any(one.steps for one in mine),
            "steps": [_step(step, names) for step in _steps(mine)],
            "lines": [
                _line(one, words[one.choice.product_id], weighed[one.choice.product_id])
                | {"agreement": agreed.get(one.choice.product_id)}
                for one in mine
            ],
        }
        mark = fingerprint(content)
        session.execute(
            insert(_records).values(
                order_id=order_id, content=content, fingerprint=mark, made_by=actor.user_id, made_at=now
            )
        )
        trail.record(actor, "freeze_choice", "comparison_record", order_id, now, fingerprint=mark)
    outbox.post(FROZEN, {"order_ids": list(orders)}, now)


def _orders(order_ids: Sequence[int]) -> dict[int, tuple[Any, list[Any]]]:
    orders = session.execute(
        select(Order.id, Order.deliver_at, Order.deliver_kecamatan).where(Order.id.in_(order_ids)).order_by(Order.id)
    )
    found: dict[int, tuple[Any, list[Any]]] = {order.id: (order, []) for order in orders}
    columns = (OrderLine.order_id, OrderLine.product_id, OrderLine.quantity, OrderLine.unit_price)
    for line in session.execute(select(*columns).where(OrderLine.order_id.in_(found)).order_by(OrderLine.id)):
        found[line.order_id][1].append(line)
    return found


def check(
    actor: Actor, choices: Sequence[Choice], said: Mapping[int, Said], at: datetime | None, now: datetime
) -> None:
    """Raise Invalid as `freeze` would, for goods about to be asked for: who says yes wants to read the reason too."""
    _judged(actor, choices, said, at, now)


def _judged(
    actor: Actor, choices: Sequence[Choice], said: Mapping[int, Said], at: datetime | None, now: datetime
) -> tuple[dict[int, Judged], dict[int, Said]]:
    judged = {one.choice.product_id: one for one in judge(actor, choices, at, now)}
    words = {product_id: said.get(product_id, Said()).tidy for product_id in judged}
    _check(judged, words)
    return judged, words


def _agreed(order_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return {product id: the agreement its price comes from} of orders just placed; a product is in one order only."""
    columns = (PricePromise.product_id, PricePromise.source, PricePromise.source_id, PricePromise.made_at)
    rows = session.execute(select(*columns).where(PricePromise.used_order_id.in_(order_ids)))
    return {row.product_id: {"source": row.source, "id": row.source_id, "at": row.made_at.isoformat()} for row in rows}


def _check(judged: Mapping[int, Judged], words: Mapping[int, Said]) -> None:
    wrong = [
        fault
        for product_id, one in judged.items()
        for fault in faults(
            product_id,
            words[product_id],
            asked=one.asked,
            cheapest_passed=one.cheapest_passed,
            imported=not one.offer.pdn,
        )
    ]
    if wrong:
        raise Invalid(faults=tuple(wrong))


def _steps(judged: Sequence[Judged]) -> list[Step]:
    found = {(step.at, step.kind): step for one in judged for step in one.steps}
    return [found[key] for key in sorted(found)][-_MOST_STEPS:]


def _names(judged: Any) -> dict[int, str]:
    ids = {pair[0] for one in judged for step in one.steps for pair in step.seen}
    rows = session.execute(select(Product.id, Product.name).where(Product.id.in_(sorted(ids)))) if ids else ()
    return {row.id: row.name for row in rows}


def _step(step: Step, names: Mapping[int, str]) -> dict[str, Any]:
    seen = [{"product_id": i, "name": names.get(i, ""), "price": price} for i, price in step.seen]
    return {
        "kind": step.kind,
        "asked": dict(step.asked),
        "ranked": step.ranked,
        "at": step.at.isoformat(),
        "seen": seen,
    }


def _line(one: Judged, said: Said, weighed: Weighed) -> dict[str, Any]:
    offer = one.offer
    return {
        "product_id": offer.id,
        "name": offer.name,
        "vendor_id": offer.vendor_id,
        "vendor": offer.vendor_name,
        "category": offer.category_code,
        "unit": offer.unit,
        "quantity": one.choice.quantity,
        "unit_price": one.choice.unit_price,
        "promised": one.choice.promised,
        "searched": bool(one.steps),
        "equals": [_equal(equal) for equal in one.equals[:_MOST_EQUALS]],
        "equal_count": len(one.equals),
        "first_id": one.first.offer.id if one.first else None,
        "first_passed": one.first_passed,
        "cheapest_id": one.cheapest.offer.id if one.cheapest else None,
        "cheapest_price": one.cheapest.unit_price if one.cheapest else None,
        "cheapest_passed": one.cheapest_passed,
        "reason": said.reason or (AGREED if one.choice.promised else ""),
        "words": said.words,
        "imported": not offer.pdn,
        "import_words": said.import_words,
        "band": _band(weighed.band),
        "ceiling": _ceiling(weighed),
        "preference": _preference(weighed.preference),
    }


def _equal(equal: Equal) -> dict[str, Any]:
    offer, proof = equal.offer, equal.offer.evidence
    return {
        "product_id": offer.id, "name": offer.name, "vendor_id": offer.vendor_id, "vendor": offer.vendor_name,
        "unit_price": equal.unit_price, "seen_price": equal.seen_price, "compared": equal.compared,
        "evidence": proof.evidence, "tkdn_bp": proof.tkdn_bp,
    }  # fmt: skip


def _band(found: Band | None) -> dict[str, Any] | None:
    return None if found is None else {
        "low": found.low, "middle": found.middle, "high": found.high, "lines": found.lines,
        "kecamatan": found.kecamatan, "since": found.since.isoformat(),
    }  # fmt: skip


def _ceiling(weighed: Weighed) -> dict[str, Any] | None:
    top = weighed.ceiling
    return None if top is None else {
        "amount": top.amount, "per": top.per, "held": weighed.per_head, "over": weighed.over, "source": top.source,
        "confidence": top.confidence, "from_day": top.from_day.isoformat(),
    }  # fmt: skip


def _preference(found: Preference | None) -> dict[str, Any] | None:
    step: Tier | None = found.tier if found else None
    return None if found is None else {
        "industrial": found.industrial, "tier": step.number if step else None, "short": bool(step and step.short),
        "permitted": found.permitted, "source": found.source, "confidence": found.confidence,
    }  # fmt: skip
