"""Reading the books: months of a party from the kept sums, and its postings newest first. Frozen rows, fixed statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import and_, func, or_, select, tuple_

from shop.accounts.models import Office
from shop.base.clock import month_days
from shop.base.errors import NotFound
from shop.books.accounts import BANK, EXPENSE, PAYABLE, REFUND_DUE, platform, withheld
from shop.books.models import MoneyPosting, MoneySum, MoneyTransfer
from shop.db import session

Party = Literal["city", "office", "vendor"]
_WITHHELD, _PLATFORM = withheld(""), platform("")
_debit, _credit = MoneyTransfer.debit, MoneyTransfer.credit
FLOWS: Final[Mapping[str, Any]] = {
    "due": or_(_debit == EXPENSE, _credit == EXPENSE),
    "paid": and_(_debit == PAYABLE, _credit == BANK),
    "kept": and_(_debit == PAYABLE, _credit.startswith(_WITHHELD)),
    "platform": and_(_debit == PAYABLE, _credit.startswith(_PLATFORM)),
    "remitted": or_(_debit.startswith(_WITHHELD), and_(_debit == BANK, _credit.startswith(_WITHHELD))),
    "returned": and_(_debit == BANK, _credit.in_((PAYABLE, REFUND_DUE))),
}
"""What a list of postings can be narrowed to, by the name of the sum it explains."""


@dataclass(frozen=True, slots=True)
class MonthMoney:
    """What moved in one month and how it stood at its end, rupiah. `month`: 202611."""

    month: int
    due: int
    """Became owed: received orders, less what was taken off again."""
    paid: int
    """Went to producers, net."""
    kept: int
    """Tax kept back by treasurers, still theirs to remit."""
    platform: int
    """Tax kept back by the platform."""
    remitted: int
    returned: int
    """Came back to the office: refunds and what was paid for nothing."""
    owed: int
    """Owed to producers at the end of the month."""
    to_remit: int
    """Kept back and not remitted at the end of the month."""
    back_due: int
    """Paid for nothing and not back yet at the end of the month."""


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One event with its transfers (debit, credit, rupiah)."""

    id: int
    source: str
    name: str
    office_id: int
    vendor_id: int | None
    day: date
    channel: str
    transfers: tuple[tuple[str, str, int], ...]


def months(party: Party, party_id: int) -> list[MonthMoney]:
    """Return every month in which a party's money moved, the oldest first. One statement over kept sums."""
    rows = session.execute(
        select(MoneySum.month, MoneySum.account, MoneySum.debit, MoneySum.credit)
        .where(MoneySum.party == party, MoneySum.party_id == party_id)
        .order_by(MoneySum.month)
    )
    by_month: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for month, account, debit, credit in rows:
        head, colon, _ = account.partition(":")
        before = by_month[month].get(head + colon, (0, 0))
        by_month[month][head + colon] = before[0] + debit, before[1] + credit
    found: list[MonthMoney] = []
    for month, moved in by_month.items():
        found.append(_month(month, moved, found[-1] if found else _NOTHING))
    return found


_NOTHING: Final = MonthMoney(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def _month(month: int, moved: Mapping[str, tuple[int, int]], before: MonthMoney) -> MonthMoney:
    """Read flows out of what each account moved: each pair of accounts is used in one direction for one thing only."""
    zero = (0, 0)
    lowered, remitted = moved.get(EXPENSE, zero)[1], moved.get(_WITHHELD, zero)[0]
    payable, bank = moved.get(PAYABLE, zero), moved.get(BANK, zero)
    wrongly, back = moved.get(REFUND_DUE, zero)
    platform_kept = moved.get(_PLATFORM, zero)[1]
    paid = bank[1] - remitted - wrongly
    kept = payable[0] - lowered - platform_kept - paid
    corrected = moved.get(_WITHHELD, zero)[1] - kept
    return MonthMoney(
        month=month,
        due=moved.get(EXPENSE, zero)[0] - lowered,
        paid=paid,
        kept=kept,
        platform=platform_kept,
        remitted=remitted - corrected,
        returned=bank[0] - corrected,
        owed=before.owed + payable[1] - payable[0],
        to_remit=before.to_remit + kept + corrected - remitted,
        back_due=before.back_due + wrongly - back,
    )


def owing_offices(limit: int) -> list[tuple[int, str, int]]:
    """Return (office id, name, rupiah owed to producers) of offices that owe, the most first; from the kept sums alone."""
    owed = func.sum(MoneySum.credit - MoneySum.debit)
    rows = session.execute(
        select(MoneySum.party_id, Office.name, owed)
        .join(Office, Office.id == MoneySum.party_id)
        .where(MoneySum.party == "office", MoneySum.account == PAYABLE)
        .group_by(MoneySum.party_id, Office.name)
        .having(owed > 0)
        .order_by(owed.desc(), MoneySum.party_id)
        .limit(limit)
    )
    return [(row[0], row[1], int(row[2])) for row in rows]


def postings(
    party: Party, party_id: int, month: int, *, flow: str = "", after: int = 0, limit: int = 50
) -> Sequence[PostingRow]:
    """Return postings of a party's month, the newest first, beginning after the posting `after`; three statements at most.

    Raises NotFound for a flow or a posting that is not there.
    """
    if flow and flow not in FLOWS:
        raise NotFound("Tidak ada catatan seperti ini.")
    mine = MoneyPosting.office_id if party == "office" else MoneyPosting.vendor_id
    query = select(MoneyPosting).where(mine == party_id, MoneyPosting.day.between(*month_days(month)))
    if flow:
        here = select(MoneyTransfer.id).where(MoneyTransfer.posting_id == MoneyPosting.id, FLOWS[flow])
        query = query.where(here.exists())
    if after:
        # A posting never changes, so its day is where the page before ended, whatever was posted since.
        day = session.scalar(select(MoneyPosting.day).where(MoneyPosting.id == after, mine == party_id))
        if day is None:
            raise NotFound("Tidak ada catatan seperti ini.")
        query = query.where(tuple_(MoneyPosting.day, MoneyPosting.id) < tuple_(day, after))
    rows = session.scalars(query.order_by(MoneyPosting.day.desc(), MoneyPosting.id.desc()).limit(limit))
    return _with_transfers(rows.all())


def of_source(source: str) -> Sequence[PostingRow]:
    """Return everything posted for a source, in the order it was posted; two statements."""
    return _with_transfers(
        session.scalars(select(MoneyPosting).where(MoneyPosting.source == source).order_by(MoneyPosting.id)).all()
    )


def _with_transfers(rows: Sequence[MoneyPosting]) -> list[PostingRow]:
    ids = [row.id for row in rows]
    moved: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for posting_id, debit, credit, amount in _transfers(ids):
        moved[posting_id].append((debit, credit, amount))
    return [
        PostingRow(r.id, r.source, r.name, r.office_id, r.vendor_id, r.day, r.channel, tuple(moved[r.id])) for r in rows
    ]


def _transfers(ids: Sequence[int]) -> Iterable[Any]:
    columns = (MoneyTransfer.posting_id, MoneyTransfer.debit, MoneyTransfer.credit, MoneyTransfer.amount)
    query = select(*columns).where(MoneyTransfer.posting_id.in_(ids)).order_by(MoneyTransfer.id)
    return session.execute(query) if ids else ()
