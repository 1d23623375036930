"""Alembic's entrance: the database of the running application, on SQLite or PostgreSQL."""

from __future__ import annotations

import importlib
from pathlib import Path

from alembic import context
from flask import current_app

from shop.db import Base

for _models in sorted(Path(current_app.root_path, "shop").glob("*/models*.py")):
    importlib.import_module(f"shop.{_models.parent.name}.{_models.stem}")


def run() -> None:
    """Migrate inside one transaction, so that a failed step leaves nothing behind."""
    engine = current_app.extensions["migrate"].db.engine
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            # Altering a table there means copying and dropping it, which foreign keys would take for deleting its rows.
            # To the driver itself: the setting is ignored once a transaction has begun.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,  # SQLite cannot alter a table in place
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite:
                orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if orphans:
                    msg = f"rows would point nowhere: {orphans[:5]}"
                    raise RuntimeError(msg)
        if sqlite:
            connection.invalidate()  # it must not go back to the pool: foreign keys are off on it


run()
