"""What the auditor's search is asked for, read from an address: every fault at once, and nothing of it reaches the database."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from shop.accounts.models import Office
from shop.base.codes import one_line
from shop.base.fields import Fields
from shop.base.money import MAX_RUPIAH
from shop.base.sheet import whole
from shop.catalog.categories import chain, shelves
from shop.db import session
from shop.orders import states
from shop.orders.models import Order
from shop.oversight.search import Wanted, tree_of
from shop.p3dn.rules import CHANNELS, EVIDENCE
from shop.risk.register import RULES
from shop.vendors.models import Vendor
from shop.vendors.reading import named

NAMES: Final = (
    "nomor", "kantor", "bawahan", "produsen", "produk", "kategori", "rekening", "paling_sedikit", "paling_banyak", "dari",
    "sampai", "bayar_dari", "bayar_sampai", "status", "cara", "bukti", "koreksi", "risiko", "telat",
)  # fmt: skip
"""Every field of the search, as addresses, samples and exports name it."""
UNKNOWN: Final = "tidak-diketahui"
"""How the search calls the channel of orders that do not say how they were placed."""
YEAR: Final = timedelta(days=366)
_FIRST, _LAST = date(2019, 1, 1), date(2100, 12, 31)
_MOST_PRODUCERS: Final = 200
_LONGEST: Final = 100
_ACCOUNT: Final = re.compile(r"[0-9.]{1,30}", re.ASCII)
_TOO_LONG: Final = "Rentang tanggal paling lama satu tahun, atau pilih satu kantor atau produsen."


@dataclass(frozen=True, slots=True)
class OfficeChoice:
    """An office as the search offers it."""

    id: int
    code: str
    name: str
    parent_id: int | None


def offices() -> list[OfficeChoice]:
    """Return all offices by name; one statement."""
    rows = session.execute(
        select(Office.id, Office.code, Office.name, Office.parent_id).order_by(Office.name, Office.id)
    )
    return [OfficeChoice(*row) for row in rows]


def wanted(sent: Mapping[str, str], choices: Iterable[OfficeChoice], today: date) -> Wanted:
    """Read a search. Raises Invalid with every fault.

    Without days it is the last year. A whole number of an order finds that order, whatever else was typed.
    """
    form = Fields({name: one_line(sent.get(name, ""))[: _LONGEST + 1] for name in NAMES})
    for name in NAMES:
        if len(form.typed(name)) > _LONGEST:
            form.fault(name, "Isian ini terlalu panjang.")
    number = form.typed("nomor")
    office_ids = _offices(form, list(choices))
    vendor_ids = _producers(form)
    narrow = len(office_ids) == 1 or vendor_ids is not None
    paid = _days(form, "bayar_dari", "bayar_sampai")
    first, last = _period(form, paid, today, narrow=narrow)
    least, most = _amount(form, "paling_sedikit"), _amount(form, "paling_banyak")
    if least is not None and most is not None and least > most:
        form.fault("paling_banyak", "Nilai paling banyak lebih kecil daripada paling sedikit: tidak ada yang cocok.")
    account = form.typed("rekening")
    if account and not _ACCOUNT.fullmatch(account):
        form.fault("rekening", "Kode rekening berisi angka dan titik, misalnya 5.1.02.01.01.0052.")
    state = _one_of(form, "status", states.LABELS)
    evidence = _one_of(form, "bukti", EVIDENCE)
    risk = _one_of(form, "risiko", ("ada", "tidak", *RULES))
    category = _one_of(form, "kategori", shelves())
    channel = _one_of(form, "cara", (*filter(None, CHANNELS), UNKNOWN))
    corrected = _one_of(form, "koreksi", ("ada", "tidak"))
    form.check()
    asked = {name: form.typed(name) for name in NAMES if form.typed(name)}
    return Wanted(
        first, last, _whole(number), number, office_ids, vendor_ids, form.typed("produk"), _below(category), account, least,
        most, *paid, state, (channel if channel != UNKNOWN else "") if channel else None,
        corrected == "ada" if corrected else None, evidence, risk, late=form.typed("telat") == "1",
        asked=asked | {"dari": first.isoformat(), "sampai": last.isoformat()},
    )  # fmt: skip


def categories() -> list[tuple[str, str, str]]:
    """Return (code, Indonesian name, English name) of every category, as the shelves stand."""
    return [(shelf.code, shelf.name_id, shelf.name_en) for shelf in shelves().values()]


def _below(category: str) -> tuple[str, ...]:
    """Return a shelf and every shelf below it; nothing for no shelf."""
    return tuple(code for code in shelves() if category in chain(code))


def _offices(form: Fields, choices: list[OfficeChoice]) -> tuple[int, ...]:
    code = form.typed("kantor")
    if not code:
        return ()
    found = next((office.id for office in choices if office.code == code), None)
    if found is None:
        form.fault("kantor", "Kantor ini tidak ada. Pilih salah satu dari daftar.")
        return ()
    return tree_of(found, {o.id: o.parent_id for o in choices}) if form.typed("bawahan") == "1" else (found,)


def _producers(form: Fields) -> tuple[int, ...] | None:
    words = form.typed("produsen")
    if not words:
        return None
    found = session.scalars(select(Vendor.id).where(*named(words)).order_by(Vendor.id).limit(_MOST_PRODUCERS + 1)).all()
    if len(found) > _MOST_PRODUCERS:
        form.fault("produsen", "Terlalu banyak produsen bernama begitu. Tulis namanya lebih lengkap.")
    return tuple(found[:_MOST_PRODUCERS])


def _whole(number: str) -> int | None:
    return session.scalar(select(Order.id).where(Order.number == number)) if number else None


def _days(form: Fields, first: str, last: str) -> tuple[date | None, date | None]:
    found = form.day(first), form.day(last)
    for name, day in zip((first, last), found, strict=True):
        if day is not None and not _FIRST <= day <= _LAST:
            form.fault(name, "Isi tanggal antara 2019 dan 2100.")
            return None, None
    if found[0] and found[1] and found[0] > found[1]:
        form.fault(last, "Tanggal akhir lebih awal daripada tanggal mulai: tidak ada yang cocok.")
    return found


def _period(form: Fields, paid: tuple[date | None, date | None], today: date, *, narrow: bool) -> tuple[date, date]:
    """Return from when to when it was placed: as asked, or the year up to today, or the year before the payments."""
    first, last = _days(form, "dari", "sampai")
    if paid[0] and not first and not last:
        first, last = max(_FIRST, paid[0] - YEAR), max(paid[1] or today, paid[0])
        if last - paid[0] > YEAR and not narrow:
            form.fault("bayar_sampai", _TOO_LONG)
        return first, last
    last = last or max(first or today, today)
    first = first or (_FIRST if narrow else max(_FIRST, last - YEAR))
    if last - first > YEAR and not narrow:
        form.fault("sampai", _TOO_LONG)
    if paid[1] and first > paid[1]:
        form.fault("bayar_sampai", "Dibayar sebelum dipesan: tidak ada yang cocok.")
    return first, last


def _amount(form: Fields, name: str) -> int | None:
    text = form.typed(name)
    found = whole(text) if text else None
    if text and (found is None or found > MAX_RUPIAH):
        form.fault(name, "Tulis rupiah, misalnya 10.000.000.")
        return None
    return found


def _one_of(form: Fields, name: str, known: Collection[str]) -> str:
    text = form.typed(name)
    if text and text not in known:
        form.fault(name, "Pilihan ini tidak dikenal.")
        return ""
    return text
