"""Money of a package: reserved when an order is sent, freed when it ends without payment, realised when paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, Table, bindparam, select, update

from shop.base.errors import Conflict, NotFound
from shop.base.money import rupiah
from shop.budgets.models import Package
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

    @property
    def left(self) -> int:
        """Rupiah that may still be ordered."""
        return self.pagu - self.reserved - self.realised


_packages: Final[Table] = Package.__table__  # type: ignore[assignment]
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
        )
    )
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
    """Raise Conflict `pagu-exceeded` unless the package has this many rupiah left; nothing is bound."""
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
