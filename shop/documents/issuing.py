"""Issuing papers: complete or not at all, numbered in the transaction that issues, never changed, only superseded."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import fingerprint, one_line
from shop.base.errors import FieldFault, Forbidden, Invalid, NotFound, WrongState
from shop.db import session
from shop.documents.ground import Ground, read_ground
from shop.documents.kind import Kind, Need
from shop.documents.models import IssuedDocument
from shop.documents.reading import ALPHABET, HALF
from shop.documents.table import KINDS
from shop.orders.loading import lock_order
from shop.orders.numbering import take_number

ISSUE: Final = "documents:paper:issue"
LEAST_REASON, MOST_REASON = 5, 300
_ISSUING: Final = ("kind", "number", "version", "issued_on", "guess")
"""What a content says of its own issuing: left out when one asks whether the facts have changed."""


class Missing(Invalid):
    """The paper cannot be issued yet; `needs` says all that is lacking and who fills it in."""

    def __init__(self, needs: Sequence[Need]) -> None:
        super().__init__(
            "Dokumen ini belum bisa terbit karena ada data yang belum diisi.",
            tuple(FieldFault(need.path, need.words) for need in needs),
        )
        self.needs = needs


def issue(actor: Actor, kind_code: str, order_id: int, now: datetime, reason: str = "") -> IssuedDocument:
    """Issue a paper of an order, or a new version when its facts have changed; the same facts give the same paper.

    Raises NotFound for another's order or an unknown kind, Forbidden, WrongState when the order is not that far, Missing
    with everything that lacks, Invalid at `reason` when a version is to be replaced without one.
    """
    order = lock_order(actor, order_id)
    kind = KINDS.get(kind_code)
    if kind is None or (actor.vendor_id is not None and not kind.for_vendor):
        raise NotFound("Jenis dokumen ini tidak ada.")
    actor.require(ISSUE)
    if actor.role not in kind.by:
        raise Forbidden("Dokumen ini diterbitkan oleh peran lain.")
    return write(actor, kind, read_ground(order, now), reason)


def write(actor: Actor, kind: Kind, ground: Ground, reason: str = "") -> IssuedDocument:
    """Issue without asking who may; the order is locked. Raises as `issue` does."""
    order = ground.order
    gathered = gather(kind, ground)
    if order.state not in kind.states or gathered is None:
        raise WrongState("Pesanan ini belum sampai pada tahap dokumen itu.")
    blocking = [need for need in kind.missing(gathered) if need.blocks]
    if blocking:
        raise Missing(blocking)
    latest = _latest(order.id, kind.code)
    if latest is not None and not has_changed(latest.content, gathered):
        return latest
    why = _reason(reason) if latest is not None else ""
    return _keep(actor, kind, ground, gathered, latest, why)


def gather(kind: Kind, ground: Ground) -> dict[str, Any] | None:
    """Return what a paper would say now, in the plain values JSON gives back."""
    found = kind.gather(ground)
    return None if found is None else json.loads(json.dumps(found))


def has_changed(issued: Mapping[str, Any], gathered: Mapping[str, Any]) -> bool:
    """Tell whether a paper would say something else today than it did when it was issued."""
    return {name: value for name, value in issued.items() if name not in _ISSUING} != {
        name: value for name, value in gathered.items() if name not in _ISSUING
    }


def _keep(
    actor: Actor, kind: Kind, ground: Ground, gathered: dict[str, Any], latest: IssuedDocument | None, reason: str
) -> IssuedDocument:
    order, now = ground.order, ground.now
    day = local_day(now)
    version = latest.version + 1 if latest else 1
    number = latest.number if latest else gathered.get("number") or take_number(order.office_id, kind.series, day)
    guess = {"guess": json.loads(json.dumps(kind.guess(ground)))} if kind.guess else {}
    content = gathered | guess | {"kind": kind.code, "number": number, "version": version, "issued_on": day.isoformat()}
    made = IssuedDocument(
        kind=kind.code, office_id=order.office_id, order_id=order.id, vendor_id=order.vendor_id, number=number,
        version=version, content=content, fingerprint=fingerprint(content), check_code=_code(),
        issued_by=actor.user_id, issued_at=now, supersedes_id=latest.id if latest else None, reason=reason,
    )  # fmt: skip
    session.add(made)
    session.flush()
    # The code opens the paper to whoever holds it, so the trail keeps the fingerprint instead.
    told = {"document_id": made.id, "title": kind.title, "number": number, "version": version}
    trail.record(actor, "document_issued", "order", order.id, now, **told, fingerprint=made.fingerprint, words=reason)
    return made


def _latest(order_id: int, kind: str) -> IssuedDocument | None:
    return session.scalars(
        select(IssuedDocument)
        .where(IssuedDocument.order_id == order_id, IssuedDocument.kind == kind)
        .order_by(IssuedDocument.version.desc())
        .limit(1)
    ).first()


def _reason(text: str) -> str:
    said = one_line(text)
    if not LEAST_REASON <= len(said) <= MOST_REASON:
        raise Invalid.at("reason", "Tulis mengapa versi lama diganti, 5 sampai 300 huruf.")
    return said


def _code() -> str:
    letters = [secrets.choice(ALPHABET) for _letter in range(2 * HALF)]
    return f"{''.join(letters[:HALF])}-{''.join(letters[HALF:])}"
