"""The deadline of a competition: enough bids open by themselves, too few stay sealed until the officer decides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.errors import Conflict, WrongState
from shop.db import each_alone, session
from shop.negotiation import guarding, news, states, terms
from shop.negotiation.models import Competition, CompetitionBid
from shop.negotiation.requesting import lock_tender

_BATCH = 100


def open_due(now: datetime) -> int:
    """Look at every competition whose deadline passed, each in its own transaction; returns how many. Along an index."""
    due = (Competition.state == "collecting", Competition.deadline < now)
    ids = session.scalars(select(Competition.id).where(*due).order_by(Competition.deadline).limit(_BATCH))
    return each_alone(ids, lambda competition_id: open_if_due(competition_id, now), "a competition could not be opened")


def open_if_due(competition_id: int, now: datetime) -> bool:
    """Open one competition whose deadline passed, or say that too few bid. Returns whether anything was done."""
    tender = lock_tender(SYSTEM, competition_id)
    if tender.state != "collecting" or now <= tender.deadline:
        return False
    count = bid_count(tender.id)
    if count >= terms.least_bids(local_day(tender.made_at)).value:
        states.move_tender(SYSTEM, tender, "open", tender.version, now, {"opened_at": now}, bids=count)
        news.of_tender(tender.id, "opened", now)
    else:
        states.move_tender(SYSTEM, tender, "fall_short", tender.version, now, {}, bids=count)
        news.of_tender(tender.id, "short", now)
    return True


def bid_count(competition_id: int) -> int:
    """Return how many producers have a bid that was not withdrawn. Told to the office after the deadline only."""
    newest = (
        select(CompetitionBid.vendor_id, func.max(CompetitionBid.number).label("number"))
        .where(CompetitionBid.competition_id == competition_id)
        .group_by(CompetitionBid.vendor_id)
        .subquery()
    )
    query = (
        select(func.count(CompetitionBid.id))
        .join(newest, (CompetitionBid.vendor_id == newest.c.vendor_id) & (CompetitionBid.number == newest.c.number))
        .where(CompetitionBid.competition_id == competition_id, CompetitionBid.withdrawn.is_(False))
    )
    return session.scalar(query) or 0


def extend(actor: Actor, competition_id: int, version: int, now: datetime) -> Competition:
    """Give more time, once, while everything stays sealed. Raises WrongState, Stale, Conflict `too-late`."""
    tender = _held(actor, competition_id)
    if tender.extended_at is not None:
        raise WrongState("Permintaan ini sudah pernah diperpanjang. Buka yang masuk, atau tutup.")
    until = now + terms.extension(local_day(now))
    if until >= tender.deliver_at:
        raise Conflict("Waktu kirim terlalu dekat untuk memperpanjang. Buka yang masuk, atau tutup.", kind="too-late")
    sets = {"deadline": until, "extended_at": now}
    states.move_tender(actor, tender, "extend", version, now, sets, deadline=until.isoformat())
    news.of_tender(tender.id, "extended", now)
    return tender


def open_anyway(actor: Actor, competition_id: int, version: int, words: str, now: datetime) -> Competition:
    """Open fewer bids than the rule wants, with a written reason; one is enough. Raises WrongState when there is none."""
    said = guarding.reason(words)
    tender = _held(actor, competition_id)
    count = bid_count(tender.id)
    if not count and tender.state == "short":
        raise WrongState("Tidak ada penawaran yang masuk. Perpanjang, atau tutup.")
    sets = {"opened_at": now, "open_words": said}
    states.move_tender(actor, tender, "open_anyway", version, now, sets, bids=count, words=said)
    return tender


def close(actor: Actor, competition_id: int, version: int, words: str, now: datetime) -> Competition:
    """End without a winner, with a reason that all who were asked are told. What was sealed stays sealed."""
    said = guarding.reason(words)
    tender = _held(actor, competition_id)
    number = terms.record_number(tender.office_id, terms.COMPETITION_RECORD, now)
    sets = {"ended_by": actor.user_id, "ended_at": now, "end_words": said, "record_number": number}
    states.move_tender(actor, tender, "close", version, now, sets, words=said)
    news.of_tender(tender.id, "closed", now)
    return tender


def _held(actor: Actor, competition_id: int) -> Competition:
    tender = lock_tender(actor, competition_id)
    guarding.must_hold(actor, tender.package_id, tender.made_by)
    return tender
