"""People for the tests of this room."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

from sqlalchemy import insert

from shop.accounts import passwords
from shop.accounts.hats import actor_of
from shop.accounts.models import Hat, Office, UserAccount
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.db import session, unit_of_work

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PASSWORD = "burung gereja di atas genteng"


@lru_cache(maxsize=1)
def password_hash() -> str:
    return passwords.hash_password(PASSWORD)


def make_office(code: str = "OPD-0001", name: str = "Dinas Pendidikan", **more) -> int:
    with unit_of_work():
        office = Office(code=code, name=name, kind="dinas", **more)
        session.add(office)
        session.flush()
        return office.id


def make_user(
    email: str = "sari@jakarta.go.id", name: str = "Sari Wulandari", nrk: str | None = "123456", **more
) -> int:
    with unit_of_work():
        user = UserAccount(email=email, name=name, nrk=nrk, password_hash=password_hash(), created_at=NOW, **more)
        session.add(user)
        session.flush()
        return user.id


def make_hat(user_id: int, role: str = "admin", **more) -> int:
    more.setdefault("valid_from", date(2026, 1, 1))
    with unit_of_work():
        hat = Hat(user_id=user_id, role=role, created_at=NOW, **more)
        session.add(hat)
        session.flush()
        return hat.id


def make_region(code: str = "31.71.01", name: str = "Gambir") -> str:
    from shop.reference.models import Region

    with unit_of_work():
        session.execute(insert(Region).values(code=code, name=name, level="kecamatan"))
    return code


def worn(user_id: int, hat_id: int | None = None) -> Actor:
    found = actor_of(user_id, local_day(NOW), hat_id)
    session.rollback()
    assert found is not None
    return found[0]


def make_officer(role: str = "pa_kpa", *, office_id: int | None = None, **user) -> tuple[int, int]:
    """Return (user id, office id) of somebody wearing an office role."""
    office_id = office_id or make_office()
    user_id = make_user(**user)
    make_hat(user_id, role, office_id=office_id)
    return user_id, office_id
