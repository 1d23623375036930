"""Loading the reference tables from the files: insert what is new, mend what differs, leave the rest alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select

from shop.db import Base
from shop.reference import calendar, files, policy, regions
from shop.reference.files import RuleRow
from shop.reference.models import AccountCode, AnySession, Holiday, Kbli, Region, Rule


@dataclass(frozen=True, slots=True)
class TableCount:
    """What loading did to one table."""

    table: str
    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What loading did, table by table."""

    tables: tuple[TableCount, ...]

    @property
    def touched(self) -> int:
        """Return the number of rows added or changed; 0 says the files were already in."""
        return sum(t.added + t.changed for t in self.tables)

    def __str__(self) -> str:
        """Return one line per table and a closing sentence, for the command line."""
        lines = [f"{t.table}: {t.added} baru, {t.changed} berubah, {t.unchanged} tetap" for t in self.tables]
        return "\n".join([*lines, "Tidak ada perubahan." if not self.touched else f"{self.touched} baris diperbarui."])


def load_all(session: AnySession, now: datetime) -> Counts:
    """Bring every reference table in line with its file; a second run changes nothing and says so.

    The file wins over a row edited in the database; a row only the database has is left (orders may name it).
    Does not commit: the door does. Raises Invalid when the rules, file and database together, overlap.
    """
    counts = Counts(
        (
            _merge(session, Region, ("code",), map(asdict, files.regions())),
            _merge(session, AccountCode, ("code",), map(asdict, files.account_codes())),
            _merge(session, Kbli, ("code",), map(asdict, files.kbli())),
            _merge(session, Holiday, ("day",), map(asdict, files.holidays())),
            load_rules(session, files.rules(), now),
        )
    )
    regions.forget()
    calendar.forget()
    return counts


def load_rules(session: AnySession, rows: tuple[RuleRow, ...], now: datetime) -> TableCount:
    """Bring the rules in line with `rows`. Raises Invalid before anything is written when spans overlap."""
    named = {(row.key, row.valid_from) for row in rows}
    others = [
        RuleRow(r.key, r.valid_from, r.valid_to, r.value, r.source, r.confidence)
        for r in session.scalars(select(Rule))
        if (r.key, r.valid_from) not in named
    ]
    policy.refuse_overlaps([*rows, *others])
    count = _merge(session, Rule, ("key", "valid_from"), map(asdict, rows), stamp={"recorded_at": now})
    policy.forget(session)
    return count


def _merge(
    session: AnySession,
    model: type[Base],
    key: tuple[str, ...],
    rows: Iterable[Mapping[str, Any]],
    stamp: Mapping[str, Any] | None = None,
) -> TableCount:
    """Insert or update rows by key; `stamp` is written only on rows that are new or differ."""
    present = {tuple(getattr(row, k) for k in key): row for row in session.scalars(select(model))}
    fresh: list[Mapping[str, Any]] = []
    changed = unchanged = 0
    for row in rows:
        old = present.get(tuple(row[k] for k in key))
        if old is None:
            fresh.append({**row, **(stamp or {})})
        elif any(getattr(old, name) != value for name, value in row.items()):
            for name, value in (*row.items(), *(stamp or {}).items()):
                setattr(old, name, value)
            changed += 1
        else:
            unchanged += 1
    session.flush()
    if fresh:  # into the table and not through the mapper: there are thousands, and every start and test waits for them
        session.execute(insert(cast("Table", model.__table__)), fresh)
    return TableCount(model.__tablename__, len(fresh), changed, unchanged)
