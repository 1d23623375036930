"""Bargaining with one producer: open, counter, accept, end. Each side in turn, every version kept."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Conflict, NotFound, WrongState
from shop.budgets import pagu
from shop.catalog.offers import read_offers
from shop.db import each_alone, session
from shop.negotiation import guarding, news, offering, states, terms
from shop.negotiation.models import Negotiation, NegotiationOffer
from shop.negotiation.offering import Table, Terms
from shop.orders.promises import Promised, promise
from shop.orders.wish import Delivery

TOO_LATE: Final = "Batas waktu untuk menjawab sudah lewat. Buka tawar-menawar baru bila masih perlu."
_NOT_YOURS: Final = "Sekarang giliran pihak lain menjawab."
_ALREADY: Final = "Kantor Anda masih menawar produsen ini untuk paket yang sama. Lanjutkan yang itu."
_BATCH: Final = 200


def start(actor: Actor, package_id: int, purpose: str, given: Terms, now: datetime) -> Negotiation:
    """Open bargaining with the producer of the lines and put the first version on the table.

    Raises Invalid with all faults, Forbidden for a conflict of interest, Conflict `already-open` or `not-for-sale`.
    """
    ground = guarding.ground_for(actor, package_id, now)
    table = offering.lay(given, purpose, None, now)
    guarding.must_be_free(actor, ground.ppk_id, table.vendor_id, now)
    pagu.lock_package(package_id)  # of two clicks in the same instant the second waits here and finds the first
    _one_at_a_time(ground.office_id, package_id, table.vendor_id)
    assert actor.user_id is not None
    talk = Negotiation(
        state=states.TALKS.initial,
        office_id=ground.office_id,
        package_id=package_id,
        vendor_id=table.vendor_id,
        vendor_name=table.vendor_name,
        purpose=one_line(purpose),
        opened_by=actor.user_id,
        opened_at=now,
        waiting_since=now,
        turn_due=terms.turn_ends(now, given.delivery.at),
    )
    session.add(talk)
    session.flush()
    _put(actor, talk, "buyer", given, table, now)
    states.begin_talk(actor, talk, now, vendor=talk.vendor_name, total=table.total)
    news.of_talk(talk.id, "opened", now)
    return talk


def counter(actor: Actor, negotiation_id: int, version: int, given: Terms, now: datetime) -> Negotiation:
    """Answer with another version. Raises Invalid also when nothing differs, Stale, WrongState, Forbidden."""
    talk, side = _turn_of(actor, negotiation_id, now)
    last = latest(talk.id)
    if side == "vendor":  # where it is wanted is the office's to say
        place = Delivery(last.deliver_address, last.deliver_kecamatan, given.delivery.at)
        given = Terms(given.lines, place, given.words)
    table = offering.lay(given, talk.purpose, talk.vendor_id, now)
    _must_differ(last, given, table)
    _put(actor, talk, side, given, table, now)
    sets = {"waiting_since": now, "turn_due": terms.turn_ends(now, given.delivery.at)}
    states.move_talk(actor, talk, "counter", version, now, sets, number=last.number + 1, total=table.total)
    news.of_talk(talk.id, "to_vendor" if side == "buyer" else "to_buyer", now)
    return talk


def accept(actor: Actor, negotiation_id: int, version: int, now: datetime) -> Negotiation:
    """Agree to what the other side put on the table last: a record with a number, and prices that hold for the office.

    Raises Stale, WrongState, Forbidden, Conflict `not-for-sale` when the producer cannot sell it any more.
    """
    talk, _side = _turn_of(actor, negotiation_id, now)
    last = latest(talk.id)
    offers = read_offers([line["product_id"] for line in last.lines], local_day(now))
    if not all(line["product_id"] in offers and offers[line["product_id"]].for_sale for line in last.lines):
        raise Conflict("Salah satu barang sudah tidak dijual. Ajukan versi lain tanpa barang itu.", kind="not-for-sale")
    if last.deliver_at <= now:
        raise Conflict("Waktu kirim yang ditawarkan sudah lewat. Ajukan waktu lain.", kind="too-late")
    until = terms.promised_until(now, last.deliver_at)
    sets = {
        "ended_by": actor.user_id,
        "ended_at": now,
        "record_number": terms.record_number(talk.office_id, terms.NEGOTIATION_RECORD, now),
        "valid_until": until,
    }
    states.move_talk(actor, talk, "accept", version, now, sets, number=last.number, total=last.total)
    goods = [Promised(line["product_id"], line["quantity"], line["unit_price"]) for line in last.lines]
    promise(talk.office_id, "negotiation", talk.id, goods, until, now)
    news.of_talk(talk.id, "agreed", now)
    return talk


def end(actor: Actor, negotiation_id: int, version: int, words: str, now: datetime) -> Negotiation:
    """Stop without agreement: whose turn it is declines, the other withdraws; both with a reason."""
    said = guarding.reason(words)
    talk = lock_talk(actor, negotiation_id)
    side = side_of(actor, talk)
    _must_be_open(talk, now)
    verb = "decline" if talk.state == f"open_{side}" else "withdraw"
    sets = {"ended_by": actor.user_id, "ended_at": now, "end_words": said}
    states.move_talk(actor, talk, verb, version, now, sets, words=said)
    news.of_talk(talk.id, "ended", now)
    return talk


def expire_due(now: datetime) -> int:
    """Close what nobody answered in time, each in its own transaction; returns how many. Reads along an index."""
    due = (Negotiation.state.in_(states.OPEN_TALKS), Negotiation.turn_due < now)
    ids = session.scalars(select(Negotiation.id).where(*due).order_by(Negotiation.turn_due).limit(_BATCH))
    return each_alone(ids, lambda negotiation_id: _expire(negotiation_id, now), "a negotiation could not expire")


def _expire(negotiation_id: int, now: datetime) -> bool:
    talk = lock_talk(SYSTEM, negotiation_id)
    if talk.state not in states.OPEN_TALKS or talk.turn_due >= now:
        return False
    states.move_talk(SYSTEM, talk, "expire", talk.version, now, {"ended_at": now})
    news.of_talk(talk.id, "expired", now)
    return True


def lock_talk(actor: Actor, negotiation_id: int) -> Negotiation:
    """Lock a negotiation of the actor's office or producer. Raises NotFound."""
    talk = session.scalars(select(Negotiation).where(Negotiation.id == negotiation_id).with_for_update()).first()
    own = talk is not None and (
        actor.may("system")
        or (talk.vendor_id == actor.vendor_id if actor.vendor_id is not None else talk.office_id == actor.office_id)
    )
    if talk is None or not own:
        raise NotFound("Tawar-menawar ini tidak ada.")
    return talk


