"""Fixtures of the catalogue: shelves and regions, the index of this test's own, and a way to count statements."""

from __future__ import annotations

import contextvars
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from shop.catalog import indexing
from shop.db import db, unit_of_work
from tests import makers
from tests.browsing import Person


@pytest.fixture
def shop(app):
    """The application with its reference tables, in an application context."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
        yield app


@pytest.fixture
def engine(shop):
    """The search engine of the application."""
    return shop.extensions["search"]


@pytest.fixture
def reindex(engine, now):
    """Return a function that writes the index anew."""
    return lambda: indexing.rebuild(engine, now)


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


class Visitor:
    """A browser of nobody in particular. Each request has a context of its own: the test's would lend it its `g`."""

    def __init__(self, app):
        self._client = app.test_client()
        self.delete_cookie = self._client.delete_cookie

    def get(self, path, **more):
        return contextvars.Context().run(self._client.get, path, buffered=True, **more)


@pytest.fixture
def client(app):
    """Keeps cookies, follows nothing by itself."""
    return Visitor(app)
