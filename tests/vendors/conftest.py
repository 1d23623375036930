"""Fixtures of the vendors room: a way to count statements."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from shop.db import db


@pytest.fixture
def statements(app):
    """Return a context that counts the SQL statements of its block, without BEGIN and COMMIT."""

    @contextmanager
    def counting():
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith(("BEGIN", "PRAGMA")):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
