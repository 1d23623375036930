"""Commands about the books of money: prove them, count their sums anew, post what older orders lack."""

from __future__ import annotations

import sys
from datetime import datetime

import click
from flask.cli import AppGroup

from shop.base.clock import utc_now
from shop.books import verify as sums
from shop.commands.plainly import plainly
from shop.db import each_alone, unit_of_work
from shop.treasury import order_books

books = AppGroup("books", help="Buku kas: utang, pembayaran, pajak yang dipungut dan disetor.")


def differences(_now: datetime) -> list[str]:
    """Return where kept sums and transfers, or an order and its books, disagree; a line each."""
    return [*sums.differences(), *order_books.differences()]


@books.command("verify")
@plainly
def verify() -> None:
    """Recompute the kept sums and lay every order beside its books; exits 1 when something differs."""
    found = differences(utc_now())
    click.echo(f"books: {len(found)} selisih")
    for words in found:
        click.echo(f"  {words}")
    if found:
        sys.exit(1)


@books.command("recount")
@plainly
def recount() -> None:
    """Sum the transfers anew into the kept sums, in one transaction."""
    with unit_of_work():
        count = sums.recount()
    click.echo(f"{count} jumlah dihitung")


@books.command("catch-up")
@plainly
def catch_up() -> None:
    """Post what orders of older versions lack; exits 1 when some could not be. Running it again changes nothing."""
    now, done = utc_now(), 0
    while found := order_books.lacking():
        did = each_alone(found, lambda order_id: order_books.catch_up(order_id, now), "order not posted")
        done += did
        if not did:
            click.echo(f"{len(found)} pesanan tidak bisa dibukukan; lihat log", err=True)
            sys.exit(1)
    click.echo(f"{done} pesanan dibukukan")
