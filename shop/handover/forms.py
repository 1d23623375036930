"""What comes in through the pages of handing over: text, made into values before a verb judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from shop.base.errors import FieldFault, Invalid
from shop.handover.expecting import Expected
from shop.handover.ratings import Opinion
from shop.handover.receipts import Check, Found
from shop.orders.forms import number

_YES_NO: Final = {"ya": True, "tidak": False}


def check(form: Mapping[str, str], expected: Sequence[Expected]) -> Check:
    """Read the inspection of the lines that are expected; others are not asked for. Raises Invalid with all faults."""
    faults, lines = list[FieldFault](), dict[int, Found]()
    for line in expected:
        received = _pieces(form, f"received-{line.line_id}", line.pieces, faults)
        refused = _pieces(form, f"refused-{line.line_id}", line.pieces, faults, empty=0)
        reason = form.get(f"reason-{line.line_id}", "")
        lines[line.line_id] = Found(received, refused, reason if refused else "")
    if faults:
        raise Invalid(faults=tuple(faults))
    return Check(lines, form.get("choice", ""), form.get("note", ""))


def _pieces(
    form: Mapping[str, str], name: str, most: int, faults: list[FieldFault], *, empty: int | None = None
) -> int:
    text = form.get(name, "").strip()
    if not text and empty is not None:
        return empty
    try:
        return number(text, name, "", most=most)
    except Invalid:
        faults.append(FieldFault(name, "Isi bilangan bulat 0 sampai %(most)s.", (("most", most),)))
        return 0


def opinion(form: Mapping[str, str]) -> Opinion:
    """Read a rating: `ya`, `tidak`, or anything else for not answered."""
    as_ordered, packed, tasty = (_YES_NO.get(form.get(name, "")) for name in ("as_ordered", "packed", "tasty"))
    return Opinion(as_ordered, packed, tasty, form.get("words", ""))
