"""Which papers the value of an order asks for (Perpres 16/2018 art. 28; the table of SPJ papers by value)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from shop.base.clock import local_day
from shop.db import session
from shop.reference import policy

if TYPE_CHECKING:
    from shop.documents.ground import Ground

_ELECTRONIC = ("epurchasing", "tokodaring")


@dataclass(frozen=True, slots=True)
class Band:
    """Limits of the contract forms on a day, rupiah: up to and including."""

    proof: int
    kuitansi: int
    spk: int
    source: str


def on(day: date) -> Band:
    """Return the limits of a day."""
    rule = policy.rule(session, "contract.form", day)
    return Band(rule.value["proof"], rule.value["kuitansi"], rule.value["spk"], rule.source)


def is_electronic(method: str) -> bool:
    """Tell whether a way of buying is e-purchasing or the toko daring, however the plan writes it.

    >>> is_electronic("E-Purchasing"), is_electronic("e-purchasing (Toko Daring)"), is_electronic("Pengadaan Langsung")
    (True, True, False)
    """
    plain = "".join(letter for letter in method.lower() if letter.isalpha())
    return any(word in plain for word in _ELECTRONIC)


def needs_spk(ground: Ground) -> bool:
    """Tell whether the order needs an SPK: of that value, and bought where the surat pesanan is not the contract."""
    limits = on(local_day(ground.order.placed_at))
    return limits.kuitansi < ground.order.total <= limits.spk and not is_electronic(ground.package.method)


def needs_payment_report(total: int, day: date) -> bool:
    """Tell whether a BA pembayaran belongs to an order of this value."""
    return total > on(day).proof
