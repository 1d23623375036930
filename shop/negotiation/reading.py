"""Negotiations as pages show them: lists of one hat, and one with all its versions and what changed in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, false, func, select, true

from shop.accounts.models import Office, UserAccount
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.budgets.models import Package
from shop.db import session
from shop.negotiation import states
from shop.negotiation.models import Negotiation, NegotiationOffer

PAGE: Final = 20
GROUPS: Final = {"": "Semua", "berjalan": "Berjalan", "sepakat": "Sepakat", "selesai": "Berakhir"}
_STATES: Final = {
    "berjalan": states.OPEN_TALKS,
    "sepakat": ("agreed",),
    "selesai": ("declined", "withdrawn", "expired"),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version; `changed` are names of what differs from the one before: `at`, `place`, or (product id, field)."""

    number: int
    side: str
    who: str
    at: datetime
    deliver_at: datetime
    deliver_address: str
    deliver_kecamatan: str
    lines: Sequence[dict[str, Any]]
    total: int
    words: str
    changed: frozenset[object]
    before: dict[int, dict[str, Any]]
    """{product id: line of the version before}."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One negotiation with all its versions, oldest first."""

    id: int
    state: str
    version: int
    office_id: int
    office_name: str
    package_id: int
    package_name: str
    rup_code: str
    pp_id: int | None
    vendor_id: int
    vendor_name: str
    purpose: str
    opened_by: int
    opened_by_name: str
    opened_at: datetime
    turn_due: datetime
    ended_at: datetime | None
    ended_by_name: str
    end_words: str
    record_number: str
    valid_until: datetime | None
    versions: Sequence[Version]

    @property
    def last(self) -> Version:
        """What is on the table."""
        return self.versions[-1]

    @property
    def is_open(self) -> bool:
        """Whether somebody may still answer."""
        return self.state in states.OPEN_TALKS

    @property
    def turn(self) -> str:
        """`vendor` or `buyer`; empty when it has ended."""
        return self.state.removeprefix("open_") if self.is_open else ""

    def seat(self, actor: Actor) -> str:
        """Return which side this hat acts for; empty for who only reads."""
        if actor.vendor_id is not None:
            return "vendor" if actor.may(states.SELL) else ""
        able = actor.may(states.BUY) and actor.office_id == self.office_id
        return "buyer" if able and (actor.acts_for(self.opened_by) or actor.acts_for(self.pp_id)) else ""


def within(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Negotiation of those this hat sees: its producer's, its office's, all for an auditor."""
    if actor.vendor_id is not None:
        return Negotiation.vendor_id == actor.vendor_id
    if actor.may("orders:order:read_all"):
        return true()
    return Negotiation.office_id == actor.office_id if actor.office_id is not None else false()


def talks(actor: Actor, group: str, offset: int, limit: int = PAGE) -> tuple[Sequence[Any], int]:
    """Return a page of negotiations, newest first, and how many there are; two statements."""
    actor.require(states.READ)
    wanted = [within(actor)]
    if group in _STATES:
        wanted.append(Negotiation.state.in_(_STATES[group]))
    total = session.scalar(select(func.count(Negotiation.id)).where(*wanted)) or 0
    newest = (
        select(func.max(NegotiationOffer.number))
        .where(NegotiationOffer.negotiation_id == Negotiation.id)
        .correlate(Negotiation)
        .scalar_subquery()
    )
    query = (
        select(
            Negotiation.id,
            Negotiation.state,
            Negotiation.vendor_name,
            Office.name.label("office_name"),
            Negotiation.purpose,
            Negotiation.turn_due,
            Negotiation.valid_until,
            NegotiationOffer.total,
            NegotiationOffer.number,
            NegotiationOffer.deliver_at,
        )
        .join(Office, Office.id == Negotiation.office_id)
        .join(
            NegotiationOffer, (NegotiationOffer.negotiation_id == Negotiation.id) & (NegotiationOffer.number == newest)
        )
        .where(*wanted)
        .order_by(Negotiation.id.desc())
    )
    return session.execute(query.offset(offset).limit(limit)).all(), total


def talk(actor: Actor, negotiation_id: int) -> Talk:
    """Return one negotiation of this hat; three statements. Raises NotFound."""
    actor.require(states.READ)
    columns = ("id", "state", "version", "office_id", "package_id", "vendor_id", "vendor_name", "purpose", "opened_by",
               "opened_at", "turn_due", "ended_at", "end_words", "record_number", "valid_until")  # fmt: skip
    row = session.execute(
        select(
            *(getattr(Negotiation, name) for name in columns),
            Office.name.label("office_name"),
            Package.name.label("package_name"),
            Package.rup_code,
            Package.pp_id,
            Negotiation.ended_by,
        )
        .join(Office, Office.id == Negotiation.office_id)
        .join(Package, Package.id == Negotiation.package_id)
        .where(Negotiation.id == negotiation_id, within(actor))
    ).first()
    if row is None:
        raise NotFound("Tawar-menawar ini tidak ada.")
    people = {row.opened_by, row.ended_by} - {None}
    found = session.execute(select(UserAccount.id, UserAccount.name).where(UserAccount.id.in_(people)))
    names = {person.id: person.name for person in found}
    values = dict(row._mapping)  # noqa: SLF001 - Row's public mapping
    ended_by = values.pop("ended_by")
    return Talk(
        **values,
        opened_by_name=names.get(row.opened_by, ""),
        ended_by_name=names.get(ended_by, ""),
        versions=_versions(negotiation_id),
    )


def _versions(negotiation_id: int) -> list[Version]:
    rows = session.scalars(
        select(NegotiationOffer)
        .where(NegotiationOffer.negotiation_id == negotiation_id)
        .order_by(NegotiationOffer.number)
    ).all()
    found: list[Version] = []
    earlier: NegotiationOffer | None = None
    for row in rows:
        found.append(
            Version(
                number=row.number,
                side=row.side,
                who=row.made_by_name,
                at=row.made_at,
                deliver_at=row.deliver_at,
                deliver_address=row.deliver_address,
                deliver_kecamatan=row.deliver_kecamatan,
                lines=row.lines,
                total=row.total,
                words=row.words,
                changed=frozenset(_changes(earlier, row)),
                before={line["product_id"]: line for line in earlier.lines} if earlier else {},
            )
        )
        earlier = row
    return found


def _changes(old: NegotiationOffer | None, new: NegotiationOffer) -> set[object]:
    if old is None:
        return set()
    changed: set[object] = set()
    if old.deliver_at != new.deliver_at:
        changed.add("at")
    if (old.deliver_address, old.deliver_kecamatan) != (new.deliver_address, new.deliver_kecamatan):
        changed.add("place")
    before = {line["product_id"]: line for line in old.lines}
    for line in new.lines:
        was = before.pop(line["product_id"], None)
        for name in ("quantity", "unit_price", "contents", "why"):
            if was is None or was[name] != line[name]:
                changed.add((line["product_id"], name))
    changed |= {(product_id, "gone") for product_id in before}
    return changed
