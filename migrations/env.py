"""Alembic's entrance: the database of the running application, on SQLite or PostgreSQL."""

from __future__ import annotations

import importlib
from pathlib import Path

from alembic import context
from flask import current_app

from shop.db import Base

for _models in sorted(Path(current_app.root_path, "shop").glob("*/models.py")):
    importlib.import_module(f"shop.{_models.parent.name}.models")


def run() -> None:
    """Migrate inside one transaction, so that a failed step leaves nothing behind."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,  # SQLite cannot alter a table in place
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
