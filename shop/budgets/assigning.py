"""Disposition: PA/KPA -> PPK -> documents -> Pejabat Pengadaan (the real e-Order's stages 1 to 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import insert, select

from shop.accounts import hats
from shop.accounts.permissions import Role
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Forbidden, Invalid, NotFound
from shop.base.money import MAX_RUPIAH, rupiah
from shop.budgets import states
from shop.budgets.models import Package, PackageDocument
from shop.db import session
from shop.outbox import posting as outbox
from shop.reference import policy

DOCUMENT_KINDS: Final = {"kak": "KAK", "hps": "HPS", "spec": "Spesifikasi"}
MAX_DOCUMENTS: Final = 20


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to attach: kind, title, the kept file's key and shown name, and the value when it is an HPS."""

    kind: str
    title: str
    file_key: str | None = None
    file_name: str = ""
    amount: int | None = None


def load(actor: Actor, package_id: int) -> Package:
    """Lock and return a package of the actor's office. Raises NotFound for another office's."""
    package = session.scalars(select(Package).where(Package.id == package_id).with_for_update()).first()
    if package is None or (package.office_id != actor.office_id and not actor.may("budgets:package:read_all")):
        raise NotFound("Paket ini tidak ada.")
    return package


def assign_ppk(actor: Actor, package_id: int, ppk_id: int, version: int, now: datetime) -> Package:
    """The PA/KPA hands a package to a PPK of the same office."""
    package = load(actor, package_id)
    actor.require("budgets:package:assign_ppk")
    ppk_name = colleague(package.office_id, ppk_id, "ppk", local_day(now), "ppk_id")
    states.move(actor, package, "assign_ppk", version, now, ppk=ppk_name)
    package.ppk_id, package.pp_id = ppk_id, None
    outbox.post("budgets.news", {"package_id": package.id, "user_id": ppk_id, "event": "assigned_ppk"}, now)
    return package


def assign_pp(actor: Actor, package_id: int, pp_id: int, version: int, now: datetime) -> Package:
    """The package's PPK hands it on to a Pejabat Pengadaan, once the KAK (and above the limit the HPS) is there."""
    package = load(actor, package_id)
    _own_ppk(actor, package)
    kinds = set(session.scalars(select(PackageDocument.kind).where(PackageDocument.package_id == package_id)))
    if "kak" not in kinds:
        raise Invalid.at("documents", "Lampirkan KAK dahulu sebelum menyerahkan paket ini.")
    limit = hps_above(local_day(now))
    if "hps" not in kinds and package.pagu > limit:
        raise Invalid.at("documents", "Pagu di atas %(limit)s perlu HPS. Lampirkan HPS dahulu.", limit=rupiah(limit))
    pp_name = colleague(package.office_id, pp_id, "pp", local_day(now), "pp_id")
    states.move(actor, package, "assign_pp", version, now, pp=pp_name)
    package.pp_id = pp_id
    outbox.post("budgets.news", {"package_id": package.id, "user_id": pp_id, "event": "assigned_pp"}, now)
    return package


def hps_above(day: date) -> int:
    """Return the pagu in rupiah above which an HPS is compulsory on `day` (rule `hps.required_above`)."""
    limit: int = policy.rule(session, "hps.required_above", day).value
    return limit


def attach(actor: Actor, package_id: int, paper: Paper, now: datetime) -> None:
    """The package's PPK attaches KAK, HPS or a specification. Raises Invalid for a paper without title or substance."""
    check_own(actor, package_id)
    title = one_line(paper.title)
    if paper.kind not in DOCUMENT_KINDS:
        raise Invalid.at("kind", "Pilih KAK, HPS, atau spesifikasi.")
    if not 3 <= len(title) <= 200:  # noqa: PLR2004
        raise Invalid.at("title", "Beri judul dokumen, 3 sampai 200 huruf.")
    if paper.kind == "hps" and not (paper.amount and 0 < paper.amount <= MAX_RUPIAH):
        raise Invalid.at("amount", "Isi nilai HPS dalam rupiah, misalnya 25.000.000.")
    if paper.file_key is None:
        raise Invalid.at("file", "Pilih berkas PDF, JPG, atau PNG.")
    held = session.scalars(select(PackageDocument.id).where(PackageDocument.package_id == package_id)).all()
    if len(held) >= MAX_DOCUMENTS:
        raise Invalid.at("file", "Satu paket paling banyak 20 dokumen.")
    session.execute(
        insert(PackageDocument).values(
            package_id=package_id,
            kind=paper.kind,
            title=title,
            file_key=paper.file_key,
            file_name=one_line(paper.file_name)[:200],
            amount=paper.amount if paper.kind == "hps" else None,
            added_by=actor.user_id,
            added_at=now,
        )
    )
    trail.record(actor, "attach", "package", package_id, now, kind=paper.kind, title=title)


def check_own(actor: Actor, package_id: int) -> None:
    """Raise NotFound or Forbidden unless this is the PPK whose hands the package is in."""
    package = load(actor, package_id)
    actor.require("budgets:package:document")
    _own_ppk(actor, package)


def _own_ppk(actor: Actor, package: Package) -> None:
    actor.require("budgets:package:assign_pp")
    if not actor.acts_for(package.ppk_id):
        raise Forbidden("Paket ini belum diserahkan kepada Anda sebagai PPK.")


def colleague(office_id: int, user_id: int, role: str, day: date, field: str) -> str:
    """Return the name of who wears the role in the office on `day`. Raises Invalid at `field` for anybody else."""
    for found in colleagues(office_id, role, day):
        if found.user_id == user_id:
            return found.name
    raise Invalid.at(field, "Pilih orang yang memegang peran itu di kantor Anda.")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who wears a role in an office today."""

    user_id: int
    name: str


def colleagues(office_id: int, role: str, day: date) -> Sequence[Colleague]:
    """Return who wears `role` in the office on `day`, by name."""
    return [Colleague(*row) for row in hats.holders(Role(role), day, office_id=office_id)]
