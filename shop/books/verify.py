"""Proving the kept sums from the transfers, a month of a party at a time, and counting them anew."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Table, case, delete, extract, func, literal, select, union_all

from shop.books.models import MoneyPosting, MoneySum, MoneyTransfer
from shop.db import session

_sums: Final[Table] = MoneySum.__table__  # type: ignore[assignment]
_BATCH: Final = 1000
_MOST: Final = 100
"""So many differences are told; with the first one known, more do not help."""
_Row = tuple[tuple[int, int], str, int, int]
"""((id of the party, month), account, debit, credit)."""


def differences() -> list[str]:
    """Return what kept sums and transfers disagree on, a line each and the first 100; empty when they agree.

    Both are streamed in the order of party and month, so that memory does not grow with the books.
    """
    return list(islice(_differences(), _MOST))


def _differences() -> Iterator[str]:
    for party in ("city", "office", "vendor"):
        both = heapq.merge(_tagged(_kept(party), "kept"), _tagged(_wanted(party), "wanted"), key=itemgetter(0))
        for (party_id, month), rows in groupby(both, key=itemgetter(0)):
            found: dict[str, dict[str, tuple[int, int]]] = {"kept": {}, "wanted": {}}
            for _, side, account, debit, credit in rows:
                found[side][account] = (debit, credit)
            for account in sorted(found["kept"].keys() | found["wanted"].keys()):
                kept, wanted = (found[side].get(account) for side in ("kept", "wanted"))
                if kept != wanted:
                    yield f"{party} {party_id} bulan {month} akun {account}: tersimpan {kept}, seharusnya {wanted}"


def _tagged(rows: Iterator[_Row], side: str) -> Iterator[tuple[tuple[int, int], str, str, int, int]]:
    return ((key, side, account, debit, credit) for key, account, debit, credit in rows)


def _kept(party: str) -> Iterator[_Row]:
    columns = (_sums.c.party_id, _sums.c.month, _sums.c.account, _sums.c.debit, _sums.c.credit)
    query = select(*columns).where(_sums.c.party == party).order_by(_sums.c.party_id, _sums.c.month)
    return _streamed(query)


def _wanted(party: str) -> Iterator[_Row]:
    query = _moved(party)
    return _streamed(query.order_by(query.selected_columns.party_id, query.selected_columns.month))


def _moved(party: str) -> Any:
    """Return the statement that sums every account of a kind of party anew, month by month, debit and credit."""
    ids = {"city": literal(0), "office": MoneyPosting.office_id, "vendor": MoneyPosting.vendor_id}
    month = extract("year", MoneyPosting.day) * 100 + extract("month", MoneyPosting.day)
    sides: list[Any] = [
        select(
            ids[party].label("party_id"), month.label("month"), account.label("account"), literal(side).label("side"),
            MoneyTransfer.amount,
        ).join(MoneyPosting, MoneyPosting.id == MoneyTransfer.posting_id)
        for side, account in ((0, MoneyTransfer.debit), (1, MoneyTransfer.credit))
    ]  # fmt: skip
    both = union_all(*sides).subquery()
    amounts = [func.sum(case((both.c.side == side, both.c.amount), else_=0)) for side in (0, 1)]
    key = (both.c.party_id, both.c.month, both.c.account)
    return select(*key, *amounts).where(both.c.party_id.is_not(None)).group_by(*key)


def _streamed(query: Any) -> Iterator[_Row]:
    for party_id, month, account, debit, credit in session.execute(query.execution_options(yield_per=_BATCH)):
        yield (int(party_id), int(month)), account, int(debit), int(credit)


def recount() -> int:
    """Sum every transfer anew into the kept sums, in one transaction; return how many rows there are then."""
    session.execute(delete(MoneySum))
    count = 0
    for party in ("city", "office", "vendor"):
        rows = (
            {"party": party, "party_id": key[0], "month": key[1], "account": account, "debit": debit, "credit": credit}
            for key, account, debit, credit in list(_wanted(party))
        )
        while some := list(islice(rows, _BATCH)):
            session.execute(_sums.insert(), some)
            count += len(some)
    return count