def side_of(actor: Actor, talk: Negotiation) -> str:
    """Return `vendor` or `buyer`. Raises Forbidden for who only reads, or holds another package."""
    if actor.vendor_id is not None:
        actor.require(states.SELL)
        return "vendor"
    guarding.must_hold(actor, talk.package_id, talk.opened_by)
    return "buyer"


def latest(negotiation_id: int) -> NegotiationOffer:
    """Return the version that is on the table."""
    newest = select(NegotiationOffer).where(NegotiationOffer.negotiation_id == negotiation_id)
    return session.scalars(newest.order_by(NegotiationOffer.number.desc()).limit(1)).one()


def _turn_of(actor: Actor, negotiation_id: int, now: datetime) -> tuple[Negotiation, str]:
    talk = lock_talk(actor, negotiation_id)
    side = side_of(actor, talk)
    _must_be_open(talk, now)
    if talk.state != f"open_{side}":
        raise WrongState(_NOT_YOURS)
    if side == "buyer":
        ground = guarding.must_hold(actor, talk.package_id, talk.opened_by)
        guarding.must_be_free(actor, ground.ppk_id, talk.vendor_id, now)
    return talk, side


def _must_be_open(talk: Negotiation, now: datetime) -> None:
    if talk.state not in states.OPEN_TALKS:
        raise WrongState("Tawar-menawar ini sudah selesai.")
    if now > talk.turn_due:
        raise WrongState(TOO_LATE)


def _one_at_a_time(office_id: int, package_id: int, vendor_id: int) -> None:
    found = session.scalar(
        select(Negotiation.id)
        .where(
            Negotiation.vendor_id == vendor_id,
            Negotiation.state.in_(states.OPEN_TALKS),
            Negotiation.office_id == office_id,
            Negotiation.package_id == package_id,
        )
        .limit(1)
    )
    if found is not None:
        raise Conflict(_ALREADY, kind="already-open", facts={"negotiation_id": found})


def _must_differ(last: NegotiationOffer, given: Terms, table: Table) -> None:
    place = (last.deliver_address, last.deliver_kecamatan, last.deliver_at)
    wanted = (one_line(given.delivery.address), given.delivery.kecamatan, given.delivery.at)
    if last.lines == table.lines and place == wanted:
        raise Conflict("Versi ini sama dengan yang terakhir. Untuk menyetujuinya, tekan Setuju.", kind="nothing-new")


def _put(actor: Actor, talk: Negotiation, side: str, given: Terms, table: Table, now: datetime) -> None:
    count = session.scalar(select(func.count()).where(NegotiationOffer.negotiation_id == talk.id)) or 0
    assert actor.user_id is not None
    session.add(
        NegotiationOffer(
            negotiation_id=talk.id,
            number=count + 1,
            side=side,
            deliver_address=one_line(given.delivery.address),
            deliver_kecamatan=given.delivery.kecamatan,
            deliver_at=given.delivery.at,
            lines=table.lines,
            total=table.total,
            words=one_line(given.words),
            made_by=actor.user_id,
            made_by_name=actor.name[:200],
            made_at=now,
        )
    )
