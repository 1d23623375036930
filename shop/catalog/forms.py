"""The producer's form, from text to values. What the values must be, the verb says."""

from __future__ import annotations

from collections.abc import Mapping

from shop.base.errors import FieldFault, Invalid
from shop.base.sheet import whole
from shop.catalog.editing import Changes, check


def read_changes(form: Mapping[str, str]) -> Changes:
    """Read the form of a product. Raises Invalid with every fault, of writing and of meaning, at once."""
    faults: list[FieldFault] = []

    def number(name: str, otherwise: int = 0) -> int:
        value = whole(form.get(name, "").strip())
        if value is None:
            faults.append(FieldFault(name, "Isi dengan bilangan bulat, misalnya 25000 atau 25.000."))
        return otherwise if value is None else value

    def maybe(name: str) -> int | None:
        return number(name, 1) if form.get(name, "").strip() else None

    changes = Changes(
        name=form.get("name", ""),
        description=form.get("description", ""),
        ingredients=form.get("ingredients", ""),
        price=number("price", 1),
        unit=form.get("unit", ""),
        min_order=number("min_order", 1),
        stock=maybe("stock"),
        seen_stock=maybe("seen_stock"),
        daily_capacity=maybe("daily_capacity"),
        lead_time_hours=number("lead_time_hours"),
        halal=form.get("halal") == "1",
        state=form.get("state", ""),
    )
    try:
        check(changes)
    except Invalid as error:
        known = {fault.field for fault in faults}
        faults += [fault for fault in error.faults if fault.field not in known]
    if faults:
        raise Invalid(faults=tuple(faults))
    return changes


def version_of(form: Mapping[str, str]) -> int:
    """Return the version the form was opened with; 0, which none has, when it is no number."""
    return whole(form.get("version", "")) or 0
