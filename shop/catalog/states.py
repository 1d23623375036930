"""Whether a product is offered: draft, published, paused; archived is the end. Only this file assigns its `.state`."""

from __future__ import annotations

from typing import Final

from shop.base.actor import Actor
from shop.base.errors import WrongState
from shop.base.machine import Machine, Step
from shop.catalog.models import Product

MANAGE: Final = "catalog:product:manage"
MACHINE: Final = Machine(
    initial="draft",
    final=("archived",),
    steps=(
        Step("draft", "publish", "published", MANAGE),
        Step("published", "pause", "paused", MANAGE),
        Step("paused", "publish", "published", MANAGE),
        Step("published", "withdraw", "draft", MANAGE),
        Step("paused", "withdraw", "draft", MANAGE),
        Step("draft", "pause", "paused", MANAGE),
        # Never deleted: orders and their papers name it.
        Step("draft", "archive", "archived", MANAGE),
        Step("paused", "archive", "archived", MANAGE),
    ),
)
LABELS: Final = {"published": "Dijual", "paused": "Jeda", "draft": "Konsep"}
"""States a producer chooses between, as people read them."""


def move_to(actor: Actor, product: Product, target: str) -> None:
    """Bring a product into a state the table allows from where it is; where it is already is no step.

    Raises Forbidden or WrongState.
    """
    if product.state == target:
        return
    step = next((step for step in MACHINE.steps_from(product.state) if step.target == target), None)
    if step is None:
        raise WrongState("Dari keadaannya sekarang, produk ini tidak bisa diubah ke keadaan itu.")
    actor.require(step.permission)
    product.state = step.target
