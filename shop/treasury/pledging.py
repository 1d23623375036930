"""Claims a producer offers to a bank: one claim to one bank at a time, checked by whoever holds the code, withdrawn at will.

A mark, not a contract: it says that the claim exists, what it is worth and whether it is paid or offered elsewhere. The
office goes on paying to the producer's own account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select

from shop.accounts.models import Office
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import check_code, fingerprint, one_line, plain_check_code
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound, WrongState
from shop.base.numbers import card_faults
from shop.db import session
from shop.orders import states, taxing
from shop.orders.loading import lock_order
from shop.orders.models import Order, Payment
from shop.treasury.models import ClaimPledge

OFFER: Final = "treasury:claim:offer"
MOST: Final = 50
"""Claims offered in one go."""
_SHORTEST, _LONGEST = 3, 80


@dataclass(frozen=True, slots=True)
class Claim:
    """An offered claim as it stands now. `content` is what the bank was told; `state` open, changed, paid or withdrawn."""

    id: int
    code: str
    content: Mapping[str, Any]
    fingerprint: str
    offered_at: datetime
    withdrawn_at: datetime | None
    order_id: int
    state: str
    paid_on: Any
    times: int
    """How often this claim has been offered, this time included: more than once means withdrawn elsewhere before."""
    is_unchanged: bool
    """Whether the content still gives its fingerprint, and the trail remembers the same one."""

    @property
    def received_on(self) -> date:
        """Jakarta day of the BAST, as the bank was told."""
        return date.fromisoformat(self.content["received_on"])

    @property
    def due_on(self) -> date:
        """Last day on which the office should pay, as the bank was told."""
        return date.fromisoformat(self.content["due_on"])


def offer(actor: Actor, order_ids: Collection[int], bank: str, now: datetime) -> Sequence[str]:
    """Offer own claims to one bank, all or none; return their codes. Orders are locked by id.

    Raises Invalid for no claim, too many, or a bank without a name; NotFound for an order that is not the actor's;
    WrongState for one that is not received or paid already; Conflict `already-offered`.
    """
    actor.require(OFFER)
    named, wanted = one_line(bank), sorted(set(order_ids))
    faults = card_faults({"bank": named})
    if not _SHORTEST <= len(named) <= _LONGEST:
        faults.append(FieldFault("bank", "Isi nama bank atau koperasi, 3 sampai 80 huruf."))
    if not 1 <= len(wanted) <= MOST:
        faults.append(FieldFault("orders", "Pilih 1 sampai 50 tagihan."))
    if faults:
        raise Invalid(faults=tuple(faults))
    return [_offer(actor, order_id, named, now).code for order_id in wanted]


def _offer(actor: Actor, order_id: int, bank: str, now: datetime) -> ClaimPledge:
    order = lock_order(actor, order_id)
    if order.vendor_id != actor.vendor_id:
        raise NotFound("Pesanan ini tidak ada.")
    if order.state != "received" or order.received_at is None or order.due_at is None:
        raise WrongState("Hanya pesanan yang sudah diterima dan belum dibayar yang bisa ditawarkan.")
    live = select(ClaimPledge.bank).where(ClaimPledge.order_id == order.id, ClaimPledge.withdrawn_at.is_(None))
    if (held := session.scalar(live)) is not None:
        raise Conflict(
            "Tagihan %(number)s sudah ditawarkan kepada %(bank)s. Cabut dulu bila ingin menawarkannya ke tempat lain.",
            kind="already-offered", number=order.number, bank=held,
        )  # fmt: skip
    code = check_code()
    content = {
        "code": code,
        "number": order.number,
        "office": session.scalar(select(Office.name).where(Office.id == order.office_id)),
        "vendor": order.vendor_name,
        "gross": order.total,
        "net": taxing.assess_order(order, local_day(now)).total("seller_receives"),
        "received_on": local_day(order.received_at).isoformat(),
        "due_on": local_day(order.due_at).isoformat(),
        "bank": bank,
        "offered_on": local_day(now).isoformat(),
    }
    pledge = ClaimPledge(
        code=code, order_id=order.id, office_id=order.office_id, vendor_id=order.vendor_id, bank=bank, content=content,
        fingerprint=fingerprint(content), offered_by=actor.user_id, offered_at=now,
    )  # fmt: skip
    session.add(pledge)
    session.flush()
    # The code opens the page to whoever holds it, so the trail keeps the fingerprint instead.
    trail.record(
        actor, "offer", "claim_pledge", pledge.id, now, fingerprint=pledge.fingerprint, order=order.id, bank=bank
    )
    return pledge


def withdraw(actor: Actor, pledge_id: int, now: datetime) -> None:
    """Withdraw an own offer: whoever checks it hears so. Raises NotFound; Conflict when it is withdrawn already."""
    actor.require(OFFER)
    where = (ClaimPledge.id == pledge_id, ClaimPledge.vendor_id == (actor.vendor_id or 0))
    pledge = session.scalars(select(ClaimPledge).where(*where).with_for_update()).first()
    if pledge is None:
        raise NotFound("Tagihan ini tidak ada.")
    if pledge.withdrawn_at is not None:
        raise Conflict("Tawaran ini sudah dicabut.")
    pledge.withdrawn_at, pledge.withdrawn_by = now, actor.user_id
    trail.record(actor, "withdraw", "claim_pledge", pledge.id, now, order=pledge.order_id)


def check(text: str) -> Claim:
    """Return the claim with a code as somebody typed it.

    Raises NotFound in one and the same way for a code that never was and for what is no code at all.
    """
    row = session.execute(_select().where(ClaimPledge.code == plain_check_code(text))).first()
    # Looked at for unknown codes too, so that both answers take the same road.
    entries = trail.history("claim_pledge", row.id if row else 0)
    if row is None:
        raise NotFound("Tidak ada tagihan dengan kode ini. Periksa lagi kode pada daftar tagihan.")
    remembered = {entry.data.get("fingerprint") for entry in entries if entry.verb == "offer"}
    return _claim(row, is_unchanged=remembered == {row.fingerprint} == {fingerprint(row.content)})


def own(actor: Actor) -> Sequence[Claim]:
    """Return the newest 500 offers of the actor's producer that stand, the nearest deadline first; one statement."""
    actor.require(OFFER)
    mine = (ClaimPledge.vendor_id == (actor.vendor_id or 0), ClaimPledge.withdrawn_at.is_(None))
    # Sorted here: asked for by deadline, SQLite would walk what the whole city owes.
    rows = session.execute(_select().where(*mine, Order.state == "received").order_by(ClaimPledge.id.desc()).limit(500))
    found = [_claim(row, is_unchanged=fingerprint(row.content) == row.fingerprint) for row in rows]
    return sorted(found, key=lambda claim: (claim.due_on, claim.order_id))


def _select() -> Any:
    again = ClaimPledge.__table__.alias("again")
    times = select(func.count()).where(again.c.order_id == ClaimPledge.order_id, again.c.id <= ClaimPledge.id)
    return (
        select(
            ClaimPledge.id, ClaimPledge.code, ClaimPledge.content, ClaimPledge.fingerprint, ClaimPledge.offered_at,
            ClaimPledge.withdrawn_at, ClaimPledge.order_id, Order.state, Order.total, Payment.paid_on,
            times.scalar_subquery().label("times"),
        )
        .join(Order, Order.id == ClaimPledge.order_id)
        .outerjoin(Payment, Payment.order_id == Order.id)
    )  # fmt: skip


def _claim(row: Any, *, is_unchanged: bool) -> Claim:
    if row.state in states.PAID:
        state = "paid"
    elif row.withdrawn_at is not None:
        state = "withdrawn"
    else:
        state = "open" if row.total == row.content["gross"] else "changed"
    known = (row.id, row.code, row.content, row.fingerprint, row.offered_at, row.withdrawn_at, row.order_id)
    return Claim(*known, state, row.paid_on, row.times, is_unchanged)
