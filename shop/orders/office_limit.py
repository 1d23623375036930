"""The office's own limit: above it an order needs its PPK's yes, and cutting it up in pieces is no way around.

What counts is not one order alone but the need: all that goes out of one package on the same day, or for the same day
of delivery, without a yes behind it. The limit and this reading of it are the office's and ours, not a law's; what is
spread over weeks is told by the risk rule `splitting`.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import func, or_, select

from shop.accounts import offices
from shop.base.clock import at_local, local_day
from shop.db import session
from shop.orders import states
from shop.orders.models import Order, PricePromise

NEEDS_YES: Final = "Kantor Anda mewajibkan persetujuan PPK untuk pesanan di atas %(limit)s. Minta persetujuan dahulu."
TOGETHER: Final = (
    "Bersama pesanan lain dari paket ini, yang dikirim hari ini atau untuk hari yang sama, jumlahnya %(total)s. "
    "Kantor Anda mewajibkan persetujuan PPK di atas %(limit)s. Minta persetujuan dahulu."
)


def passed(
    office_id: int, package_id: int, total: int, deliver_at: datetime, now: datetime, *, but: int | None = None
) -> tuple[int, int] | None:
    """Return (limit, sum) in rupiah when so much more, with what went out beside it, passes the office's limit.

    `but`: the order that is being changed and would be counted twice. None: no limit, or still below it. One statement
    where the office has no limit, two otherwise; along the index of the package, which the caller has locked.
    """
    limit = offices.approval_above(office_id)
    if limit is None:
        return None
    together = total if total > limit else total + _beside(package_id, deliver_at, now, but)
    return (limit, together) if together > limit else None


def _beside(package_id: int, deliver_at: datetime, now: datetime, but: int | None) -> int:
    (today, tomorrow), (first, after) = _day(now), _day(deliver_at)
    approved = select(PricePromise.id).where(PricePromise.used_order_id == Order.id, PricePromise.source == "approval")
    query = select(func.coalesce(func.sum(Order.total), 0)).where(
        Order.package_id == package_id,
        Order.state.not_in(sorted(states.UNPAID_END)),
        or_(Order.placed_at.between(today, tomorrow), Order.deliver_at.between(first, after)),
        ~approved.exists(),
    )
    return int(session.scalar(query if but is None else query.where(Order.id != but)) or 0)


def _day(moment: datetime) -> tuple[datetime, datetime]:
    """Return first and last instant of a moment's day in Jakarta."""
    begin = at_local(local_day(moment), time(0))
    return begin, begin + timedelta(days=1, microseconds=-1)
