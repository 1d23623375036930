"""How an order shows itself: its card in a list and its steps on the page. Plain values for templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.db import session
from shop.orders import states, terms
from shop.orders.actions import Action, is_my_turn, open_actions
from shop.orders.dossier import Dossier
from shop.orders.reading import OrderView
from shop.reference import calendar

TONES: Final[Mapping[str, str]] = {
    "sent": "wait",
    "confirmed": "info",
    "ready": "info",
    "on_the_way": "info",
    "arrived": "wait",
    "received": "wait",
    "paid": "ok",
    "closed": "ok",
    "refused": "bad",
    "expired": "bad",
    "cancelled": "bad",
}
MUST: Final[Mapping[str, str]] = {
    "sent": "terima atau tolak pesanan ini",
    "confirmed": "siapkan, lalu tandai saat berangkat",
    "ready": "tandai saat berangkat",
    "on_the_way": "tandai saat barang tiba",
    "arrived": "periksa barang, lalu terima atau kembalikan",
    "received": "bayar, lalu catat buktinya",
    "paid": "periksa berkas, lalu tutup pesanan",
}
"""What has to be done in each state, as msgids that continue "Giliran Anda: …"."""
ASKED: Final = "jawab catatan kekurangan di bawah"
_PATH: Final = (
    ("sent", "Dikirim"),
    ("confirmed", "Diterima produsen"),
    ("ready", "Siap diantar"),
    ("on_the_way", "Dalam perjalanan"),
    ("arrived", "Tiba"),
    ("received", "Diperiksa PPK"),
    ("paid", "Dibayar"),
    ("closed", "Selesai"),
)
_RANK: Final = {state: rank for rank, (state, _) in enumerate(_PATH)}


@dataclass(frozen=True, slots=True)
class PayClock:
    """The payment clock: today is working day `day` of `days` since the BAST (0 on its day); `late` days too many."""

    day: int
    days: int

    @property
    def late(self) -> int:
        """Working days past the deadline."""
        return max(0, self.day - self.days)


@dataclass(frozen=True, slots=True)
class Card:
    """An order in a list. `first_line` and `more` make its title; `state_label` is a msgid."""

    id: int
    version: int
    href: str
    number: str
    quantity: int
    unit: str
    product: str
    more: int
    purpose: str
    amount: int
    state: str
    state_label: str
    tone: str
    office: str
    vendor: str
    when: datetime
    place: str
    placed_at: datetime
    due: datetime | None
    late: bool
    mine: bool
    tap: Action | None
    """The one step this person can take from the list without typing anything."""
    clock: PayClock | None
    """Set while the office has to pay."""


@dataclass(frozen=True, slots=True)
class StepMark:
    """One step of the journey: done, now, todo, or bad where it stopped. `label` is a msgid."""

    label: str
    state: str
    at: datetime | None


def must(view: OrderView) -> str:
    """Return what whoever has the turn has to do (a msgid); empty when nobody has it."""
    return ASKED if view.case.asked else MUST.get(view.state, "")


def card(actor: Actor, view: OrderView, now: datetime) -> Card:
    """Return the card of an order as this person sees it."""
    case = view.case
    mine = is_my_turn(actor, case)
    # Only the producer's steps: an officer signs for what was inspected, on the page that shows the lines.
    tap = (
        next((a for a in open_actions(actor, case, now) if a.primary and a.needs == "none"), None)
        if actor.vendor_id
        else None
    )
    first = view.lines[0]
    return Card(
        view.id,
        view.version,
        # Who has to pay goes straight to where it is paid.
        f"/pesanan/{view.id}/bayar" if mine and case.party == "bendahara" else f"/pesanan/{view.id}",
        view.number,
        first.quantity,
        first.unit,
        first.name,
        len(view.lines) - 1,
        view.purpose,
        view.total,
        case.state,
        states.LABELS[case.state],
        TONES[case.state],
        case.office_name,
        case.vendor_name,
        view.deliver_at,
        view.deliver_address,
        view.placed_at,
        case.due_at,
        case.due_at is not None and case.due_at < now,
        mine,
        tap if mine and not case.asked else None,
        pay_clock(view, now),
    )


def steps(dossier: Dossier) -> list[StepMark]:
    """Return the journey with the moment of each step that was taken; an order that ended early stops in red."""
    view = dossier.order
    moments = {
        "sent": view.placed_at,
        "confirmed": view.confirmed_at,
        "ready": view.ready_at,
        "arrived": view.arrived_at,
        "received": view.received_at,
        "paid": view.paid_at,
        "closed": dossier.ended_at,
    }
    moments["on_the_way"] = next((e.at for e in reversed(dossier.events) if e.verb == "ship"), None)
    if view.state in states.UNPAID_END:
        taken = [
            StepMark(label, "done", moments[state])
            for state, label in _PATH
            if moments[state] is not None and state != "closed"
        ]
        return [*taken, StepMark(states.LABELS[view.state], "bad", dossier.ended_at)]
    at = _RANK[view.state]
    # Saying that it is ready is optional: once it is on its way, a step nobody took is not shown as taken.
    path = [(rank, *step) for rank, step in enumerate(_PATH) if step[0] != "ready" or view.ready_at or rank > at]
    return [
        StepMark(
            label, "done" if rank <= at else "now" if rank == at + 1 else "todo", moments[state] if rank <= at else None
        )
        for rank, state, label in path
    ]


def pay_clock(view: OrderView, now: datetime) -> PayClock | None:
    """Return where the payment clock stands, by working days without holidays and cuti bersama; None when it does not run."""
    if view.state != "received" or view.received_at is None:
        return None
    since = local_day(view.received_at)
    day = calendar.working_days_between(since, local_day(now), calendar.holiday_set(session))
    return PayClock(day, terms.pay_working_days(since))
