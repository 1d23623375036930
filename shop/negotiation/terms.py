"""Deadlines and limits of bargaining and competing: dated rules, looked up for the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from shop.base.clock import local_day
from shop.db import session
from shop.orders.numbering import take_number
from shop.reference import policy
from shop.reference.policy import RuleValue

MAX_LINES: Final = 10
"""Lines of a negotiation or a competition: more is a project, and no telephone shows it."""
MAX_WORDS: Final = 500
MAX_CONTENTS: Final = 300
LEAST_WORDS: Final = 5
"""Letters of a reason: less is none."""
MOST_INVITED: Final = 40
NEGOTIATION_RECORD: Final = "BAN"
COMPETITION_RECORD: Final = "BAK"


def least_invited(day: date) -> RuleValue:
    """Return how many producers must at least be asked (rule `competition.least_invited`)."""
    return policy.rule(session, "competition.least_invited", day)


def least_bids(day: date) -> RuleValue:
    """Return how many bids open by themselves; fewer need a written decision (rule `competition.least_bids`)."""
    return policy.rule(session, "competition.least_bids", day)


def shortest_wait(day: date) -> timedelta:
    """Return the least time producers have to bid (rule `competition.least_hours`)."""
    return timedelta(hours=policy.rule(session, "competition.least_hours", day).value)


def extension(day: date) -> timedelta:
    """Return by how much a competition with too few bids may be extended, once (rule `competition.extension_hours`)."""
    return timedelta(hours=policy.rule(session, "competition.extension_hours", day).value)


def turn_ends(now: datetime, deliver_at: datetime) -> datetime:
    """Return until when the other side answers (rule `negotiation.turn_hours`), never after the delivery itself."""
    hours: int = policy.rule(session, "negotiation.turn_hours", local_day(now)).value
    return min(now + timedelta(hours=hours), deliver_at)


def promised_until(now: datetime, deliver_at: datetime) -> datetime:
    """Return until when an agreed price holds (rule `negotiation.promise_days`), never after the delivery itself."""
    days: int = policy.rule(session, "negotiation.promise_days", local_day(now)).value
    return min(now + timedelta(days=days), deliver_at)


def record_number(office_id: int, kind: str, now: datetime) -> str:
    """Take the office's next number of a Berita Acara, gap-free, as the office writes it."""
    return take_number(office_id, kind, local_day(now))
