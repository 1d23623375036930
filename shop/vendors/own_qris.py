"""A producer's own QRIS code: the static one its acquirer gave it. Offices pay to it; nobody else sees it whole."""

from __future__ import annotations

from shop.base.errors import Invalid
from shop.qris.checking import check

_NAME_LENGTH = 25
"""Issuers cut a name to as many characters."""


def clean(text: str) -> str:
    """Return the text of a right static code. Raises Invalid at `qris` with every fault, or when it is for one sale only."""
    report = check(text).require("qris")
    if report.initiation != "static":
        raise Invalid.at("qris", "Ini kode sekali pakai. Tempel kode tetap, yang tercetak di tempat usaha Anda.")
    return text


def nmid(code: str) -> str:
    """Return the national merchant number of a code that was cleaned."""
    return check(code).nmid


def name_of(code: str) -> str:
    """Return the name a payer sees, empty without a code."""
    return check(code).name if code else ""


def is_named(code: str, business: str) -> bool:
    """Tell whether a code carries the name of the business, as far as 25 characters go; letters and digits count, case does not."""
    told, own = (_letters(name) for name in (name_of(code), business[:_NAME_LENGTH]))
    return bool(told) and (own.startswith(told) or told.startswith(own))


def _letters(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
