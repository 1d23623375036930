"""Commands about counts that are kept beside what they count: each can be proved, and counted anew."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import click
from flask.cli import AppGroup

from shop.base.clock import utc_now
from shop.books import verify as books_verify
from shop.commands import books
from shop.commands.plainly import plainly
from shop.db import unit_of_work
from shop.handover import ratings
from shop.orders import punctuality, taxing, track_record
from shop.programme import counting
from shop.sourcing import band
from shop.spread import picturing

kept = AppGroup(
    "kept",
    help="Hitungan yang disimpan: corong, catatan produsen, ketepatan bayar, penilaian, harga, omzet, buku kas, pemerataan.",
)

_VERIFY: Final[Mapping[str, Callable[[datetime], Sequence[object]]]] = {
    "funnel": counting.verify,
    "record": lambda _now: track_record.differences(),
    "payments": lambda _now: punctuality.verify(),
    "ratings": lambda _now: ratings.differences(),
    "prices": lambda _now: band.differences(),
    "turnover": lambda _now: taxing.differences(),
    "books": books.differences,
    "spread": picturing.differences,
}
_RECOUNT: Final[Mapping[str, Callable[[datetime], int]]] = {
    "funnel": counting.recount,
    "record": lambda _now: track_record.rebuild(),
    "payments": lambda _now: punctuality.recount(),
    "ratings": lambda _now: ratings.rebuild(),
    "prices": lambda _now: band.rebuild(),
    "turnover": lambda _now: taxing.recount(),
    "books": lambda _now: books_verify.recount(),
    "spread": picturing.recount,
}


@kept.command("verify")
@plainly
def verify() -> None:
    """Compare every kept count with what it counts; exits 1 when one differs."""
    wrong = False
    for name, differences in ((name, check(utc_now())) for name, check in _VERIFY.items()):
        click.echo(f"{name}: {len(differences)} selisih")
        for difference in differences:
            click.echo(f"  {difference}")
        wrong |= bool(differences)
    if wrong:
        sys.exit(1)


@kept.command("recount")
@click.argument("name", type=click.Choice(tuple(_RECOUNT)), required=False)
@plainly
def recount(name: str | None) -> None:
    """Count anew, one by name or all, each in one transaction."""
    for one in (name,) if name else _RECOUNT:
        with unit_of_work():
            click.echo(f"{one}: {_RECOUNT[one](utc_now())} dihitung")
