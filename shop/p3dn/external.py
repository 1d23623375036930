"""Figures of other systems, kept as published and shown beside ours: never added to them, never corrected by us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Table, insert, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Invalid
from shop.base.fields import Fields
from shop.base.money import MAX_RUPIAH, ratio_bp
from shop.base.sheet import RowFault, basis_points, read_sheet, whole
from shop.db import session
from shop.p3dn.models_external import ExternalFigure
from shop.reference.loading import TableCount

IMPORT: Final = "p3dn:external:import"
NEAR_BP: Final = 10
"""Amounts are published rounded to billions: a stated percentage this near to what they divide to is the same one."""
MAX_ROWS: Final = 1_000
COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "system": ("sistem", "system"),
    "subject": ("milik", "kantor", "subject"),
    "year": ("tahun", "year"),
    "as_of": ("per_tanggal", "as_of"),
    "planned": ("komitmen", "planned"),
    "realised": ("realisasi", "realised"),
    "stated": ("persen_tertulis", "stated"),
    "basis": ("dasar", "basis"),
    "source": ("sumber", "source"),
    "confidence": ("keyakinan", "confidence"),
}
CITY: Final = "Provinsi DKI Jakarta"
"""What most published figures are about; data, so the same in every language."""
REQUIRED: Final = ("system", "subject", "year", "source", "confidence")
_table: Final[Table] = ExternalFigure.__table__  # type: ignore[assignment]
_LENGTHS: Final = (("system", 2, 80), ("subject", 2, 120), ("basis", 0, 200), ("source", 5, 300))


@dataclass(frozen=True, slots=True)
class Figure:
    """One published statement: rupiah, the percentage as stated in basis points, and where it stands written."""

    system: str
    subject: str
    year: int
    as_of: date | None
    planned: int | None
    realised: int | None
    stated_bp: int | None
    basis: str
    source: str
    confidence: str

    @property
    def computed_bp(self) -> int | None:
        """What its two amounts divide to, in basis points; None when one is missing or there is nothing to divide by."""
        return None if self.planned is None or self.realised is None else ratio_bp(self.realised, self.planned)

    @property
    def divides(self) -> bool | None:
        """Tell whether the stated percentage is what its own amounts divide to; None when there is no telling."""
        computed = self.computed_bp
        return None if computed is None or self.stated_bp is None else abs(computed - self.stated_bp) <= NEAR_BP

    @property
    def about(self) -> tuple[str, str, int, date | None]:
        """What it speaks of: a later figure about the same takes its place."""
        return self.system, self.subject, self.year, self.as_of


def read(sent: Mapping[str, str], now: datetime) -> Figure:
    """Read a figure as typed or as a row of a file. Raises Invalid with every fault."""
    form, today = Fields(sent), local_day(now)
    words = {name: one_line(form.typed(name)) for name, _low, _high in _LENGTHS}
    for name, low, high in _LENGTHS:
        if not low <= len(words[name]) <= high:
            form.fault(name, "Isi %(low)s sampai %(high)s huruf.", low=low, high=high)
    year, as_of = whole(form.typed("year")) or 0, form.day("as_of")
    if not 2019 <= year <= today.year:  # noqa: PLR2004 - the first year of SIPD
        form.fault("year", "Isi tahun anggaran, empat angka, paling lambat tahun ini.")
    if as_of and as_of > today:
        form.fault("as_of", "Isi hari yang sudah lewat.")
    planned, realised = _amount(form, "planned"), _amount(form, "realised")
    stated = basis_points(form.typed("stated"))
    if stated is None and form.typed("stated"):
        form.fault("stated", "Isi persen seperti tertulis di sumbernya, misalnya 62,61.")
    if planned is None and realised is None and stated is None and not form.faults:
        form.fault("planned", "Isi paling sedikit satu: komitmen, realisasi, atau persen tertulis.")
    if form.typed("confidence") not in {"H", "M", "L"}:
        form.fault("confidence", "Pilih seberapa yakin sumbernya: H, M, atau L.")
    form.check()
    return Figure(
        words["system"], words["subject"], year, as_of, planned, realised, stated, words["basis"], words["source"],
        form.typed("confidence"),
    )  # fmt: skip


def _amount(form: Fields, name: str) -> int | None:
    text = form.typed(name)
    found = whole(text) if text else None
    if text and (found is None or found > MAX_RUPIAH):
        form.fault(name, "Isi rupiah bulat, misalnya 16.050.000.000.000, atau kosongkan.")
        return None
    return found


def enter(actor: Actor, figures: Sequence[Figure], now: datetime) -> int:
    """Keep published figures; return how many are new. What is kept already in the same words is not kept twice."""
    actor.require(IMPORT)
    known = set(latest())
    fresh = [figure for figure in dict.fromkeys(figures) if figure not in known]
    for figure in fresh:
        values = asdict(figure) | {"entered_by": actor.user_id, "entered_at": now}
        made: int = session.execute(insert(_table).values(**values).returning(_table.c.id)).scalar_one()
        told = {"system": figure.system, "subject": figure.subject, "year": figure.year, "source": figure.source}
        trail.record(actor, "enter_external_figure", "external_figure", made, now, **told)
    return len(fresh)


def import_csv(actor: Actor, content: bytes, now: datetime) -> tuple[int, list[RowFault]]:
    """Keep the figures of a CSV, all or none; return how many are new and the faults by row and column.

    Raises Invalid at `file` when it is unusable as a whole.
    """
    actor.require(IMPORT)
    sheet = read_sheet(content, COLUMNS, REQUIRED, max_rows=MAX_ROWS)
    found: list[Figure] = []
    faults: list[RowFault] = []
    for number, cells in sheet.rows:
        try:
            found.append(read(cells, now))
        except Invalid as wrong:
            faults += (RowFault(number, sheet.heads.get(f.field, f.field), f.message, f.params) for f in wrong.faults)
    return (0, faults) if faults else (enter(actor, found, now), [])


def latest(year: int | None = None) -> list[Figure]:
    """Return the figures that stand, by year, system and day: of several about the same only the last. One statement."""
    columns = [_table.c[name] for name in Figure.__dataclass_fields__]
    query = select(*columns).order_by(_table.c.id)
    rows = session.execute(query if year is None else query.where(_table.c.year == year))
    standing = {figure.about: figure for figure in (Figure(*row) for row in rows)}
    return sorted(standing.values(), key=lambda f: (-f.year, f.system, f.subject, f.as_of or date.min))


def years() -> list[int]:
    """Return the years other systems have figures of, the newest first."""
    return list(session.scalars(select(_table.c.year).distinct().order_by(_table.c.year.desc())))


_TRILLION: Final = 1_000_000_000_000
_BPKP, _BIGBOX = "Sistem P3DN BPKP", "BigBox LKPP"
_RUP: Final = "komitmen PDN di RUP; dasar nilai tidak disebut"


def _published(
    system: str, year: int, as_of: date | None, thousandths: tuple[int | None, int], stated: int | None, source: str
) -> Figure:
    planned, realised = (None if x is None else x * _TRILLION // 1000 for x in thousandths)
    return Figure(system, CITY, year, as_of, planned, realised, stated, _RUP, source, "M")


PUBLISHED: Final = (
    _published(_BPKP, 2022, None, (11_334, 20_454), 18_047, "beritajakarta.id 49612"),
    _published(
        _BPKP, 2022, date(2022, 11, 30), (None, 8_500), None, "voi.id, sementara; UMK dan koperasi Rp3,9 triliun"
    ),
    _published(_BIGBOX, 2023, date(2023, 10, 15), (15_800, 11_350), 7_180, "bisnis.com"),
    _published(_BIGBOX, 2023, date(2023, 11, 6), (15_850, 13_100), 8_260, "kastara.id"),
    _published(_BIGBOX, 2024, date(2024, 9, 6), (30_680, 16_050), 6_261, "indotoday.id 12285"),
    _published(_BIGBOX, 2024, None, (32_690, 29_880), 9_140, "ANTARA"),
)
"""What newspapers printed, in thousandths of a trillion rupiah: an installation begins with it."""


def load_published(now: datetime, figures: Iterable[Figure] = PUBLISHED) -> TableCount:
    """Write the published figures that are not kept yet; again changes nothing."""
    known = {figure.about for figure in latest()}
    wanted = list(figures)
    fresh = [asdict(f) | {"entered_by": None, "entered_at": now} for f in wanted if f.about not in known]
    if fresh:
        session.execute(insert(_table), fresh)
    return TableCount("external_figure", len(fresh), 0, len(wanted) - len(fresh))
