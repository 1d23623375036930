"""The way of a listing: draft, submitted, published, paused; archived is the end. Only this file assigns its `.state`."""

from __future__ import annotations

from typing import Final

from shop.base.actor import Actor
from shop.base.errors import WrongState
from shop.base.machine import Machine, Step
from shop.catalog.models import Product

MANAGE: Final = "catalog:product:manage"
CURATE: Final = "catalog:product:curate"
MACHINE: Final = Machine(
    initial="draft",
    final=("archived",),
    steps=(
        Step("draft", "submit", "submitted", MANAGE),
        Step("submitted", "withdraw", "draft", MANAGE),
        Step("submitted", "accept", "published", CURATE),
        Step("submitted", "refuse", "draft", CURATE),
        Step("published", "pause", "paused", MANAGE),
        Step("paused", "resume", "published", MANAGE),
        Step("published", "rework", "draft", MANAGE),
        Step("paused", "rework", "draft", MANAGE),
        # A published listing that was changed and then refused leaves the shelf until it is mended.
        Step("published", "refuse", "draft", CURATE),
        Step("paused", "refuse", "draft", CURATE),
        # Never deleted: orders and their papers name it.
        Step("draft", "archive", "archived", MANAGE),
        Step("paused", "archive", "archived", MANAGE),
    ),
)
LABELS: Final = {
    "draft": "Konsep",
    "submitted": "Menunggu kurasi",
    "published": "Dijual",
    "paused": "Jeda",
    "archived": "Diarsipkan",
}
"""States as people read them."""


def move(actor: Actor, product: Product, verb: str) -> None:
    """Take one step of the table. Raises Forbidden without its permission, WrongState when the table has no such step."""
    step = MACHINE.step(product.state, verb)
    actor.require(step.permission)
    product.state = step.target


def move_to(actor: Actor, product: Product, target: str) -> None:
    """Bring a product into a state the actor may bring it to from where it is; where it is already is no step.

    Raises WrongState when no step of the table leads there, Forbidden when only somebody else's does.
    """
    if product.state == target:
        return
    steps = [step for step in MACHINE.steps_from(product.state) if step.target == target]
    if not steps:
        raise WrongState("Dari keadaannya sekarang, produk ini tidak bisa diubah ke keadaan itu.")
    step = next((step for step in steps if actor.may(step.permission)), steps[0])
    move(actor, product, step.verb)
