"""The command line: `python3 dev flask --help` lists its commands, which lie in shop/commands."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

from shop.app import create_app
from shop.commands import city, data, kept, payments, people, risks, words
from shop.db import db
from shop.settings import ROOT, load_settings


def init_app(app: Flask) -> None:
    """Register the commands. The serving process does not: it needs neither Alembic nor the demo in memory."""
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    for group in (
        data.reference,
        data.catalog,
        data.p3dn,
        kept.kept,
        people.users,
        people.tokens,
        risks.risk,
        payments.payments,
        city.demo,
        words.words,
    ):
        app.cli.add_command(group)


def command_line_app() -> Flask:
    """Return the shop for `flask --app shop.cli:command_line_app`: with its commands, without its worker."""
    app = create_app(load_settings().model_copy(update={"worker": False}))
    init_app(app)
    return app
