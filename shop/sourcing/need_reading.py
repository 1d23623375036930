"""Reading a need as it was typed: every fault at once, and everything typed stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from urllib.parse import urlencode

from shop.base.actor import Actor
from shop.base.clock import JAKARTA, at_local, local, local_day
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid
from shop.base.sheet import whole
from shop.catalog.attributes import ALLERGENS, NO_ALLERGENS
from shop.catalog.categories import shelves
from shop.catalog.pricing import MAX_PRICE
from shop.db import session
from shop.orders import basket, carried, terms
from shop.reference import calendar, regions
from shop.sourcing.need import FAIR, ORDERS, Need

FIRST: Final = ("snack-kotak", "nasi-kotak", "makanan-rapat", "minuman")
"""Shelves offered first: what meetings are about."""
AVOIDABLE: Final = tuple(key for key in ALLERGENS if key != NO_ALLERGENS)
_MORNING: Final = time(10)
_MEALS: Final = "makanan-rapat"
_USUAL_SHELF: Final = "snack-kotak"
Arguments = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, as text by field, and the ticked allergens: the form shows it again as it was."""

    values: Mapping[str, str]
    avoid: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        pairs = [(name, value) for name, value in self.values.items() if value]
        return urlencode(pairs + [("hindari", key) for key in self.avoid])


def typed(arguments: Arguments) -> Typed:
    """Return the texts of the form's fields; what is not of the form is left alone."""
    names = ("orang", "tiba", "kecamatan", "alamat", "jenis", "anggaran", "halal", "vegetarian", "libur", "urut",
             "keperluan")  # fmt: skip
    values = {name: one_line((arguments.get(name) or ("",))[0])[:300] for name in names}
    given = arguments.get("hindari") or ()
    return Typed(values, tuple(key for key in AVOIDABLE if key in given))


def onward(given: Typed) -> str:
    """Return as a query what the comparison has to know of a need; what it does not ask about stays behind."""
    names = ("orang", "tiba", "kecamatan", "jenis", "anggaran", "halal", "vegetarian", "libur", "urut")
    return Typed({name: given.values.get(name, "") for name in names}, given.avoid).query


def usual(actor: Actor, now: datetime) -> Typed:
    """Return what this office usually asks for: place and headcount of its last order, ten o'clock of the next working day."""
    place = basket.usual(actor, ())
    meals = [code for code, shelf in shelves().items() if _MEALS in {code, shelf.parent_code}]
    last = carried.last_order(actor.office_id or 0, meals)
    day = calendar.add_working_days(local_day(now), 1, calendar.holiday_set(session))
    values = {
        "orang": str(last.headcount) if last else "",
        "tiba": local(at_local(day, _MORNING)).strftime("%Y-%m-%dT%H:%M"),
        "kecamatan": place.kecamatan,
        "alamat": place.address,
        "jenis": last.category_code if last and last.category_code in shelves() else _USUAL_SHELF,
        "keperluan": last.purpose if last else "",
    }
    return Typed(values)


def read(given: Typed, now: datetime) -> Need:
    """Return the need. Raises Invalid with every fault: people, moment, holiday, place, budget, shelf."""
    faults: list[FieldFault] = []
    values = given.values
    people = whole(values.get("orang", ""))
    if people is None or not 1 <= people <= terms.MAX_HEADCOUNT:
        faults.append(FieldFault("orang", "Isi jumlah orang, 1 sampai 100.000."))
    at = _moment(values.get("tiba", ""), now, faults)
    if at is not None and not values.get("libur"):
        _holiday(local_day(at), faults)
    place = regions.regions(session).get(values.get("kecamatan", ""))
    if place is None or place.level != "kecamatan":
        faults.append(FieldFault("kecamatan", "Pilih salah satu dari 44 kecamatan di Jakarta."))
    budget = _budget(values.get("anggaran", ""), faults)
    shelf = values.get("jenis", "")
    if shelf not in shelves():
        faults.append(FieldFault("jenis", "Pilih jenis yang dibutuhkan dari daftar."))
    if faults or people is None or at is None or place is None:
        raise Invalid(faults=tuple(faults))
    order = values.get("urut", "")
    return Need(
        headcount=people,
        at=at,
        kecamatan=place.code,
        shelf=shelf,
        budget=budget,
        halal=bool(values.get("halal")),
        vegetarian=bool(values.get("vegetarian")),
        avoid=frozenset(given.avoid),
        order=order if order in dict(ORDERS) else FAIR,
        address=values.get("alamat", ""),
        purpose=values.get("keperluan", "")[:200],
    )


def _moment(text: str, now: datetime, faults: list[FieldFault]) -> datetime | None:
    try:
        value = datetime.fromisoformat(text)
        at = (value if value.tzinfo else value.replace(tzinfo=JAKARTA)).astimezone(UTC)
        local_day(at)  # the last hours of the year 9999 have no day here
    except (ValueError, OverflowError):
        faults.append(FieldFault("tiba", "Isi tanggal dan jam, misalnya 2026-11-25T10:00."))
        return None
    if at <= now:
        faults.append(FieldFault("tiba", "Waktu itu sudah lewat. Pilih waktu yang akan datang."))
        return None
    if at > now + terms.FARTHEST_DELIVERY:
        faults.append(FieldFault("tiba", "Waktu itu terlalu jauh. Paling lama setahun dari sekarang."))
        return None
    return at


def _holiday(day: date, faults: list[FieldFault]) -> None:
    name = calendar.holiday_name(session, day)
    if not name:
        return
    free = calendar.add_working_days(day, 1, calendar.holiday_set(session))
    words = (
        "Tanggal %(day)s hari libur: %(name)s. Hari kerja berikutnya %(next)s. "
        "Centang “Tetap pada hari libur” bila kantor Anda memang bekerja pada hari itu."
    )
    told = (("day", _short(day)), ("name", name), ("next", _short(free)))
    faults.append(FieldFault("libur", words, told))


def _short(day: date) -> str:
    return day.strftime("%d-%m-%Y")


def _budget(text: str, faults: list[FieldFault]) -> int | None:
    if not text:
        return None
    found = whole(text)
    if found is None or not 1 <= found <= MAX_PRICE:
        faults.append(
            FieldFault("anggaran", "Isi anggaran per orang dalam rupiah, lebih dari 0; kosongkan bila tidak dibatasi.")
        )
        return None
    return found
