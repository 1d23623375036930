"""The database: declarative base, column types, and the unit of work that commits once, at the door."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import structlog
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DDL, BigInteger, DateTime, Dialect, Engine, Integer, MetaData, Table, TypeDecorator, event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.exc import StaleDataError

from shop.base.errors import Conflict, Stale

log = structlog.get_logger(__name__)
T = TypeVar("T")

# SQLite only numbers a primary key by itself when its type is exactly INTEGER.
Id: Final = BigInteger().with_variant(Integer(), "sqlite")
Rupiah: Final = BigInteger()
"""Whole rupiah. Never Numeric: SQLite would store it as a float and lose money silently."""
BasisPoints: Final = Integer()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC. Refuses naive values, which would shift by seven hours unnoticed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; SQLite keeps no offset, so drop it there."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"naive datetime: {value!r}"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware UTC moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of every table. Names of constraints are fixed so that migrations can name them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
session = db.session


class _Work:
    """What waits for the end of the running unit of work."""

    __slots__ = ("after", "before", "last", "notes", "patience")

    def __init__(self, patience: float | None) -> None:
        self.patience = patience
        self.before: list[Callable[[], None]] = []
        self.last: list[Callable[[], None]] = []
        self.after: list[Callable[[], None]] = []
        self.notes: dict[str, Any] = {}


_work: ContextVar[_Work | None] = ContextVar("unit_of_work", default=None)
_TWICE: Final = frozenset({"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
_BUSY: Final = frozenset({"40P01", "55P03", "40001", "SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED"})
"""Deadlock, a lock waited for too long, a snapshot that is too old: trying again helps."""
_PATIENCE: Final = 10
"""Seconds a writer waits for another before it is told to come back."""
# One writer at a time inside the process: SQLite's own waiting sleeps in growing steps and wastes the disk's time.
_sqlite_writer = threading.Lock()


def current_work() -> _Work:
    """Return the running unit of work. Raises RuntimeError outside one: writes happen inside only."""
    work = _work.get()
    if work is None:
        msg = "no unit of work is open: open one at the door"
        raise RuntimeError(msg)
    return work


def before_commit(action: Callable[[], None], *, last: bool = False) -> None:
    """Run `action` in the same transaction, last thing before the commit (short locks taken late).

    `last`: after all others, whichever was asked for first. Two that lock rows must not do it now in this order and now
    in that: the one everybody needs, the head of the trail, is taken when nothing else is waited for any more.
    """
    work = current_work()
    (work.last if last else work.before).append(action)


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the commit is durable. It gets plain values only and may not use the session."""
    current_work().after.append(action)


def is_busy(fault: Exception) -> bool:
    """Tell whether a fault of the database only means that somebody else was at it for too long."""
    return _code(fault) in _BUSY


def _code(fault: Exception) -> str:
    """Return the driver's code. By code and not by text: a PostgreSQL server may speak any language."""
    said = getattr(fault, "orig", None)
    return getattr(said, "sqlstate", None) or getattr(said, "sqlite_errorname", None) or ""


def _meant(fault: Exception) -> Conflict | None:
    """Return what a fault of the database means to the person who met it, None when it is a fault of ours."""
    if isinstance(fault, StaleDataError):
        return Stale()
    if _code(fault) in _TWICE:
        return Conflict(
            "Orang lain baru saja menyimpan data yang sama. Muat ulang lalu periksa lagi.", kind="already-there"
        )
    return _busy() if is_busy(fault) else None


def _busy() -> Conflict:
    return Conflict("Sistem sedang sibuk. Coba lagi sebentar lagi.", kind="busy")


