"""The trail: append-only, chained, and honest about the first broken link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from shop.audit import trail
from shop.audit.models import AuditEntry, AuditHead
from shop.base.actor import SYSTEM
from shop.db import not_append_only, session, unit_of_work

if TYPE_CHECKING:
    from flask import Flask

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def note(count: int = 3) -> None:
    with unit_of_work():
        for number in range(count):
            trail.record(SYSTEM, "did", "thing", number, NOW, words="é <b>", number=number)


def test_what_was_recorded_verifies_and_reads_back(app: Flask) -> None:
    with app.app_context():
        note()
        note()
        report = trail.verify()
        assert (report.entries, report.first_broken) == (6, None)
        assert [row.data["number"] for row in trail.history("thing", 1)] == [1, 1]


def test_a_moment_in_another_zone_hashes_the_same(app: Flask) -> None:
    with app.app_context():
        with unit_of_work():
            trail.record(SYSTEM, "did", "thing", 1, NOW.astimezone(timezone(timedelta(hours=7))))
        assert trail.verify().first_broken is None


def test_recording_outside_a_unit_of_work_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="unit of work"):
        trail.record(SYSTEM, "did", "thing", 1, NOW)


def test_a_unit_that_fails_leaves_no_trace(app: Flask) -> None:
    def fail() -> None:
        with unit_of_work():
            trail.record(SYSTEM, "did", "thing", 1, NOW)
            raise ValueError

    with app.app_context():
        with pytest.raises(ValueError):  # noqa: PT011 - any would do
            fail()
        assert trail.verify().entries == 0


@pytest.mark.parametrize("statement", [update(AuditEntry).values(verb="other"), delete(AuditEntry)])
def test_the_database_itself_refuses_to_change_an_entry(app: Flask, statement) -> None:
    with app.app_context():
        note()
        with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
            session.execute(statement)
        assert trail.verify().first_broken is None


@pytest.mark.parametrize(
    "damage", ["UPDATE audit_entry SET actor = 'lain' WHERE id = 2", "DELETE FROM audit_entry WHERE id = 2"]
)
def test_whoever_gets_around_the_trigger_is_found_out(app: Flask, damage: str) -> None:
    with app.app_context():
        note()
        with unit_of_work():
            for statement in not_append_only("audit_entry", session.get_bind().dialect.name):
                session.execute(text(statement))
            session.execute(text(damage))
        assert trail.verify().first_broken in {2, 3}


def test_a_cut_tail_is_found_out(app: Flask) -> None:
    with app.app_context():
        note()
        with unit_of_work():
            for statement in not_append_only("audit_entry", session.get_bind().dialect.name):
                session.execute(text(statement))
            session.execute(text("DELETE FROM audit_entry WHERE id = 3"))
        assert trail.verify().first_broken is not None
        assert session.execute(select(AuditHead.entries)).scalar() == 3
