"""From a yes to orders: the approved lines go out in one action, at the prices that were kept."""

from __future__ import annotations

from datetime import datetime

from shop.approvals import keeping, states
from shop.approvals.asking import ASK, NEWS, TOO_LATE, lock
from shop.approvals.models import ApprovalRequest
from shop.base.actor import Actor
from shop.base.errors import Conflict, WrongState
from shop.budgets import pagu
from shop.orders import attaching, promises
from shop.orders.placing import Placed, place_order
from shop.orders.wish import Delivery, WantedLine, Wish
from shop.outbox import posting as outbox

CHANGED = (
    "Paket ini sudah ditarik atau diserahkan kepada orang lain sejak persetujuan diminta. Tidak ada yang dikirim. "
    "Bicarakan dengan PPK, lalu minta persetujuan baru."
)


def send(actor: Actor, request_id: int, version: int, shown_total: int, now: datetime) -> Placed:
    """Place the approved lines as orders; twice gives the same orders.

    `shown_total`: rupiah of the approved lines and of today's delivery, as on the screen. Raises NotFound, Forbidden,
    WrongState, Stale, Conflict `package-changed` when package or PPK are not the ones who said yes, and whatever
    placing raises: `pagu-exceeded`, `out-of-stock`, `capacity-gone`, `total-changed`.
    """
    actor.require(ASK)
    request = lock(actor, request_id)
    if request.state == "sent":
        return Placed(tuple(request.order_ids), again=True)
    states.MACHINE.step(request.state, "send")
    if now > request.due_at:
        raise WrongState(TOO_LATE)
    ground = pagu.lock_package(request.package_id)
    in_hand = ground.state == "with_pp" and actor.acts_for(ground.pp_id)
    if not in_hand or ground.ppk_id is None or ground.ppk_id not in {request.answered_by, request.answered_for}:
        raise Conflict(CHANGED, kind="package-changed")
    wish = _wish(request, shown_total)
    placed = place_order(actor, wish, f"persetujuan-{request.id}", now, channel="approval")
    papers = keeping.papers_of(request.papers)
    attaching.put_with(actor, placed.order_ids, request.office_id, papers, now)
    states.move(actor, request, "send", version, now, {"order_ids": list(placed.order_ids)})
    outbox.post(NEWS, {"request_id": request.id, "event": "sent"}, now)
    return placed


def _wish(request: ApprovalRequest, shown_total: int) -> Wish:
    kept = promises.ids_of("approval", request.id)
    lines = tuple(
        WantedLine(x.product_id, x.quantity, x.note, kept.get(x.product_id))
        for x in request.lines
        if x.answer == "approved"
    )
    main = Delivery(request.deliver_address, request.deliver_kecamatan, request.deliver_at)
    # What was refused goes nowhere: places that only it went to fall away.
    stops = keeping.places_for(request.places, {line.product_id for line in lines})
    delivery, places = keeping.whither(main, stops)
    return Wish(request.package_id, request.purpose, delivery, lines, shown_total, request.headcount, places=places)
