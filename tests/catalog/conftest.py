"""Fixtures of the catalogue: shelves and regions, and the index of this test's own."""

from __future__ import annotations

import contextvars

import pytest

from shop.catalog import indexing
from shop.db import unit_of_work
from tests import makers


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
