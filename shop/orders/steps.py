"""The steps of an order by name, for the doors: one table, whatever the way somebody comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shop.base.actor import Actor
from shop.base.errors import Invalid, NotFound
from shop.orders import confirming, delivering, paying, receiving
from shop.orders.models import Order
from shop.orders.paying import Proof


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says with a step: a reason of the fixed list, own words, a proof of payment."""

    reason: str = ""
    words: str = ""
    proof: Proof | None = None


Verb = Callable[[Actor, int, int, Said, datetime], Order]


def _plain(verb: Callable[[Actor, int, int, datetime], Order]) -> Verb:
    return lambda who, order_id, version, _said, now: verb(who, order_id, version, now)


def _with_reason(verb: Callable[[Actor, int, int, str, str, datetime], Order]) -> Verb:
    return lambda who, order_id, version, said, now: verb(who, order_id, version, said.reason, said.words, now)


def _pay(who: Actor, order_id: int, version: int, said: Said, now: datetime) -> Order:
    if said.proof is None:
        raise Invalid.at("reference", "Isi nomor bukti transfer atau SP2D, 3 sampai 100 huruf.")
    return paying.pay(who, order_id, version, said.proof, now)


_TABLE: Final[Mapping[str, Verb]] = {
    "confirm": _plain(confirming.confirm),
    "refuse": _with_reason(confirming.refuse),
    "ready": _plain(delivering.ready),
    "ship": _plain(delivering.ship),
    "arrive": _plain(delivering.arrive),
    "receive": _plain(receiving.receive),
    "send_back": _with_reason(receiving.send_back),
    "pay": _pay,
    "close": _plain(paying.close),
    "cancel": _with_reason(confirming.cancel),
}
"""Every step a person can take; deadlines that pass are not among them."""


def known(verb: str) -> str:
    """Return the verb. Raises NotFound for a word that is none."""
    if verb not in _TABLE:
        raise NotFound("Tindakan ini tidak dikenal.")
    return verb


def take(actor: Actor, order_id: int, verb: str, version: int, said: Said, now: datetime) -> Order:
    """Take one step by name. Raises what the step raises."""
    return _TABLE[known(verb)](actor, order_id, version, said, now)
