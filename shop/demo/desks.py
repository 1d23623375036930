"""The officers' desks of a demo: one of each thing that waits for somebody, so that whoever looks around finds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.accounts import delegating, offices
from shop.accounts.delegating import Leave
from shop.addenda import agreeing
from shop.addenda.contents import Wanted
from shop.approvals import asking
from shop.base.actor import Actor
from shop.base.clock import local, local_day
from shop.base.errors import ShopError
from shop.budgets import pagu
from shop.catalog.offers import read_offers
from shop.db import session, unit_of_work
from shop.demo.filling import Cast
from shop.handover import complaints, expecting, receipts
from shop.handover.receipts import Check, Found
from shop.negotiation import bargaining, requesting
from shop.negotiation.offering import TermLine, Terms
from shop.negotiation.requesting import Need, NeedLine
from shop.orders import cart, checking, delivering, saved
from shop.orders.models import Order
from shop.orders.saved import Naming
from shop.orders.wish import Delivery, WantedLine, Wish

log = structlog.get_logger(__name__)

_LIMIT: Final = 10_000_000
_DAYS: Final = range(7, 21)
"""Days ahead that are tried for a delivery: producers have days off, and nobody delivers on a holiday."""
_INVITED: Final = 3


@dataclass(frozen=True, slots=True)
class _Stage:
    """The demo's people, and the office the scenes play in: one that keeps duties apart, and whose logins are printed."""

    cast: Cast
    office: str
    now: datetime

    def officer(self, role: str) -> Actor:
        return self.cast.officers[self.office, role]

    def ppk_of(self, order: Order) -> Actor:
        holder = pagu.read_package(order.package_id).ppk_id
        return next(a for (_, role), a in self.cast.officers.items() if role == "ppk" and a.user_id == holder)

    def owner_of(self, order: Order) -> Actor:
        return next(a for a in self.cast.vendors.values() if a.vendor_id == order.vendor_id)


def set_out(cast: Cast, now: datetime) -> list[str]:
    """Play the scenes, each in a unit of work of its own; return the names of those that went through.

    One that today's calendar does not allow is left out: a demo opens on any day of the year.
    """
    codes = list(dict.fromkeys(code for code, _ in cast.officers))
    stage = _Stage(cast, codes[1], now)
    return [name for name, scene in _SCENES.items() if _play(scene, stage)]


def _play(scene: Callable[[_Stage], None], stage: _Stage) -> bool:
    try:
        with unit_of_work():
            scene(stage)
    except (ShopError, StopIteration) as error:
        log.warning("a scene of the demo does not fit today", scene=scene.__name__, error=str(error))
        return False
    return True


def _orders(state: str) -> Sequence[Order]:
    query = select(Order).where(Order.state == state).options(selectinload(Order.lines)).order_by(Order.id)
    return session.scalars(query.limit(20)).all()


def _model(stage: _Stage) -> Order:
    """Return an order of this year of the stage's office, for its package and its goods."""
    office_id = stage.officer("pp").office_id
    query = (
        select(Order).where(Order.office_id == office_id).options(selectinload(Order.lines)).order_by(Order.id.desc())
    )
    this_year = (o for o in session.scalars(query) if local(o.placed_at).year == local(stage.now).year)
    return next(o for o in this_year if pagu.read_package(o.package_id).left > 2 * o.total)


def _wish(stage: _Stage) -> Wish:
    """Return a wish like an earlier order, on the first day its producer can."""
    like, faults = _model(stage), list[ShopError]()
    for ahead in _DAYS:
        at = like.deliver_at.replace(hour=3, minute=0)
        at += timedelta(days=(local_day(stage.now) - local_day(at)).days + ahead)
        lines = tuple(WantedLine(line.product_id, line.quantity) for line in like.lines)
        delivery = Delivery(like.deliver_address, like.deliver_kecamatan, at)
        wish = Wish(like.package_id, "Rapat koordinasi bulanan", delivery, lines, 0, like.headcount)
        try:
            checking.check_wish(wish, stage.now)
            found = read_offers([line.product_id for line in lines], local_day(stage.now))
            picked = checking.pick(wish, found, stage.now)
            shipping = sum(checking.check_reach(wish, picked).values())
        except ShopError as fault:
            faults.append(fault)
            continue
        goods = sum(offer.price_at(line.quantity) * line.quantity for line, offer in picked)
        return replace(wish, shown_total=goods + shipping)
    raise faults[-1]


