"""Clocks of handing over: dated rules, each looked up for the day its clock starts."""

from __future__ import annotations

from datetime import datetime, timedelta

from shop.base.clock import local_day
from shop.db import session
from shop.orders.delivering import working_days_after
from shop.reference import policy
from shop.reference.policy import RuleValue

ACCEPT = "handover.auto_accept_working_days"
ANSWER, CLOSE, DECIDE = (f"handover.complaint_{word}_working_days" for word in ("answer", "close", "decide"))


def rule(key: str, at: datetime) -> RuleValue:
    """Return a rule as it stood on the Jakarta day of a moment, with its source and how sure it is."""
    return policy.rule(session, key, local_day(at))


def working_days(key: str, at: datetime) -> datetime:
    """Return the end of the working day on which a clock of this rule runs out, in UTC."""
    days: int = rule(key, at).value
    return working_days_after(at, days)


def accepted_at(inspect_by: datetime) -> datetime:
    """Return when an order that nobody inspects is accepted by itself (`handover.auto_accept_working_days`)."""
    return working_days(ACCEPT, inspect_by)


def countersign_by(at: datetime) -> datetime:
    """Return until when the producer signs BAP and BAST (`handover.countersign_working_days`)."""
    return working_days("handover.countersign_working_days", at)


def shortage_by(at: datetime) -> datetime:
    """Return until when the producer may deny a shortage (`handover.shortage_answer_hours`)."""
    hours: int = rule("handover.shortage_answer_hours", at).value
    return at + timedelta(hours=hours)
