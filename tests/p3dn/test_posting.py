"""The ledger is a difference, and nobody rewrites it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from shop.base.actor import SYSTEM, Actor
from shop.db import unit_of_work
from shop.p3dn.models import LedgerEntry
from shop.p3dn.posting import settle, settle_many
from shop.p3dn.rules import ZERO, Fact, Measures, line_measures, planned_fact
from shop.p3dn.totals import Filters, totals

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
"""Already the 21st in Jakarta."""


def fact(line=1, *, order=1, paid=False, value=100_000, **changes):
    measures = line_measures(value=value, pdn=True, umk=True, evidence="certified", tkdn_bp=4_000,
                             committed=True, paid=paid, first=line == 1)  # fmt: skip
    plain = Fact(f"line:{line}", order, line, 5, 31, "5.1.02.01.01.0052", "31.71.01", 9, "nasi-kotak", "certified", 4_000, measures)  # fmt: skip
    return replace(plain, **changes)


def post(source, facts, **more):
    with unit_of_work():
        return settle(SYSTEM, source, facts, NOW, **more)


def grand_total():
    return totals(Filters(), now=NOW).total


def entries(session):
    return session.execute(select(func.count()).select_from(LedgerEntry)).scalar_one()


def test_settling_twice_adds_nothing(ledger):
    assert post("order:1", [fact(1), fact(2)]) == 2
    assert post("order:1", [fact(2), fact(1)]) == 0
    assert entries(ledger) == 2
    assert grand_total() == Measures(committed=200_000, orders=1, lines=2)


def test_payment_adds_only_what_is_new(ledger):
    post("order:1", [fact(1)])
    post("order:1", [fact(1, paid=True)])
    last = ledger.execute(select(LedgerEntry).order_by(LedgerEntry.id.desc())).scalars().first()
    assert (last.committed, last.paid_total, last.lines) == (0, 100_000, 0)
    assert grand_total() == fact(1, paid=True).measures


def test_a_cancelled_order_settles_to_nothing(ledger):
    post("order:1", [fact(1, paid=True), fact(2)])
    post("order:1", [])
    post("order:1", [replace(fact(1), measures=ZERO)])
    assert grand_total() == ZERO
    assert totals(Filters(), "vendor", now=NOW).rows == ()
    assert entries(ledger) == 4


def test_changed_dimensions_move_from_old_to_new(ledger):
    post("order:1", [fact(1)])
    post("order:1", [fact(1, office_id=32)])
    rows = totals(Filters(), "office", now=NOW).rows
    assert [(row.key, row.measures.committed) for row in rows] == [("32", 100_000)]
    assert entries(ledger) == 3


def test_the_day_is_jakartas_unless_told(ledger):
    post("order:1", [fact(1)])
    post("package:5", [planned_fact(package_id=5, office_id=31, account_code="a", pagu=9)], on=date(2026, 1, 1))
    days = ledger.execute(select(LedgerEntry.day).order_by(LedgerEntry.id)).scalars().all()
    assert days == [date(2026, 11, 21), date(2026, 1, 1)]


def test_the_entry_names_whose_act_it_was(ledger):
    with unit_of_work():
        settle(Actor(77, "Bendahara", "bendahara"), "order:1", [fact(1)], NOW)
    assert ledger.execute(select(LedgerEntry.user_id)).scalar_one() == 77


def test_many_sources_settle_like_one_after_the_other(ledger):
    statements = [(f"order:{n}", [fact(1, order=n, key=f"line:{n}", line_id=n)]) for n in range(1, 901)]
    with unit_of_work():
        assert settle_many(SYSTEM, iter(statements), NOW) == 900
    with unit_of_work():
        assert settle_many(SYSTEM, statements, NOW) == 0
    assert grand_total() == Measures(committed=90_000_000, orders=900, lines=900)


def test_one_key_stated_twice_is_refused(ledger):
    with pytest.raises(ValueError, match="twice"):
        post("order:1", [fact(1), fact(1)])
    assert entries(ledger) == 0


def test_totals_and_ledger_roll_back_together(ledger):
    def fail_halfway():
        with unit_of_work():
            settle(SYSTEM, "order:1", [fact(1)], NOW)
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        fail_halfway()
    assert grand_total() == ZERO
    assert entries(ledger) == 0


@pytest.mark.parametrize("change", ["UPDATE ledger_entry SET committed = 1", "DELETE FROM ledger_entry"])
def test_the_database_refuses_to_rewrite_the_ledger(ledger, change):
    post("order:1", [fact(1)])
    with pytest.raises(DBAPIError, match="append-only"):
        ledger.execute(text(change))
    ledger.rollback()
    assert entries(ledger) == 1


@pytest.mark.postgresql_only
def test_the_ledger_cannot_be_truncated(ledger):
    with pytest.raises(DBAPIError, match="append-only"):
        ledger.execute(text("TRUNCATE ledger_entry"))
    ledger.rollback()


def test_settling_takes_few_statements(ledger):
    from sqlalchemy import event

    post("order:1", [fact(1), fact(2)])
    seen = []
    event.listen(ledger.get_bind(), "before_cursor_execute", lambda *given: seen.append(given[2]))
    post("order:1", [fact(1, paid=True), fact(2, paid=True)])
    assert len([s for s in seen if not s.startswith("BEGIN")]) <= 4


def test_two_who_settle_one_source_at_once_count_it_once(ledger):
    small = current_app._get_current_object()
    start, made = Barrier(2), []

    def work():
        with small.app_context():
            start.wait()
            made.append(post("order:1", [fact(1), fact(2)]))
            ledger.remove()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 2]
    assert grand_total() == Measures(committed=200_000, orders=1, lines=2)


def test_many_at_once_lose_nothing_in_the_shared_sums(ledger):
    small = current_app._get_current_object()

    def work(first):
        with small.app_context():
            for n in range(first, first + 20):
                post(f"order:{n}", [fact(1, order=n)])
            ledger.remove()

    threads = [Thread(target=work, args=(first,)) for first in (100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert grand_total() == Measures(committed=6_000_000, orders=60, lines=60)
