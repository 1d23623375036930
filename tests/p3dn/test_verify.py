"""Verification names what is wrong, and rebuilding mends the kept totals."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from shop.base.actor import SYSTEM
from shop.db import unit_of_work
from shop.p3dn.posting import settle
from shop.p3dn.rules import Fact, line_measures, planned_fact
from shop.p3dn.totals import Filters, totals
from shop.p3dn.verify import rebuild_totals, verify

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def paid(number, value=100_000):
    measures = line_measures(value=value, pdn=True, umk=True, evidence="certified", tkdn_bp=4_000, committed=True,
                             paid=True, first=True)  # fmt: skip
    return [Fact(f"line:{number}", number, number, 5, 31, "a", "31.71.01", 9, "c", "certified", 4_000, measures)]


@pytest.fixture
def wanted(ledger):
    """Settle two orders and a plan; return what the rooms above would state."""
    stated = {"order:1": paid(1), "order:2": paid(2), "package:5": [planned_fact(package_id=5, office_id=31, account_code="a", pagu=500_000)]}  # fmt: skip
    with unit_of_work():
        for source, facts in stated.items():
            settle(SYSTEM, source, facts, NOW, on=date(2026, 1, 1) if source == "package:5" else None)
    return stated


def test_a_sound_ledger_verifies(wanted):
    report = verify(wanted.items())
    assert (report.ok, report.sources, report.entries) == (True, 3, 3)
    assert report.sums > 3 * 14


def test_an_empty_shop_verifies(ledger):
    assert verify([]).ok


def test_an_order_that_says_something_else_is_named(wanted):
    report = verify({**wanted, "order:2": paid(2, 70_000)}.items())
    assert (report.ok, report.found) == (False, 1)
    found = report.differences[0]
    assert (found.kind, found.where) == ("facts", "order:2 line:2")
    assert ("paid_total", 70_000, 100_000) in found.gaps


def test_a_source_nobody_states_is_named(wanted):
    del wanted["order:1"]
    found = verify(wanted.items()).differences
    assert [(d.kind, d.where) for d in found] == [("unstated", "order:1 line:1")]


@pytest.mark.parametrize("period", ["2026", "2026-11", "2026-11-20"])
def test_a_kept_total_that_was_touched_is_named_and_mended(wanted, ledger, period):
    with unit_of_work():
        ledger.execute(
            text("UPDATE p3dn_total SET paid_total = paid_total + 1 WHERE period = :p AND dim = ''"), {"p": period}
        )
    report = verify(wanted.items())
    assert not report.ok
    assert {d.kind for d in report.differences} == {"totals"}
    assert any(period in d.where for d in report.differences)
    with unit_of_work():
        assert rebuild_totals() > 0
    assert verify(wanted.items()).ok
    assert totals(Filters(year=2026), now=NOW).total.paid_total == 200_000


def test_a_kept_total_that_vanished_is_named(wanted, ledger):
    with unit_of_work():
        ledger.execute(text("DELETE FROM p3dn_total WHERE dim = 'vendor' AND period = '2026-11-20'"))
    assert any("dim=vendor" in d.where for d in verify(wanted.items()).differences)


def test_only_the_first_differences_are_kept_but_all_are_counted(wanted):
    report = verify([], limit=1)
    assert (report.found, [d.kind for d in report.differences]) == (3, ["unstated"])
