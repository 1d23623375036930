"""What comes in through the pages of bargaining and competing: text, made into values before a verb judges it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from shop.base.actor import Actor
from shop.base.clock import local
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid, or_fault
from shop.base.money import MAX_RUPIAH, rupiah
from shop.base.sheet import whole
from shop.budgets import reading as packages
from shop.negotiation import terms
from shop.negotiation.awarding import Choice
from shop.negotiation.bidding import BidLine
from shop.negotiation.models import CompetitionBid
from shop.negotiation.offering import TermLine, Terms
from shop.negotiation.requesting import Need, NeedLine
from shop.orders.checking import moment
from shop.orders.forms import number
from shop.orders.wish import Delivery

Form = MultiDict[str, str]
_PRICE: Final = "Isi harga satuan dalam rupiah, misalnya 17.500."
_QUANTITY: Final = "Jumlah harus bilangan bulat 1 sampai 100.000."
_MOST_INT: Final = 2**31 - 1


def money(text: str | None, field: str, message: str) -> int:
    """Return whole rupiah, with or without dots. Raises Invalid."""
    found = whole((text or "").strip())
    if found is None or not 0 <= found <= MAX_RUPIAH:
        raise Invalid.at(field, message)
    return found


def wide(text: str | None) -> int:
    """Return a number of the page itself (a version, a total); -1, which is never current, for anything else."""
    try:
        return number(text, "version", "-")
    except Invalid:
        return -1


def offered(form: Form) -> Terms:
    """Read one version of a deal: `lines.<n>.…`, place, time and words. Raises Invalid with every unreadable field."""
    faults: list[FieldFault] = []
    lines = []
    for index in range(terms.MAX_LINES):
        name = f"lines.{index}."
        if f"{name}product_id" not in form:
            continue
        product = or_fault(faults, number, form.get(f"{name}product_id"), "lines", "Produk ini tidak dikenal.")
        pieces = or_fault(faults, number, form.get(f"{name}quantity"), f"{name}quantity", _QUANTITY, most=_MOST_INT)
        price = or_fault(faults, money, form.get(f"{name}price"), f"{name}price", _PRICE)
        words = form.get(f"{name}contents", ""), form.get(f"{name}why", "")
        lines.append(TermLine(product or 0, pieces or 0, price or 0, *words))
    place = _delivery(faults, form)
    if faults or place is None:
        raise Invalid(faults=tuple(faults))
    return Terms(tuple(lines), place, form.get("words", ""))


def _delivery(faults: list[FieldFault], form: Form) -> Delivery | None:
    at = or_fault(faults, moment, form.get("deliver.at", ""))
    if at is None:
        return None
    return Delivery(one_line(form.get("deliver.address", "")), form.get("deliver.kecamatan", "").strip(), at)


def package(form: Form) -> int:
    """Return which package pays. Raises Invalid."""
    return number(form.get("package_id"), "package_id", "Pilih paket yang membiayai pesanan ini.")


def need(form: Form) -> Need:
    """Read a request to several producers. Raises Invalid with every unreadable field at once."""
    faults: list[FieldFault] = []
    paid_by = or_fault(faults, package, form)
    lines = [
        _need_line(faults, form, index)
        for index in range(terms.MAX_LINES)
        if any(form.get(f"lines.{index}.{name}", "").strip() for name in ("need", "quantity", "ceiling"))
    ]
    place = _delivery(faults, form)
    until = or_fault(faults, _deadline, form.get("deadline", ""))
    if faults or paid_by is None or place is None or until is None:
        raise Invalid(faults=tuple(faults))
    said = form.get("purpose", ""), form.get("words", "")
    return Need(paid_by, form.get("category", ""), *said, tuple(lines), place, until)


def _need_line(faults: list[FieldFault], form: Form, index: int) -> NeedLine:
    name = f"lines.{index}."
    pieces = or_fault(faults, number, form.get(f"{name}quantity"), f"{name}quantity", _QUANTITY, most=_MOST_INT)
    ceiling = None
    if form.get(f"{name}ceiling", "").strip():
        words = "Isi rupiah bulat, atau kosongkan."
        ceiling = or_fault(faults, money, form.get(f"{name}ceiling"), f"{name}ceiling", words)
    return NeedLine(form.get(f"{name}need", ""), pieces or 0, form.get(f"{name}unit", ""), ceiling)


def _deadline(text: str) -> datetime:
    try:
        return moment(text)
    except Invalid:
        raise Invalid.at("deadline", "Isi tanggal dan jam, misalnya 2026-11-25T10:00.") from None


def package_options(actor: Actor, now: datetime) -> list[tuple[int, str]]:
    """Return the packages an officer may spend from, as a list to choose from."""
    return [
        (p.id, _("%(name)s · RUP %(code)s · tersisa %(left)s", name=p.name, code=p.rup_code, left=rupiah(p.left)))
        for p in packages.orderable(actor, local(now).year)
    ]


def sought(form: Mapping[str, str]) -> Delivery | None:
    """Return place and time as far as they can be read, to look for who is able; None when the time cannot."""
    try:
        at = moment(form.get("deliver.at", ""))
    except Invalid:
        return None
    return Delivery("", form.get("deliver.kecamatan", "").strip(), at)


def chosen(form: Form) -> list[int]:
    """Return the producers that are ticked, at most a few more than may be asked; what is no number is left out."""
    ids = [wide(text) for text in form.getlist("vendor")[: terms.MOST_INVITED + 20]]
    return [found for found in ids if found > 0]


def bids(form: Form, line_ids: list[int]) -> list[BidLine]:
    """Read a sealed bid: a price for each line that is offered; an empty price is none. Raises Invalid."""
    faults: list[FieldFault] = []
    found = []
    for line_id in line_ids:
        if not form.get(f"price-{line_id}", "").strip():
            continue
        price = or_fault(faults, money, form.get(f"price-{line_id}"), f"price-{line_id}", _PRICE)
        product = or_fault(
            faults, number, form.get(f"product-{line_id}"), f"product-{line_id}", "Pilih produk Anda untuk barang ini."
        )
        said = form.get(f"note-{line_id}", ""), form.get(f"why-{line_id}", "")
        found.append(BidLine(line_id, product or 0, price or 0, *said))
    if faults:
        raise Invalid(faults=tuple(faults))
    return found


def as_bid(made: CompetitionBid | None) -> dict[str, str]:
    """Return an own bid as its form has it; nothing when there is none."""
    values: dict[str, str] = {}
    for line in made.lines if made else ():
        of = line["line"]
        values |= {f"{name}-{of}": line[name] for name in ("note", "why")}
        values |= {f"product-{of}": str(line["product_id"]), f"price-{of}": str(line["unit_price"])}
    return values


def choices(form: Form, line_ids: list[int]) -> dict[int, Choice]:
    """Read who gets which line; 0 is nobody. Raises Invalid for a line without an answer."""
    faults: list[FieldFault] = []
    found = {}
    for line_id in line_ids:
        field = f"winner-{line_id}"
        winner = or_fault(faults, number, form.get(field), field, "Pilih pemenang, atau tidak diberikan.")
        said = form.get(f"reason-{line_id}", ""), form.get(f"words-{line_id}", "")
        found[line_id] = Choice(winner or None, *said)
    if faults:
        raise Invalid(faults=tuple(faults))
    return found
