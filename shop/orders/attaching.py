"""Papers that explain an order: kept with the basket until it is sent, then with each order, for its parties only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound
from shop.budgets import pagu
from shop.db import session
from shop.orders import states
from shop.orders.loading import lock_order
from shop.orders.models_basket import OrderAttachment

MAX_ATTACHMENTS: Final = 5
KINDS: Final = {
    "invitation": "Undangan",
    "attendance": "Daftar hadir",
    "terms": "KAK",
    "other": "Lampiran lain",
}
"""Kinds and what they are called, msgids."""
_FULL: Final = "Paling banyak 5 lampiran. Hapus salah satu dahulu, atau gabungkan menjadi satu PDF."


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper that was uploaded and is stored under `key`."""

    kind: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A paper as it is listed; `label` is a msgid."""

    id: int
    kind: str
    key: str
    name: str
    added_at: datetime

    @property
    def label(self) -> str:
        """What kind of paper it is."""
        return KINDS[self.kind]


def _check(paper: NewPaper, before: int) -> None:
    if paper.kind not in KINDS:
        raise Invalid.at("attachment_kind", "Pilih jenis lampiran.")
    if before >= MAX_ATTACHMENTS:
        raise Invalid.at("attachment", _FULL)


def _draft(actor: Actor) -> Any:
    a = OrderAttachment
    return (a.order_id.is_(None)) & (a.added_by == actor.user_id) & (a.office_id == actor.office_id)


def put_by(actor: Actor, paper: NewPaper, now: datetime) -> None:
    """Keep a paper with the own basket until it is sent. Raises Invalid for a sixth or an unknown kind."""
    actor.require("orders:cart:edit")
    if actor.office_id is None:
        raise NotFound
    _check(paper, session.scalar(select(func.count()).select_from(OrderAttachment).where(_draft(actor))) or 0)
    session.add(_row(actor, paper, None, actor.office_id, now))


def take_away(actor: Actor, attachment_id: int) -> None:
    """Remove a paper that waits in the own basket; what was sent stays. Raises NotFound."""
    actor.require("orders:cart:edit")
    gone: Any = session.execute(delete(OrderAttachment).where(_draft(actor), OrderAttachment.id == attachment_id))
    if not gone.rowcount:
        raise NotFound("Lampiran ini tidak ada.")


def send_along(actor: Actor, order_ids: Sequence[int], now: datetime) -> None:
    """Hand the papers of the own basket to each of the orders that were just made of it."""
    put_with(actor, order_ids, actor.office_id or 0, give_up(actor), now)


def give_up(actor: Actor) -> tuple[NewPaper, ...]:
    """Take the papers out of the own basket, for whoever keeps them until there are orders."""
    found = tuple(NewPaper(x.kind, x.key, x.name) for x in of_basket(actor))
    if found:
        session.execute(delete(OrderAttachment).where(_draft(actor)))
    return found


def put_with(actor: Actor, order_ids: Sequence[int], office_id: int, papers: Sequence[NewPaper], now: datetime) -> None:
    """Hand papers that were kept elsewhere to each of the orders that were just made."""
    for order_id in order_ids:
        session.add_all(_row(actor, paper, order_id, office_id, now) for paper in papers)


def attach(actor: Actor, order_id: int, paper: NewPaper, now: datetime) -> None:
    """Add a paper to an order of the own office, as who ordered or its PPK; an attendance list comes after the meeting.

    Raises NotFound, Forbidden, Conflict for an ended order, Invalid for a sixth paper.
    """
    order = lock_order(actor, order_id)
    must_be_able(actor, order.placed_by, pagu.read_package(order.package_id).ppk_id)
    if order.state not in states.OPEN:
        raise Conflict("Pesanan ini sudah berakhir, jadi lampirannya tidak bertambah lagi.", kind="wrong-state")
    _check(paper, len(of_order(order_id)))
    session.add(_row(actor, paper, order_id, order.office_id, now))
    trail.record(actor, "attach", "order", order_id, now, kind=paper.kind, name=one_line(paper.name)[:200])


def may_attach(actor: Actor, placed_by: int, ppk_id: int | None) -> bool:
    """Tell whether this person may add papers: who ordered, the package's PPK, or who stands in for them."""
    return actor.office_id is not None and (actor.acts_for(placed_by) or actor.acts_for(ppk_id))


def must_be_able(actor: Actor, placed_by: int, ppk_id: int | None) -> None:
    """Raise Forbidden unless `may_attach`; doors ask before they read a stranger's upload."""
    if not may_attach(actor, placed_by, ppk_id):
        raise Forbidden("Hanya pemesan atau PPK paket ini yang boleh menambah lampiran.")


def _row(actor: Actor, paper: NewPaper, order_id: int | None, office_id: int, now: datetime) -> OrderAttachment:
    return OrderAttachment(
        order_id=order_id,
        office_id=office_id,
        kind=paper.kind,
        file_key=paper.key,
        file_name=one_line(paper.name)[:200] or "lampiran",
        added_by=actor.user_id,
        added_at=now,
    )


def _read(where: Any) -> tuple[Attachment, ...]:
    a = OrderAttachment
    query = select(a.id, a.kind, a.file_key, a.file_name, a.added_at).where(where).order_by(a.id)
    return tuple(Attachment(*row) for row in session.execute(query))


def of_basket(actor: Actor) -> tuple[Attachment, ...]:
    """Return the papers that wait in the own basket; one statement."""
    return _read(_draft(actor))


def of_order(order_id: int) -> tuple[Attachment, ...]:
    """Return the papers of an order; who may see the order has been judged. One statement."""
    return _read(OrderAttachment.order_id == order_id)


def one_of(found: Collection[Attachment], attachment_id: int) -> Attachment:
    """Return the paper with this id. Raises NotFound."""
    for paper in found:
        if paper.id == attachment_id:
            return paper
    raise NotFound("Lampiran ini tidak ada.")
