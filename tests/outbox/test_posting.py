"""The outbox: a message exists exactly if its change does, and survives whatever happens before it is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.outbox.posting import MAX_ATTEMPTS, Handlers, drain, post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


class Taken:
    """Remembers what it was handed; fails while told to."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []
        self.failing = False

    def __call__(self, payloads: Sequence[dict[str, Any]], _now: datetime) -> None:
        if self.failing:
            raise OSError("the other side is away")
        self.payloads += payloads


def waiting() -> int:
    count = session.execute(select(func.count()).select_from(OutboxMessage)).scalar_one()
    session.rollback()
    return count


def leave(*numbers: int) -> None:
    with unit_of_work():
        for number in numbers:
            post("note", {"number": number}, NOW)


@pytest.mark.parametrize("side", ["inside", "outside"])
def test_messages_are_handed_over_in_order_and_once(app: Flask, side: str) -> None:
    taken = Taken()
    handlers = Handlers({"note": taken}, {}) if side == "inside" else Handlers({}, {"note": taken})
    with app.app_context():
        leave(1, 2, 3)
        assert drain(handlers, NOW) == 3
        assert drain(handlers, NOW) == 0
        assert [p["number"] for p in taken.payloads] == [1, 2, 3]
        assert waiting() == 0


def test_a_change_that_is_rolled_back_leaves_no_message(app: Flask) -> None:
    def fail() -> None:
        with unit_of_work():
            post("note", {"number": 1}, NOW)
            raise ValueError

    with app.app_context():
        with pytest.raises(ValueError):  # noqa: PT011
            fail()
        assert waiting() == 0


def test_what_fails_waits_longer_each_time_and_is_kept_with_its_error(app: Flask) -> None:
    taken = Taken()
    taken.failing = True
    handlers = Handlers({}, {"note": taken})
    with app.app_context():
        leave(1)
        moment = NOW
        for _ in range(MAX_ATTEMPTS):
            drain(handlers, moment)
            moment += timedelta(hours=2)
        row = session.execute(select(OutboxMessage.failed_at, OutboxMessage.last_error, OutboxMessage.attempts)).one()
        assert row.failed_at is not None
        assert "the other side is away" in row.last_error
        assert row.attempts == MAX_ATTEMPTS
        taken.failing = False
        assert drain(handlers, moment) == 0


def test_one_message_that_cannot_be_handled_does_not_hold_up_the_others(app: Flask) -> None:
    taken = Taken()

    def picky(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
        if any(p["number"] == 2 for p in payloads):
            raise ValueError("unreadable")
        taken(payloads, now)

    with app.app_context():
        leave(1, 2, 3)
        assert drain(Handlers({"note": picky}, {}), NOW) == 2
        assert [p["number"] for p in taken.payloads] == [1, 3]
        assert waiting() == 1


def test_a_crash_between_taking_and_doing_repeats_the_message_after_the_lease(app: Flask) -> None:
    taken = Taken()

    class Crash(BaseException):
        """The process dies: nothing catches it."""

    def die(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
        raise Crash

    with app.app_context():
        leave(7)
        with pytest.raises(Crash):
            drain(Handlers({}, {"note": die}), NOW)
        assert drain(Handlers({}, {"note": taken}), NOW + timedelta(seconds=30)) == 0
        assert drain(Handlers({}, {"note": taken}), NOW + timedelta(minutes=3)) == 1
        assert taken.payloads == [{"number": 7}]
