"""Addenda as screens show them: all of one order, one of them, and those that wait for a hat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from shop.accounts.models import UserAccount
from shop.addenda import contents
from shop.addenda.agreeing import CHANGEABLE, MAKE
from shop.addenda.contents import LineChange, Terms
from shop.addenda.models import Addendum
from shop.addenda.stopping import STOPPABLE, UnpaidOrder, unpaid_of
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.base.task import Task
from shop.budgets.models import Package
from shop.db import session
from shop.orders.models import Order
from shop.orders.reading import OrderView

ANSWERS: Final[Mapping[str, tuple[str, str]]] = {
    "": ("Menunggu jawaban", "wait"),
    "accepted": ("Disetujui kedua pihak", "ok"),
    "declined": ("Ditolak", "bad"),
    "withdrawn": ("Ditarik", "none"),
    "lapsed": ("Berakhir tanpa jawaban", "none"),
}
"""What became of it: (msgid, tone)."""
SIDES: Final[Mapping[str, str]] = {"office": "Kantor", "vendor": "Produsen"}
_SHOWN: Final = 100
_maker, _answerer = aliased(UserAccount), aliased(UserAccount)


@dataclass(frozen=True, slots=True)
class AddendumView:
    """One addendum with the names of who signed. `maker` proposed, `answerer` answered (empty when nobody did)."""

    number: int
    signed_number: int | None
    side: str
    before: Terms
    after: Terms
    reason: str
    made_at: datetime
    answer_by: datetime
    answer: str
    answered_at: datetime | None
    answer_words: str
    maker: str
    answerer: str | None

    @property
    def lines(self) -> Sequence[LineChange]:
        """Each line before with what becomes of it."""
        return contents.line_changes(self.before, self.after)

    @property
    def old_time(self) -> datetime:
        """Delivery before, UTC."""
        return datetime.fromisoformat(self.before["deliver_at"])

    @property
    def new_time(self) -> datetime:
        """Delivery after, UTC."""
        return datetime.fromisoformat(self.after["deliver_at"])


@dataclass(frozen=True, slots=True)
class OnOrder:
    """What this room says on the page of an order."""

    waiting: AddendumView | None
    earlier: Sequence[AddendumView]
    may_propose: bool
    may_answer: bool
    may_withdraw: bool
    unpaid: UnpaidOrder | None
    """Set for a producer that may stop this order."""

    @property
    def asks(self) -> str:
        """What the top of the order's page points to (a msgid); empty when no addendum waits."""
        return (
            "Ada usulan addendum yang menunggu jawaban. Bila barang berangkat lebih dahulu, usulan itu berakhir."
            if self.waiting
            else ""
        )


def read(order_id: int) -> Sequence[AddendumView]:
    """Return every addendum of an order, newest first; one statement. The caller has seen that the order may be read."""
    return [AddendumView(*row) for row in session.execute(_query().where(Addendum.order_id == order_id))]


def one(order_id: int, number: int) -> AddendumView:
    """Return one addendum of an order. Raises NotFound."""
    row = session.execute(_query().where(Addendum.order_id == order_id, Addendum.number == number)).first()
    if row is None:
        raise NotFound("Addendum ini tidak ada.")
    return AddendumView(*row)


def _query() -> Any:
    return (
        select(
            Addendum.number,
            Addendum.signed_number,
            Addendum.side,
            Addendum.before,
            Addendum.after,
            Addendum.reason,
            Addendum.made_at,
            Addendum.answer_by,
            Addendum.answer,
            Addendum.answered_at,
            Addendum.answer_words,
            _maker.name.label("maker"),
            _answerer.name.label("answerer"),
        )
        .join(_maker, _maker.id == Addendum.made_by)
        .outerjoin(_answerer, _answerer.id == Addendum.answered_by)
        .order_by(Addendum.number.desc())
    )


def is_party(actor: Actor, view: OrderView) -> bool:
    """Tell whether this person may change the order: its producer, who ordered it, or its PPK."""
    if not actor.may(MAKE):
        return False
    case = view.case
    if actor.vendor_id is not None:
        return actor.vendor_id == case.vendor_id
    return actor.office_id == case.office_id and (actor.acts_for(case.placed_by) or actor.acts_for(case.ppk_id))


def part(actor: Actor, view: OrderView, now: datetime) -> OnOrder | None:
    """Return what to show and offer on the page of an order, None when there is nothing; at most three statements."""
    found = read(view.id)
    waiting = next((a for a in found if a.answer == "" and a.answer_by >= now and view.state in CHANGEABLE), None)
    party = is_party(actor, view)
    mine = "office" if actor.vendor_id is None else "vendor"
    told = OnOrder(
        waiting,
        [a for a in found if a is not waiting],
        may_propose=party and view.state in CHANGEABLE and waiting is None,
        may_answer=party and waiting is not None and waiting.side != mine,
        may_withdraw=party and waiting is not None and waiting.side == mine,
        unpaid=unpaid_of(view.case.vendor_id, view.case.office_id, now)
        if actor.vendor_id is not None and view.state in STOPPABLE and actor.may("orders:order:stop")
        else None,
    )
    return told if found or told.may_propose or told.unpaid else None


def turns(actor: Actor, now: datetime) -> list[Task]:
    """Return the addenda this person has to answer, as one task for the desk; one statement, none for other hats."""
    if not actor.may(MAKE):
        return []
    if actor.vendor_id is not None:
        mine = and_(Addendum.vendor_id == actor.vendor_id, Addendum.side == "office")
    else:
        people = [i for i in (actor.user_id, actor.for_user_id) if i is not None]
        hands = or_(Order.placed_by.in_(people), Package.ppk_id.in_(people))
        mine = and_(Addendum.office_id == actor.office_id, Addendum.side == "vendor", hands)
    rows = session.execute(
        select(Addendum.order_id, Addendum.number, Addendum.made_at, Addendum.answer_by)
        .join(Order, Order.id == Addendum.order_id)
        .join(Package, Package.id == Order.package_id)
        .where(mine, Addendum.answer == "", Addendum.answer_by >= now, Order.state.in_(CHANGEABLE))
        .order_by(Addendum.answer_by)
        .limit(_SHOWN)
    ).all()
    if not rows:
        return []
    first = rows[0]
    link = f"/pesanan/{first.order_id}/addendum/{first.number}"
    oldest = min(row.made_at for row in rows)
    return [Task("Usulan addendum yang harus Anda jawab", link, len(rows), oldest, first.answer_by)]
