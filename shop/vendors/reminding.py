"""Reminders before a paper ends: 90, 30, 7 days and 1 day ahead, once each, and one only after days off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select

from shop.accounts import mail
from shop.base.clock import local_day
from shop.db import session, unit_of_work
from shop.vendors.models import PaperReminder, VendorPaper
from shop.vendors.papers import LABELS
from shop.vendors.reading import people_of

DAYS: Final = (90, 30, 7, 1)
BATCH: Final = 200
_SUBJECT: Final = "%(paper)s berakhir %(left)s hari lagi"
_BODY: Final = (
    "%(paper)s Anda berlaku sampai %(until)s. Mulai hari sesudahnya dokumen ini tidak dihitung lagi: tanda di katalog "
    "hilang sendiri, dan kantor yang mensyaratkannya tidak menemukan produk Anda.\n\n"
    "Yang perlu Anda lakukan: perpanjang, lalu unggah yang baru di %(where)s."
)
Due = tuple[int, int, str, date, str]
"""Id of the paper, producer, what it is called, its last day, the page where it is replaced."""


def due_papers(now: datetime) -> list[Due]:
    """Return up to 200 wallet papers that end within 90 days and whose reminder of today's step was not sent; one statement."""
    rows = session.execute(
        select(VendorPaper.id, VendorPaper.vendor_id, VendorPaper.kind, VendorPaper.valid_until)
        .where(VendorPaper.withdrawn_at.is_(None), is_due("wallet", VendorPaper.id, VendorPaper.valid_until, now))
        .order_by(VendorPaper.valid_until, VendorPaper.id)
        .limit(BATCH)
    )
    return [(row.id, row.vendor_id, LABELS[row.kind], row.valid_until, "/usaha/dokumen") for row in rows]


def is_due(kind: str, paper_id: Any, last: Any, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a paper stands at a step of DAYS of which nothing was sent yet."""
    today, below, steps = local_day(now), -1, []
    for step in sorted(DAYS):
        sent = exists().where(
            PaperReminder.paper_kind == kind, PaperReminder.paper_id == paper_id, PaperReminder.days_before == step
        )
        window = last.between(today + timedelta(days=below + 1), today + timedelta(days=step))
        steps.append(window & ~sent)
        below = step
    # Said once more as one span: a planner goes along the index of days only where no `or` stands in its way.
    return and_(last.between(today, today + timedelta(days=max(DAYS))), or_(*steps))


def step_of(last: date, today: date) -> int:
    """Return which reminder is due on a day: the smallest step that holds the days left. After days off that is one."""
    return min(step for step in DAYS if step >= (last - today).days)


def remind(kind: str, due: Iterable[Due], now: datetime) -> None:
    """Mail the people of each producer and note the step. Runs inside the caller's unit of work."""
    today = local_day(now)
    for paper_id, vendor_id, name, last, where in due:
        session.add(PaperReminder(paper_kind=kind, paper_id=paper_id, days_before=step_of(last, today), sent_at=now))
        mail.notify(
            people_of(vendor_id, today),
            _SUBJECT,
            _BODY,
            now,
            paper=name,
            left=(last - today).days,
            until=f"{last:%d-%m-%Y}",
            where=where,
        )


def remind_of_papers(now: datetime) -> None:
    """Send what is due for wallets. Runs by itself; takes the write lock only when there is something to say."""
    due = due_papers(now)
    session.rollback()
    if due:
        with unit_of_work():
            remind("wallet", due, now)
