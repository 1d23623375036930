"""Reads for pages and the API: packages as one hat sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from shop.accounts.models import Office, UserAccount
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.budgets.models import Package, PackageDocument, left_of
from shop.db import session
from shop.reference.models import AccountCode


@dataclass(frozen=True, slots=True)
class PackageView:
    """One package with the names around it. Rupiah."""

    id: int
    rup_code: str
    name: str
    year: int
    pagu: int
    reserved: int
    realised: int
    state: str
    version: int
    account_code: str
    account_name: str
    office_id: int
    office_name: str
    ppk_id: int | None
    ppk_name: str | None
    pp_id: int | None
    pp_name: str | None
    mak: str
    fund_source: str
    method: str
    pdn: bool
    umk: bool
    announced: int | None

    @property
    def left(self) -> int:
        """Rupiah that may still be ordered."""
        return left_of(self.pagu, self.announced, self.reserved + self.realised)


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document of a package."""

    id: int
    kind: str
    title: str
    file_name: str
    file_key: str | None
    amount: int | None
    added_at: datetime
    added_by: str


_ppk, _pp = aliased(UserAccount), aliased(UserAccount)
_VIEW: Final[Any] = (
    select(
        Package.id,
        Package.rup_code,
        Package.name,
        Package.year,
        Package.pagu,
        Package.reserved,
        Package.realised,
        Package.state,
        Package.version,
        Package.account_code,
        AccountCode.name.label("account_name"),
        Package.office_id,
        Office.name.label("office_name"),
        Package.ppk_id,
        _ppk.name.label("ppk_name"),
        Package.pp_id,
        _pp.name.label("pp_name"),
        Package.mak,
        Package.fund_source,
        Package.method,
        Package.pdn,
        Package.umk,
        Package.announced,
    )
    .join(Office, Office.id == Package.office_id)
    .join(AccountCode, AccountCode.code == Package.account_code)
    .outerjoin(_ppk, _ppk.id == Package.ppk_id)
    .outerjoin(_pp, _pp.id == Package.pp_id)
)


def _scoped(query: Select[Any], actor: Actor) -> Select[Any]:
    """Narrow to what the hat may see: all for admin and auditor, the office for the others."""
    actor.require("budgets:package:read")
    if actor.may("budgets:package:read_all"):
        return query
    return query.where(Package.office_id == actor.office_id)


def _in_hand(query: Select[Any], actor: Actor) -> Select[Any]:
    """Narrow to what waits in this person's hands, by what the hat may do with it."""
    if actor.may("orders:order:place"):
        return query.where(Package.pp_id.in_(actor.hands), Package.state == "with_pp")
    if actor.may("budgets:package:assign_pp"):
        return query.where(Package.ppk_id.in_(actor.hands), Package.state.in_(("with_ppk", "with_pp")))
    if actor.may("budgets:package:assign_ppk"):
        return query.where(Package.state == "available")
    return query


def packages(
    actor: Actor, year: int, *, mine: bool = False, text: str = "", offset: int = 0, limit: int = 24
) -> tuple[Sequence[PackageView], int]:
    """Return one page of packages of a fiscal year and how many there are; two statements.

    `mine` keeps what is in this person's hands. `text` searches name and RUP code.
    """
    query = _scoped(_VIEW, actor).where(Package.year == year)
    if mine:
        query = _in_hand(query, actor)
    if text:
        query = query.where(
            Package.name.icontains(text, autoescape=True) | Package.rup_code.startswith(text, autoescape=True)
        )
    total = session.execute(
        select(func.count()).select_from(query.with_only_columns(Package.id).subquery())
    ).scalar_one()
    rows = session.execute(query.order_by(Package.name, Package.id).offset(offset).limit(limit))
    return [PackageView(**row._mapping) for row in rows], total  # noqa: SLF001 - Row's public mapping


def _to_hand_on(query: Select[Any], actor: Actor, year: int) -> Select[Any]:
    """Narrow to what this hat still has to hand on: fresh ones for the PA/KPA, those in the own hands for a PPK."""
    query = query.where(Package.office_id == (actor.office_id or 0), Package.year == year)
    if actor.may("budgets:package:assign_ppk"):
        return query.where(Package.state == "available")
    return query.where(Package.ppk_id.in_(actor.hands), Package.state == "with_ppk")


def to_hand_on(actor: Actor, year: int, account: str, limit: int) -> tuple[Sequence[PackageView], int]:
    """Return what waits to be handed on, by account and name, and how many there are; two statements."""
    query = _to_hand_on(_VIEW, actor, year)
    if account:
        query = query.where(Package.account_code == account)
    total = session.execute(
        select(func.count()).select_from(query.with_only_columns(Package.id).subquery())
    ).scalar_one()
    rows = session.execute(query.order_by(Package.account_code, Package.name, Package.id).limit(limit))
    return [PackageView(**row._mapping) for row in rows], total  # noqa: SLF001


def waiting_accounts(actor: Actor, year: int) -> list[tuple[str, str]]:
    """Return (code, name) of the accounts among what waits to be handed on; one statement."""
    query: Any = select(Package.account_code, AccountCode.name).join(
        AccountCode, AccountCode.code == Package.account_code
    )
    rows = session.execute(_to_hand_on(query, actor, year).distinct().order_by(Package.account_code))
    return [(row[0], row[1]) for row in rows]


def orderable(actor: Actor, year: int) -> Sequence[PackageView]:
    """Return every package this Pejabat Pengadaan may order from, at most 200, the fullest first."""
    query = _scoped(_VIEW, actor).where(
        Package.year == year, Package.pp_id.in_(actor.hands), Package.state == "with_pp"
    )
    query = query.where(Package.announced.is_(None) | (Package.announced > 0))
    query = query.order_by((Package.pagu - Package.reserved - Package.realised).desc(), Package.id).limit(200)
    return [PackageView(**row._mapping) for row in session.execute(query)]  # noqa: SLF001


def package(actor: Actor, package_id: int) -> PackageView:
    """Return one package. Raises NotFound for one that this hat may not see."""
    row = session.execute(_scoped(_VIEW, actor).where(Package.id == package_id)).first()
    if row is None:
        raise NotFound("Paket ini tidak ada.")
    return PackageView(**row._mapping)  # noqa: SLF001


def documents(package_id: int) -> Sequence[DocumentView]:
    """Return the documents of a package, oldest first."""
    rows = session.execute(
        select(
            PackageDocument.id,
            PackageDocument.kind,
            PackageDocument.title,
            PackageDocument.file_name,
            PackageDocument.file_key,
            PackageDocument.amount,
            PackageDocument.added_at,
            UserAccount.name.label("added_by"),
        )
        .join(UserAccount, UserAccount.id == PackageDocument.added_by)
        .where(PackageDocument.package_id == package_id)
        .order_by(PackageDocument.id)
    )
    return [DocumentView(**row._mapping) for row in rows]  # noqa: SLF001


def waiting(actor: Actor, year: int) -> int:
    """Return how many packages wait for this hat to act on them (hand on, or order from)."""
    if actor.office_id is None or not actor.may("budgets:package:read"):
        return 0
    query = select(func.count()).select_from(Package).where(Package.office_id == actor.office_id, Package.year == year)
    if actor.may("budgets:package:assign_ppk"):
        query = query.where(Package.state == "available")
    elif actor.may("budgets:package:assign_pp"):
        query = query.where(Package.ppk_id.in_(actor.hands), Package.state == "with_ppk")
    else:
        return 0
    return session.execute(query).scalar_one()
