"""Fixtures of the P3DN room: its tables on a database of their own, without the rest of the shop."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.db import Base, db, session, tune
from shop.p3dn.models import LedgerEntry, P3dnTotal


@pytest.fixture
def ledger(db_url):
    """Give a bound session inside an application context; the ledger is empty."""
    small = Flask("p3dn")
    small.config["SQLALCHEMY_DATABASE_URI"] = db_url
    db.init_app(small)
    with small.app_context():
        tune(db.engine)
        yield session
        session.remove()
        db.engine.dispose()


@pytest.fixture
def on_blank_ledger():
    """Return a function that runs some work on a blank ledger in memory: for tests that try many histories."""
    tables = [LedgerEntry.__table__, P3dnTotal.__table__]

    def fresh(work):
        small = Flask("p3dn")
        small.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
        db.init_app(small)
        with small.app_context():
            tune(db.engine)
            Base.metadata.create_all(db.engine, tables=tables)
            try:
                work()
            finally:
                session.remove()
                db.engine.dispose()

    return fresh
