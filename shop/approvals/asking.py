"""A Pejabat Pengadaan asks the package's PPK before sending; the prices of the moment hold meanwhile, and nothing is bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.approvals import keeping, states
from shop.approvals.keeping import Words
from shop.approvals.models import ApprovalLine, ApprovalRequest
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import fingerprint, one_line
from shop.base.errors import Conflict, Forbidden, NotFound, Reused
from shop.budgets import pagu
from shop.catalog import offers
from shop.catalog.offers import Offer
from shop.db import session
from shop.orders import attaching, checking, placing, promises
from shop.orders.wish import WantedLine, Wish
from shop.outbox import posting as outbox
from shop.reference import policy

NEWS: Final = "approvals.news"
ASK: Final = "approvals:request:ask"
READ: Final = "approvals:request:read"
OWN: Final = (
    "Anda sendiri PPK paket ini. Minta PA/KPA menunjuk pengganti PPK, karena yang meminta tidak boleh menyetujui."
)
TOO_LATE: Final = "Batas waktunya sudah lewat, jadi harga lama tidak berlaku lagi. Minta persetujuan baru."


def freeze_hours(now: datetime) -> policy.RuleValue:
    """Return how many hours prices hold for a request made now (rule `approval.freeze_hours`)."""
    return policy.rule(session, "approval.freeze_hours", local_day(now))


def ask(actor: Actor, wish: Wish, key: str, now: datetime, words: Words | None = None) -> int:
    """Hand a wish to the package's PPK at the prices of now; return the request's id. The same key again asks once.

    Places, the papers of the own basket and `words` are kept with it and go along when it is sent.

    Raises what placing the same order would raise (Invalid, Conflict, Forbidden), Reused for the key with another body,
    and Conflict `own-approval` when the PPK is the one who asks. Pagu and stock are looked at, but not bound.
    """
    actor.require(ASK)
    placing.check_key(key)
    body_hash = fingerprint(asdict(wish))
    ground = pagu.lock_package(wish.package_id)  # of two clicks in the same instant the second waits here
    earlier = session.execute(
        select(ApprovalRequest.id, ApprovalRequest.body_hash).where(
            ApprovalRequest.asked_by == actor.user_id, ApprovalRequest.key == key
        )
    ).first()
    if earlier is not None:
        if earlier.body_hash != body_hash:
            raise Reused(placing.REUSED)
        return int(earlier.id)
    checking.check_wish(wish, now)
    placing.check_ground(actor, ground, now)
    if ground.ppk_id is None or actor.acts_for(ground.ppk_id):
        raise Conflict(OWN, kind="own-approval")
    found = offers.read_offers([line.product_id for line in wish.lines], local_day(now))
    picked = checking.pick(wish, found, now)
    shipping = sum(checking.check_reach(wish, picked).values())
    prices = {offer.id: offer.price_at(line.quantity) for line, offer in picked}
    prices |= promises.redeem(wish, ground.office_id, now)
    placing.check_total(wish, prices, shipping)
    pagu.check_left(ground, wish.shown_total)
    papers = keeping.of_papers(attaching.give_up(actor))
    made = _write(actor, wish, ground, picked, prices, now)
    made.shipping, made.key, made.body_hash = shipping, key, body_hash
    words = words or Words()
    made.risk_note, made.said = words.note, {str(of): list(why) for of, why in words.why.items()}
    made.papers = papers
    session.flush()
    trail.record(actor, "ask", "approval", made.id, now, package=ground.rup_code, total=made.total)
    outbox.post(NEWS, {"request_id": made.id, "event": "asked"}, now)
    return made.id


def _write(
    actor: Actor,
    wish: Wish,
    ground: pagu.Ground,
    picked: Sequence[tuple[WantedLine, Offer]],
    prices: Mapping[int, int],
    now: datetime,
) -> ApprovalRequest:
    made = ApprovalRequest(
        state=states.initial(),
        office_id=ground.office_id,
        package_id=ground.id,
        purpose=one_line(wish.purpose),
        headcount=wish.headcount,
        deliver_address=one_line(wish.delivery.address),
        deliver_kecamatan=wish.delivery.kecamatan,
        deliver_at=wish.delivery.at,
        places=keeping.of_places(wish.places),
        total=wish.shown_total,
        asked_by=actor.user_id,
        asked_for=actor.for_user_id if ground.pp_id == actor.for_user_id else None,
        asked_at=now,
        due_at=_hold_until(wish, picked, now),
        lines=[
            ApprovalLine(
                product_id=offer.id,
                product_name=offer.name,
                vendor_id=offer.vendor_id,
                vendor_name=offer.vendor_name,
                unit=offer.unit,
                quantity=line.quantity,
                unit_price=prices[offer.id],
                note=one_line(line.note),
            )
            for line, offer in picked
        ],
    )
    session.add(made)
    return made


def _hold_until(wish: Wish, picked: Sequence[tuple[WantedLine, Offer]], now: datetime) -> datetime:
    """Return until when the prices hold: never longer than an order could still be sent for that delivery."""
    lead = max(offer.lead_at(line.quantity) for line, offer in picked)
    return min(now + timedelta(hours=freeze_hours(now).value), wish.delivery.at - timedelta(hours=lead))


def lock(actor: Actor, request_id: int) -> ApprovalRequest:
    """Lock a request and load its lines. Raises NotFound when it is not there or of another office."""
    request = session.scalars(
        select(ApprovalRequest)
        .where(ApprovalRequest.id == request_id)
        .options(selectinload(ApprovalRequest.lines))
        .with_for_update(of=ApprovalRequest)
    ).first()
    if request is None or not (actor.may("system") or request.office_id == actor.office_id):
        raise NotFound("Permintaan ini tidak ada.")
    return request


def withdraw(actor: Actor, request_id: int, version: int, now: datetime) -> ApprovalRequest:
    """Take a request back: by who asked, or whose place he took. Raises NotFound, Forbidden, WrongState, Stale."""
    actor.require(ASK)
    request = lock(actor, request_id)
    if not any(map(actor.acts_for, (request.asked_by, request.asked_for))):
        raise Forbidden("Hanya yang meminta yang boleh menarik permintaan ini.")
    states.move(actor, request, "withdraw", version, now, {})
    outbox.post(NEWS, {"request_id": request.id, "event": "withdrawn"}, now)
    return request
