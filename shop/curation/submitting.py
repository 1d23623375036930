"""A producer hands a listing in, takes it back, or changes one that is on sale and has it looked at again.

Locks: the product's row, then its open case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.errors import Stale, WrongState
from shop.catalog import states as listing
from shop.catalog import versions
from shop.catalog.categories import shelves
from shop.catalog.editing import change_state as change_listing
from shop.catalog.editing import own_product
from shop.catalog.models import Product
from shop.curation import states
from shop.curation.models import CurationCase
from shop.db import session
from shop.vendors.models import Vendor

_NOT_YET: Final = {
    "registering": "Lengkapi pendaftaran usaha Anda dahulu, lalu kirim produk ini lagi.",
    "suspended": "Usaha Anda sedang dibekukan. Produk bisa dikirim lagi setelah pembekuan berakhir.",
}
"""Producers whose listings nobody looks at now, and what to do about it."""


def submit(actor: Actor, product_id: int, version: int, now: datetime) -> int:
    """Hand a draft in; the case begins at the producer's kecamatan. Returns the id of the case.

    Raises Forbidden, NotFound for somebody else's product, Stale when `version` is not the one on the screen any more,
    WrongState when the product is no draft or the producer may not sell now.
    """
    product = _own(actor, product_id, version)
    if told := _NOT_YET.get(session.get_one(Vendor, product.vendor_id).state):
        raise WrongState(told)
    listing.move(actor, product, "submit")
    product.updated_at = now
    _close_open(actor, product.id, now)  # a recheck that was under way when the listing went back to draft
    return _open(actor, product, now)


def recheck(actor: Actor, product_id: int, now: datetime) -> int | None:
    """Have a changed listing looked at again while it stays on sale. Call after every change of a published product.

    Returns the id of the open case; None when nothing that curators judge differs from what they accepted last, or the
    listing went back to draft (an open recheck has then lost its object and is withdrawn). One product has one open
    case: while it still waits at the kecamatan it keeps its place with the new content; what the kecamatan has already
    seen begins anew.
    A listing that no curator ever accepted is looked at on its first change.
    """
    product = own_product(actor, product_id, lock=True)
    if product.state not in {"published", "paused"}:
        if product.state == "draft":
            _close_open(actor, product.id, now)
        return None
    session.flush()
    content = versions.content_of(product)
    case = open_case(product.id)
    accepted = _last_accepted(product.id)
    if accepted is not None and not curated_changes(accepted, content):
        if case is not None:
            states.move(actor, case, "withdraw", now)
        return None
    if case is not None and not curated_changes(case.content, content):
        return case.id
    if case is not None and case.state == "kecamatan":
        case.content = content
        trail.record(actor, "curation.renew", "curation_case", case.id, now)
        return case.id
    _close_open(actor, product.id, now)
    return _open(actor, product, now, recheck=True)


def change_state(actor: Actor, product_id: int, version: int, state: str, now: datetime) -> None:
    """Do what `catalog.editing.change_state` does; what waits for a curator ends with the listing it was about."""
    change_listing(actor, product_id, version, state, now)
    if state in {"draft", "archived"}:
        _close_open(actor, product_id, now)


def withdraw(actor: Actor, product_id: int, version: int, now: datetime) -> None:
    """Take a submitted listing back; it is a draft again. Raises Forbidden, NotFound, Stale, WrongState."""
    product = _own(actor, product_id, version)
    listing.move(actor, product, "withdraw")
    product.updated_at = now
    _close_open(actor, product.id, now)


def curated_changes(before: dict[str, object], after: dict[str, object]) -> dict[str, tuple[object, object]]:
    """Return what differs between two contents among that which curators judge."""
    return {name: pair for name, pair in versions.changes(before, after).items() if name in versions.CURATED}


def open_case(product_id: int) -> CurationCase | None:
    """Return the product's case that still waits, locked; a product has at most one."""
    return session.scalars(
        select(CurationCase)
        .where(CurationCase.product_id == product_id, CurationCase.state.in_(states.OPEN))
        .with_for_update()
    ).first()


def _own(actor: Actor, product_id: int, version: int) -> Product:
    product = own_product(actor, product_id, lock=True)
    if product.version != version:
        raise Stale
    return product


def _close_open(actor: Actor, product_id: int, now: datetime) -> None:
    case = open_case(product_id)
    if case is not None:
        states.move(actor, case, "withdraw", now)


def _open(actor: Actor, product: Product, now: datetime, *, recheck: bool = False) -> int:
    last = session.execute(
        select(func.max(CurationCase.round)).where(CurationCase.product_id == product.id)
    ).scalar_one()
    case = CurationCase(
        product_id=product.id,
        vendor_id=product.vendor_id,
        kecamatan_code=session.get_one(Vendor, product.vendor_id).kecamatan_code,
        round=(last or 0) + 1,
        state=states.begin(),
        content=versions.content_of(product),
        recheck=recheck,
        lane="recheck" if recheck else shelves()[product.category_code].kind,
        submitted_at=now,
        submitted_by=actor.user_id,
        waiting_since=now,
    )
    session.add(case)
    session.flush()
    trail.record(actor, "curation.submit", "curation_case", case.id, now, product=product.id, round=case.round)
    return case.id


def _last_accepted(product_id: int) -> dict[str, object] | None:
    return session.scalars(
        select(CurationCase.content)
        .where(CurationCase.product_id == product_id, CurationCase.state == "accepted")
        .order_by(CurationCase.round.desc())
        .limit(1)
    ).first()
