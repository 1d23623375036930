"""What comes in through the pages of addenda: text, made into values before a verb judges it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shop.addenda.contents import Wanted
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid, or_fault
from shop.base.sheet import whole
from shop.orders import terms
from shop.orders.checking import moment
from shop.orders.forms import number
from shop.orders.reading import OrderView

_PIECES: Final = "Isi bilangan bulat 0 sampai 100.000; 0 berarti tidak ikut."
_PRICE: Final = "Isi harga satuan dalam rupiah bulat, lebih dari 0."


def wanted(form: Mapping[str, str], view: OrderView) -> Wanted:
    """Read the form against the order it was drawn from: a field that says what already counts changes nothing.

    Raises Invalid with every unreadable field at once; the verb judges the rest.
    """
    faults: list[FieldFault] = []
    text = form.get("deliver.at", "").strip()
    at = or_fault(faults, moment, text) if text else None
    pieces, prices = dict[int, int](), dict[int, int]()
    for line in view.lines:
        typed = form.get(f"line-{line.id}", "").strip()
        if typed:
            found = or_fault(faults, number, typed, f"line-{line.id}", _PIECES)
            if found is not None and found != line.quantity:
                pieces[line.id] = min(found, terms.MAX_QUANTITY + 1)
        typed = form.get(f"price-{line.id}", "").strip()
        if typed:
            price = or_fault(faults, _price, typed, f"price-{line.id}")
            if price is not None and price != line.unit_price:
                prices[line.id] = price
    if faults:
        raise Invalid(faults=tuple(faults))
    return Wanted(
        pieces,
        prices,
        # The page shows minutes: a moment with seconds that was left alone did not change.
        None if at is None or at == view.deliver_at.replace(second=0, microsecond=0) else at,
        _changed(form, "address", view.deliver_address),
        _changed(form, "purpose", view.purpose),
        one_line(form.get("reason", "")),
        one_line(form.get("price_reason", "")),
    )


def _changed(form: Mapping[str, str], name: str, now: str) -> str | None:
    if name not in form:
        return None
    typed = one_line(form[name])
    return None if typed == one_line(now) else typed


def _price(text: str, field: str) -> int:
    found = whole(text)
    if found is None or found < 1:
        raise Invalid.at(field, _PRICE)
    return found
