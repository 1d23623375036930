"""Bringing a bank statement in, and reading what is open: the list a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, insert, select

from shop.accounts.models import UserAccount
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Invalid, NotFound
from shop.base.numbers import without_cards
from shop.books.models import MoneyPosting
from shop.db import session
from shop.orders.models import Order
from shop.treasury.matching import MOST_ROWS
from shop.treasury.models_bank import BankMatch, BankProposal, BankRow, BankStatement
from shop.treasury.models_remit import TaxDeposit
from shop.treasury.remit_lists import month_text
from shop.treasury.rights import MATCH, office_of
from shop.treasury.statement_reading import Statement

PER_PAGE: Final = 20
_OLDEST_YEARS: Final = 2
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file: rows read, rows that were new, and lines left out because of a fraction of a rupiah."""

    read: int
    kept: int
    odd: int


@dataclass(frozen=True, slots=True)
class Thing:
    """What a row may be or is. `expected` is None where it is settled."""

    kind: str
    target_id: int
    label: str
    link: str
    who: str
    expected: int
    score: int
    sure: bool
    reasons: Sequence[str]
    version: int


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the account with what it may be, or what it was taken for, by whom and when."""

    id: int
    day: date
    way: str
    amount: int
    words: str
    things: Sequence[Thing]
    match_id: int | None
    matched_by: str
    matched_at: datetime | None
    closed: bool


def load(actor: Actor, file_name: str, statement: Statement, now: datetime) -> Loaded:
    """Keep the rows of a statement that are not there yet, all or none. The same file again keeps nothing.

    Raises Invalid for rows of days to come or longer ago than two years: then the order of day and month was mistaken.
    """
    actor.require(MATCH)
    office_id, today = office_of(actor), local_day(now)
    if any(row.day > today or row.day.year < today.year - _OLDEST_YEARS for row in statement.rows):
        words = "Ada tanggal yang belum terjadi atau lebih dari dua tahun lalu. Periksa urutan hari dan bulan."
        raise Invalid.at("file", words)
    prints = [row.fingerprint for row in statement.rows]
    known: set[str] = set()
    for at in range(0, len(prints), _AT_ONCE):
        where = (BankRow.office_id == office_id, BankRow.fingerprint.in_(prints[at : at + _AT_ONCE]))
        known |= set(session.scalars(select(BankRow.fingerprint).where(*where)))
    fresh = [row for row in statement.rows if row.fingerprint not in known]
    made = BankStatement(
        office_id=office_id, file_name=without_cards(one_line(file_name))[:200], read=len(prints), kept=len(fresh),
        loaded_by=actor.user_id, loaded_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    if fresh:
        session.execute(
            insert(BankRow),
            [{"statement_id": made.id, "office_id": office_id, "line": r.line, "day": r.day, "way": r.way,
              "amount": r.amount, "words": r.words, "fingerprint": r.fingerprint, "matched": False} for r in fresh],
        )  # fmt: skip
    said = {"read": len(prints), "kept": len(fresh), "odd": len(statement.odd)}
    trail.record(actor, "bank_statement_load", "bank_statement", made.id, now, **said)
    return Loaded(len(prints), len(fresh), len(statement.odd))


def rows(actor: Actor, *, matched: bool, before: int | None = None) -> tuple[Sequence[RowView], int | None]:
    """Return rows, the newest first, and the id the next page begins before (None at the end). Fixed number of statements."""
    actor.require(MATCH)
    where = [BankRow.office_id == office_of(actor), BankRow.matched == matched]
    if before is not None:
        where.append(BankRow.id < before)
    found = session.scalars(select(BankRow).where(*where).order_by(BankRow.id.desc()).limit(PER_PAGE + 1)).all()
    shown = found[:PER_PAGE]
    if matched:
        views = _settled(shown)
    else:
        things = _proposed([row.id for row in shown])
        views = [
            RowView(r.id, r.day, r.way, r.amount, r.words, things.get(r.id, ()), None, "", None, closed=False)
            for r in shown
        ]
    return views, shown[-1].id if len(found) > PER_PAGE else None


def counts(actor: Actor) -> tuple[int, int]:
    """Return how many rows are open and how many of them are sure, within the rows that are looked at."""
    where = (BankRow.office_id == office_of(actor), ~BankRow.matched)
    newest = select(BankRow.id).where(*where).order_by(BankRow.id.desc()).limit(MOST_ROWS + 1).subquery()
    is_sure = select(BankProposal.row_id).where(BankProposal.row_id == newest.c.id, BankProposal.sure).exists()
    row = session.execute(select(func.count(), func.count().filter(is_sure)).select_from(newest)).one()
    return int(row[0]), int(row[1])


def sure(actor: Actor, limit: int) -> Sequence[tuple[int, str, int]]:
    """Return (row, kind, target) of sure proposals of open rows, the oldest first."""
    query = (
        select(BankProposal.row_id, BankProposal.kind, BankProposal.target_id)
        .join(BankRow, BankRow.id == BankProposal.row_id)
        .where(BankRow.office_id == office_of(actor), ~BankRow.matched, BankProposal.sure)
        .order_by(BankRow.id)
        .limit(limit)
    )
    return [(r[0], r[1], r[2]) for r in session.execute(query)]


def _proposed(row_ids: Sequence[int]) -> Mapping[int, list[Thing]]:
    query = select(BankProposal).where(BankProposal.row_id.in_(row_ids))
    given = session.scalars(query.order_by(BankProposal.score.desc(), BankProposal.target_id)).all()
    named = _named([(p.kind, p.target_id) for p in given])
    found: dict[int, list[Thing]] = {}
    for p in given:
        label, link, who, version, state = named.get((p.kind, p.target_id), ("", "", "", 0, ""))
        if label and (p.kind != "order" or state == "received"):  # it may have been paid meanwhile
            thing = Thing(p.kind, p.target_id, label, link, who, p.expected, p.score, p.sure, p.reasons, version)
            found.setdefault(p.row_id, []).append(thing)
    return found


def _named(things: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], tuple[str, str, str, int, str]]:
    """Return {(kind, id): label, link, who, version, state}; three statements."""
    ids = {kind: [target for k, target in things if k == kind] for kind in ("order", "payment", "deposit", "refund")}
    found: dict[tuple[str, int], tuple[str, str, str, int, str]] = {}
    columns = (Order.id, Order.number, Order.vendor_name, Order.version, Order.state)
    for r in session.execute(select(*columns).where(Order.id.in_(ids["order"] + ids["payment"]))):
        for kind in ("order", "payment"):
            found[kind, r[0]] = (r[1], f"/pesanan/{r[0]}", r[2], r[3], r[4])
    for d in session.scalars(select(TaxDeposit).where(TaxDeposit.id.in_(ids["deposit"]))):
        found["deposit", d.id] = (f"NTPN {d.ntpn}", f"/bendahara/setor/{month_text(d.month)}", "", 0, "")
    posting = select(MoneyPosting.id, MoneyPosting.source).where(MoneyPosting.id.in_(ids["refund"]))
    for number, source in session.execute(posting):
        of, _, target = source.partition(":")
        found["refund", number] = (source, f"/pesanan/{target}" if of == "order" else "", "", 0, "")
    return found


def _settled(shown: Sequence[BankRow]) -> list[RowView]:
    held = session.execute(
        select(BankMatch, UserAccount.name)
        .join(UserAccount, UserAccount.id == BankMatch.matched_by)
        .where(BankMatch.row_id.in_([r.id for r in shown]), BankMatch.undone_at.is_(None))
    ).all()
    named = _named([(m.kind, m.target_id) for m, _name in held])
    of_row = {m.row_id: (m, name) for m, name in held}
    views = []
    for r in shown:
        if r.id not in of_row:
            raise NotFound
        m, name = of_row[r.id]
        label, link, who, version, state = named.get((m.kind, m.target_id), ("", "", "", 0, ""))
        thing = Thing(m.kind, m.target_id, label, link, who, r.amount, 0, sure=False, reasons=(), version=version)
        views.append(
            RowView(r.id, r.day, r.way, r.amount, r.words, (thing,), m.id, name, m.matched_at, state == "closed")
        )
    return views
