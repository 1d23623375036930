"""What of bargaining and competing waits for a hat: the desk lists it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select

from shop.base.actor import Actor
from shop.base.task import Task
from shop.budgets.models import Package
from shop.negotiation import states
from shop.negotiation.models import Competition, CompetitionBid, CompetitionInvite, Negotiation
from shop.orders.models import PricePromise
from shop.orders.waiting import counted


def turns(actor: Actor, now: datetime) -> list[Task]:
    """Return what only this hat can do now: answers, bids, decisions, orders at agreed prices; at most four statements."""
    if actor.vendor_id is not None and actor.may(states.SELL):
        return counted(
            ("Jawab tawaran kantor", "/tawar?status=berjalan", _talks("open_vendor", now, actor.vendor_id)),
            ("Tawarkan harga untuk permintaan tertutup", "/kompetisi?status=berjalan", _asked(actor.vendor_id, now)),
        )
    if actor.office_id is None or not actor.may(states.BUY):
        return []
    people = [user for user in (actor.user_id, actor.for_user_id) if user is not None]
    return counted(
        ("Jawab tawaran produsen", "/tawar?status=berjalan", _office_talks(actor, people, now)),
        ("Putuskan kompetisi yang sudah lewat batasnya", "/kompetisi?status=berjalan", _decisions(actor, people, now)),
        ("Pesan dengan harga yang disepakati", "/tawar?status=sepakat", _agreed(actor, people, now)),
        ("Pesan dari pemenang kompetisi", "/kompetisi?status=selesai", _awarded(actor, people, now)),
    )


def _talks(state: str, now: datetime, vendor_id: int) -> Any:
    return select(func.count(), func.min(Negotiation.waiting_since), func.min(Negotiation.turn_due)).where(
        Negotiation.vendor_id == vendor_id, Negotiation.state == state, Negotiation.turn_due >= now
    )


def _office_talks(actor: Actor, people: list[int], now: datetime) -> Any:
    return (
        select(func.count(), func.min(Negotiation.waiting_since), func.min(Negotiation.turn_due))
        .join(Package, Package.id == Negotiation.package_id)
        .where(
            Negotiation.office_id == actor.office_id,
            Negotiation.state == "open_buyer",
            Negotiation.turn_due >= now,
            Negotiation.opened_by.in_(people) | Package.pp_id.in_(people),
        )
    )


def _asked(vendor_id: int, now: datetime) -> Any:
    """Return competitions a producer is asked to and has no bid in."""
    bid = exists().where(CompetitionBid.competition_id == Competition.id, CompetitionBid.vendor_id == vendor_id)
    return (
        select(func.count(), func.min(Competition.made_at), func.min(Competition.deadline))
        .join(CompetitionInvite, CompetitionInvite.competition_id == Competition.id)
        .where(
            CompetitionInvite.vendor_id == vendor_id,
            Competition.state == "collecting",
            Competition.deadline >= now,
            ~bid,
        )
    )


def _decisions(actor: Actor, people: list[int], now: datetime) -> Any:
    late = (Competition.state == "collecting") & (Competition.deadline < now)
    return (
        select(func.count(), func.min(Competition.deadline), func.min(Competition.deliver_at))
        .join(Package, Package.id == Competition.package_id)
        .where(
            Competition.office_id == actor.office_id,
            Competition.state.in_(states.OPEN_TENDERS),
            Competition.state.in_(("short", "opened")) | late,
            Competition.made_by.in_(people) | Package.pp_id.in_(people),
        )
    )


def _unused(source: str, of: Any) -> Any:
    return exists().where(
        PricePromise.source == source, PricePromise.source_id == of.id, PricePromise.used_order_id.is_(None)
    )


def _agreed(actor: Actor, people: list[int], now: datetime) -> Any:
    return (
        select(func.count(), func.min(Negotiation.ended_at), func.min(Negotiation.valid_until))
        .join(Package, Package.id == Negotiation.package_id)
        .where(
            Negotiation.office_id == actor.office_id,
            Negotiation.state == "agreed",
            Negotiation.valid_until >= now,
            Negotiation.opened_by.in_(people) | Package.pp_id.in_(people),
            _unused("negotiation", Negotiation),
        )
    )


def _awarded(actor: Actor, people: list[int], now: datetime) -> Any:
    return (
        select(func.count(), func.min(Competition.ended_at), func.min(Competition.valid_until))
        .join(Package, Package.id == Competition.package_id)
        .where(
            Competition.office_id == actor.office_id,
            Competition.state == "awarded",
            Competition.valid_until >= now,
            Competition.made_by.in_(people) | Package.pp_id.in_(people),
            _unused("competition", Competition),
        )
    )
