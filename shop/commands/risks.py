"""Commands about risk rules: judging orders again."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from shop.base.clock import utc_now
from shop.commands.plainly import plainly
from shop.db import session, unit_of_work
from shop.risk import flagging

risk = AppGroup("risk", help="Aturan risiko: menilai pesanan lagi.")


@risk.command("rerun")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Hanya pesanan sejak hari ini (WIB).")
@plainly
def rerun(since: datetime | None) -> None:
    """Judge orders again by the rules of the day each was placed; what does not hold any more is superseded, never deleted."""
    now, after, orders, done = utc_now(), 0, 0, flagging.Change()
    day = since.date() if since else None
    while ids := flagging.order_ids(day, after):
        with unit_of_work():  # some two hundred orders a time: nobody who orders meanwhile waits long
            for order_id in ids:
                done += flagging.judge_order(order_id, now)
        orders, after = orders + len(ids), ids[-1]
        session.rollback()
    click.echo(f"{orders} pesanan dinilai: {done.raised} tanda baru, {done.superseded} tidak berlaku lagi")
