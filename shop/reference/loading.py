"""Loading the reference tables from the files: insert what is new, mend what differs, leave the rest alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, func, insert, select

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
    edited: tuple[str, ...] = ()
    """Rules that were changed on the page: there the file does not count from that day on."""

    @property
    def touched(self) -> int:
        """Return the number of rows added or changed; 0 says the files were already in."""
        return sum(t.added + t.changed for t in self.tables)

    def __str__(self) -> str:
        """Return one line per table and a closing sentence, for the command line."""
        lines = [f"{t.table}: {t.added} baru, {t.changed} berubah, {t.unchanged} tetap" for t in self.tables]
        if self.edited:
            lines.append(f"Diubah di halaman aturan, berkas tidak menimpanya: {', '.join(self.edited)}")
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
        ),
        tuple(f"{key} ({day.isoformat()})" for key, day in sorted(_edited(session).items())),
    )
    regions.forget()
    calendar.forget()
    return counts


def load_rules(session: AnySession, rows: tuple[RuleRow, ...], now: datetime) -> TableCount:
    """Bring the rules in line with `rows`. Raises Invalid before anything is written when spans overlap.

    From the day of the first span that was set on the page, that rule is the page's: rows of the file end there, and
    later ones are left out. Who withdraws it gives the rule back to the file.
    """
    policy.hold(session)
    ours = _edited(session)
    wanted = tuple(_before(row, ours.get(row.key)) for row in rows if not _is_after(row, ours.get(row.key)))
    named = {(row.key, row.valid_from) for row in wanted}
    others = [
        RuleRow(r.key, r.valid_from, r.valid_to, r.value, r.source, r.confidence)
        for r in session.scalars(select(Rule))
        if (r.key, r.valid_from) not in named
    ]
    policy.refuse_overlaps([*wanted, *others])
    count = _merge(session, Rule, ("key", "valid_from"), map(asdict, wanted), stamp={"recorded_at": now})
    if count.added + count.changed:
        policy.changed(session)
    policy.forget(session)
    return count


def _edited(session: AnySession) -> dict[str, date]:
    """Return {key: the day its first span set on the page begins}."""
    query = select(Rule.key, func.min(Rule.valid_from)).where(Rule.edited).group_by(Rule.key)
    return dict(session.execute(query).all())


def _is_after(row: RuleRow, day: date | None) -> bool:
    return day is not None and row.valid_from >= day


def _before(row: RuleRow, day: date | None) -> RuleRow:
    return replace(row, valid_to=day) if day is not None and (row.valid_to is None or row.valid_to > day) else row


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
