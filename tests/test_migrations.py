"""Migrations: what they build is what the models say, and the way back works."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from shop.db import Base, db
from shop.settings import ROOT

FOLDER = str(ROOT / "migrations")


def test_migrated_schema_is_what_the_models_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_to_nothing_and_up_again(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        downgrade(directory=FOLDER, revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        assert functions() == []
        upgrade(directory=FOLDER)
        assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def functions() -> list[str]:
    """Return the triggers and functions of ours that are in the database."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if on_sqlite
        else ("SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE n.nspname = 'public'")
    )
    with db.engine.connect() as connection:
        return sorted(connection.execute(text(query)).scalars())


@pytest.mark.parametrize("table", ["audit_entry", "ledger_entry"])
def test_after_down_and_up_the_books_still_refuse_to_be_rewritten(app: Flask, table: str) -> None:
    with app.app_context():
        before = functions()
        assert any(name.startswith(table) for name in before)
        db.session.remove()
        downgrade(directory=FOLDER, revision="base")
        upgrade(directory=FOLDER)
        assert functions() == before
