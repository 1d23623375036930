"""Commands about people: accounts, hats, tokens."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from shop.accounts import granting, hats, keeping_safe, people
from shop.accounts import tokens as access
from shop.accounts.offices import office_by_code
from shop.accounts.permissions import Role
from shop.base.actor import SYSTEM
from shop.base.clock import local_day, utc_now
from shop.commands.plainly import plainly
from shop.db import unit_of_work

tokens = AppGroup("tokens", help="Token akses pribadi untuk API.")
users = AppGroup("users", help="Akun dan peran orang.")


@tokens.command("create")
@click.option("--email", required=True, help="E-mail atau NRK pemilik token.")
@click.option("--name", required=True, help="Untuk apa token ini.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Hanya berlaku untuk peran ini.")
@click.option("--days", type=click.IntRange(1, access.MAX_DAYS), default=365, show_default=True)
@plainly
def create_token(email: str, name: str, role: str | None, days: int) -> None:
    """Make a token and print it once; it cannot be read again."""
    now = utc_now()
    with unit_of_work():
        owner = people.find_user(email)
        hat_id = hats.first_hat_of(owner, role, local_day(now)) if role else None
        plain = access.create_token(SYSTEM, name, now, user_id=owner, hat_id=hat_id, days=days)
    click.echo(plain)


@users.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--nrk")
@click.option("--language", "locale", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.password_option("--password", envvar="SHOP_NEW_PASSWORD", help="Ditanyakan bila tidak diberikan.")
@plainly
def create_user(email: str, name: str, nrk: str | None, locale: str, password: str) -> None:
    """Make an account; give it a hat with `users hat`."""
    new = people.prepare_user(email=email, name=name, nrk=nrk, locale=locale, password=password)
    with unit_of_work():
        user_id = people.create_user(SYSTEM, new, utc_now())
    click.echo(f"Akun {new.email} dibuat (nomor {user_id}).")


@users.command("hat")
@click.option("--email", required=True, help="E-mail atau NRK.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--office", help="Kode kantor, misalnya OPD-0031.")
@click.option("--vendor", "vendor_id", type=int, help="Nomor usaha.")
@click.option("--region", "region_code", help="Kode wilayah, misalnya 31.71.01.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Hari terakhir berlaku.")
@plainly
def grant_hat(
    email: str, role: str, office: str | None, vendor_id: int | None, region_code: str | None, until: datetime | None
) -> None:
    """Give a person a role at a place."""
    with unit_of_work():
        office_id = office_by_code(office).id if office else None
        granting.grant_hat(
            SYSTEM,
            people.find_user(email),
            role,
            utc_now(),
            office_id=office_id,
            vendor_id=vendor_id,
            region_code=region_code,
            valid_until=until.date() if until else None,
        )
    click.echo("Peran diberikan.")


@users.command("password")
@click.option("--email", required=True, help="E-mail atau NRK.")
@click.password_option("--password", envvar="SHOP_NEW_PASSWORD", help="Ditanyakan bila tidak diberikan.")
@plainly
def reset_password(email: str, password: str) -> None:
    """Set a new password for somebody who forgot it; all their sessions end."""
    change = keeping_safe.prepare_reset(SYSTEM, people.find_user(email), password)
    with unit_of_work():
        keeping_safe.apply_change(SYSTEM, change, utc_now())
    click.echo("Kata sandi diganti. Semua perangkat sudah dikeluarkan.")


@users.command("close")
@click.option("--email", required=True, help="E-mail atau NRK.")
@plainly
def close_user(email: str) -> None:
    """Close an account: sessions and tokens end at once."""
    with unit_of_work():
        people.close_user(SYSTEM, people.find_user(email), utc_now())
    click.echo("Akun ditutup.")


@users.command("reopen")
@click.option("--email", required=True, help="E-mail atau NRK.")
@plainly
def reopen_user(email: str) -> None:
    """Open a closed account again and lift its lock."""
    with unit_of_work():
        people.reopen_user(SYSTEM, people.find_user(email), utc_now())
    click.echo("Akun dibuka.")


@users.command("unhat")
@click.option("--email", required=True, help="E-mail atau NRK.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--office", help="Hanya di kantor dengan kode ini; tanpa ini, di semua tempat.")
@plainly
def revoke_hat(email: str, role: str, office: str | None) -> None:
    """Take a role away from a person at once, for instance when an officer moves."""
    now = utc_now()
    with unit_of_work():
        office_id = office_by_code(office).id if office else None
        found = hats.actor_of(people.find_user(email), local_day(now))
        taken = [
            hat.hat_id for hat in (found[1] if found else ()) if hat.role == role and office_id in {None, hat.office_id}
        ]
        for hat_id in taken:
            granting.revoke_hat(SYSTEM, hat_id, now)
    click.echo(f"{len(taken)} peran dicabut.")
