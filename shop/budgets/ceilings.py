"""The highest price of a meal, a snack or a unit of goods, from a day on; kept by the programme, never rewritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, cast

from sqlalchemy import Table, bindparam, insert, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid
from shop.base.money import MAX_RUPIAH
from shop.budgets.models import UnitCeiling
from shop.db import session
from shop.reference.loading import TableCount

MAINTAIN: Final = "budgets:ceiling:set"
KINDS: Final[Mapping[str, str]] = {"meal": "Makan rapat", "snack": "Kudapan rapat"}
KIND_OF: Final[Mapping[str, str]] = {
    "nasi-kotak": "meal", "prasmanan": "meal", "gubukan": "meal", "tumpeng": "meal", "lauk-matang": "meal",
    "snack-kotak": "snack", "kue-basah": "snack", "roti": "snack", "bolu-tart": "snack", "buah-potong": "snack",
}  # fmt: skip
"""Which categories are a meal or a snack of a meeting (our reading; the standard speaks of meals and snacks only)."""
CONFIDENCE: Final = ("H", "M", "L")
_SBM: Final = "Standar Biaya Masukan 2024, DKI Jakarta, rapat di bawah eselon I (norma APBN)"
_UNSURE: Final = "Standar Harga Satuan DKI sendiri belum ditemukan, jadi norma APBN dipakai sementara"
SEED: Final = (("meal", 53_000), ("snack", 24_000))
SEED_DAY: Final = date(2024, 1, 1)
LATEST: Final = date(2100, 1, 1)
_table: Final = cast("Table", UnitCeiling.__table__)
_COLUMNS: Final = [
    _table.c[name] for name in ("subject", "per", "amount", "from_day", "source", "confidence", "reason")
]
_ON: Final = (
    select(*_COLUMNS)
    .where(_table.c.subject.in_(bindparam("subjects", expanding=True)), _table.c.from_day <= bindparam("day"))
    .order_by(_table.c.from_day, _table.c.id)
)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One ceiling: rupiah per person or per unit, from a day on, and how sure we are."""

    subject: str
    per: Literal["person", "unit"]
    amount: int
    from_day: date
    source: str
    confidence: str
    reason: str

    @property
    def is_unsure(self) -> bool:
        """Tell whether the screen has to say that it is not confirmed."""
        return self.confidence == "L"

    def price_per(self, unit_price: int, serves: int | None) -> int:
        """Return what to hold against it, in rupiah: the price, or a person's part of it, rounded up to be safe."""
        people = serves if self.per == "person" and serves and serves > 0 else 1
        return -(-unit_price // people)

    def exceeded(self, unit_price: int, serves: int | None = None) -> bool:
        """Tell whether a unit price, shared by those it serves, lies above the ceiling."""
        return self.price_per(unit_price, serves) > self.amount


@dataclass(frozen=True, slots=True)
class NewCeiling:
    """What somebody of the programme typed, still as text or None where it was not readable."""

    subject: str
    per: str
    amount: int | None
    from_day: date | None
    source: str
    confidence: str
    reason: str


def ceilings_for(category_codes: Collection[str], day: date) -> dict[str, Ceiling]:
    """Return {category: the ceiling that counts on `day`} for those that have one; one statement.

    One set for the category itself goes before one for meals or snacks. Of several that began, the latest counts.
    """
    subjects = set(category_codes) | {KIND_OF[code] for code in category_codes if code in KIND_OF}
    rows = session.execute(_ON, {"subjects": sorted(subjects), "day": day})
    latest = {row.subject: Ceiling(*row) for row in rows}
    found = {code: latest.get(code) or latest.get(KIND_OF.get(code, "")) for code in category_codes}
    return {code: ceiling for code, ceiling in found.items() if ceiling}


def ceiling_for(category_code: str, day: date) -> Ceiling | None:
    """Return the ceiling of one category on a day, None when there is none."""
    return ceilings_for((category_code,), day).get(category_code)


def history() -> Sequence[Ceiling]:
    """Return every ceiling ever set, by subject, the latest first; at most 500."""
    query = select(*_COLUMNS).order_by(_table.c.subject, _table.c.from_day.desc(), _table.c.id.desc()).limit(500)
    return [Ceiling(*row) for row in session.execute(query)]


def put(actor: Actor, new: NewCeiling, known: Collection[str], now: datetime) -> None:
    """Set a ceiling from today or a later day on. `known`: the categories there are.

    What counted before stays written, so that an old order is judged by the ceiling of its day.
    Raises Forbidden, and Invalid with every fault at once.
    """
    actor.require(MAINTAIN)
    faults = _faults(new, known, local_day(now))
    if faults:
        raise Invalid(faults=tuple(faults))
    values = {
        "subject": new.subject, "per": new.per, "amount": new.amount, "from_day": new.from_day,
        "source": one_line(new.source), "confidence": new.confidence, "reason": one_line(new.reason),
    }  # fmt: skip
    made: int = session.execute(
        insert(_table).values(**values, set_by=actor.user_id, set_at=now).returning(_table.c.id)
    ).scalar_one()
    told = {**values, "from_day": new.from_day.isoformat() if new.from_day else ""}
    trail.record(actor, "set_ceiling", "unit_ceiling", made, now, **told)


def _faults(new: NewCeiling, known: Collection[str], today: date) -> list[FieldFault]:
    faults = []
    if new.subject not in KINDS and new.subject not in known:
        faults.append(FieldFault("subject", "Pilih makan, kudapan, atau kategori dari daftar."))
    if new.per not in {"person", "unit"}:
        faults.append(FieldFault("per", "Pilih per orang atau per satuan."))
    if new.amount is None or not 1 <= new.amount <= MAX_RUPIAH:
        faults.append(FieldFault("amount", "Isi rupiah bulat di atas 0, misalnya 53.000."))
    if new.from_day is None or not today <= new.from_day < LATEST:
        faults.append(
            FieldFault("from_day", "Isi tanggal mulai berlaku, paling cepat hari ini. Yang lalu tidak diubah.")
        )
    if new.confidence not in CONFIDENCE:
        faults.append(FieldFault("confidence", "Pilih seberapa yakin sumbernya."))
    for field, text, most in (("source", new.source, 200), ("reason", new.reason, 300)):
        if not 5 <= len(one_line(text)) <= most:  # noqa: PLR2004 - a word or two at least
            faults.append(FieldFault(field, "Isi %(low)s sampai %(high)s huruf.", (("low", 5), ("high", most))))
    return faults


def load_ceilings(now: datetime) -> TableCount:
    """Write the ceilings an installation begins with, where a subject has none yet; again changes nothing."""
    present = set(session.scalars(select(_table.c.subject)))
    fresh = [
        {"subject": subject, "per": "person", "amount": amount, "from_day": SEED_DAY, "source": _SBM, "confidence": "L",
         "reason": _UNSURE, "set_by": None, "set_at": now}
        for subject, amount in SEED if subject not in present
    ]  # fmt: skip
    if fresh:
        session.execute(insert(_table), fresh)
    return TableCount("unit_ceiling", len(fresh), 0, len(SEED) - len(fresh))
