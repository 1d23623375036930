"""The people of a demo city: officers of its offices, owners of its businesses, the programme's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update

from shop.accounts import passwords
from shop.accounts.models import Hat, Office, UserAccount, place_key
from shop.accounts.permissions import LABELS, Role, permissions_of
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import slug
from shop.db import session
from shop.demo.logins import DOMAIN, PASSWORD
from shop.demo.rows import insert_ids
from shop.demo.shapes import DemoCity, DemoOffice, DemoVendor

SPECIALS: Final = (
    ("admin", "Ratna Demo", Role.ADMIN, None),
    ("auditor", "Bambang Demo", Role.AUDITOR, None),
    ("kurator.kecamatan", "Sri Demo", Role.CURATOR_KECAMATAN, "31.71.01"),
    ("kurator.provinsi", "Hasan Demo", Role.CURATOR_PROVINCE, None),
    ("petugas.gerai", "Yuni Demo", Role.ATTENDANT, None),
    ("staf.program", "Wulan Demo", Role.PROGRAMME, None),
    ("pendamping.gambir", "Agus Demo", Role.MENTOR, "31.71.01"),
)
"""People who belong to no office: mailbox, name, role, kecamatan."""


@dataclass(frozen=True, slots=True)
class People:
    """Actors by the demo's own keys, and the ids of the offices by code."""

    officers: dict[tuple[str, str], Actor]
    """(office code, role) -> the first person with that role there."""
    owners: dict[str, Actor]
    offices: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Account:
    """One account to be made, with the hats it wears (values of the hat table)."""

    email: str
    name: str
    nrk: str | None
    hats: tuple[dict[str, Any], ...]


def add_people(city: DemoCity, vendors: dict[str, int], since: datetime) -> People:
    """Make accounts and hats. One hash serves all: it is one password, and every demo prints it."""
    offices = {row.code: row.id for row in session.execute(select(Office.code, Office.id))}
    accounts = _accounts(city, offices, vendors)
    password_hash = passwords.hash_password(PASSWORD)
    ids = insert_ids(
        UserAccount,
        [
            {
                "email": account.email.lower(),
                "name": account.name,
                "nrk": account.nrk,
                "nip": account.nrk if account.nrk and len(account.nrk) == 18 else None,  # noqa: PLR2004
                "password_hash": password_hash,
                "active": True,
                "locale": "id",
                "failed_attempts": 0,
                "epoch": 1,
                "created_at": since,
            }
            for account in accounts
        ],
    )
    actors = _hats(list(zip(ids, accounts, strict=True)), since)
    codes = {office_id: code for code, office_id in offices.items()}
    keys = {vendor_id: key for key, vendor_id in vendors.items()}
    officers: dict[tuple[str, str], Actor] = {}
    for actor in actors:
        if actor.office_id is not None:
            officers.setdefault((codes[actor.office_id], actor.role), actor)
    owners = {keys[actor.vendor_id]: actor for actor in actors if actor.vendor_id is not None}
    _relax(city.offices, offices, officers, since)
    _describe(city.offices, offices)
    return People(officers, owners, offices)


def _accounts(city: DemoCity, offices: dict[str, int], vendors: dict[str, int]) -> list[_Account]:
    officers = [
        _Account(
            person.email,
            person.name,
            person.nip,
            tuple({"role": role, "office_id": offices[office.code]} for role in person.roles),
        )
        for office in city.offices
        for person in office.people
    ]
    owners = [
        _Account(owner_email(vendor), vendor.owner, None, ({"role": "vendor_owner", "vendor_id": vendors[vendor.key]},))
        for vendor in city.vendors
    ]
    others = [
        _Account(mailbox + DOMAIN, name, None, ({"role": role.value, "region_code": region},))
        for mailbox, name, role, region in SPECIALS
    ]
    return officers + owners + others


def _hats(accounts: list[tuple[int, _Account]], since: datetime) -> list[Actor]:
    blank: dict[str, Any] = {"office_id": None, "vendor_id": None, "region_code": None, "outlet_code": None}
    rows, names = [], []
    for user_id, account in accounts:
        for hat in account.hats:
            place = {**blank, **{name: value for name, value in hat.items() if name != "role"}}
            rows.append(
                {
                    **place,
                    "role": hat["role"],
                    "user_id": user_id,
                    "place_key": place_key(**place),
                    "valid_from": local_day(since),
                    "created_at": since,
                }
            )
            names.append(account.name)
    ids = insert_ids(Hat, rows)
    return [_actor(row, hat_id, name) for row, hat_id, name in zip(rows, ids, names, strict=True)]


def owner_email(vendor: DemoVendor) -> str:
    """Return the address under which a demo producer signs in."""
    return f"{slug(vendor.name, 40)}.{vendor.key}{DOMAIN}"


def _actor(hat: dict[str, Any], hat_id: int, name: str) -> Actor:
    role = Role(hat["role"])
    return Actor(
        hat["user_id"],
        name,
        role.value,
        permissions_of(role),
        hat_id,
        hat["office_id"],
        hat["vendor_id"],
        hat["region_code"],
        LABELS[role],
    )


def _describe(demo: Iterable[DemoOffice], offices: dict[str, int]) -> None:
    """Write what official papers say of each office; no tax office gives an NPWP that begins with 0990."""
    for number, office in enumerate(demo, 1):
        session.execute(
            update(Office)
            .where(Office.id == offices[office.code])
            .values(
                address=f"{office.address}, Jakarta", npwp=f"0990{number:012d}", pptk_name="Lestari Demo",
                pptk_nip=f"99990101{9_000_000_000 + number}",
            )
        )  # fmt: skip


def _relax(
    demo: Iterable[DemoOffice], offices: dict[str, int], officers: dict[tuple[str, str], Actor], since: datetime
) -> None:
    for office in demo:
        if office.relaxed:
            by = officers[office.code, "pa_kpa"]
            reason = "Kelurahan hanya memiliki dua pegawai pengadaan, sehingga satu orang merangkap tugas."
            session.execute(
                update(Office)
                .where(Office.id == offices[office.code])
                .values(relaxed_duties=True, relaxed_reason=reason, relaxed_at=since, relaxed_by=by.user_id)
            )
            trail.record(by, "accounts.duties_relaxed", "office", offices[office.code], since, reason=reason)
