"""Thin commands: open a unit of work, call one verb, print. `python3 dev flask --help` lists them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import Migrate

from shop import background
from shop.accounts import granting, hats, keeping_safe, people, tokens
from shop.accounts.offices import load_offices, office_by_code
from shop.accounts.permissions import Role
from shop.app import create_app
from shop.audit import trail
from shop.base.actor import SYSTEM
from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Invalid, ShopError
from shop.budgets import facts as package_facts
from shop.catalog import importing, indexing
from shop.catalog.categories import load_categories
from shop.db import db, session, unit_of_work
from shop.demo import filling, playing
from shop.demo import logins as demo_logins
from shop.demo.city import city as build
from shop.orders import facts as order_facts
from shop.orders import states
from shop.outbox.posting import drain
from shop.p3dn import verify as p3dn_verify
from shop.reference import files
from shop.reference.loading import load_all
from shop.settings import ROOT, load_settings

P = ParamSpec("P")
R = TypeVar("R")

reference = AppGroup("reference", help="Data rujukan: wilayah, kantor, rekening, KBLI, hari libur.")
catalog = AppGroup("catalog", help="Katalog: impor dan indeks pencarian.")
p3dn = AppGroup("p3dn", help="Buku besar P3DN.")
tokens_group = AppGroup("tokens", help="Token akses pribadi untuk API.")
users = AppGroup("users", help="Akun dan peran orang.")
demo = AppGroup("demo", help="Kota contoh: untuk mencoba, tidak pernah dicampur dengan data sungguhan.")
words = AppGroup("translations", help="Teks layar dan bahasa Inggrisnya.")


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Print our own errors as sentences and exit 1, without a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Invalid as error:
            for fault in error.faults:
                click.echo(f"{fault.field}: {fault.message % dict(fault.params)}", err=True)
            click.echo(str(error), err=True)
        except ShopError as error:
            click.echo(str(error), err=True)
        sys.exit(1)

    return run


@reference.command("load")
@plainly
def reference_load() -> None:
    """Load regions, offices, accounts, KBLI, holidays, rules and categories; running it again changes nothing."""
    now = utc_now()
    with unit_of_work():
        counts = [*load_all(session, now).tables, load_offices(files.offices()), load_categories()]
    for count in counts:
        click.echo(f"{count.table}: {count.added} baru, {count.changed} berubah, {count.unchanged} tetap")


@catalog.command("reindex")
@plainly
def reindex() -> None:
    """Build the search index anew beside the old one and swap it in."""
    click.echo(f"{indexing.rebuild(current_app.extensions['search'], utc_now())} produk di indeks")


@catalog.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--vendor", default="", help="Slug atau NIB produsen untuk baris tanpa produsen.")
@click.option("--kecamatan", "kecamatan_code", default="31.71.01", show_default=True,
              help="Kecamatan bagi produk dari kota di luar Jakarta.")
@click.option("--skip-bad", type=click.Path(dir_okay=False, writable=True, path_type=Path),
              help="Impor yang benar saja; tulis baris yang salah ke berkas ini.")
@plainly
def import_products(file: Path, vendor: str, kecamatan_code: str, skip_bad: Path | None) -> None:
    """Import products from a CSV: all or nothing, and the same file again changes nothing."""
    now = utc_now()
    with click.progressbar(length=1, label="Membaca", file=sys.stderr) as bar:
        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        with unit_of_work():
            report = importing.import_products(SYSTEM, file.read_bytes(), now, skip_bad=skip_bad is not None,
                                               vendor=vendor, kecamatan_code=kecamatan_code, progress=progress)
    for sentence, values in report.notices:
        click.echo(sentence % values, err=True)
    for fault in report.faults:
        click.echo(f"baris {fault.row}, kolom {fault.column}: {fault.message % dict(fault.params)}", err=True)
    if skip_bad and report.faults:
        importing.write_bad_rows(skip_bad, report)
    if report.created or report.updated:
        click.echo("Mengindeks…", err=True)
        while drain(background.handlers(current_app), utc_now()):
            pass
    click.echo(f"{report.created} baru, {report.updated} berubah, {report.unchanged} tetap, {len(report.bad_rows)} baris salah")
    if report.faults and not skip_bad:
        click.echo("Tidak ada yang diimpor. Perbaiki baris di atas, atau pakai --skip-bad BERKAS.", err=True)
        sys.exit(1)


@p3dn.command("verify")
@plainly
def verify() -> None:
    """Recompute everything from packages and orders, compare with ledger and totals, check the trail's chain."""
    report = p3dn_verify.verify(_statements())
    click.echo(f"{report.sources} sumber, {report.entries} entri, {report.sums} jumlah diperiksa: {report.found} selisih")
    for difference in report.differences:
        numbers = ", ".join(f"{name} {value:+d}" for name, value in difference.numbers)
        click.echo(f"  {difference.kind} {difference.where}: {numbers}")
    chain = trail.verify()
    click.echo(f"{chain.entries} catatan jejak: " + ("utuh" if chain.first_broken is None else f"rusak di {chain.first_broken}"))
    if not report.ok or chain.first_broken is not None:
        sys.exit(1)


