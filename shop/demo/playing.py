"""Plays the planned orders through the real verbs, in the order of time, so that trail, ledger and totals are real."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete

from shop.base.actor import SYSTEM
from shop.base.clock import local_day
from shop.db import session, unit_of_work
from shop.demo.filling import Cast
from shop.demo.shapes import DemoOrderPlan
from shop.orders import confirming, delivering, paying, placing, receiving, terms
from shop.orders.loading import lock_order
from shop.orders.wish import Delivery, WantedLine, Wish
from shop.outbox.models import OutboxMessage
from shop.risk import flagging

_ROAD: Final = ("confirmed", "on_the_way", "arrived", "received", "paid", "closed")
_VERB: Final = {
    "confirmed": "confirm",
    "on_the_way": "ship",
    "arrived": "arrive",
    "received": "receive",
    "paid": "pay",
    "closed": "close",
}
_REASONS: Final = {"refused": "capacity", "cancelled": "event_moved"}
_BATCH: Final = 250
_JUDGED: Final = 60
"""So many of the newest orders are judged by the risk rules; in a shop at work each is, after its placing."""

Event = tuple[datetime, int, str, int]
"""(moment, sequence, verb, index of the plan): sorts by time, ties in the order they were planned."""


def play(cast: Cast, plans: tuple[DemoOrderPlan, ...], now: datetime, tick: Callable[[int], None]) -> int:
    """Bring every plan to its state. Returns how many orders there are.

    `tick` is told how many steps each batch took, for a progress bar. Opens its own units of work.
    """
    events = [event for index, plan in enumerate(plans) for event in _events(index, plan, now)]
    heapq.heapify(events)
    orders: dict[int, int] = {}
    while events:
        batch = [heapq.heappop(events) for _ in range(min(_BATCH, len(events)))]
        with unit_of_work():
            for moment, _, verb, index in batch:
                if verb == "place":
                    orders[index] = _place(cast, plans[index], moment)
                else:
                    _step(cast, plans[index], verb, orders[index], moment)
            session.flush()
            session.expunge_all()
            session.execute(delete(OutboxMessage))  # nobody is to get mail about orders that never were
        tick(len(batch))
    with unit_of_work():
        for order_id in sorted(orders.values())[-_JUDGED:]:
            flagging.judge_order(order_id, now)
    return len(orders)


def steps(plans: tuple[DemoOrderPlan, ...], now: datetime) -> int:
    """Return how many steps playing takes."""
    return sum(len(list(_events(index, plan, now))) for index, plan in enumerate(plans))


def _events(index: int, plan: DemoOrderPlan, now: datetime) -> Iterator[Event]:
    rng = random.Random(plan.key)  # noqa: S311 - the same plan always takes the same time
    moment, last = plan.ordered_at, now - timedelta(seconds=30)
    answer_by = terms.answer_by(plan.ordered_at, plan.serve_at)
    yield moment, index * 10, "place", index
    if plan.state == "expired":
        yield min(answer_by + timedelta(minutes=1), last), index * 10 + 1, "expire", index
        return
    moment += min(timedelta(minutes=rng.randint(4, 600)), (answer_by - plan.ordered_at) / 2)
    if plan.state in _REASONS:
        yield min(moment, last), index * 10 + 1, "refuse" if plan.state == "refused" else "cancel", index
        return
    late = timedelta(minutes=rng.choice((-35, -20, -15, -10, -5, 0, 4, 18)))
    times = {
        "confirmed": moment,
        "on_the_way": max(moment, plan.serve_at - timedelta(minutes=rng.randint(45, 120))),
        "arrived": max(moment, plan.serve_at + late),
        "received": plan.serve_at + timedelta(hours=rng.randint(1, 7)),
        "paid": plan.serve_at + timedelta(days=rng.randint(1, 4), hours=2),
        "closed": plan.serve_at + timedelta(days=rng.randint(5, 8), hours=3),
    }
    road = _ROAD[: _ROAD.index(plan.state) + 1] if plan.state in _ROAD else ()
    for place, state in enumerate(road, 1):
        yield min(times[state], last), index * 10 + place, _VERB[state], index


def _place(cast: Cast, plan: DemoOrderPlan, moment: datetime) -> int:
    wish = Wish(
        package_id=cast.packages[plan.package],
        purpose=plan.purpose,
        headcount=plan.headcount,
        delivery=Delivery(plan.delivery_address, cast.kecamatan[plan.office], plan.serve_at),
        lines=tuple(WantedLine(cast.products[key], quantity) for key, quantity in plan.lines),
        shown_total=plan.subtotal,
    )
    buyer = cast.officers[plan.office, "pp"]
    return placing.place_order(buyer, wish, f"demo-{plan.key}", moment, channel="basket").order_ids[0]


def _step(cast: Cast, plan: DemoOrderPlan, verb: str, order_id: int, moment: datetime) -> None:
    order = lock_order(SYSTEM, order_id)
    version = order.version
    officer = {role: cast.officers[plan.office, role] for role in ("pp", "ppk", "bendahara")}
    producer = cast.vendors[plan.vendor]
    if verb == "confirm":
        confirming.confirm(producer, order_id, version, moment)
    elif verb == "refuse":
        confirming.refuse(producer, order_id, version, _REASONS["refused"], plan.reason or "", moment)
    elif verb == "cancel":
        confirming.cancel(officer["pp"], order_id, version, _REASONS["cancelled"], plan.reason or "", moment)
    elif verb == "expire":
        confirming.expire(order, moment)
    elif verb == "ship":
        delivering.ship(producer, order_id, version, moment)
    elif verb == "arrive":
        delivering.arrive(producer, order_id, version, moment)
    elif verb == "receive":
        receiving.receive(officer["ppk"], order_id, version, moment)
    elif verb == "pay":
        paid_on = local_day(moment)
        paying.pay(officer["bendahara"], order_id, version, paying.Proof(f"DEMO-{order_id:06d}", paid_on), moment)
    else:
        paying.close(officer["ppk"], order_id, version, moment)
