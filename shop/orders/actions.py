"""What this person may do with an order now, why not when not, and whose turn it is. One answer for page, API and desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from shop.accounts import duties
from shop.base.actor import Actor
from shop.base.errors import SeparationOfDuties
from shop.orders import states

Needs = Literal["none", "reason", "proof"]
Party = Literal["vendor", "ppk", "bendahara"]

TURN: Final[Mapping[str, Party]] = {
    "sent": "vendor",
    "confirmed": "vendor",
    "ready": "vendor",
    "on_the_way": "vendor",
    "arrived": "ppk",
    "received": "bendahara",
    "paid": "ppk",
}
"""Who has to act in which state; a state that is not here waits for nobody."""
PARTIES: Final[Mapping[Party, str]] = {"vendor": "Produsen", "ppk": "PPK", "bendahara": "Bendahara"}
NEEDS: Final[Mapping[str, Needs]] = {"refuse": "reason", "cancel": "reason", "send_back": "reason", "pay": "proof"}
ONWARD: Final = frozenset({"confirm", "ready", "ship", "arrive", "receive", "pay", "close"})
"""The steps that bring an order forward; the others end it or send it back."""

ELSEWHERE: Final = frozenset({"agree", "receive_part", "stop"})
"""Steps that have their own place: a proposal is answered where it is shown, a part is received, and an order stopped, on pages of their own."""

TOO_LATE: Final = "Batas waktu menjawab sudah lewat, pesanan ini kedaluwarsa."
ONLY_ITS_PPK: Final = "Hanya PPK paket ini yang boleh melakukannya."
ONLY_ITS_BUYERS: Final = "Hanya pemesan atau PPK paket ini yang boleh membatalkan."


@dataclass(frozen=True, slots=True)
class Case:
    """What decides who may do what with one order. Plain values, read together with the order."""

    state: str
    office_id: int
    vendor_id: int
    placed_by: int
    received_by: int | None
    ppk_id: int | None
    due_at: datetime | None
    office_relaxed: bool
    vendor_name: str
    office_name: str
    ppk_name: str | None
    placed_for: int | None = None
    received_for: int | None = None
    """Whose place the one who ordered or received took, under a delegation."""
    asked: bool = False
    """Whether the producer is asked about a shortage, and so holds the turn instead of the PPK."""

    @property
    def party(self) -> Party | None:
        """Who has to act; None when the order waits for nobody any more."""
        return "vendor" if self.asked else TURN.get(self.state)


@dataclass(frozen=True, slots=True)
class Action:
    """One step this person could take. `label` and `blocked_reason` are msgids; `due_at` is the deadline of the turn.

    `relaxes` tells that the step uses the office's relaxed separation of duties, which goes on the record.
    """

    verb: str
    label: str
    due_at: datetime | None
    needs: Needs
    primary: bool
    blocked_reason: str | None = None
    relaxes: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: the party, its label (msgid), the name people know it by, and until when."""

    party: Party
    label: str
    name: str
    until: datetime | None


def whose_turn(case: Case) -> Turn | None:
    """Return who has to act and until when; None when the order waits for nobody any more."""
    party = case.party
    if party is None:
        return None
    names = {"vendor": case.vendor_name, "ppk": case.ppk_name or case.office_name, "bendahara": case.office_name}
    return Turn(party, PARTIES[party], names[party], case.due_at)


def is_my_turn(actor: Actor, case: Case) -> bool:
    """Tell whether the order waits for this very hat."""
    party = case.party
    if party == "vendor":
        return actor.vendor_id == case.vendor_id
    if actor.office_id != case.office_id:
        return False
    if party == "ppk":
        return actor.may("orders:order:receive") and actor.acts_for(case.ppk_id)
    return party == "bendahara" and actor.may("orders:order:pay")


def actions_for(actor: Actor, case: Case, now: datetime) -> tuple[Action, ...]:
    """Return every step out of this state that the hat carries, the blocked ones with the reason why.

    The verbs check everything again under the lock; this only says beforehand what they would answer.
    """
    if case.vendor_id != actor.vendor_id and case.office_id != actor.office_id:
        return ()
    return tuple(
        _action(actor, case, step.verb, now)
        for step in states.MACHINE.steps_from(case.state)
        if step.verb not in ELSEWHERE and actor.may(step.permission)
    )


def open_actions(actor: Actor, case: Case, now: datetime) -> tuple[Action, ...]:
    """Return only the steps that would go through now."""
    return tuple(action for action in actions_for(actor, case, now) if action.blocked_reason is None)


def _action(actor: Actor, case: Case, verb: str, now: datetime) -> Action:
    blocked, relaxes = _judge(actor, case, verb, now)
    return Action(
        verb,
        states.VERBS[verb],
        case.due_at if verb in ONWARD else None,
        NEEDS.get(verb, "none"),
        verb in ONWARD,
        blocked,
        relaxes,
    )


def _judge(actor: Actor, case: Case, verb: str, now: datetime) -> tuple[str | None, bool]:
    if verb == "confirm" and case.due_at is not None and now > case.due_at:
        return TOO_LATE, False
    if verb in {"receive", "send_back", "close"} and not actor.acts_for(case.ppk_id):
        return ONLY_ITS_PPK, False
    if verb == "cancel" and not is_buyer(actor, case):
        return ONLY_ITS_BUYERS, False
    if verb in {"receive", "pay"}:
        earlier = {"place": case.placed_by, "receive": case.received_by if verb == "pay" else None}
        try:
            return None, duties.check_apart(
                case.office_relaxed, actor.user_id, earlier, verb, actor.for_user_id, _in_place_of(case)
            )
        except SeparationOfDuties as refusal:
            return refusal.message, False
    return None, False


def _in_place_of(case: Case) -> dict[str, int | None]:
    return {"place": case.placed_for, "receive": case.received_for}


def is_buyer(actor: Actor, case: Case) -> bool:
    """Tell whether this person ordered, was replaced by who did, or is the package's PPK, for oneself or as a deputy."""
    return any(map(actor.acts_for, (case.placed_by, case.placed_for, case.ppk_id)))