@contextmanager
def unit_of_work(patience: float | None = None) -> Iterator[None]:
    """Open one writing transaction, commit it once at the end, roll everything back on any error.

    `patience`: seconds to wait for SQLite's one writer, where the page matters more than what it writes; as long as it
    takes inside this process without.

    Raises Stale when another person changed a versioned row first, Conflict `already-there` when somebody inserted
    the same key first, Conflict `busy` when the database could not be written in time. Verbs never commit; doors, the
    command line and the outbox open one of these.
    """
    if _work.get() is not None:
        msg = "a unit of work is already open: verbs do not open their own"
        raise RuntimeError(msg)
    session.rollback()  # whatever was read before belongs to an older snapshot
    work = _Work(patience)
    token = _work.set(work)
    sqlite = session.get_bind().dialect.name == "sqlite"
    try:
        if sqlite and not _sqlite_writer.acquire(timeout=-1 if patience is None else patience):
            raise _busy()
        try:
            yield
            session.flush()
            for action in (*work.before, *work.last):
                action()
            session.commit()
        except (StaleDataError, IntegrityError, OperationalError) as fault:
            session.rollback()
            meant = _meant(fault)
            if meant is None:
                raise
            raise meant from fault
        except BaseException:
            session.rollback()
            raise
        finally:
            if sqlite:
                _sqlite_writer.release()
    finally:
        _work.reset(token)
    _follow_up(work)


def _follow_up(work: _Work) -> None:
    for action in work.after:
        try:
            action()
        except Exception:  # the commit stands; a failed nudge is healed by the outbox
            log.exception("after_commit failed")


def each_alone(found: Iterable[T], act: Callable[[T], object], failed: str) -> int:
    """Do `act` with each in a unit of work of its own; return how many it did (an `act` that returns False did nothing).

    One that fails is logged with the words `failed` and met again next time; the others do not wait for it.
    """
    things, done = list(found), 0
    for thing in things:
        try:
            with unit_of_work():
                did = act(thing) is not False
            done += did
        except Exception:
            log.exception(failed, of=str(thing))
    return done


def tune(engine: Engine) -> None:
    """Make SQLite behave like a database, and PostgreSQL wait for a lock with an end in sight."""
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    else:

        @event.listens_for(engine, "connect")
        def _limit(connection: Any, _record: Any) -> None:
            connection.autocommit = True  # a setting made inside a transaction would go with its rollback
            connection.execute(f"SET lock_timeout = '{_PATIENCE}s'")
            connection.autocommit = False


def _tune_sqlite(engine: Engine) -> None:
    """Foreign keys on, WAL, durable, and writes that begin as writes."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in (
            "foreign_keys=ON",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={_PATIENCE * 1000}",
            "cache_size=-16000",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A read that later turns into a write gets SQLITE_BUSY at once, whatever the timeout: begin as what we are.
        work = _work.get()
        if work is None or work.patience is None:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if work is not None else "BEGIN")
            return
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(work.patience * 1000)}")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_PATIENCE * 1000}")


def append_only(table: str, dialect: str) -> tuple[str, ...]:
    """Return the statements that make a table append-only: the database itself refuses update and delete."""
    if dialect == "sqlite":
        return tuple(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("update", "delete")
        )
    return (
        (
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$BEGIN RAISE EXCEPTION '{table} is append-only'; END$$"
        ),
        (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        ),
        (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
        ),
    )


def not_append_only(table: str, dialect: str) -> tuple[str, ...]:
    """Return the way back, for downgrades and for batch rebuilds on SQLite, which lose triggers silently."""
    if dialect == "sqlite":
        return tuple(f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete"))
    return (
        f"DROP TRIGGER {table}_no_truncate ON {table}",
        f"DROP TRIGGER {table}_no_change ON {table}",
        f"DROP FUNCTION {table}_append_only()",
    )


def keep_append_only(table: Table) -> None:
    """Let create_all and drop_all (tests, benchmarks) make the same triggers as the migrations do."""
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only(table.name, dialect):
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]
    # Dropping the table drops its triggers, but not the function they call.
    drop = DDL(f"DROP FUNCTION IF EXISTS {table.name}_append_only()")  # type: ignore[no-untyped-call]
    event.listen(table, "after_drop", drop.execute_if(dialect="postgresql"))
