"""Turnover letters for a bank (P7): frozen when issued, checked by anyone who holds the code, withdrawn by the producer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import check_code, fingerprint, plain_check_code
from shop.base.errors import Conflict, Invalid, NotFound
from shop.db import session
from shop.growth import months, turnover
from shop.growth.models import TurnoverLetter
from shop.orders.models import Order, Payment
from shop.reference.regions import region
from shop.vendors.models import Vendor

ISSUE: Final = "growth:letter:issue"
SHORTEST, LONGEST = 3, 24


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was issued. `content` is everything it says; amounts in rupiah, months as `2026-11`."""

    id: int
    code: str
    content: Mapping[str, Any]
    fingerprint: str
    issued_at: datetime
    withdrawn_at: datetime | None
    is_unchanged: bool
    """Whether its content still gives the fingerprint it was issued with, and the trail remembers the same one."""


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One line of the list of letters."""

    id: int
    code: str
    from_month: date
    until_month: date
    issued_at: datetime
    withdrawn_at: datetime | None


def issue_letter(actor: Actor, last: date, count: int, now: datetime) -> TurnoverLetter:
    """Issue a letter about `count` finished months up to `last`. Another about the same months is a new letter.

    Raises Invalid for fewer than 3 or more than 24 months, and for a last month that has not ended.
    """
    actor.require(ISSUE)
    vendor_id = turnover.vendor_of(actor)
    if not SHORTEST <= count <= LONGEST:
        raise Invalid.at("count", "Pilih 3 sampai 24 bulan.")
    first = months.shifted(last, 1 - count)
    if months.end_of(last) >= local_day(now) or first < date(months.FIRST_YEAR, 1, 1):
        raise Invalid.at("last", "Pilih bulan terakhir yang sudah selesai, dari daftar.")
    code = check_code()
    content = _content(actor, vendor_id, first, last) | {"code": code, "issued_on": local_day(now).isoformat()}
    letter = TurnoverLetter(
        code=code, vendor_id=vendor_id, from_month=first, until_month=last, content=content,
        fingerprint=fingerprint(content), issued_by=actor.user_id, issued_at=now,
    )  # fmt: skip
    session.add(letter)
    session.flush()
    # The code opens the letter to whoever holds it, so the trail keeps the fingerprint instead.
    trail.record(actor, "issue", "turnover_letter", letter.id, now, fingerprint=letter.fingerprint)
    return letter


def withdraw_letter(actor: Actor, letter_id: int, now: datetime) -> None:
    """Withdraw an own letter: whoever checks it hears so. Raises NotFound; Conflict when it is withdrawn already."""
    actor.require(ISSUE)
    letter = session.scalars(
        select(TurnoverLetter)
        .where(TurnoverLetter.id == letter_id, TurnoverLetter.vendor_id == turnover.vendor_of(actor))
        .with_for_update()
    ).first()
    if letter is None:
        raise NotFound("Surat ini tidak ada.")
    if letter.withdrawn_at is not None:
        raise Conflict("Surat ini sudah ditarik.")
    letter.withdrawn_at = now
    trail.record(actor, "withdraw", "turnover_letter", letter.id, now)


def own_letters(actor: Actor, *, offset: int = 0, limit: int = 20) -> tuple[Sequence[LetterRow], int]:
    """Return one page of the producer's letters, the newest first, and how many there are; two statements."""
    mine = TurnoverLetter.vendor_id == turnover.vendor_of(actor)
    columns = (
        TurnoverLetter.id, TurnoverLetter.code, TurnoverLetter.from_month, TurnoverLetter.until_month,
        TurnoverLetter.issued_at, TurnoverLetter.withdrawn_at,
    )  # fmt: skip
    total = session.execute(select(func.count()).select_from(TurnoverLetter).where(mine)).scalar_one()
    rows = session.execute(select(*columns).where(mine).order_by(TurnoverLetter.id.desc()).offset(offset).limit(limit))
    return [LetterRow(*row) for row in rows], total


def own_letter(actor: Actor, letter_id: int) -> Letter:
    """Return an own letter. Raises NotFound, also for somebody else's."""
    return _letter(TurnoverLetter.id == letter_id, TurnoverLetter.vendor_id == turnover.vendor_of(actor))


def check_letter(text: str) -> Letter:
    """Return the letter with a code as somebody typed it: dashes, spaces and small letters do not matter.

    Raises NotFound in one and the same way for a code that never was and for what is no code at all.
    """
    return _letter(TurnoverLetter.code == plain_check_code(text))


def _letter(*where: Any) -> Letter:
    row = session.execute(
        select(
            TurnoverLetter.id, TurnoverLetter.code, TurnoverLetter.content, TurnoverLetter.fingerprint,
            TurnoverLetter.issued_at, TurnoverLetter.withdrawn_at,
        ).where(*where)
    ).first()  # fmt: skip
    # Looked at for unknown letters too, so that both answers take the same road.
    entries = trail.history("turnover_letter", row.id if row else 0)
    if row is None:
        raise NotFound("Tidak ada surat dengan kode ini. Periksa lagi kode pada surat.")
    remembered = {entry.data.get("fingerprint") for entry in entries if entry.verb == "issue"}
    unchanged = remembered == {row.fingerprint} == {fingerprint(row.content)}
    return Letter(row.id, row.code, row.content, row.fingerprint, row.issued_at, row.withdrawn_at, unchanged)


def _content(actor: Actor, vendor_id: int, first: date, last: date) -> dict[str, Any]:
    """Everything the letter says; neither identity nor bank numbers, because anyone with the code may read it."""
    found = turnover.sales(actor, first, last)
    name, kecamatan = session.execute(select(Vendor.name, Vendor.kecamatan_code).where(Vendor.id == vendor_id)).one()
    offices = session.execute(
        select(func.count(Order.office_id.distinct()))
        .join(Payment, Payment.order_id == Order.id)
        .where(Order.vendor_id == vendor_id, Payment.paid_on.between(first, months.end_of(last)))
    ).scalar_one()
    return {
        "vendor": name,
        "kecamatan": region(session, kecamatan).name,
        "from": first.isoformat()[:7],
        "until": last.isoformat()[:7],
        "months": [
            {"month": m.month.isoformat()[:7], "orders": m.orders, "count": m.order_count, "kiosk": m.kiosk,
             "declared": m.declared}
            for m in found
        ],
        "orders": sum(m.orders for m in found),
        "count": sum(m.order_count for m in found),
        "kiosk": sum(m.kiosk or 0 for m in found) if any(m.kiosk is not None for m in found) else None,
        "declared": sum(m.declared or 0 for m in found) if any(m.declared is not None for m in found) else None,
        "offices": offices,
    }  # fmt: skip
