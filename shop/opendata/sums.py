"""The totals as a file, with how far the ledger stood when they were read: what the independent script recomputes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from shop.audit.models import AuditHead
from shop.base.clock import local_day
from shop.base.codes import fingerprint
from shop.db import session
from shop.p3dn import basis, labels
from shop.p3dn.faces import GROUPS
from shop.p3dn.periods import quarter_of, semester_of
from shop.p3dn.posting import ledger
from shop.p3dn.rules import MEASURES, SYSTEM, ZERO, Measures
from shop.p3dn.totals import Filters, totals, years_with_data

GROUPINGS: Final = ("city", *GROUPS, "year")
"""Every breakdown of the totals file: the city as a whole, and by each group."""
_LATE: Final = 1000


@dataclass(frozen=True, slots=True)
class Stand:
    """How far the ledger is read: all entries up to `top` except those numbers of `missing`, which are not there yet.

    A number below `top` is missing when its transaction was taken back, or has not ended: a sum read now does not hold it.
    """

    top: int
    missing: tuple[int, ...]
    changes: int
    """Entries of the trail: any change of anything makes it another number."""

    @property
    def cursor(self) -> int:
        """Where to go on from later: nothing below it can still arrive. Some lines may come twice, under the same number."""
        return self.missing[0] - 1 if self.missing else self.top


def stand() -> Stand:
    """Return how far the ledger goes now. Looks at the last thousand numbers and nothing else."""
    recent = session.scalars(select(ledger.c.id).order_by(ledger.c.id.desc()).limit(_LATE)).all()
    changes = session.execute(select(AuditHead.entries)).scalar() or 0
    if not recent:
        return Stand(0, (), changes)
    missing = set(range(recent[-1], recent[0])) - set(recent)
    return Stand(recent[0], tuple(sorted(missing)), changes)


def one_snapshot() -> None:
    """Have all that this request reads come from one moment. SQLite does it anyway; PostgreSQL is told."""
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def rows(year: int | None, now: datetime) -> Iterator[tuple[str, str, Measures]]:
    """Yield (grouping, key, measures) of every total of a year, or of all years together."""
    filters = Filters(year=year)
    yield "city", "", totals(filters, now=now).total
    months = {row.key: row.measures for row in totals(filters, "month", now=now).rows}
    for group in GROUPS:
        if group in _OF_MONTH:
            continue
        found = [(row.key, row.measures) for row in totals(filters, group, now=now).rows]
        names: Mapping[str, str] = {}
        if group == "office":  # ids are ours alone: the public key is the code
            names = {str(ref.id): ref.code for ref in labels.offices(int(key) for key, _ in found).values()}
        yield from ((group, names.get(key, key), measures) for key, measures in found)
    for longer, key_of in _OF_MONTH.items():
        sums: dict[str, Measures] = {}
        for month, measures in months.items():
            sums[key_of(month)] = sums.get(key_of(month), ZERO) + measures
        yield from ((longer, key, measures) for key, measures in sorted(sums.items()))


_OF_MONTH: Final[Mapping[str, Callable[[str], str]]] = {
    "month": str,
    "quarter": quarter_of,
    "semester": semester_of,
    "year": lambda month: month[:4],
}


def document(year: int | None, now: datetime, as_of: str) -> dict[str, Any]:
    """Return the totals file: every total with the system, the basis, the moment and how far the ledger is read."""
    found: dict[str, dict[str, dict[str, int]]] = {name: {} for name in GROUPINGS}
    for group, key, measures in rows(year, now):
        found[group][key] = dict(zip(MEASURES, measures.as_tuple(), strict=True))
    at = stand()
    return {
        "system": SYSTEM,
        "bases": list(basis.within(*((date(year, 1, 1), date(year, 12, 31)) if year else (None, local_day(now))))),
        "as_of": as_of,
        "year": year,
        "top": at.top,
        "missing": list(at.missing),
        "measures": list(MEASURES),
        "totals": found,
    }


def years() -> list[int]:
    """Return the years with data, the newest first."""
    known = years_with_data()
    return list(range(known[1], known[0] - 1, -1)) if known else []


def manifest(now: datetime, as_of: str) -> dict[str, Any]:
    """Return what there is: how far the ledger goes, the sums of each year and the fingerprint of those sums."""
    sums = {
        str(year): dict(zip(MEASURES, totals(Filters(year=year), now=now).total.as_tuple(), strict=True))
        for year in years()
    }
    at = stand()
    return {
        "system": SYSTEM,
        "bases": list(basis.within(None, local_day(now))),
        "as_of": as_of,
        **asdict(at),
        "cursor": at.cursor,
        "years": sums,
        "sha256": fingerprint(sums),
    }
