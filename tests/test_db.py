"""The unit of work commits once or not at all; SQLite behaves like a database; times are never naive."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from shop.accounts.models import Office, UserAccount
from shop.base.errors import Conflict, Stale
from shop.budgets.models import Package
from shop.db import after_commit, before_commit, current_work, db, session, tune, unit_of_work
from shop.web.logs import _without_rows
from tests import makers

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def shop(app):
    """Open the application's context."""
    with app.app_context():
        yield app


def office(code="OPD-1"):
    session.add(Office(code=code, name=code, kind="dinas"))
    session.flush()


def elsewhere(query):
    """Return what another thread sees on its own connection: a unit of work is this thread's alone."""
    seen, engine = [], db.engine

    def look():
        with Session(engine) as other:
            seen.extend(other.scalars(query))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return seen


def codes():
    session.rollback()
    return list(session.scalars(select(Office.code).order_by(Office.code)))


def test_a_unit_commits_once_at_its_end(shop):
    with unit_of_work():
        office()
        assert elsewhere(select(Office.code)) == []
    assert codes() == ["OPD-1"]


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_unit_that_fails_keeps_nothing_and_tells_nobody(shop, fault):
    told = []
    with pytest.raises(fault), unit_of_work():
        office()
        after_commit(lambda: told.append(1))
        raise fault
    assert codes() == []
    assert told == []
    with unit_of_work():  # and the next one works
        office()


def test_units_do_not_nest(shop):
    with unit_of_work():
        with pytest.raises(RuntimeError, match="already open"), unit_of_work():
            pass
        office()
    assert codes() == ["OPD-1"]


def test_outside_a_unit_there_is_nothing_to_wait_for(shop):
    for late in (before_commit, after_commit):
        with pytest.raises(RuntimeError, match="open one at the door"):
            late(lambda: None)
    with pytest.raises(RuntimeError):
        current_work()


