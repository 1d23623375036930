"""What comes in through the pages of orders: text, made into values before a verb judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from shop.base.clock import JAKARTA
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid, or_fault
from shop.base.money import MAX_RUPIAH, rupiah
from shop.base.sheet import day, whole
from shop.budgets.reading import PackageView
from shop.orders import places, terms
from shop.orders.attaching import KINDS, NewPaper
from shop.orders.checking import moment
from shop.orders.proposing import Idea
from shop.orders.saved import Naming
from shop.orders.wish import Delivery, Place, WantedLine, Wish
from shop.storage.files import FileStore
from shop.storage.uploads import read_paper

LARGEST_ID: Final = 2**63 - 1
QUANTITY: Final = "Jumlah harus bilangan bulat 1 sampai 100.000."


@dataclass(frozen=True, slots=True)
class PaymentEntry:
    """What the bendahara typed, before the proof is read."""

    reference: str
    paid_on: date
    withheld: int | None
    """None for what the rules say."""
    note: str


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
    package_id = or_fault(
        faults, number, form.get("package_id"), "package_id", "Pilih paket yang membiayai pesanan ini."
    )
    headcount = form.get("headcount", "").strip()
    people = (
        or_fault(faults, number, headcount, "headcount", "Jumlah orang harus 1 sampai 100.000.") if headcount else None
    )
    at = or_fault(faults, moment, form.get("deliver.at", ""))
    lines = or_fault(faults, lines_of, form)
    shown = or_fault(faults, number, form.get("shown_total"), "lines", "Muat ulang halaman ini lalu kirim lagi.")
    if faults or package_id is None or at is None or lines is None or shown is None:
        raise Invalid(faults=tuple(faults))
    place = Delivery(one_line(form.get("deliver.address", "")), form.get("deliver.kecamatan", "").strip(), at)
    further = places_of(form, lines, faults)
    if faults:
        raise Invalid(faults=tuple(faults))
    stops = together(place, further, lines)
    return Wish(package_id, one_line(form.get("purpose", "")), place, lines, shown, people, places=stops)


def together(first: Delivery, further: Sequence[Place], lines: Sequence[WantedLine]) -> tuple[Place, ...]:
    """Return all places of an order with what is left over at the first; none when there is only one."""
    if not further:
        return ()
    here = Place(first.address, first.kecamatan, ())
    return places.rest_first(here, further, {line.product_id: line.quantity for line in lines})


def place_count(form: Mapping[str, str]) -> int:
    """Return how many places there are beside the main address; 0 for what is no number, never more than one too many."""
    text = form.get("places", "")
    return min(int(text), places.MAX_PLACES) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def places_of(form: Mapping[str, str], lines: Sequence[WantedLine], faults: list[FieldFault]) -> list[Place]:
    """Read the further places, `p2.address` and so on; every unreadable field is added to `faults`."""
    found = []
    for n in range(2, place_count(form) + 2):
        shares, at = [], None
        for line in lines:
            name = f"p{n}.q.{line.product_id}"
            if form.get(name, "").strip():
                words = "Isi bilangan bulat; 0 berarti tidak ada untuk tempat ini."
                pieces = or_fault(faults, number, form[name], name, words, most=terms.MAX_QUANTITY)
                shares += [(line.product_id, pieces)] if pieces else []
        if form.get(f"p{n}.at", "").strip():
            told: list[FieldFault] = []
            at = or_fault(told, moment, form[f"p{n}.at"])
            faults += [FieldFault(f"p{n}.at", fault.message) for fault in told]
        parts = [one_line(form.get(f"p{n}.{part}", "")) for part in ("address", "kecamatan", "contact", "note")]
        found.append(Place(parts[0], parts[1], tuple(shares), parts[2], parts[3], at))
    return found


def with_place(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the form with one more, empty place. Raises Invalid for the twenty-first."""
    if place_count(form) + 1 >= places.MAX_PLACES:
        raise Invalid.at("places", places.TOO_MANY)
    return MultiDict(
        [*((k, v) for k, v in form.items(multi=True) if k != "places"), ("places", str(place_count(form) + 1))]
    )