def _statements() -> Any:
    yield from package_facts.statements()
    yield from order_facts.statements(states.standing)


@tokens_group.command("create")
@click.option("--email", required=True, help="E-mail atau NRK pemilik token.")
@click.option("--name", required=True, help="Untuk apa token ini.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Hanya berlaku untuk peran ini.")
@click.option("--days", type=click.IntRange(1, tokens.MAX_DAYS), default=365, show_default=True)
@plainly
def create_token(email: str, name: str, role: str | None, days: int) -> None:
    """Make a token and print it once; it cannot be read again."""
    now = utc_now()
    with unit_of_work():
        owner = people.find_user(email)
        hat_id = hats.first_hat_of(owner, role, local_day(now)) if role else None
        plain = tokens.create_token(SYSTEM, name, now, user_id=owner, hat_id=hat_id, days=days)
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
def grant_hat(email: str, role: str, office: str | None, vendor_id: int | None, region_code: str | None,
              until: datetime | None) -> None:
    """Give a person a role at a place."""
    with unit_of_work():
        office_id = office_by_code(office).id if office else None
        granting.grant_hat(SYSTEM, people.find_user(email), role, utc_now(), office_id=office_id, vendor_id=vendor_id,
                           region_code=region_code, valid_until=until.date() if until else None)
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


@demo.command("seed")
@click.argument("size", type=click.Choice(["small", "city"]))
@plainly
def seed(size: Literal["small", "city"]) -> None:
    """Fill an installation without accounts with a demo city, played through the real verbs."""
    if not people.is_empty():
        raise Conflict("Instalasi ini sudah berisi akun. Data contoh hanya untuk instalasi baru.")
    now = utc_now()
    city = build(size, local_day(now))
    with unit_of_work():
        cast = filling.fill(city, now)
    with click.progressbar(length=playing.steps(city.orders, now), label="Pesanan contoh", file=sys.stderr) as bar:
        placed = playing.play(cast, city.orders, now, bar.update)
    indexing.rebuild(current_app.extensions["search"], now)
    click.echo(f"{len(city.vendors)} produsen, {len(city.products)} produk, {len(city.offices)} kantor, {placed} pesanan.")


@demo.command("logins")
@plainly
def logins() -> None:
    """Print who may sign in to the demo."""
    rows = demo_logins.logins()
    width = max((len(row.identifier) for row in rows), default=0)
    click.echo(f"Masuk dengan / sign in with  (kata sandi / password: {demo_logins.PASSWORD})")
    for row in rows:
        click.echo(f"  {row.identifier:{width}}  {row.label}" + (f" - {row.place}" if row.place else ""))


@words.command("extract")
def extract_words() -> None:
    """Bring translations/en in step with the texts of code and templates; new ones wait there for their English."""
    from translations import extract

    extract.ENGLISH.write_bytes(extract.renew(extract.found(), extract.read()))


@words.command("check")
def check_words() -> None:
    """Say what the English lacks and which page speaks past it; exits 1 when there is anything."""
    from translations.check import faults

    said = faults()
    click.echo("\n".join(said) or "lengkap")
    sys.exit(bool(said))


def init_app(app: Flask) -> None:
    """Register the commands. The serving process does not: it needs neither Alembic nor the demo in memory."""
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    for group in (reference, catalog, p3dn, users, tokens_group, demo, words):
        app.cli.add_command(group)


def command_line_app() -> Flask:
    """Return the shop for `flask --app shop.cli:command_line_app`: with its commands, without its worker."""
    app = create_app(load_settings().model_copy(update={"worker": False}))
    init_app(app)
    return app
