"""The ways of a negotiation and of a competition. Only this file assigns `.state`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.errors import Stale
from shop.base.machine import Machine, Step
from shop.negotiation.models import Competition, Negotiation

READ: Final = "negotiation:deal:read"
BUY: Final = "negotiation:deal:buy"
SELL: Final = "negotiation:deal:sell"
_ENDS: Final = ("agreed", "declined", "withdrawn", "expired")

TALKS: Final = Machine(
    initial="open_vendor",
    final=_ENDS,
    steps=(
        Step("open_vendor", "counter", "open_buyer", SELL),
        Step("open_vendor", "accept", "agreed", SELL),
        Step("open_vendor", "decline", "declined", SELL),
        # Who waits for the other may always take back what is on the table.
        Step("open_vendor", "withdraw", "withdrawn", BUY),
        Step("open_vendor", "expire", "expired", "system"),
        Step("open_buyer", "counter", "open_vendor", BUY),
        Step("open_buyer", "accept", "agreed", BUY),
        Step("open_buyer", "decline", "declined", BUY),
        Step("open_buyer", "withdraw", "withdrawn", SELL),
        Step("open_buyer", "expire", "expired", "system"),
    ),
)
TENDERS: Final = Machine(
    initial="collecting",
    final=("awarded", "closed"),
    steps=(
        Step("collecting", "open", "opened", "system"),
        # Too few bids: they stay sealed, so that an extension lets nobody undercut what was read.
        Step("collecting", "fall_short", "short", "system"),
        Step("collecting", "close", "closed", BUY),
        Step("short", "extend", "collecting", BUY),
        Step("short", "open_anyway", "opened", BUY),
        Step("short", "close", "closed", BUY),
        Step("opened", "award", "awarded", BUY),
        Step("opened", "close", "closed", BUY),
    ),
)
OPEN_TALKS: Final = ("open_vendor", "open_buyer")
OPEN_TENDERS: Final = ("collecting", "short", "opened")
LABELS: Final[Mapping[str, str]] = {
    "open_vendor": "Menunggu jawaban produsen",
    "open_buyer": "Menunggu jawaban kantor",
    "agreed": "Sepakat",
    "declined": "Tidak sepakat",
    "withdrawn": "Ditarik",
    "expired": "Lewat batas waktu",
    "collecting": "Menunggu penawaran",
    "short": "Penawaran kurang",
    "opened": "Penawaran dibuka",
    "awarded": "Pemenang ditetapkan",
    "closed": "Ditutup tanpa pemenang",
}
TONES: Final[Mapping[str, str]] = {
    "open_vendor": "wait",
    "open_buyer": "wait",
    "agreed": "ok",
    "declined": "bad",
    "withdrawn": "none",
    "expired": "bad",
    "collecting": "wait",
    "short": "bad",
    "opened": "info",
    "awarded": "ok",
    "closed": "none",
}


def begin_talk(actor: Actor, talk: Negotiation, now: datetime, **data: object) -> None:
    """Note that a negotiation was opened. It must have its id."""
    trail.record(actor, "negotiation.start", "negotiation", talk.id, now, to=TALKS.initial, **data)


def begin_tender(actor: Actor, tender: Competition, now: datetime, **data: object) -> None:
    """Note that a competition was called."""
    trail.record(actor, "competition.start", "competition", tender.id, now, to=TENDERS.initial, **data)


def move_talk(
    actor: Actor, talk: Negotiation, verb: str, version: int, now: datetime, sets: Mapping[str, object], **data: object
) -> None:
    """Take one step of a negotiation, write `sets` with it, and record it. Raises Stale, WrongState, Forbidden."""
    _move(actor, TALKS, talk, verb, version, now, sets, data)


def move_tender(
    actor: Actor,
    tender: Competition,
    verb: str,
    version: int,
    now: datetime,
    sets: Mapping[str, object],
    **data: object,
) -> None:
    """Take one step of a competition, likewise."""
    _move(actor, TENDERS, tender, verb, version, now, sets, data)


def _move(
    actor: Actor,
    machine: Machine,
    thing: Negotiation | Competition,
    verb: str,
    version: int,
    now: datetime,
    sets: Mapping[str, object],
    data: Mapping[str, object],
) -> None:
    if thing.version != version:
        raise Stale
    step = machine.step(thing.state, verb)
    actor.require(step.permission)
    before, thing.state = thing.state, step.target
    for name, value in sets.items():
        setattr(thing, name, value)
    kind = thing.__tablename__
    trail.record(actor, f"{kind}.{verb}", kind, thing.id, now, **{"from": before, "to": step.target}, **data)
