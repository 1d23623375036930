"""Disposition of many packages in one go: who can go goes, the others stay and say why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Forbidden, Invalid
from shop.base.money import rupiah
from shop.budgets import assigning, reading, states
from shop.budgets.models import Package, PackageDocument
from shop.budgets.reading import PackageView
from shop.db import session
from shop.outbox import posting as outbox

MOST: Final = 200
"""Packages on one screen and in one go."""
CHANGED: Final = "Paket ini sudah diubah orang lain sejak layar ini dibuka. Periksa lagi."
NOT_YOURS: Final = "Paket ini tidak ada di tangan Anda."
NO_KAK: Final = "KAK belum dilampirkan."
NO_HPS: Final = "Pagu di atas %(limit)s perlu HPS, dan HPS belum dilampirkan."

Why = tuple[str, Mapping[str, object]]
"""A msgid and what fills its placeholders after translation."""


@dataclass(frozen=True, slots=True)
class Row:
    """One package on the screen; `why` says what keeps it from going, None when it can go."""

    package: PackageView
    why: Why | None


@dataclass(frozen=True, slots=True)
class Left:
    """One package that stayed: its name, or its number when it is not there, and why."""

    package_id: int
    name: str
    why: Why


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one disposition: who has it now, how many went, and which stayed."""

    name: str
    gone: int
    left: Sequence[Left]


def step_of(actor: Actor) -> tuple[str, str]:
    """Return (verb, role of the receiver) of this hat. Raises Forbidden for a hat that hands nothing on."""
    if actor.may("budgets:package:assign_ppk"):
        return "assign_ppk", "ppk"
    if actor.may("budgets:package:assign_pp"):
        return "assign_pp", "pp"
    raise Forbidden("Peran Anda saat ini (%(role)s) tidak boleh melakukan ini.", role=actor.role_label or actor.role)


def rows(actor: Actor, year: int, account: str, now: datetime) -> tuple[list[Row], int, list[tuple[str, str]]]:
    """Return what waits to be handed on (at most MOST), how many there are, and the account codes among all of them.

    Four statements whatever the number. `account`: a code of that list, empty for all.
    """
    _verb, role = step_of(actor)
    accounts = reading.waiting_accounts(actor, year)
    chosen = account if account in {code for code, _name in accounts} else ""
    found, total = reading.to_hand_on(actor, year, chosen, MOST)
    kinds = _kinds([package.id for package in found]) if role == "pp" else {}
    limit = assigning.hps_above(local_day(now))
    made = [Row(p, _missing(kinds.get(p.id, set()), p.pagu, limit) if role == "pp" else None) for p in found]
    return made, total, accounts


def hand_on(actor: Actor, picked: Mapping[int, int], user_id: int, now: datetime) -> Outcome:
    """Hand many packages to one person; `picked`: {package id: version on the screen}.

    All that can go goes in one transaction; each of the others stays untouched and is told with its reason. The receiver
    gets one mail. Raises Forbidden, and Invalid when nothing was picked, too much, or the person does not hold the role.
    """
    verb, role = step_of(actor)
    if not picked:
        raise Invalid.at("pick", "Centang paling sedikit satu paket.")
    if len(picked) > MOST:
        raise Invalid.at("pick", "Sekali kirim paling banyak %(most)s paket.", most=MOST)
    today = local_day(now)
    name = assigning.colleague(actor.office_id or 0, user_id, role, today, "user_id")
    # Locked in the order of their ids: two dispositions of the same packages cannot wait for each other in a circle.
    query = select(*_COLUMNS).where(Package.id.in_(sorted(picked)), Package.office_id == actor.office_id)
    held = {row.id: row for row in session.execute(query.order_by(Package.id).with_for_update())}
    kinds = _kinds(list(held)) if role == "pp" else {}
    left, going = list[Left](), list[Any]()
    for package_id, version in sorted(picked.items()):
        package = held.get(package_id)
        why = _stays(actor, package, version, verb, kinds, today)
        if package is None or why is not None:
            left.append(Left(package_id, package.name if package else f"#{package_id}", why or (NOT_YOURS, {})))
        else:
            going.append(package)
    if going:
        sets = {"ppk_id": user_id, "pp_id": None} if role == "ppk" else {"pp_id": user_id}
        states.move_many(actor, going, verb, now, sets, **{role: name})
        outbox.post("budgets.news", {"user_id": user_id, "event": f"many_{role}", "count": len(going)}, now)
    return Outcome(name, len(going), left)


def _stays(
    actor: Actor, package: Any, version: int, verb: str, kinds: Mapping[int, set[str]], today: date
) -> Why | None:
    if package is None:
        return NOT_YOURS, {}
    if verb == "assign_pp" and not actor.acts_for(package.ppk_id):
        return NOT_YOURS, {}
    if package.version != version or (package.state, verb) not in _STEPS:
        return CHANGED, {}
    if verb == "assign_pp":
        return _missing(kinds.get(package.id, set()), package.pagu, assigning.hps_above(today))
    return None


_COLUMNS: Final = (Package.id, Package.name, Package.state, Package.version, Package.ppk_id, Package.pagu)
_STEPS: Final = {(step.source, step.verb) for step in states.MACHINE.steps}


def _missing(kinds: set[str], pagu: int, limit: int) -> Why | None:
    if "kak" not in kinds:
        return NO_KAK, {}
    if "hps" not in kinds and pagu > limit:
        return NO_HPS, {"limit": rupiah(limit)}
    return None


def _kinds(package_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return {package id: kinds of documents it has}; one statement."""
    found: dict[int, set[str]] = {}
    query: Any = select(PackageDocument.package_id, PackageDocument.kind, func.count())
    query = query.where(PackageDocument.package_id.in_(package_ids))
    for row in session.execute(query.group_by(PackageDocument.package_id, PackageDocument.kind)):
        found.setdefault(row.package_id, set()).add(row.kind)
    return found
