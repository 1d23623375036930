"""The producer's forms, from text to values. What the values must be, each part of a listing says itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeVar

from werkzeug.datastructures import MultiDict

from shop.base.errors import Invalid
from shop.base.fields import A_DAY, Fields
from shop.base.sheet import basis_points, whole
from shop.catalog import attributes, sections
from shop.catalog.sections import MAX_TIERS, About, Capacity, Contents, Part, Price, Tiers
from shop.catalog.tkdn import PaperForm

Form = MultiDict[str, str]
P = TypeVar("P", bound=Part)


class Reader(Fields):
    """Reads what a listing and its papers ask for."""

    def number(self, name: str, otherwise: int = 1) -> int:
        """Return a whole number; `otherwise`, which no rule minds, after noting that it is none."""
        value = whole(self.typed(name))
        if value is None:
            self.fault(name, "Isi dengan bilangan bulat, misalnya 25000 atau 25.000.")
        return otherwise if value is None else value

    def maybe(self, name: str) -> int | None:
        """Return a whole number, None when the field was left empty."""
        return self.number(name) if self.typed(name) else None

    def share(self, name: str) -> int:
        """Return basis points of a percentage as people write it: `62,40`, `62.4`, `62 %`; nothing written is 0."""
        text = self.typed(name)
        value = basis_points(text) if text else 0
        if value is None:
            self.fault(name, "Isi persen, misalnya 62,40.")
        return value or 0

    def some_day(self, name: str) -> date:
        """Return a day that must be there; long ago, after noting that it is none."""
        return self.day(name, A_DAY) or date.min

    def tiers(self, name: str, value: str) -> Tiers:
        """Return the rows that hold something, in the order of their quantity fields."""
        rows = range(1, MAX_TIERS + 1)
        pairs = [(f"{name}-from-{row}", f"{name}-{value}-{row}") for row in rows]
        return tuple(
            (self.number(least), self.number(much)) for least, much in pairs if self.typed(least) or self.typed(much)
        )

    def done(self, part: P) -> P:
        """Return the part. Raises Invalid with every fault, of writing and of meaning, at once."""
        known = {fault.field for fault in self.faults}
        faults = [*self.faults, *(fault for fault in part.faults() if fault.field not in known)]
        if faults:
            raise Invalid(faults=tuple(faults))
        return part


def read_about(form: Form, _category: str) -> About:
    """Read what it is. Raises Invalid."""
    return Reader(form).done(About(form.get("name", ""), form.get("category_code", ""), form.get("description", "")))


def read_contents(form: Form, category: str) -> Contents:
    """Read what is in it, by what its category asks. Raises Invalid."""
    reader = Reader(form)
    return reader.done(
        Contents(
            category_code=category,
            answers={a.key: form.get(attributes.PREFIX + a.key, "") for a in sections.asked(category)},
            ingredients=form.get("ingredients", ""),
            allergens=form.getlist("allergens"),
            serves=reader.maybe("serves"),
            weight_gram=reader.maybe("weight_gram"),
            halal=form.get("halal") == "1",
            pdn=form.get("pdn") == "1",
        )
    )


def read_price(form: Form, _category: str) -> Price:
    """Read what it costs. Raises Invalid."""
    reader = Reader(form)
    return reader.done(
        Price(
            price=reader.number("price"),
            unit=form.get("unit", ""),
            min_order=reader.number("min_order"),
            tiers=reader.tiers("tier", "price"),
        )
    )


def read_capacity(form: Form, _category: str) -> Capacity:
    """Read how much can be made. Raises Invalid."""
    reader = Reader(form)
    return reader.done(
        Capacity(
            lead_time_hours=reader.number("lead_time_hours", 0),
            daily_capacity=reader.maybe("daily_capacity"),
            stock=reader.maybe("stock"),
            seen_stock=reader.maybe("seen_stock"),
            sold_out=form.get("sold_out") == "1",
            lead_tiers=reader.tiers("lead", "hours"),
        )
    )


READERS: Final[Mapping[str, Callable[[Form, str], Any]]] = {
    "tentang": read_about,
    "isi": read_contents,
    "harga": read_price,
    "kesanggupan": read_capacity,
}
"""What reads the form of each section: (form, category of the product) -> part."""


def read_paper(form: Form, counted: tuple[int, int] | None) -> PaperForm:
    """Read a TKDN paper; its shares come from a kept calculation where `counted` (TKDN, BMP) gives them. Raises Invalid."""
    reader = Reader(form)
    paper = PaperForm(
        kind="self_declared" if counted else form.get("kind", ""),
        number=form.get("number", ""),
        issuer=form.get("issuer", ""),
        tkdn_bp=counted[0] if counted else reader.share("tkdn"),
        bmp_bp=counted[1] if counted else reader.share("bmp"),
        issued_on=reader.some_day("issued_on"),
        valid_until=reader.some_day("valid_until"),
    )
    reader.check()
    return paper


def version_of(form: Mapping[str, str]) -> int:
    """Return the version the form was opened with; 0, which none has, when it is no number."""
    return whole(form.get("version", "")) or 0
