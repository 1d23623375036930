"""Changing an order after both agreed on it: one side proposes, the other signs or says no; each version is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from shop.addenda import checking, contents
from shop.addenda.contents import Wanted
from shop.addenda.models import Addendum
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Conflict, Forbidden, Invalid, Stale, WrongState
from shop.base.money import rupiah
from shop.budgets import pagu
from shop.db import session
from shop.orders import office_limit, states
from shop.orders.adjusting import Change, adjust
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.outbox import posting as outbox
from shop.reference import policy

MAKE: Final = "addenda:change:make"
NEWS: Final = "addenda.news"
CHANGEABLE: Final = frozenset({"confirmed", "ready"})
"""States in which an order can be changed: agreed on, and nothing has left the kitchen yet."""
ONLY_ITS_BUYERS: Final = "Hanya pemesan atau PPK paket ini yang boleh mengubah pesanan."
_TOO_LATE: Final = "Pesanan ini tidak bisa diubah lagi: barang sudah berangkat atau pesanan sudah berakhir."
_NEEDS_PPK: Final = (
    "Dengan perubahan ini pesanan melewati %(limit)s, batas kantor Anda yang memerlukan persetujuan PPK. "
    "PPK paket ini yang mengusulkan atau menyetujuinya."
)
_GONE: Final = "Usulan addendum ini sudah dijawab, ditarik, atau berakhir. Muat ulang halaman pesanan."
_OUTDATED: Final = "Pesanan sudah berubah sejak addendum ini diusulkan. Tolak, lalu minta usulan yang baru."


def propose(actor: Actor, order_id: int, version: int, wanted: Wanted, now: datetime) -> Addendum:
    """Keep what one side wants to change and tell the other. Nothing of the order changes yet.

    Raises Forbidden, Stale, WrongState, Conflict `addendum-open` while another waits, Invalid with every fault.
    """
    order = _changeable(actor, order_id, version)
    if _open(order.id):
        raise Conflict("Masih ada usulan addendum yang menunggu jawaban. Selesaikan itu dahulu.", kind="addendum-open")
    side, before = _side(actor), contents.of_order(order)
    checking.check(order, before, wanted, by_office=side == "office", now=now)
    after = contents.becoming(before, wanted)
    if refused := _needs_ppk(actor, order, after, now):
        raise Invalid.at("lines", _NEEDS_PPK, limit=refused)
    why = " ".join(filter(None, (one_line(wanted.reason), one_line(wanted.price_reason))))
    made = Addendum(
        order_id=order.id,
        office_id=order.office_id,
        vendor_id=order.vendor_id,
        number=_count(order.id) + 1,
        side=side,
        before=before,
        after=after,
        reason=why[: checking.MOST_REASON],
        made_by=actor.user_id,
        made_at=now,
        answer_by=_answer_by(order, wanted.deliver_at, now),
    )
    session.add(made)
    _renew(order)
    trail.record(actor, "addendum_propose", "order", order.id, now, number=made.number, words=made.reason)
    _tell(made, "proposed", now)
    return made


def accept(actor: Actor, order_id: int, number: int, version: int, now: datetime) -> Addendum:
    """Sign as the other side: the order becomes what was proposed, with goods, pagu and ledger, and the paper its number.

    Raises Forbidden, Stale, WrongState, Conflict `addendum-outdated` when the order is not what it was proposed against
    any more, `too-late` when the new time has passed, or what `orders.adjusting.adjust` raises.
    """
    order = _changeable(actor, order_id, version)
    found = _needed(order, number, now)
    _must_be_other_side(actor, found)
    if contents.of_order(order) != found.before:
        raise Conflict(_OUTDATED, kind="addendum-outdated")
    after = found.after
    at = datetime.fromisoformat(after["deliver_at"])
    moved = at != order.deliver_at
    if moved and at <= now:
        raise Conflict("Waktu kirim yang diusulkan sudah lewat. Minta usulan waktu yang lain.", kind="too-late")
    if refused := _needs_ppk(actor, order, after, now):
        raise Conflict(_NEEDS_PPK, kind="needs-approval", limit=refused)
    pieces = {change["id"]: change["quantity"] for change in after["lines"]}
    quantities = {line.id: pieces.get(line.id, 0) for line in order.lines}
    prices = {line["id"]: line["unit_price"] for line in after["lines"]}
    order.deliver_address, order.purpose = after["address"], after["purpose"]
    if moved:
        order.due_at = at
    flag_modified(order, "due_at")  # a new version, whatever it is that changes
    signed = 1 + (session.scalar(select(func.max(Addendum.signed_number)).where(Addendum.order_id == order.id)) or 0)
    found.signed_number = signed
    _answer(actor, found, "accepted", "", now)
    adjust(actor, order, Change(quantities, prices, at if moved else None), "addendum", now, signed=signed)
    states.tell(actor, order, "addendum", now)
    _tell(found, "accepted", now)
    return found


def decline(actor: Actor, order_id: int, number: int, version: int, words: str, now: datetime) -> Addendum:
    """Say no as the other side, with words; the order stays as it was. Raises Invalid for a reason that is none."""
    order = _changeable(actor, order_id, version)
    found = _needed(order, number, now)
    _must_be_other_side(actor, found)
    if faults := checking.reason_faults(words):
        raise Invalid(faults=tuple(faults))
    return _end(actor, order, found, "declined", one_line(words), now)


def withdraw(actor: Actor, order_id: int, number: int, version: int, now: datetime) -> Addendum:
    """Take the own side's proposal back; the order stays as it was."""
    order = _changeable(actor, order_id, version)
    found = _needed(order, number, now)
    if found.side != _side(actor):
        raise Forbidden("Hanya pihak yang mengusulkan yang boleh menariknya.")
    return _end(actor, order, found, "withdrawn", "", now)


