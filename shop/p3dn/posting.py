"""Posting: the ledger is a difference. What is wanted minus what is held, inserted; the kept totals move along.

There is no reversal code. A cancelled order settles with no facts, an amended one with its new facts; settling twice
adds nothing (docs/adr/0006-the-ledger-is-a-difference.md).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import add, itemgetter, sub
from typing import Any, Final

from sqlalchemy import Table, bindparam, insert, select, text

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.db import session
from shop.p3dn.faces import Face, Place, narrow_faces, wide_faces
from shop.p3dn.models import LedgerEntry, P3dnTotal
from shop.p3dn.periods import periods_of
from shop.p3dn.rules import MEASURES, Fact

Statement = tuple[str, Sequence[Fact]]
"""A source (`order:12`, `package:5`) and all its facts of today."""
Numbers = tuple[int, ...]
Totals = dict[tuple[Any, ...], Numbers]
"""Changes by (period, dim, office_id, account_code, key)."""

DIMENSIONS: Final = (
    "source",
    "key",
    "order_id",
    "line_id",
    "package_id",
    "office_id",
    "account_code",
    "kecamatan_code",
    "vendor_id",
    "category_code",
    "evidence",
    "tkdn_bp",
    "channel",
)
"""What identifies a sum in the ledger: the statement's key and everything photographed with it."""
_PLACE: Final = itemgetter(*(DIMENSIONS.index(name) for name in Place._fields))
_BATCH: Final = 400
_BUCKETS: Final = 1024

ledger: Final[Table] = LedgerEntry.__table__  # type: ignore[assignment]
kept: Final[Table] = P3dnTotal.__table__  # type: ignore[assignment]
_HELD: Final = select(*(ledger.c[name] for name in (*DIMENSIONS, *MEASURES)))
_HELD_ONE: Final = _HELD.where(ledger.c.source == bindparam("source"))
_HELD_SOME: Final = _HELD.where(ledger.c.source.in_(bindparam("sources", expanding=True)))
_INSERT: Final = insert(ledger)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(5063, b) FROM unnest(CAST(:buckets AS int[])) AS b")
_KEY: Final = ("period", "dim", "office_id", "account_code", "key")


def settle(actor: Actor, source: str, facts: Iterable[Fact], now: datetime, on: date | None = None) -> int:
    """Make the ledger say what `facts` say about `source`; return how many entries that took (0 when it already did).

    `facts` are all facts of the source, not only the changed ones: a key that is missing counts nothing any more.
    The differences count on the Jakarta day of `now`, or on `on` (planned facts: the first day of their fiscal
    year). Runs inside the caller's unit of work. Raises ValueError when two facts share a key.
    """
    return settle_many(actor, [(source, list(facts))], now, on)


def settle_many(actor: Actor, statements: Iterable[Statement], now: datetime, on: date | None = None) -> int:
    """Settle many sources at once (imports), three SQL statements per few hundred sources. Returns the entries made."""
    day, waiting = on or local_day(now), list(statements)
    # All sources before the first total: a second batch would wait for a source whose order waits for our totals.
    _lock(source for source, _ in waiting)
    return sum(_settle_batch(actor, waiting[at : at + _BATCH], now, day) for at in range(0, len(waiting), _BATCH))


def _settle_batch(actor: Actor, batch: Sequence[Statement], now: datetime, day: date) -> int:
    sources = sorted({source for source, _ in batch})
    differences = subtract(wanted_sums(batch), held_sums(sources))
    if not differences:
        return 0
    stamp = {"day": day, "at": now, "user_id": actor.user_id}
    names = (*DIMENSIONS, *MEASURES)
    session.execute(
        _INSERT, [{**dict(zip(names, (*where, *numbers), strict=True)), **stamp} for where, numbers in differences]
    )
    write_totals(total_changes(differences, day))
    return len(differences)


def _lock(sources: Iterable[str]) -> None:
    """Let one transaction at a time settle a source. SQLite has one writer anyway; PostgreSQL is asked, in order."""
    if session.get_bind().dialect.name == "postgresql":
        buckets = sorted({zlib.crc32(source.encode()) % _BUCKETS for source in sources})
        session.execute(_LOCK, {"buckets": buckets})