def test_what_is_to_happen_last_happens_in_the_same_transaction(shop):
    with unit_of_work():
        before_commit(lambda: office("OPD-2"))
        office()
    assert codes() == ["OPD-1", "OPD-2"]
    order = []
    with unit_of_work():  # what everybody waits for is taken after all others, whatever was asked for first
        before_commit(lambda: order.append("head"), last=True)
        before_commit(lambda: order.append("counts"))
    assert order == ["counts", "head"]
    with pytest.raises(ZeroDivisionError), unit_of_work():
        before_commit(lambda: 1 // 0)
        office("OPD-3")
    assert codes() == ["OPD-1", "OPD-2"]


def test_what_fails_after_the_commit_undoes_nothing_and_stops_nothing(shop):
    told = []
    with capture_logs() as log, unit_of_work():
        office()
        after_commit(lambda: 1 // 0)
        after_commit(lambda: told.append(1))
    assert codes() == ["OPD-1"]
    assert told == [1]
    assert [entry["event"] for entry in log] == ["after_commit failed"]


def test_a_key_that_somebody_else_had_first_is_a_conflict_and_keeps_nothing(shop):
    with pytest.raises(Conflict) as refusal, unit_of_work():
        session.add_all([Office(code="X", name="X", kind="dinas"), Office(code="X", name="Y", kind="dinas")])
    assert refusal.value.kind == "already-there"
    assert codes() == []


def test_another_constraint_is_a_fault_of_ours_and_keeps_nothing(shop):
    with pytest.raises(IntegrityError), unit_of_work():
        session.add_all([Office(code="X", name="X", kind="dinas"), Office(code="Y", name=None, kind="dinas")])
    assert codes() == []


def test_the_second_of_two_hears_that_his_screen_is_stale(shop):
    with unit_of_work():
        makers.make_reference()
        made = makers.make_crew()
    with pytest.raises(Stale), unit_of_work():
        held = session.get_one(Package, made.package_id)
        session.execute(update(Package.__table__).values(version=Package.__table__.c.version + 1))
        held.name = "Nama lain"
    session.rollback()
    assert session.get_one(Package, made.package_id).name == "Makan minum rapat"


class Said(Exception):  # noqa: N818 - what a driver says, whatever it is
    """What a driver raises, with its code; the words are the server's own language."""

    def __init__(self, **codes):
        super().__init__("kunci tidak didapat")
        self.__dict__.update(codes)


@pytest.mark.parametrize("said", [Said(sqlstate="40P01"), Said(sqlstate="55P03"), Said(sqlite_errorname="SQLITE_BUSY")])
def test_a_database_that_is_too_busy_is_a_conflict_and_not_a_crash(shop, said):
    with pytest.raises(Conflict) as refusal, unit_of_work():
        raise OperationalError("UPDATE", {}, said)
    assert refusal.value.kind == "busy"
    with pytest.raises(OperationalError), unit_of_work():
        raise OperationalError("UPDATE", {}, Said(sqlstate="53100"))


def test_errors_of_the_database_do_not_repeat_what_was_typed(shop):
    with pytest.raises(StatementError) as fault, unit_of_work():
        session.add(UserAccount(email="a@b.id", name=None, password_hash="rahasia-sekali", created_at=NOW))
    told = _without_rows(None, "error", {"event": "x", "exception": str(fault.value)})["exception"]
    assert "rahasia-sekali" not in told
    assert "user_account" in told


@pytest.mark.sqlite_only
def test_sqlite_keeps_foreign_keys_and_survives_a_power_cut(shop):
    wanted = {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2, "busy_timeout": 10_000}
    found = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in wanted}
    assert found == wanted
    with pytest.raises(IntegrityError), unit_of_work():
        session.execute(
            text(
                "INSERT INTO package_document (package_id, kind, title, file_name, added_by, added_at)"
                " VALUES (999, 'kak', 'x', '', 1, '2026-11-20')"
            )
        )


@pytest.mark.sqlite_only
def test_readers_do_not_wait_for_a_writer_and_who_is_in_a_hurry_not_for_long(shop):
    heard = []

    def hurry():
        with shop.app_context():
            try:
                with unit_of_work(0.05):
                    office("OPD-2")
            except Conflict as refusal:
                heard.append(refusal.kind)

    with unit_of_work():
        office()
        begun = time.monotonic()
        assert elsewhere(select(Office.code)) == []
        other = threading.Thread(target=hurry)
        other.start()
        other.join(5)
        assert heard == ["busy"]
        assert time.monotonic() - begun < 5
    hurry()
    assert codes() == ["OPD-1", "OPD-2"]


def test_many_writers_at_once_all_get_through(shop):
    """Never "database is locked", never a lost count: eight threads that read, think and write the same row."""
    with unit_of_work():
        office()
        session.add(Office(code="hitung", name="0", kind="dinas"))
    faults, threads_of = [], 8

    def work():
        with shop.app_context():
            try:
                for _ in range(10):
                    session.execute(select(Office.name)).all()  # a snapshot that is old by the time we write
                    with unit_of_work():
                        row = session.scalars(select(Office).where(Office.code == "hitung").with_for_update()).one()
                        seen = int(row.name)
                        time.sleep(0.001)
                        row.name = str(seen + 1)
            except Exception as fault:  # noqa: BLE001 - told to the test, which runs in another thread
                faults.append(repr(fault))
            finally:
                session.remove()

    threads = [threading.Thread(target=work) for _ in range(threads_of)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    session.rollback()
    assert session.scalar(select(Office.name).where(Office.code == "hitung")) == str(threads_of * 10)


@pytest.mark.sqlite_only
def test_another_process_that_holds_the_file_is_waited_for_and_then_told(shop, monkeypatch):
    with unit_of_work():
        office()
    other = create_engine(db.engine.url)
    tune(other)
    with other.connect() as holder:
        holder.exec_driver_sql("PRAGMA busy_timeout=10")
        holder.rollback()
        holder.connection.driver_connection.execute("BEGIN IMMEDIATE")
        session.rollback()
        db.engine.dispose()
        with db.engine.connect() as mine:
            mine.exec_driver_sql("PRAGMA busy_timeout=10")
        with pytest.raises(Conflict) as refusal, unit_of_work():
            office("OPD-2")
        begun = time.monotonic()
        with pytest.raises(Conflict, match="sibuk"), unit_of_work(0.05):
            office("OPD-3")
        assert time.monotonic() - begun < 5
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == 10_000
        session.rollback()
        holder.connection.driver_connection.execute("ROLLBACK")
    other.dispose()
    assert refusal.value.kind == "busy"
    assert codes() == ["OPD-1"]


@pytest.mark.postgresql_only
def test_a_row_that_somebody_holds_for_too_long_is_told_and_not_waited_for_for_ever(shop):
    with unit_of_work():
        office()
    for _ in range(2):
        assert session.execute(text("SHOW lock_timeout")).scalar() == "10s"
        session.rollback()
    with Session(db.engine) as other:
        other.execute(text("SELECT * FROM office FOR UPDATE"))
        with pytest.raises(Conflict) as refusal, unit_of_work():
            session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            session.execute(text("SELECT * FROM office FOR UPDATE"))
    assert refusal.value.kind == "busy"


def test_a_naive_moment_is_refused_and_others_come_back_in_utc(shop):
    with pytest.raises(StatementError, match="naive datetime"), unit_of_work():
        session.add(UserAccount(email="a@b.id", name="A", password_hash="-", created_at=datetime(2026, 11, 20, 10)))  # noqa: DTZ001
    jakarta = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=7)))
    with unit_of_work():
        session.add(UserAccount(email="a@b.id", name="A", password_hash="-", created_at=jakarta))
    session.rollback()
    found = session.scalar(select(UserAccount.created_at))
    assert found == jakarta
    assert found.tzinfo == UTC


def test_an_open_unit_is_that_of_its_thread_only(shop):
    """Whether a unit is open is known per thread: one writer's unit is not another's."""
    seen = []
    with unit_of_work():
        thread = threading.Thread(target=lambda: seen.append(_has_unit()))
        thread.start()
        thread.join()
    assert seen == [False]


def _has_unit():
    try:
        current_work()
    except RuntimeError:
        return False
    return True
