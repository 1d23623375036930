"""Commands about payments: holding the gateway's list against ours."""

from __future__ import annotations

from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from shop.base.clock import utc_now
from shop.base.errors import NotReady
from shop.clients.stripe_errors import StripeFault
from shop.commands.plainly import plainly
from shop.payments import reconciling

payments = AppGroup("payments", help="Pembayaran: mencocokkan dengan gerbang.")


@payments.command("reconcile")
@click.option("--days", type=click.IntRange(1, 90), default=3, show_default=True, help="Berapa hari ke belakang.")
@plainly
def reconcile(days: int) -> None:
    """Ask after payments without an answer, and hold the gateway's list of these days against ours."""
    gateway, now = current_app.extensions["gateway"], utc_now()
    if gateway is None:
        raise NotReady("Gerbang pembayaran belum diatur (SHOP_STRIPE_SECRET_KEY).")
    try:
        found = reconciling.reconcile(gateway, now - timedelta(days=days), now)
    except StripeFault as fault:
        raise NotReady("Gerbang tidak menjawab: %(said)s", said=str(fault)) from None
    click.echo(
        f"{found.asked} diperiksa, {found.mended} dibetulkan, {found.odd} tidak cocok, {found.stuck} lebih dari sehari"
    )
