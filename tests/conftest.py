"""Fixtures: a fresh database for each test, the application on it, a fixed moment, and no network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from werkzeug.routing import Rule

from shop.settings import Settings
from tests.browsing import Person
from tests.databases import Postgres, Sqlite, start_postgres
from tests.network import forbid_outside

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from shop.base.actor import Actor

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
"""Friday 20 November 2026, 10:00 in Jakarta: an ordinary working morning."""

_SERVER = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --db and --slow."""
    parser.addoption("--db", choices=("sqlite", "postgresql"), default="sqlite", help="database to run the suite on")
    parser.addoption("--slow", action="store_true", help="also run tests marked slow (fresh clones, load)")


def pytest_configure(config: pytest.Config) -> None:
    """Close the network, clean the environment, and start one PostgreSQL for all worker processes."""
    forbid_outside()
    compile_addresses_once()
    for name in [name for name in os.environ if name.startswith("SHOP_")]:
        del os.environ[name]
    given: dict[str, Any] | None = getattr(config, "workerinput", None)
    if given is not None:
        config.stash[_SERVER] = given.get("postgres", "")
    elif config.getoption("--db") == "postgresql" and not config.option.collectonly:
        config.stash[_SERVER], stop = start_postgres()
        config.add_cleanup(stop)


def compile_addresses_once() -> None:
    """Keep what Werkzeug compiles for an address: every test has an application of its own, and this took most of it."""
    compiled: dict[tuple[Any, ...], Any] = {}
    compile_builder = Rule._compile_builder

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each xdist worker where the shared server is."""
    node.workerinput["postgres"] = node.config.stash.get(_SERVER, "")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the browser tests in one process: two servers and two Chromiums would only be slower.

    The mark `xdist_group` does not do it: xdist 3.8 writes it where pytest 9.2 does not look any more.
    """
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if nodeid.startswith("tests/browser/") else nodeid

    return Together(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow or for the other database, and on PostgreSQL what says nothing about a database."""
    on_postgres = config.getoption("--db") == "postgresql"
    if on_postgres:
        silent = [item for item in items if "db_url" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in silent]
        config.hook.pytest_deselected(items=silent)
    for item in items:
        if item.get_closest_marker("slow") and not config.getoption("--slow"):
            item.add_marker(pytest.mark.skip(reason="slow: run with --slow"))
        if item.get_closest_marker("sqlite_only") and on_postgres:
            item.add_marker(pytest.mark.skip(reason="concerns SQLite only"))
        if item.get_closest_marker("postgresql_only") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="concerns PostgreSQL only: run with --db postgresql"))


@pytest.fixture(scope="session")
def _databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqlite | Postgres]:
    folder = tmp_path_factory.mktemp("blank")
    server = request.config.stash.get(_SERVER, "")
    if not server:
        yield Sqlite(folder)
        return
    made = Postgres(server, os.environ.get("PYTEST_XDIST_WORKER", "main"), folder)
    yield made
    made.close()


@pytest.fixture
def db_url(request: pytest.FixtureRequest, _databases: Sqlite | Postgres, tmp_path: Path) -> Iterator[str]:
    """URL of a migrated database of this test's own, with the reference tables in it unless it is marked `blank`.

    Tests of the doors' `city` find it laid out already, once it has been in this process.
    """
    folder = tmp_path / "var"
    folder.mkdir()
    blank = request.node.get_closest_marker("blank") is not None
    kept = "city" in request.fixturenames and _databases.has_kept
    with _databases.fresh(folder, blank=blank, kept=kept) as url:
        yield url


@pytest.fixture
def now() -> datetime:
    """Moment at which every test happens; verbs take it, and `clock` makes the doors read it."""
    return NOW


@pytest.fixture
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """Set the process to `now`, ticking from there; `clock.shift(timedelta(days=3))` and `clock.move_to(moment)` jump."""
    with time_machine.travel(now, tick=True) as traveller:
        yield traveller


@pytest.fixture
def settings(db_url: str, tmp_path: Path) -> Settings:
    """Settings of this test's installation: no background thread, everything below its own folder."""
    return Settings(var=tmp_path / "var", database_url=db_url, secret_key="only for tests", testing=True, worker=False)


@pytest.fixture(scope="session")
def _compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Compiled templates of all tests: each has an application of its own, and compiling took most of a page's time."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, clock: time_machine.Traveller, _compiled: FileSystemBytecodeCache) -> Iterator[Flask]:
    """Application on a fresh database."""
    from shop import cli
    from shop.app import create_app
    from shop.db import db

    made = create_app(settings)
    made.jinja_env.bytecode_cache = _compiled
    cli.init_app(made)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()  # an open connection would keep the copy alive and warn when collected


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Browser without a face: keeps cookies, follows nothing by itself."""
    return app.test_client()


@pytest.fixture
def person(app: Flask) -> Callable[[Actor], Person]:
    """Return a function that gives the browser of an actor."""
    return lambda actor: Person(app, actor)


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Return a context that collects the SQL statements of its block, without BEGIN."""
    from shop.db import db

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
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
