"""Fixtures of the P3DN room: its tables on a database of their own, without the rest of the shop."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from shop.accounts.models import Office
from shop.audit.models import AuditEntry, AuditHead
from shop.base.actor import SYSTEM
from shop.db import Base, db, session, tune, unit_of_work
from shop.p3dn.models import LedgerEntry, P3dnTotal
from shop.p3dn.posting import settle
from shop.p3dn.rules import Fact, line_measures, planned_fact
from shop.reference.models import Rule, RuleVersion


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
    models = (LedgerEntry, P3dnTotal, AuditEntry, AuditHead, Rule, RuleVersion)
    tables = [model.__table__ for model in models]

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


MEAL, PAPER = "5.1.02.01.01.0052", "5.1.02.01.01.0025"


def fact(order, line, office, vendor, *, value, evidence="certified", account=MEAL, paid=True):
    measures = line_measures(value=value, pdn=evidence != "none", umk=True, evidence=evidence, tkdn_bp=4_000,
                             committed=True, paid=paid, first=line % 10 == 1)  # fmt: skip
    return Fact(
        f"line:{line}", order, line, 1, office, account, "31.71.01", vendor, "nasi-kotak", evidence, 4_000, measures
    )


@pytest.fixture
def paid_fact():
    """Return the function that makes one fact of an order line."""
    return fact


@pytest.fixture
def posted(app, now):
    """Two offices, three orders, one plan; the third order was cancelled the month after."""
    with app.app_context():
        with unit_of_work():
            first, second = (
                Office(code="OPD-1", name="Dinas Satu", kind="dinas"),
                Office(code="OPD-2", name="Dinas Dua", kind="dinas"),
            )
            session.add_all([first, second])
            session.flush()
            one, two = first.id, second.id
            settle(
                SYSTEM,
                "package:1",
                [planned_fact(package_id=1, office_id=one, account_code=MEAL, pagu=900_000)],
                now,
                on=date(2026, 1, 1),
            )
            settle(
                SYSTEM,
                "order:1",
                [fact(1, 11, one, 7, value=300_000), fact(1, 12, one, 7, value=99_999, evidence="none")],
                now,
            )
            settle(SYSTEM, "order:2", [fact(2, 21, two, 8, value=50_000, evidence="self_declared", account=PAPER)], now)
            settle(SYSTEM, "order:3", [fact(3, 31, two, 8, value=70_000, paid=False)], now, on=date(2026, 9, 9))
            settle(SYSTEM, "order:3", [], now)
        session.remove()
    return app
