"""Money of a package: reserved when an order is sent, freed when it ends without payment, realised when paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, Table, bindparam, select, update

from shop.accounts.models_office import OfficeMerger
from shop.base.clock import long_day
from shop.base.errors import Conflict, NotFound
from shop.base.money import rupiah
from shop.budgets.models import Package, left_of
from shop.db import session


@dataclass(frozen=True, slots=True)
class Ground:
    """The package an order stands on, locked for this transaction. Rupiah."""

    id: int
    rup_code: str
    name: str
    office_id: int
    account_code: str
    year: int
    state: str
    ppk_id: int | None
    pp_id: int | None
    pagu: int
    reserved: int
    realised: int
    announced: int | None
    merged_on: date | None
    """Since when its office is part of another; None while it stands by itself."""

    @property
    def left(self) -> int:
        """Rupiah that may still be ordered."""
        return left_of(self.pagu, self.announced, self.reserved + self.realised)


_packages: Final[Table] = Package.__table__  # type: ignore[assignment]
_mergers: Final[Table] = OfficeMerger.__table__  # type: ignore[assignment]
# Built once: assembling a statement costs more than running it.
_GROUND: Final = select(
    *(
        _packages.c[name]
        for name in (
            "id",
            "rup_code",
            "name",
            "office_id",
            "account_code",
            "year",
            "state",
            "ppk_id",
            "pp_id",
            "pagu",
            "reserved",
            "realised",
            "announced",
        )
    ),
    select(_mergers.c.on_day).where(_mergers.c.office_id == _packages.c.office_id).scalar_subquery(),
).where(_packages.c.id == bindparam("package_id"))
_GROUND_LOCKED: Final = _GROUND.with_for_update()
_FIND: Final = select(_packages.c.id).where(
    _packages.c.rup_code == bindparam("code"),
    _packages.c.year == bindparam("of"),
    _packages.c.office_id == bindparam("office"),
)
_CHANGE: Final = (
    update(_packages)
    .where(_packages.c.id == bindparam("package_id"))
    .values(
        reserved=_packages.c.reserved + bindparam("more_reserved"),
        realised=_packages.c.realised + bindparam("more_realised"),
        version=_packages.c.version + 1,
    )
)


def lock_package(package_id: int) -> Ground:
    """Lock one package row and return it. Raises NotFound."""
    return _ground(_GROUND_LOCKED, package_id)


def read_package(package_id: int) -> Ground:
    """Return one package without locking it. Raises NotFound."""
    return _ground(_GROUND, package_id)


def find_package(rup_code: str, year: int, office_id: int) -> int | None:
    """Return the id of an office's package by its RUP code and fiscal year, or None."""
    return session.execute(_FIND, {"code": rup_code, "of": year, "office": office_id}).scalar()


def _ground(query: Select[Any], package_id: int) -> Ground:
    row = session.execute(query, {"package_id": package_id}).first()
    if row is None:
        raise NotFound("Paket ini tidak ada.")
    return Ground(*row)


def reserve(ground: Ground, amount: int) -> None:
    """Bind rupiah of a locked package. Raises Conflict `pagu-exceeded` saying what is left."""
    check_left(ground, amount)
    _change(ground.id, reserved=amount)


def check_left(ground: Ground, amount: int) -> None:
    """Raise Conflict `pagu-exceeded` unless the package has this many rupiah left; nothing is bound.

    Conflict `package-gone` for one that SiRUP does not announce any more, `office-merged` when its office is part of
    another: both still receive and pay what they ordered.
    """
    if ground.announced == 0:
        raise Conflict(
            "Paket ini tidak lagi diumumkan di SiRUP, jadi tidak bisa dipesan. Pilih paket lain.", kind="package-gone"
        )
    if ground.merged_on is not None:
        raise Conflict(
            "Kantor ini digabung sejak %(day)s dan tidak memesan lagi. Pesan dari paket kantor penerusnya.",
            kind="office-merged",
            day=long_day(ground.merged_on),
        )
    if amount > ground.left:
        raise Conflict(
            "Pagu paket tinggal %(left)s, pesanan ini %(amount)s. Kurangi jumlah atau pilih paket lain.",
            kind="pagu-exceeded",
            facts={"left": ground.left, "needed": amount},
            left=rupiah(ground.left),
            amount=rupiah(amount),
        )


def release(package_id: int, amount: int) -> None:
    """Free what an unpaid order had bound: it was refused, cancelled or expired."""
    _change(package_id, reserved=-amount)


def realise(package_id: int, amount: int) -> None:
    """Turn bound rupiah into paid rupiah."""
    _change(package_id, reserved=-amount, realised=amount)


def _change(package_id: int, *, reserved: int = 0, realised: int = 0) -> None:
    session.execute(_CHANGE, {"package_id": package_id, "more_reserved": reserved, "more_realised": realised})
