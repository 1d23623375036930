"""Start of an embedded shop (`dev run`): bring the data up to date, fill a new installation, serve, say where."""

from __future__ import annotations

import argparse
import errno
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import text

from shop import cli
from shop.app import create_app
from shop.db import db, session
from shop.settings import DEMO_MARK, ROOT, Settings, SettingsFault, load_settings

HOST: Final = "127.0.0.1"
PORT: Final = 8000
_TRIES: Final = 50
_BACKLOG: Final = 512
_UNFINISHED: Final = "unfinished"


class CannotStart(Exception):  # noqa: N818 - read by people at start-up
    """The shop cannot start; the message says why and what to do, in one line."""


def main(arguments: Sequence[str]) -> int:
    """Prepare the installation that the environment names and serve it until told to stop. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="dev run")
    parser.add_argument("--port", type=int)
    parser.add_argument("--demo")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _leave)
    try:
        door = listen(asked.port)
        with door:
            settings = load_settings()
            with only_one(settings.var):
                settings = prepare(settings)
            if asked.demo not in {None, settings.demo}:
                print(
                    f"Data di {settings.var} tetap --demo {settings.demo}; untuk isi lain pakai --var lain. / "
                    "Existing data keeps its kind; use another --var."
                )
            return serve(settings, door)
    except (CannotStart, SettingsFault) as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _leave(*_: object) -> None:
    sys.exit(143)


def listen(wanted: int | None) -> socket.socket:
    """Return a socket listening on loopback: on the wanted port, or on 8000 or the next free one.

    The socket itself is handed to the server, so nobody can take the port in between. Raises CannotStart
    when the wanted port is taken or not allowed.
    """
    for port in (wanted,) if wanted is not None else (*range(PORT, PORT + _TRIES), 0):
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, port))
            door.listen(_BACKLOG)  # two sockets may be bound to one port; only one may listen
        except (OSError, OverflowError) as fault:
            door.close()
            if wanted is not None:
                why = "dipakai program lain / in use" if getattr(fault, "errno", 0) == errno.EADDRINUSE else str(fault)
                raise CannotStart(f"Port {port}: {why}. Coba tanpa --port / try without --port.") from None
        else:
            return door
    raise CannotStart("Tidak ada port yang kosong. / No free port.")


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Let one process at a time prepare the data in `var`; a second waits and then finds it done."""
    try:
        import fcntl
    except ImportError:  # no such lock on Windows
        yield
        return
    with (var / "start.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def prepare(settings: Settings) -> Settings:
    """Migrate, load the reference data and the demo where they are missing. Returns the settings as the data has them.

    Data that was not made as a demo is never filled with one, and a demo stays marked as one, whatever is asked.
    """
    mark = settings.var / DEMO_MARK
    _drop_unfinished(settings, mark)
    app = create_app(settings.model_copy(update={"worker": False}))
    cli.init_app(app)
    with app.app_context():
        _migrate()
        if not _has_rows("region"):
            _command(app, "reference", "load")
        if _has_rows("user_account"):
            if not mark.exists():  # made by hand, so not by us as a demo
                settings = settings.model_copy(update={"demo": "none"})
        elif settings.demo == "none":
            mark.write_text("none")
        else:
            mark.write_text(f"{settings.demo} {_UNFINISHED}")
            _command(app, "demo", "seed", settings.demo)
            mark.write_text(settings.demo)
        if settings.demo != "none":
            _command(app, "demo", "logins")
        session.remove()
        db.engine.dispose()  # the server forks next: it must not inherit a connection
    return settings


def _drop_unfinished(settings: Settings, mark: Path) -> None:
    """Throw away demo data whose making was cut short (power, Ctrl-C); nobody has worked with it yet."""
    if not mark.exists() or _UNFINISHED not in mark.read_text():
        return
    if settings.database_url:
        raise CannotStart(
            "Basis data contoh belum selesai diisi; kosongkan dulu. / Half-made demo: empty the database."
        )
    for suffix in ("", "-wal", "-shm"):
        (settings.var / f"shop.sqlite3{suffix}").unlink(missing_ok=True)


def _migrate() -> None:
    from flask_migrate import upgrade

    upgrade(directory=str(ROOT / "migrations"))
    session.remove()


def _has_rows(table: str) -> bool:
    found = session.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first()  # noqa: S608 - names of our own tables
    session.rollback()
    return found is not None


def _command(app: Flask, *words: str) -> None:
    """Run a command as an operator would type it after `dev flask`."""
    app.cli.main(list(words), "flask", standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))


def serve(settings: Settings, door: socket.socket) -> int:
    """Serve until interrupted: gunicorn with the committed configuration, waitress where there is no fork."""
    port: int = door.getsockname()[1]

    def announce() -> None:
        print(
            f"\n  Siap / ready:     http://{HOST}:{port}/\n  Data:             {settings.var}\n"
            "  Berhenti / stop:  Ctrl-C\n",
            flush=True,
        )

    try:
        from gunicorn.app.base import Application
    except ImportError:
        return _serve_with_waitress(settings, door, announce)

    class Embedded(Application):  # type: ignore[misc] # gunicorn carries no types
        """The committed configuration on a socket that is already bound."""

        def load_config(self) -> None:
            self.load_config_from_file(str(ROOT / "gunicorn.conf.py"))
            self.cfg.set("bind", f"fd://{door.detach()}")
            self.cfg.set("loglevel", "warning")
            self.cfg.set("post_worker_init", lambda worker: announce() if worker.age == 1 else None)

        def load(self) -> Flask:
            return create_app(settings)

    Embedded(prog="dev run").run()
    return 0


def _serve_with_waitress(settings: Settings, door: socket.socket, announce: Callable[[], None]) -> int:
    import waitress

    app: Any = create_app(settings)
    server = waitress.create_server(app, sockets=[door], threads=8)
    announce()
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
