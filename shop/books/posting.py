"""Writing the books: an event once, its transfers, and the sums kept beside them, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Table, func, insert, select, union_all

from shop.base.actor import Actor
from shop.base.clock import month_number
from shop.books.models import MoneyPosting, MoneySum, MoneyTransfer
from shop.db import session
from shop.kept import adding

_sums: Final[Table] = MoneySum.__table__  # type: ignore[assignment]
KEY: Final = ("party", "party_id", "month", "account")


@dataclass(frozen=True, slots=True)
class Transfer:
    """Rupiah, above zero, that debit one account and credit another."""

    debit: str
    credit: str
    amount: int


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to the money of one source: `source` names it (`order:12`), `name` the event (`due`, `paid`)."""

    source: str
    name: str
    office_id: int
    vendor_id: int | None
    day: date
    transfers: Sequence[Transfer]
    channel: str = ""


def post(actor: Actor, event: Event, now: datetime) -> bool:
    """Write an event unless it is written already; return whether it was written now. Transfers of nothing are left out.

    The same (source, name) is posted once, whoever comes second; a second writer at the same moment gets Conflict
    `already-there` from the unit of work. Rows of the kept sums are locked in the order of their key.
    """
    transfers = [t for t in event.transfers if t.amount]
    if not transfers or find(event.source, event.name) is not None:
        return False
    made = session.execute(
        insert(MoneyPosting).returning(MoneyPosting.id),
        {
            "source": event.source,
            "name": event.name,
            "office_id": event.office_id,
            "vendor_id": event.vendor_id,
            "day": event.day,
            "channel": event.channel,
            "by": actor.user_id,
            "at": now,
        },
    ).scalar_one()
    session.execute(
        insert(MoneyTransfer),
        [{"posting_id": made, "debit": t.debit, "credit": t.credit, "amount": t.amount} for t in transfers],
    )
    rows = sums_of(event.office_id, event.vendor_id, event.day, transfers)
    session.execute(adding(_sums, KEY, ("debit", "credit")), rows)
    return True


def sums_of(office_id: int, vendor_id: int | None, day: date, transfers: Iterable[Transfer]) -> list[dict[str, Any]]:
    """Return the rows that these transfers add to the kept sums, in the order of their key."""
    moved: dict[str, list[int]] = {}
    for transfer in transfers:
        moved.setdefault(transfer.debit, [0, 0])[0] += transfer.amount
        moved.setdefault(transfer.credit, [0, 0])[1] += transfer.amount
    parties = [("city", 0), ("office", office_id), *([("vendor", vendor_id)] if vendor_id is not None else [])]
    month = month_number(day)
    return [
        {"party": party, "party_id": party_id, "month": month, "account": account, "debit": debit, "credit": credit}
        for party, party_id in parties
        for account, (debit, credit) in sorted(moved.items())
    ]


def find(source: str, name: str) -> int | None:
    """Return the id of the posting of an event, None when it has not been posted."""
    return session.scalar(select(MoneyPosting.id).where(MoneyPosting.source == source, MoneyPosting.name == name))


def balances(source: str) -> Mapping[str, int]:
    """Return {account: debit less credit, rupiah} of everything posted for a source; one statement."""
    of_source = select(MoneyPosting.id).where(MoneyPosting.source == source).scalar_subquery()
    both = union_all(
        *(
            select(column.label("account"), (MoneyTransfer.amount * sign).label("amount")).where(
                MoneyTransfer.posting_id.in_(of_source)
            )
            for column, sign in ((MoneyTransfer.debit, 1), (MoneyTransfer.credit, -1))
        )
    ).subquery()
    rows = session.execute(select(both.c.account, func.sum(both.c.amount)).group_by(both.c.account))
    return {account: int(amount) for account, amount in rows}