def _saved(stage: _Stage) -> None:
    pp, like = stage.officer("pp"), _model(stage)
    for line in like.lines:
        cart.put(pp, line.product_id, line.quantity, "", stage.now)
    saved.save(pp, Naming("Rapat mingguan", "Rapat mingguan", like.headcount, shared=True), stage.now)
    cart.take_out(pp, [line.product_id for line in like.lines])


def _approval(stage: _Stage) -> None:
    offices.set_approval_above(stage.officer("pa_kpa"), _LIMIT, None, stage.now)
    asking.ask(stage.officer("pp"), _wish(stage), "demo-persetujuan", stage.now)


def _delegation(stage: _Stage) -> None:
    absent, today = stage.officer("ppk"), local_day(stage.now)
    deputy = stage.officer("pa_kpa").user_id
    assert absent.hat_id is not None
    assert deputy is not None
    leave = Leave(absent.hat_id, deputy, today, today + timedelta(days=5), "Cuti tahunan")
    delegating.delegate(absent, leave, stage.now)


def _negotiation(stage: _Stage) -> None:
    wish = _wish(stage)
    found = read_offers([line.product_id for line in wish.lines], local_day(stage.now))
    asked = tuple(
        TermLine(line.product_id, line.quantity, found[line.product_id].price_at(line.quantity) * 95 // 100)
        for line in wish.lines
    )
    given = Terms(asked, wish.delivery, "Kami memesan tiap bulan. Bisakah harganya sedikit lebih rendah?")
    bargaining.start(stage.officer("pp"), wish.package_id, wish.purpose, given, stage.now)


def _competition(stage: _Stage) -> None:
    wish, pp = _wish(stage), stage.officer("pp")
    category = _model(stage).lines[0].category_code
    lines = (NeedLine("Kue basah tiga macam dan air minum", 60, "kotak", None),)
    deadline = stage.now + timedelta(days=3)
    need = Need(wish.package_id, category, "Rapat akhir bulan", "Tanpa kacang.", lines, wish.delivery, deadline)
    able = [row.id for row in requesting.able(pp, category, wish.delivery, "", stage.now) if not row.hindrance]
    others = [owner.vendor_id for owner in stage.cast.vendors.values() if owner.vendor_id not in able]
    invited = [i for i in (*able, *others) if i is not None][:_INVITED]
    requesting.call(pp, need, invited, able, stage.now)


def _addendum(stage: _Stage) -> None:
    order = next(o for o in _orders("confirmed") if o.lines[0].quantity > 1 and o.deliver_at > stage.now)
    line = order.lines[0]
    wanted = Wanted(quantities={line.id: line.quantity - 1}, reason="Satu bahan sulit didapat minggu ini")
    agreeing.propose(stage.owner_of(order), order.id, order.version, wanted, stage.now)


def _part(stage: _Stage) -> None:
    """Let an order come early and one piece of it be missing."""
    order = list(_orders("confirmed"))[-1]
    for verb in (delivering.ship, delivering.arrive):
        verb(stage.owner_of(order), order.id, order.version, stage.now)
        session.flush()
    lines = expecting.of_order(order)[0].lines
    found = {line.line_id: Found(line.pieces) for line in lines}
    found[lines[0].line_id] = Found(lines[0].pieces - 1)
    check = Check(found, "replace", "Satu tertinggal, diantar lagi")
    receipts.record(stage.ppk_of(order), order.id, order.version, check, stage.now)


def _complaint(stage: _Stage) -> None:
    order = next(iter(_orders("received")))
    words = "Dua kotak tidak seperti contoh di katalog"
    complaints.open_complaint(stage.ppk_of(order), order.id, "quality", words, stage.now)


_SCENES: Final = {
    "saved": _saved,
    "delegation": _delegation,
    "negotiation": _negotiation,
    "competition": _competition,
    "approval": _approval,
    "addendum": _addendum,
    "part": _part,
    "complaint": _complaint,
}
