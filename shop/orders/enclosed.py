"""What goes with an order beside its lines, for its page: places, papers, and ordering again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shop.orders import attaching, places, states

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shop.base.actor import Actor
    from shop.orders.attaching import Attachment
    from shop.orders.places import Stop
    from shop.orders.reading import OrderView


@dataclass(frozen=True, slots=True)
class Enclosed:
    """`places` is empty for an order to one place."""

    places: Sequence[Stop]
    attachments: Sequence[Attachment]
    may_attach: bool
    may_repeat: bool


def read(actor: Actor, order: OrderView, now: datetime) -> Enclosed | None:  # noqa: ARG001 - as every part of the page
    """Return what there is to show; None when nothing is and nothing can be done. Two statements."""
    papers = attaching.of_order(order.id)
    able = attaching.may_attach(actor, order.case.placed_by, order.case.ppk_id) and order.state in states.OPEN
    repeat = actor.may("orders:cart:edit") and actor.office_id == order.case.office_id
    found = Enclosed(places.of_order(order.id), papers, able and len(papers) < attaching.MAX_ATTACHMENTS, repeat)
    return found if found.places or found.attachments or able or repeat else None
