"""Rules with dates: which value counted on a given day, from where we have it, and how sure we are."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, insert, select, update

from shop.base.errors import Invalid, NotFound
from shop.reference.files import RuleRow
from shop.reference.models import AnySession, Rule, RuleVersion

_CACHE: Final = "reference.rules"
_Spans = Mapping[str, Sequence["RuleValue"]]
_known: Final[WeakKeyDictionary[Engine | Connection, tuple[str, _Spans]]] = WeakKeyDictionary()
"""What this process has read of a database's rules, and the version it read; replaced whole, never changed."""
_TOKEN: Final = select(RuleVersion.token).where(RuleVersion.id == 1)


@dataclass(frozen=True, slots=True)
class RuleValue:
    """What a rule says for the day asked: any JSON value, its source, and the half-open span it holds for."""

    key: str
    value: Any
    source: str
    confidence: str
    valid_from: date
    valid_to: date | None

    @property
    def is_unsure(self) -> bool:
        """Tell whether the screen has to say that this rule is not confirmed."""
        return self.confidence == "L"


def rule(session: AnySession, key: str, day: date) -> RuleValue:
    """Return the rule `key` as it stood on `day`.

    The rules are kept in the process; each session (one request) asks once, by one row, whether they have changed, so a
    correction is seen by the next request in every process. Raises NotFound when no rule covers that day.
    """
    return pick(_all(session).get(key, ()), key, day)


def pick(spans: Sequence[RuleValue], key: str, day: date) -> RuleValue:
    """Return the span that holds `day`. Raises NotFound."""
    for span in spans:
        if span.valid_from <= day and (span.valid_to is None or day < span.valid_to):
            return span
    raise NotFound("Aturan %(key)s tidak ada untuk %(day)s.", key=key, day=day.isoformat())


def all_rules(session: AnySession) -> tuple[RuleValue, ...]:
    """Return every span in order of key and day, for the page that shows which rules count."""
    return tuple(span for spans in _all(session).values() for span in spans)


def refuse_overlaps(rows: Iterable[RuleRow]) -> None:
    """Raise Invalid when two spans of one key share a day, or a span is empty: then nobody knows which counts."""
    ordered = sorted(rows, key=lambda r: (r.key, r.valid_from))
    for row in ordered:
        if row.valid_to is not None and row.valid_to <= row.valid_from:
            raise Invalid.at("valid_to", "Aturan %(key)s berakhir sebelum mulai.", key=row.key)
    for one, two in pairwise(ordered):
        if one.key == two.key and (one.valid_to is None or two.valid_from < one.valid_to):
            raise Invalid.at(
                "valid_from",
                "Aturan %(key)s bertumpuk pada %(day)s.",
                key=two.key,
                day=two.valid_from.isoformat(),
            )


def hold(session: AnySession) -> None:
    """Let nobody else change the rules until this transaction ends."""
    if session.execute(_TOKEN.with_for_update()).first() is None:
        session.execute(insert(RuleVersion).values(id=1, token=secrets.token_hex(16)))


def changed(session: AnySession) -> None:
    """Tell every process, once this transaction is committed, that the rules are not what they were."""
    moved: Any = session.execute(update(RuleVersion).where(RuleVersion.id == 1).values(token=secrets.token_hex(16)))
    if not moved.rowcount:
        session.execute(insert(RuleVersion).values(id=1, token=secrets.token_hex(16)))
    forget(session)


def forget(session: AnySession) -> None:
    """Drop what this session has read, after the table changed."""
    session.info.pop(_CACHE, None)


def _all(session: AnySession) -> _Spans:
    known: _Spans | None = session.info.get(_CACHE)
    if known is None:
        known = session.info[_CACHE] = _fresh(session)
    return known


def _fresh(session: AnySession) -> _Spans:
    """Return the rules as this session sees them: those in memory when their version is still the one in the database."""
    bind = session.get_bind()
    version = session.scalar(_TOKEN)
    held = _known.get(bind)
    if held is not None and held[0] == version:
        return held[1]
    found: dict[str, list[RuleValue]] = {}
    # Columns, not rows of the mapper: placing an order passes here.
    columns = (Rule.key, Rule.value, Rule.source, Rule.confidence, Rule.valid_from, Rule.valid_to)
    for r in session.execute(select(*columns).order_by(Rule.key, Rule.valid_from)):
        found.setdefault(r.key, []).append(RuleValue(*r))
    if (
        version is not None
    ):  # asked first: rules that are newer than their version are read again, never older ones kept
        _known[bind] = version, found
    return found
