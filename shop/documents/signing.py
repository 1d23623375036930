"""Signing a paper: by one's own account now; a certified provider (PSrE, UU 1/2024 art. 13) is another `Signer`.

A signature by account says who pressed, when, and under which fingerprint, and stands in the audit trail. It is a plain
electronic signature: a certified one (PP 71/2019 art. 60) needs a provider's certificate, which nobody has given us.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import fingerprint
from shop.base.errors import Conflict, Forbidden, NotFound, WrongState
from shop.budgets import pagu
from shop.db import session
from shop.documents.asking import Asker
from shop.documents.kind import Party
from shop.documents.models import IssuedDocument, Signature
from shop.documents.table import KINDS
from shop.orders import states
from shop.orders.loading import lock_order
from shop.orders.models import Order

SIGN: Final = "documents:paper:sign"


class Signer(Protocol):
    """Something that turns a person's consent into a signature over a fingerprint."""

    how: str
    """`account` or `certified`."""

    def sign(self, actor: Actor, document: IssuedDocument, now: datetime) -> str:
        """Return the proof to keep beside the signature; raise NotReady when the provider does not answer."""


class AccountSigner:
    """The signed-in account itself; its proof is the trail."""

    how = "account"

    def sign(self, actor: Actor, document: IssuedDocument, now: datetime) -> str:  # noqa: ARG002
        """Return nothing: the entry of the trail is the proof."""
        return ""


BY_ACCOUNT: Final[Signer] = AccountSigner()


def may_sign(actor: Actor, party: Party, order: Order, ppk_id: int | None) -> bool:
    """Tell whether this hat signs for a party of an order it takes part in."""
    if not actor.may(SIGN) or actor.role not in party.roles:
        return False
    return not party.hands or any(map(actor.acts_for, (order.placed_by, order.placed_for, ppk_id)))


def sign(
    actor: Actor, order_id: int, document_id: int, party: str, now: datetime, signer: Signer = BY_ACCOUNT
) -> Signature:
    """Sign a paper for one party. Doing it twice changes nothing.

    Raises NotFound, Forbidden for another party, WrongState for a paper that does not stand any more, Conflict when
    somebody else has signed for that party or the content does not match its fingerprint.
    """
    order = lock_order(actor, order_id)
    document = session.get(IssuedDocument, document_id)
    if document is None or document.order_id != order.id or document.kind not in KINDS:
        raise NotFound("Dokumen ini tidak ada.")
    kind = KINDS[document.kind]
    named = kind.parties.get(party)
    if named is None or (actor.vendor_id is not None and not kind.for_vendor):
        raise NotFound("Pihak ini tidak menandatangani dokumen itu.")
    actor.require(SIGN)
    if not may_sign(actor, named, order, pagu.read_package(order.package_id).ppk_id):
        raise Forbidden("Anda bukan pihak yang menandatangani di sini.")
    replaced = session.scalar(select(IssuedDocument.id).where(IssuedDocument.supersedes_id == document.id))
    if replaced or order.state in states.UNPAID_END:
        raise WrongState("Versi dokumen ini tidak berlaku lagi. Tanda tangani versi yang terbaru.")
    if fingerprint(document.content) != document.fingerprint:
        raise Conflict("Isi dokumen tidak cocok dengan sidiknya. Jangan ditandatangani; laporkan kepada staf program.")
    earlier = session.scalars(
        select(Signature).where(Signature.document_id == document.id, Signature.party == party)
    ).first()
    if earlier is not None and earlier.user_id != actor.user_id:
        raise Conflict("%(name)s sudah menandatangani untuk pihak ini.", name=earlier.name)
    return earlier or keep(actor, document, party, signer.how, signer.sign(actor, document, now), now)


def keep(actor: Actor, document: IssuedDocument, party: str, how: str, proof: str, now: datetime) -> Signature:
    """Write a signature of somebody who may, and note it."""
    made = Signature(
        document_id=document.id, party=party, user_id=actor.user_id, name=actor.name[:200], for_name=actor.for_name,
        how=how, at=now, fingerprint=document.fingerprint, proof=proof,
    )  # fmt: skip
    return _noted(actor, "document_signed", document, made, now)


def keep_asked(actor: Actor, document: IssuedDocument, party: str, asked: Asker, now: datetime) -> Signature:
    """Write the signature of who asked for exactly what `actor` agreed to by a step."""
    made = Signature(
        document_id=document.id, party=party, user_id=asked.user_id, name=asked.name[:200], for_name=asked.for_name,
        how="step", at=asked.at, fingerprint=document.fingerprint, proof="",
    )  # fmt: skip
    return _noted(actor, "document_signed_by", document, made, now)


def _noted(actor: Actor, verb: str, document: IssuedDocument, made: Signature, now: datetime) -> Signature:
    session.add(made)
    told = {"document_id": document.id, "title": KINDS[document.kind].title, "number": document.number}
    said = {"party": made.party, "how": made.how, "signed_by": made.name}
    trail.record(actor, verb, "order", document.order_id or 0, now, **told, **said)
    return made