def lapse(actor: Actor, found: Addendum, now: datetime) -> None:
    """Close an addendum nobody answered: its time is over, or the order has moved on without it."""
    _answer(actor, found, "lapsed", "", now)
    trail.record(actor, "addendum_lapsed", "order", found.order_id, now, number=found.number)
    _tell(found, "lapsed", now)


def _end(actor: Actor, order: Order, found: Addendum, answer: str, words: str, now: datetime) -> Addendum:
    _answer(actor, found, answer, words, now)
    _renew(order)
    trail.record(actor, f"addendum_{answer}", "order", order.id, now, number=found.number, words=words)
    _tell(found, answer, now)
    return found


def _answer(actor: Actor, found: Addendum, answer: str, words: str, now: datetime) -> None:
    found.answer, found.answer_words, found.answered_by, found.answered_at = answer, words, actor.user_id, now


def _changeable(actor: Actor, order_id: int, version: int) -> Order:
    order = lock_order(actor, order_id)
    actor.require(MAKE)
    if _side(actor) == "office" and not (
        actor.acts_for(order.placed_by) or actor.acts_for(pagu.read_package(order.package_id).ppk_id)
    ):
        raise Forbidden(ONLY_ITS_BUYERS)
    if order.state not in CHANGEABLE:
        raise WrongState(_TOO_LATE)
    if order.version != version:
        raise Stale
    return order


def _needs_ppk(actor: Actor, order: Order, after: dict[str, Any], now: datetime) -> str:
    """Return the office's limit in words when only the package's PPK may say yes to so much; empty when this hand may.

    An order sent below the limit and grown afterwards would be the way around it. Who ordered, or stands in for who
    did, is not the one to say it, and the producer's signature says nothing about the office's money.
    """
    if _side(actor) == "vendor" or after["total"] <= order.total:
        return ""
    at = datetime.fromisoformat(after["deliver_at"])
    found = office_limit.passed(order.office_id, order.package_id, after["total"], at, now, but=order.id)
    own = any(map(actor.acts_for, (order.placed_by, order.placed_for)))
    if found is None or (not own and actor.acts_for(pagu.read_package(order.package_id).ppk_id)):
        return ""
    return rupiah(found[0])


def _side(actor: Actor) -> str:
    return "office" if actor.vendor_id is None else "vendor"


def _must_be_other_side(actor: Actor, found: Addendum) -> None:
    if found.side == _side(actor):
        raise Forbidden("Usulan ini dari pihak Anda sendiri. Yang menjawab pihak lain.")


def _open(order_id: int) -> Addendum | None:
    return session.scalars(select(Addendum).where(Addendum.order_id == order_id, Addendum.answer == "")).first()


def _needed(order: Order, number: int, now: datetime) -> Addendum:
    found = _open(order.id)
    if found is None or found.number != number:
        raise WrongState(_GONE)
    if now > found.answer_by:
        raise WrongState("Batas waktu menjawab addendum ini sudah lewat. Usulkan lagi bila masih perlu.")
    return found


def _count(order_id: int) -> int:
    return session.scalar(select(func.count()).where(Addendum.order_id == order_id)) or 0


def _answer_by(order: Order, at: datetime | None, now: datetime) -> datetime:
    """Return the deadline: hours of the rule, but never after the goods should stand on the table, old time or new."""
    hours: int = policy.rule(session, "order.addendum_answer_hours", local_day(now)).value
    moments = [now + timedelta(hours=hours), order.deliver_at, at or order.deliver_at]
    return min(moment for moment in moments if moment > now)


def _renew(order: Order) -> None:
    """Give the order a new version: whoever has the page without this on the screen must look again."""
    flag_modified(order, "due_at")
    session.flush()


def _tell(found: Addendum, event: str, now: datetime) -> None:
    said: dict[str, Any] = {"order_id": found.order_id, "number": found.number, "event": event}
    outbox.post(NEWS, said, now)
