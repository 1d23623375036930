"""Fixtures of the programme: its staff, a mentor of Gambir, a crew with a producer, and a way to count statements."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from shop.db import db, unit_of_work
from tests import makers
from tests.browsing import Person


@pytest.fixture
def crew(app):
    """An office with a package of Rp 20 million, and a producer, in a database with the reference tables."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew()
        yield made


@pytest.fixture
def staff(crew):
    """One of the programme's staff."""
    with unit_of_work():
        return makers.make_actor("programme")


@pytest.fixture
def mentor(crew):
    """The mentor of Gambir."""
    with unit_of_work():
        return makers.make_mentor()


@pytest.fixture
def person(app):
    """Return a function that gives the browser of an actor."""
    return lambda actor: Person(app, actor)


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
