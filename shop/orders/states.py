"""The life of an order is this table. Only this file assigns `.state`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.errors import Stale
from shop.base.machine import Machine, Step
from shop.db import session
from shop.orders import facts, owing, track_record
from shop.orders.models import Order
from shop.p3dn import posting

MACHINE: Final = Machine(
    initial="sent",
    final=("refused", "expired", "cancelled", "closed"),
    steps=(
        Step("sent", "confirm", "confirmed", "orders:order:confirm"),
        # The office agrees to what the producer proposed: both sides have said yes.
        Step("sent", "agree", "confirmed", "orders:order:answer"),
        Step("sent", "refuse", "refused", "orders:order:refuse"),
        Step("sent", "expire", "expired", "system"),
        Step("sent", "cancel", "cancelled", "orders:order:cancel"),
        # Who was not paid for long need not deliver more to the same office; judged in addenda/stopping.py.
        Step("sent", "stop", "cancelled", "orders:order:stop"),
        Step("confirmed", "stop", "cancelled", "orders:order:stop"),
        Step("ready", "stop", "cancelled", "orders:order:stop"),
        Step("confirmed", "ready", "ready", "orders:order:ready"),
        # Saying that it stands ready is a courtesy: who goes straight off loses nothing.
        Step("confirmed", "ship", "on_the_way", "orders:order:ship"),
        Step("confirmed", "cancel", "cancelled", "orders:order:cancel"),
        Step("ready", "ship", "on_the_way", "orders:order:ship"),
        Step("ready", "cancel", "cancelled", "orders:order:cancel"),
        Step("on_the_way", "arrive", "arrived", "orders:order:arrive"),
        Step("on_the_way", "cancel", "cancelled", "orders:order:cancel"),
        Step("arrived", "receive", "received", "orders:order:receive"),
        # Wrong or short goods go back to the producer, who delivers again; nothing is paid meanwhile.
        Step("arrived", "send_back", "confirmed", "orders:order:send_back"),
        # A part was received; only what is missing comes again. What was received stays received.
        Step("arrived", "receive_part", "confirmed", "orders:order:receive"),
        # Nobody inspected in time, and nobody complained.
        Step("arrived", "accept", "received", "system"),
        # Both sides (or one side's silence) agree that only what was received is paid.
        Step("arrived", "settle", "received", "system"),
        Step("confirmed", "settle", "received", "system"),
        Step("ready", "settle", "received", "system"),
        Step("arrived", "cancel", "cancelled", "orders:order:cancel"),
        Step("received", "pay", "paid", "orders:order:pay"),
        # A channel has confirmed what a bendahara opened there: nobody presses anything any more.
        Step("received", "charge", "paid", "system"),
        Step("paid", "close", "closed", "orders:order:close"),
    ),
)

COMMITTED: Final = frozenset({"confirmed", "ready", "on_the_way", "arrived", "received", "paid", "closed"})
"""States in which the producer has accepted: the order counts as committed in the P3DN totals."""
PAID: Final = frozenset({"paid", "closed"})
"""States in which the money has gone: the order counts as realised."""
UNPAID_END: Final = frozenset({"refused", "expired", "cancelled"})
"""Ends without payment: pagu, stock and capacity go back."""
OPEN: Final = MACHINE.states - MACHINE.final
PERMISSIONS: Final[Mapping[str, str]] = {step.verb: step.permission for step in MACHINE.steps}
"""What each verb needs, whatever the state: who may never do it hears that first."""

LABELS: Final[Mapping[str, str]] = {
    "sent": "Menunggu jawaban produsen",
    "confirmed": "Disiapkan produsen",
    "ready": "Siap diantar",
    "refused": "Ditolak produsen",
    "expired": "Kedaluwarsa, tidak dijawab",
    "cancelled": "Dibatalkan",
    "on_the_way": "Dalam perjalanan",
    "arrived": "Tiba, menunggu pemeriksaan",
    "received": "Diterima, menunggu pembayaran",
    "paid": "Sudah dibayar",
    "closed": "Selesai",
}
VERBS: Final[Mapping[str, str]] = {
    "confirm": "Terima pesanan",
    "refuse": "Tolak pesanan",
    "agree": "Setujui usulan",
    "ready": "Siap diantar",
    "ship": "Berangkat",
    "arrive": "Sudah tiba",
    "receive": "Barang diterima",
    "send_back": "Kembalikan",
    "pay": "Catat pembayaran",
    "charge": "Dibayar lewat saluran",
    "close": "Tutup pesanan",
    "cancel": "Batalkan pesanan",
    "expire": "Kedaluwarsa",
    "stop": "Hentikan pesanan",
    "receive_part": "Terima sebagian",
    "accept": "Diterima otomatis",
    "settle": "Selesai dengan penyesuaian",
}
Follower = Callable[[Actor, Order, str, datetime], None]
"""Hears of a step that was just taken (who, the locked order, the verb, when), in the same transaction."""
FOLLOWERS: Final[list[Follower]] = []
"""Rooms above that go along with an order's steps; the roof puts them here. One that raises undoes the step."""


def begin(actor: Actor, order_id: int, now: datetime, **data: object) -> None:
    """Note that an order was put into the first state. It must have its id, so that the trail can name it."""
    trail.record(actor, "place", "order", order_id, now, to=MACHINE.initial, **data)


def initial() -> str:
    """Return the state an order is born in."""
    return MACHINE.initial


def move(
    actor: Actor, order: Order, verb: str, version: int, now: datetime, sets: Mapping[str, object], **data: object
) -> None:
    """Take one step of the table, write `sets` into the order with it, and let ledger and record follow.

    State and fields go together, so that one step is one new version. `data` is what the trail says besides.
    Raises Forbidden without the step's permission, Stale when `version` is not the one on the screen any more,
    WrongState when the table has no such step.
    """
    actor.require(PERMISSIONS[verb])
    if order.version != version:
        raise Stale
    step = MACHINE.step(order.state, verb)
    counted = track_record.of_order(order)
    before, order.state = order.state, step.target
    for name, value in sets.items():
        setattr(order, name, value)
    track_record.follow(counted, order)
    trail.record(actor, verb, "order", order.id, now, **{"from": before, "to": step.target}, **data)
    if standing(before) != standing(step.target):
        session.flush()
        posting.settle(actor, f"order:{order.id}", facts.of_order(order, *standing(step.target)), now)
    if step.target == "received":
        owing.owe(actor, order, now)
    tell(actor, order, verb, now)


def tell(actor: Actor, order: Order, verb: str, now: datetime) -> None:
    """Let the rooms above go along with a step, or with a change that is none, as a signed addendum."""
    for follow in FOLLOWERS:
        follow(actor, order, verb, now)


def standing(state: str) -> tuple[bool, bool]:
    """Return (committed, paid): how a state counts in the P3DN totals."""
    return state in COMMITTED, state in PAID