def wanted_sums(statements: Iterable[Statement]) -> dict[tuple[Any, ...], Numbers]:
    """Return the non-zero measures that the facts ask for, by DIMENSIONS. Raises ValueError for a repeated key."""
    sums: dict[tuple[Any, ...], Numbers] = {}
    seen: set[tuple[str, str]] = set()
    for source, facts in statements:
        for fact in facts:
            if (source, fact.key) in seen:
                msg = f"{source} states {fact.key} twice"
                raise ValueError(msg)
            seen.add((source, fact.key))
            numbers = fact.measures.as_tuple()
            if any(numbers):
                sums[
                    source, fact.key, fact.order_id, fact.line_id, fact.package_id, fact.office_id, fact.account_code,
                    fact.kecamatan_code, fact.vendor_id, fact.category_code, fact.evidence, fact.tkdn_bp,
                    fact.channel,
                ] = numbers  # fmt: skip
    return sums


def held_sums(sources: Sequence[str]) -> dict[tuple[Any, ...], Numbers]:
    """Return what the ledger holds for these sources, by DIMENSIONS, zero sums included."""
    if len(sources) == 1:
        rows = session.execute(_HELD_ONE, {"source": sources[0]}).all()
    else:
        rows = session.execute(_HELD_SOME, {"sources": sources}).all()
    width = len(DIMENSIONS)
    sums: dict[tuple[Any, ...], Numbers] = {}
    for row in rows:
        _add(sums, row[:width], row[width:])
    return sums


def subtract(
    wanted: dict[tuple[Any, ...], Numbers], held: dict[tuple[Any, ...], Numbers]
) -> list[tuple[tuple[Any, ...], Numbers]]:
    """Return wanted - held where they differ: first what goes (old dimensions), then what comes."""
    nothing = (0,) * len(MEASURES)
    found = []
    for where in (*held, *(w for w in wanted if w not in held)):
        have, want = held.get(where, nothing), wanted.get(where, nothing)
        if have != want:
            found.append((where, tuple(map(sub, want, have))))
    return found


def total_changes(differences: Iterable[tuple[tuple[Any, ...], Numbers]], day: date) -> Totals:
    """Return what differences of one day change in the kept sums. Lines alike are added up first."""
    alike: dict[tuple[Any, ...], Numbers] = {}
    for where, numbers in differences:
        _add(alike, _PLACE(where), numbers)
    wide: dict[Face, Numbers] = {}
    narrow: dict[Face, Numbers] = {}
    for values, numbers in alike.items():
        place = Place(*values)
        for face in wide_faces(place):
            _add(wide, face, numbers)
        for face in narrow_faces(place):
            _add(narrow, face, numbers)
    year, month, text = periods_of(day)
    changes: Totals = {(period, *face): numbers for period in (year, month, text) for face, numbers in wide.items()}
    return changes | {(year, *face): numbers for face, numbers in narrow.items()}


def _add(sums: dict[Any, Numbers], key: Any, numbers: Numbers) -> None:
    before = sums.get(key)
    sums[key] = numbers if before is None else tuple(map(add, before, numbers))


@lru_cache(maxsize=2)
def _upsert(dialect: str) -> str:
    """Return the one statement, as text: SQLAlchemy's preparing of some fifty rows costs more than the database's work."""
    names = (*_KEY, *MEASURES)
    mark = "?" if dialect == "sqlite" else "%s"
    return (
        f"INSERT INTO {kept.name} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"  # noqa: S608
        f" ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET "
        + ", ".join(f"{name} = {kept.name}.{name} + excluded.{name}" for name in MEASURES)
    )


def write_totals(changes: Totals) -> None:
    """Add changes to the kept totals, rows locked in key order: the widest sum of the year first, always."""
    rows = [(*key, *changes[key]) for key in sorted(changes) if any(changes[key])]
    if rows:
        connection = session.connection()
        connection.exec_driver_sql(_upsert(connection.dialect.name), rows)
