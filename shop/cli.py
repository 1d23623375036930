"""Thin commands: open a unit of work, call one verb, print. `python3 dev flask --help` lists them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from shop.accounts import people, tokens
from shop.accounts.offices import load_offices
from shop.audit import trail
from shop.base.actor import SYSTEM
from shop.base.clock import utc_now
from shop.base.errors import Invalid, ShopError
from shop.budgets import facts as package_facts
from shop.catalog import indexing
from shop.catalog.categories import load_categories
from shop.db import session, unit_of_work
from shop.orders import facts as order_facts
from shop.orders import states
from shop.p3dn import verify as p3dn_verify
from shop.reference import files
from shop.reference.loading import load_all

P = ParamSpec("P")
R = TypeVar("R")

reference = AppGroup("reference", help="Data rujukan: wilayah, kantor, rekening, KBLI, hari libur.")
catalog = AppGroup("catalog", help="Katalog: impor dan indeks pencarian.")
p3dn = AppGroup("p3dn", help="Buku besar P3DN.")
tokens_group = AppGroup("tokens", help="Token akses pribadi untuk API.")
audit = AppGroup("audit", help="Jejak audit.")


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
@click.option("--email", required=True)
@click.option("--name", required=True, help="Untuk apa token ini.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True)
@plainly
def create_token(email: str, name: str, days: int) -> None:
    """Make a token and print it once; it cannot be read again."""
    with unit_of_work():
        plain = tokens.create_token(SYSTEM, name, utc_now(), user_id=people.find_user(email), days=days)
    click.echo(plain)


def init_app(app: Flask) -> None:
    """Register the commands."""
    for group in (reference, catalog, p3dn, tokens_group, audit):
        app.cli.add_command(group)
