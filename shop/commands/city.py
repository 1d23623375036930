"""Commands about the demo."""

from __future__ import annotations

import sys
from typing import Literal

import click
from flask import current_app
from flask.cli import AppGroup

from shop.accounts import people
from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict
from shop.catalog import indexing
from shop.commands.plainly import plainly
from shop.db import unit_of_work
from shop.demo import answering, coffers, desks, filling, growing, playing, sheets
from shop.demo import logins as demo_logins
from shop.demo.city import city as build
from shop.programme import counting
from shop.sourcing import band
from shop.spread import picturing

demo = AppGroup("demo", help="Kota contoh: untuk mencoba, tidak pernah dicampur dengan data sungguhan.")


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
    sheets.send_sheet(next(iter(cast.vendors.values())), current_app.extensions["files"], now)
    with click.progressbar(length=playing.steps(city.orders, now), label="Pesanan contoh", file=sys.stderr) as bar:
        placed = playing.play(cast, city.orders, now, bar.update)
    with unit_of_work():
        growing.grow(cast.vendors, now)
        answering.answer(cast.vendors, now)
    desks.set_out(cast, now)
    coffers.fill_coffers(cast, now)
    with unit_of_work():
        counting.recount(now)
        band.rebuild()
        picturing.recount(now)
    indexing.rebuild(current_app.extensions["search"], now)
    click.echo(
        f"{len(city.vendors)} produsen, {len(city.products)} produk, {len(city.offices)} kantor, {placed} pesanan."
    )


@demo.command("logins")
@plainly
def logins() -> None:
    """Print who may sign in to the demo."""
    rows = demo_logins.logins()
    width = max((len(row.identifier) for row in rows), default=0)
    click.echo(f"Masuk dengan / sign in with  (kata sandi / password: {demo_logins.PASSWORD})")
    for row in rows:
        click.echo(f"  {row.identifier:{width}}  {row.label}" + (f" - {row.place}" if row.place else ""))
