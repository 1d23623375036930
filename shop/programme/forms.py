"""What comes in through the pages of the programme: text, made into values before a verb judges it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid
from shop.base.money import MAX_RUPIAH
from shop.base.sheet import day, whole
from shop.programme.events import CollaboratorEntry, EventEntry
from shop.programme.facilities import Entry
from shop.programme.helping import NeedEntry, OfferEntry
from shop.programme.models import FACILITIES

Form = MultiDict[str, str]
_NO_DAY: Final = date(1, 1, 1)
_LARGEST_ID: Final = 2**63 - 1
_ATTENDED: Final = {"ya": True, "tidak": False}


class Fields:
    """Reads one form field after another and keeps every fault, so that all are told at once."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._faults: list[FieldFault] = []

    def _fault(self, name: str, message: str, **params: object) -> None:
        self._faults.append(FieldFault(name, message, tuple(params.items())))

    def text(self, name: str, most: int, *, least: int = 0) -> str:
        """Return one line of `least` to `most` letters."""
        found = one_line(self._form.get(name, ""))
        if not least <= len(found) <= most:
            self._fault(name, "Isi %(least)s sampai %(most)s huruf.", least=least, most=most)
        return found

    def lines(self, name: str, most: int) -> str:
        """Return several lines of at most `most` letters together."""
        found = "\n".join(one_line(line) for line in self._form.get(name, "").splitlines()).strip()
        if len(found) > most:
            self._fault(name, "Paling banyak %(most)s huruf.", most=most)
        return found

    def day(self, name: str) -> date:
        """Return a day that must be there."""
        found = self.perhaps_day(name)
        if found is None and not self._form.get(name, "").strip():
            self._fault(name, "Isi tanggal, misalnya 25-11-2026.")
        return found or _NO_DAY

    def perhaps_day(self, name: str) -> date | None:
        """Return a day, None when it was left empty."""
        text = self._form.get(name, "").strip()
        found = day(text)
        if text and found is None:
            self._fault(name, "Isi tanggal, misalnya 25-11-2026.")
        return found

    def perhaps_number(self, name: str, *, most: int = _LARGEST_ID) -> int | None:
        """Return a whole number from 0 on, None when it was left empty."""
        text = self._form.get(name, "").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) > most:  # noqa: PLR2004
            self._fault(name, "Isi bilangan bulat, misalnya 30.")
            return None
        return int(text)

    def perhaps_money(self, name: str) -> int | None:
        """Return rupiah as people write them, None when it was left empty."""
        text = self._form.get(name, "").strip()
        found = whole(text) if text else None
        if text and (found is None or found > MAX_RUPIAH):
            self._fault(name, "Isi rupiah bulat, misalnya 2.500.000.")
        return found

    def code(self, name: str) -> str:
        """Return a short code as a list offers it; what is no such code is found out by the verb."""
        return one_line(self._form.get(name, ""))[:40]

    def done(self) -> None:
        """Raise Invalid when anything was wrong."""
        if self._faults:
            raise Invalid(faults=tuple(self._faults))


def version(form: Form) -> int:
    """Return which version the person saw; -1, which is never current, when it is not a number."""
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004


def facility(form: Form) -> Entry:
    """Read a facility record. Raises Invalid with every wrong field."""
    read = Fields(form)
    entry = Entry(
        read.code("facility"),
        read.day("from_day"),
        read.perhaps_day("until_day"),
        read.text("note", 300),
        read.perhaps_number("event_id"),
    )
    read.done()
    return entry


def guidance(form: Form) -> tuple[int | None, int | None]:
    """Return (agency, mentor) as chosen. Raises Invalid."""
    read = Fields(form)
    found = read.perhaps_number("agency_id"), read.perhaps_number("mentor_id")
    read.done()
    return found


def event(form: Form) -> EventEntry:
    """Read an event. Raises Invalid with every wrong field."""
    read = Fields(form)
    codes = one_line(form.get("offices", "")[:4000].replace(",", " ").replace(";", " ")).upper().split(" ")
    entry = EventEntry(
        read.code("kind"),
        read.text("name", 160, least=3),
        read.lines("about", 2000),
        read.day("from_day"),
        read.perhaps_day("until_day") or read.perhaps_day("from_day") or _NO_DAY,
        read.text("place", 200),
        read.code("kecamatan_code") or None,
        read.perhaps_number("agency_id"),
        read.perhaps_number("collaborator_id"),
        read.perhaps_number("places"),
        tuple(dict.fromkeys(code for code in codes if code)),
    )
    read.done()
    return entry


def collaborator(form: Form) -> CollaboratorEntry:
    """Read a partner. Raises Invalid with every wrong field."""
    read = Fields(form)
    entry = CollaboratorEntry(
        read.text("name", 160, least=3), read.code("kind"), read.text("about", 500), read.text("site", 200)
    )
    read.done()
    return entry


def offer(form: Form) -> OfferEntry:
    """Read help on offer. Raises Invalid with every wrong field."""
    read = Fields(form)
    entry = OfferEntry(
        kind=read.code("kind"),
        title=read.text("title", 160, least=3),
        detail=read.text("detail", 500),
        amount=read.perhaps_money("amount"),
        collaborator_id=read.perhaps_number("collaborator_id"),
        kecamatan_code=read.code("kecamatan_code") or None,
        category_kind=read.code("category_kind"),
        places=read.perhaps_number("places") or 0,
        until_day=read.day("until_day"),
    )
    read.done()
    return entry


def need(form: Form) -> NeedEntry:
    """Read what a producer asks for. Raises Invalid with every wrong field."""
    read = Fields(form)
    entry = NeedEntry(
        read.code("kind"), read.text("title", 160, least=3), read.text("detail", 500), read.perhaps_money("amount")
    )
    read.done()
    return entry


def sales(form: Form) -> int:
    """Read what was sold at an event, in rupiah. Raises Invalid, also when it was left empty."""
    found = whole(form.get("sales", "").strip())
    if found is None:
        raise Invalid.at("sales", "Isi rupiah bulat, misalnya 750.000. Isi 0 bila tidak ada yang terjual.")
    return found


def attendance(form: Form) -> dict[int, bool | None]:
    """Return {producer: was there} from fields `hadir-<id>`; `ya`, `tidak`, or nothing said."""
    found: dict[int, bool | None] = {}
    for name, said in form.items():
        number = name.removeprefix("hadir-")
        if number != name and number.isascii() and number.isdigit() and len(number) < 19:  # noqa: PLR2004
            found[int(number)] = _ATTENDED.get(said)
    return found


def targets(form: Form) -> tuple[int, str, dict[str, int | None]]:
    """Return (year, kecamatan, {facility: producers wanted}). Raises Invalid with every wrong field."""
    read = Fields(form)
    year = read.perhaps_number("year", most=9999) or 0
    wanted = {facility: read.perhaps_number(facility) for facility in FACILITIES}
    read.done()
    return year, read.code("kecamatan"), wanted


def typed(form: Form) -> dict[str, Any]:
    """Return what was typed, to be shown again beside the faults."""
    return dict(form.items())
