"""What comes in through the pages of the programme: text, made into values before a verb judges it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from shop.base.codes import one_line
from shop.base.errors import Invalid
from shop.base.fields import A_DAY, Fields
from shop.base.money import MAX_RUPIAH
from shop.base.sheet import whole
from shop.programme.events import CollaboratorEntry, EventEntry
from shop.programme.facilities import Entry
from shop.programme.helping import NeedEntry, OfferEntry
from shop.programme.models import FACILITIES

Form = MultiDict[str, str]
_NO_DAY: Final = date(1, 1, 1)
_LARGEST_ID: Final = 2**63 - 1
_ATTENDED: Final = {"ya": True, "tidak": False}


class Reader(Fields):
    """Reads what the programme asks for."""

    def text(self, name: str, most: int, *, least: int = 0) -> str:
        """Return one line of `least` to `most` letters."""
        found = one_line(self.sent.get(name, ""))
        if not least <= len(found) <= most:
            self.fault(name, "Isi %(least)s sampai %(most)s huruf.", least=least, most=most)
        return found

    def lines(self, name: str, most: int) -> str:
        """Return several lines of at most `most` letters together."""
        found = "\n".join(one_line(line) for line in self.sent.get(name, "").splitlines()).strip()
        if len(found) > most:
            self.fault(name, "Paling banyak %(most)s huruf.", most=most)
        return found

    def some_day(self, name: str) -> date:
        """Return a day that must be there; long ago, after noting that it is none."""
        return self.day(name, A_DAY) or _NO_DAY

    def perhaps_number(self, name: str, *, most: int = _LARGEST_ID) -> int | None:
        """Return a whole number from 0 on, None when it was left empty."""
        text = self.typed(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) > most:  # noqa: PLR2004
            self.fault(name, "Isi bilangan bulat, misalnya 30.")
            return None
        return int(text)

    def perhaps_money(self, name: str) -> int | None:
        """Return rupiah as people write them, None when it was left empty."""
        text = self.typed(name)
        found = whole(text) if text else None
        if text and (found is None or found > MAX_RUPIAH):
            self.fault(name, "Isi rupiah bulat, misalnya 2.500.000.")
        return found

    def code(self, name: str) -> str:
        """Return a short code as a list offers it; what is no such code is found out by the verb."""
        return one_line(self.sent.get(name, ""))[:40]


def version(form: Form) -> int:
    """Return which version the person saw; -1, which is never current, when it is not a number."""
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004


def facility(form: Form) -> Entry:
    """Read a facility record. Raises Invalid with every wrong field."""
    read = Reader(form)
    entry = Entry(
        read.code("facility"),
        read.some_day("from_day"),
        read.day("until_day"),
        read.text("note", 300),
        read.perhaps_number("event_id"),
    )
    read.check()
    return entry


def guidance(form: Form) -> tuple[int | None, int | None]:
    """Return (agency, mentor) as chosen. Raises Invalid."""
    read = Reader(form)
    found = read.perhaps_number("agency_id"), read.perhaps_number("mentor_id")
    read.check()
    return found


def event(form: Form) -> EventEntry:
    """Read an event. Raises Invalid with every wrong field."""
    read = Reader(form)
    codes = one_line(form.get("offices", "")[:4000].replace(",", " ").replace(";", " ")).upper().split(" ")
    entry = EventEntry(
        read.code("kind"),
        read.text("name", 160, least=3),
        read.lines("about", 2000),
        read.some_day("from_day"),
        read.day("until_day") or read.day("from_day") or _NO_DAY,
        read.text("place", 200),
        read.code("kecamatan_code") or None,
        read.perhaps_number("agency_id"),
        read.perhaps_number("collaborator_id"),
        read.perhaps_number("places"),
        tuple(dict.fromkeys(code for code in codes if code)),
    )
    read.check()
    return entry


def collaborator(form: Form) -> CollaboratorEntry:
    """Read a partner. Raises Invalid with every wrong field."""
    read = Reader(form)
    entry = CollaboratorEntry(
        read.text("name", 160, least=3), read.code("kind"), read.text("about", 500), read.text("site", 200)
    )
    read.check()
    return entry


def offer(form: Form) -> OfferEntry:
    """Read help on offer. Raises Invalid with every wrong field."""
    read = Reader(form)
    entry = OfferEntry(
        kind=read.code("kind"),
        title=read.text("title", 160, least=3),
        detail=read.text("detail", 500),
        amount=read.perhaps_money("amount"),
        collaborator_id=read.perhaps_number("collaborator_id"),
        kecamatan_code=read.code("kecamatan_code") or None,
        category_kind=read.code("category_kind"),
        places=read.perhaps_number("places") or 0,
        until_day=read.some_day("until_day"),
    )
    read.check()
    return entry


def need(form: Form) -> NeedEntry:
    """Read what a producer asks for. Raises Invalid with every wrong field."""
    read = Reader(form)
    entry = NeedEntry(
        read.code("kind"), read.text("title", 160, least=3), read.text("detail", 500), read.perhaps_money("amount")
    )
    read.check()
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
    read = Reader(form)
    year = read.perhaps_number("year", most=9999) or 0
    wanted = {facility: read.perhaps_number(facility) for facility in FACILITIES}
    read.check()
    return year, read.code("kecamatan"), wanted


def typed(form: Form) -> dict[str, Any]:
    """Return what was typed, to be shown again beside the faults."""
    return dict(form.items())