def without_place(form: MultiDict[str, str], gone: int) -> MultiDict[str, str]:
    """Return the form without the place of this number; those behind it move up."""
    kept: MultiDict[str, str] = MultiDict()
    for name, text in form.items(multi=True):
        head, dot, tail = name.partition(".")
        at = int(head[1:]) if dot and head[:1] == "p" and head[1:].isdecimal() and len(head) < 5 else 0  # noqa: PLR2004
        if name != "places" and not (at and at == gone):
            kept.add(f"p{at - 1}.{tail}" if at > gone else name, text)
    kept["places"] = str(max(place_count(form) - 1, 0))
    return kept


def paper(form: Mapping[str, str], files: Mapping[str, Any], store: FileStore) -> NewPaper | None:
    """Return the paper that was uploaded as `attachment`, checked and stored; None without one. Raises Invalid."""
    upload = files.get("attachment")
    if upload is None or not upload.filename:
        return None
    kind = form.get("attachment_kind", "")
    if kind not in KINDS:
        raise Invalid.at("attachment_kind", "Pilih jenis lampiran.")
    return NewPaper(kind, store.put(*read_paper(upload.read(), "attachment")), upload.filename)


def idea(form: Mapping[str, str]) -> Idea:
    """Read what a producer proposes: `deliver.at`, and a quantity for each field `line-<id>` that is filled in."""
    faults: list[FieldFault] = []
    at = or_fault(faults, moment, form["deliver.at"]) if form.get("deliver.at", "").strip() else None
    pieces: dict[int, int] = {}
    for name, text in form.items():
        line = name.removeprefix("line-")
        if line != name and line.isascii() and line.isdigit() and len(line) < 19 and text.strip():  # noqa: PLR2004 - of 2**63
            found = or_fault(faults, number, text, name, "Isi bilangan bulat; 0 berarti tidak ikut.")
            pieces[int(line)] = found or 0
    if faults:
        raise Invalid(faults=tuple(faults))
    return Idea(at, pieces, form.get("message", ""))


def payment(form: Mapping[str, str]) -> PaymentEntry:
    """Read what was paid, in rupiah as people write it. Raises Invalid with every unreadable field at once."""
    faults: list[FieldFault] = []
    paid_on = or_fault(faults, _day, form.get("paid_on", ""))
    text = form.get("withheld", "").strip()
    withheld = whole(text) if text else None
    if text and (withheld is None or withheld > MAX_RUPIAH):
        faults.append(
            FieldFault("withheld", "Isi rupiah bulat, misalnya 25.000, atau kosongkan: dihitung menurut aturan.")
        )
    if faults or paid_on is None:
        raise Invalid(faults=tuple(faults))
    return PaymentEntry(one_line(form.get("reference", "")), paid_on, withheld, one_line(form.get("note", "")))


def _day(text: str) -> date:
    found = day(text)
    if found is None:
        raise Invalid.at("paid_on", "Isi tanggal bayar, misalnya 25-11-2026.")
    return found


def for_input(at: datetime) -> str:
    """Return a moment as an `<input type=datetime-local>` wants it, in Jakarta wall time."""
    return at.astimezone(JAKARTA).strftime("%Y-%m-%dT%H:%M")


def people(text: str | None) -> int | None:
    """Return a number of people or pieces that was sent along; None for what is none, which is then not known."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - of a 32-bit int
        return None
    return int(text) if 1 <= int(text) <= terms.MAX_HEADCOUNT else None


def headcount(text: str | None) -> int | None:
    """Return how many people come; None when nothing is written. Raises Invalid."""
    if not (text or "").strip():
        return None
    found = people(text)
    if found is None:
        raise Invalid.at("headcount", "Jumlah orang harus 1 sampai 100.000.")
    return found


def naming(form: Mapping[str, str]) -> Naming:
    """Read under which name a basket is kept. Raises Invalid."""
    return Naming(
        form.get("name", ""), form.get("purpose", ""), headcount(form.get("headcount")), form.get("shared") == "1"
    )


def package_options(choices: Sequence[PackageView]) -> list[tuple[int, str]]:
    """Return packages for a select: name, RUP code and what is left."""
    return [
        (p.id, _("%(name)s · RUP %(code)s · tersisa %(left)s", name=p.name, code=p.rup_code, left=rupiah(p.left)))
        for p in choices
    ]
