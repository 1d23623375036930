"""Setting a rule anew from a coming day on, and taking that back before it begins. What has begun is never changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import fingerprint, one_line
from shop.base.errors import Invalid, NotFound, Stale, WrongState
from shop.base.fields import Fields
from shop.db import session
from shop.reference import policy, shape
from shop.reference.models import Rule
from shop.reference.policy import RuleValue
from shop.reference.shape import Part

EDIT: Final = "reference:rule:edit"
CONFIDENCE: Final = ("H", "M", "L")
LATEST: Final = date(2100, 1, 1)
_SHORTEST: Final = 5
Known = Mapping[str, Collection[str]]
Note = Callable[..., None]
"""Writes the trail, as `audit.trail.record` does: a room of the same floor, handed in by the door."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A new span of a rule as it would count, and the span before it."""

    new: RuleValue
    before: RuleValue
    reason: str


def spans(key: str) -> Sequence[Rule]:
    """Return every span of a rule, the earliest first; one statement. Raises NotFound for a rule there is not."""
    if all(rule.key != key for rule in policy.all_rules(session)):  # known by name first: an address may say anything
        raise NotFound("Aturan ini tidak ada.")
    return session.scalars(select(Rule).where(Rule.key == key).order_by(Rule.valid_from)).all()


def seen_of(rows: Sequence[Rule]) -> str:
    """Return what stands for the spans an editor has before him: it changes when one is set or withdrawn."""
    return fingerprint({"spans": [[r.id, r.valid_from.isoformat(), str(r.valid_to)] for r in rows]})


def parts_of(rows: Sequence[Rule], known: Known) -> list[Part]:
    """Return what a new value of the rule is made of."""
    return shape.parts(rows[0].key, [row.value for row in rows], known)


def read(rows: Sequence[Rule], sent: Mapping[str, str], known: Known, now: datetime) -> Draft:
    """Return what somebody typed as a draft; nothing is saved.

    Raises Invalid with every fault at once: a value of another shape, a day that is not to come, a span that would lie
    over another, no source, no reason.
    """
    last, fields = rows[-1], Fields(sent)
    value = shape.read(last.key, parts_of(rows, known), fields)
    start = fields.day("from_day", "Isi tanggal mulai berlaku.")
    if start is not None:
        _check_start(fields, last, start, local_day(now))
    source, reason = one_line(sent.get("source", "")), one_line(sent.get("reason", ""))
    for name, text, most in (("source", source, 200), ("reason", reason, 300)):
        if not _SHORTEST <= len(text) <= most:
            fields.fault(name, "Isi %(low)s sampai %(high)s huruf.", low=_SHORTEST, high=most)
    confidence = sent.get("confidence", "")
    if confidence not in CONFIDENCE:
        fields.fault("confidence", "Pilih seberapa yakin sumbernya.")
    elif not fields.faults and (value, source, confidence) == (last.value, last.source, last.confidence):
        fields.fault("source", "Tidak ada yang berubah: nilai, sumber, dan keyakinannya sama dengan sekarang.")
    fields.check()
    assert start is not None
    new = RuleValue(last.key, value, source, confidence, start, None)
    return Draft(new, _value(last), reason)


def _check_start(fields: Fields, last: Rule, start: date, today: date) -> None:
    if not today < start < LATEST:
        fields.fault("from_day", "Paling cepat besok. Yang sudah berlaku tidak diubah.")
    elif start <= last.valid_from:
        fields.fault(
            "from_day",
            "Sudah ada nilai yang mulai %(day)s. Tarik dahulu, atau pilih hari sesudahnya.",
            day=last.valid_from,
        )
    elif last.valid_to is not None and start < last.valid_to:
        fields.fault("from_day", "Bertumpuk dengan nilai yang berlaku sampai sebelum %(day)s.", day=last.valid_to)


def put(actor: Actor, key: str, sent: Mapping[str, str], known: Known, note: Note, now: datetime) -> None:
    """Set a rule anew from a day on; the open span before it ends there.

    Raises Forbidden, NotFound, Invalid, and Stale when the rule is not as `sent["seen"]` saw it any more.
    """
    actor.require(EDIT)
    rows = _held(key, sent)
    draft = read(rows, sent, known, now)
    last, new = rows[-1], draft.new
    closes = last.valid_to is None
    if closes:
        last.valid_to = new.valid_from
        session.flush()
    row = Rule(
        key=key, valid_from=new.valid_from, valid_to=None, value=new.value, source=new.source, confidence=new.confidence,
        recorded_at=now, edited=True, closed_before=closes, reason=draft.reason,
    )  # fmt: skip
    session.add(row)
    session.flush()
    policy.changed(session)
    note(actor, "set_rule", "rule", row.id, now, before=draft.before.value, **_told(row))


def withdraw(actor: Actor, key: str, sent: Mapping[str, str], note: Note, now: datetime) -> None:
    """Take back the last span of a rule, set on the page and not begun; what it ended is open again.

    Raises Forbidden, NotFound, Invalid without a reason, Stale, and WrongState for one that has begun or is our file's.
    """
    actor.require(EDIT)
    rows = _held(key, sent)
    row, reason = rows[-1], one_line(sent.get("note", ""))
    if not _SHORTEST <= len(reason) <= 300:  # noqa: PLR2004 - as the column has
        raise Invalid.at("note", "Isi %(low)s sampai %(high)s huruf.", low=_SHORTEST, high=300)
    if not can_withdraw(row, local_day(now)):
        raise WrongState("Hanya nilai yang ditetapkan di halaman ini dan belum mulai berlaku yang dapat ditarik.")
    note(actor, "withdraw_rule", "rule", row.id, now, why=reason, **_told(row))
    session.delete(row)
    session.flush()
    if row.closed_before:
        rows[-2].valid_to = None
    policy.changed(session)


def can_withdraw(row: Rule, today: date) -> bool:
    """Tell whether a span is ours to take back."""
    return row.edited and row.valid_from > today


def _held(key: str, sent: Mapping[str, str]) -> Sequence[Rule]:
    """Return the spans of a rule, held until the end of the transaction. Raises Stale."""
    policy.hold(session)
    rows = spans(key)
    if sent.get("seen") != seen_of(rows):
        raise Stale
    return rows


def _value(row: Rule) -> RuleValue:
    return RuleValue(row.key, row.value, row.source, row.confidence, row.valid_from, row.valid_to)


def _told(row: Rule) -> dict[str, Any]:
    return {
        "key": row.key, "value": row.value, "from_day": row.valid_from.isoformat(), "source": row.source,
        "confidence": row.confidence, "reason": row.reason,
    }  # fmt: skip
