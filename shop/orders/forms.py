"""What comes in through the pages of orders: text, made into values before a verb judges it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from werkzeug.datastructures import MultiDict

from shop.base.clock import JAKARTA
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid
from shop.base.money import MAX_RUPIAH
from shop.base.sheet import day, whole
from shop.orders import terms
from shop.orders.checking import moment
from shop.orders.proposing import Idea
from shop.orders.wish import Delivery, WantedLine, Wish

Value = TypeVar("Value")
LARGEST_ID: Final = 2**63 - 1
QUANTITY: Final = "Jumlah harus bilangan bulat 1 sampai 100.000."


@dataclass(frozen=True, slots=True)
class PaymentEntry:
    """What the bendahara typed, before the proof is read."""

    reference: str
    paid_on: date
    withheld: int


def number(text: str | None, field: str, message: str, *, most: int = LARGEST_ID) -> int:
    """Return a whole number from 0 on, written in digits only. Raises Invalid: `1.5`, `-1`, `1e12` are none."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or int(text) > most:  # noqa: PLR2004 - of LARGEST_ID
        raise Invalid.at(field, message)
    return int(text)


def quantity(text: str | None) -> int:
    """Return how many pieces. Raises Invalid for 0, -1, 1.5 and 10^12 alike."""
    found = number(text, "quantity", QUANTITY, most=terms.MAX_QUANTITY)
    if found < 1:
        raise Invalid.at("quantity", QUANTITY)
    return found


def product_id(text: str | None) -> int:
    """Return which product. Raises Invalid."""
    return number(text, "product_id", "Produk ini tidak dikenal. Muat ulang halaman lalu coba lagi.")


def version(form: Mapping[str, str]) -> int:
    """Return which state of the order the person saw; -1, which is never current, when it is not a number."""
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004 - of a 32-bit int


def lines_of(form: MultiDict[str, str]) -> tuple[WantedLine, ...]:
    """Return the lines the person saw when sending: parallel fields `product_id`, `quantity`, `note`."""
    ids, quantities, notes = (form.getlist(name) for name in ("product_id", "quantity", "note"))
    if not len(ids) == len(quantities) == len(notes) or len(ids) > terms.MAX_LINES:
        raise Invalid.at("lines", "Isian keranjang tidak utuh. Muat ulang halaman ini lalu kirim lagi.")
    return tuple(
        WantedLine(product_id(i), quantity(q), one_line(n)) for i, q, n in zip(ids, quantities, notes, strict=True)
    )


def wish(form: MultiDict[str, str]) -> Wish:
    """Read the checkout form. Raises Invalid with every unreadable field at once; the verb judges the rest."""
    faults: list[FieldFault] = []
    package_id = _or_fault(
        faults, number, form.get("package_id"), "package_id", "Pilih paket yang membiayai pesanan ini."
    )
    headcount = form.get("headcount", "").strip()
    people = (
        _or_fault(faults, number, headcount, "headcount", "Jumlah orang harus 1 sampai 100.000.") if headcount else None
    )
    at = _or_fault(faults, moment, form.get("deliver.at", ""))
    lines = _or_fault(faults, lines_of, form)
    shown = _or_fault(faults, number, form.get("shown_total"), "lines", "Muat ulang halaman ini lalu kirim lagi.")
    if faults or package_id is None or at is None or lines is None or shown is None:
        raise Invalid(faults=tuple(faults))
    place = Delivery(one_line(form.get("deliver.address", "")), form.get("deliver.kecamatan", "").strip(), at)
    return Wish(package_id, one_line(form.get("purpose", "")), place, lines, shown, people)


def idea(form: Mapping[str, str]) -> Idea:
    """Read what a producer proposes: `deliver.at`, and a quantity for each field `line-<id>` that is filled in."""
    faults: list[FieldFault] = []
    at = _or_fault(faults, moment, form["deliver.at"]) if form.get("deliver.at", "").strip() else None
    pieces: dict[int, int] = {}
    for name, text in form.items():
        line = name.removeprefix("line-")
        if line != name and line.isascii() and line.isdigit() and len(line) < 19 and text.strip():  # noqa: PLR2004 - of 2**63
            found = _or_fault(faults, number, text, name, "Isi bilangan bulat; 0 berarti tidak ikut.")
            pieces[int(line)] = found or 0
    if faults:
        raise Invalid(faults=tuple(faults))
    return Idea(at, pieces, form.get("message", ""))


def _or_fault(faults: list[FieldFault], read: Callable[..., Value], *given: Any) -> Value | None:
    try:
        return read(*given)
    except Invalid as fault:
        faults += fault.faults
        return None


def payment(form: Mapping[str, str]) -> PaymentEntry:
    """Read what was paid, in rupiah as people write it. Raises Invalid with every unreadable field at once."""
    faults: list[FieldFault] = []
    paid_on = _or_fault(faults, _day, form.get("paid_on", ""))
    text = form.get("withheld", "").strip()
    withheld = whole(text) if text else 0
    if withheld is None or withheld > MAX_RUPIAH:
        faults.append(FieldFault("withheld", "Isi rupiah bulat, misalnya 25.000, atau 0 bila tidak ada."))
    if faults or paid_on is None or withheld is None:
        raise Invalid(faults=tuple(faults))
    return PaymentEntry(one_line(form.get("reference", "")), paid_on, withheld)


def _day(text: str) -> date:
    found = day(text)
    if found is None:
        raise Invalid.at("paid_on", "Isi tanggal bayar, misalnya 25-11-2026.")
    return found


def for_input(at: datetime) -> str:
    """Return a moment as an `<input type=datetime-local>` wants it, in Jakarta wall time."""
    return at.astimezone(JAKARTA).strftime("%Y-%m-%dT%H:%M")
