"""The start of an embedded shop: a free port, data brought up to date once, and a demo that stays a demo."""

from __future__ import annotations

import socket

import pytest

from shop import start
from shop.settings import DEMO_MARK, Settings, load_settings, marked_demo


@pytest.fixture
def settings(tmp_path):
    """A new installation on SQLite, as `dev run` meets it."""
    var = tmp_path / "var"
    var.mkdir()
    return Settings(var=var, secret_key="only for tests", demo="small", testing=True, worker=False)


@pytest.fixture
def commands(monkeypatch, clock):
    """Record the commands instead of running them; after the first look each table counts as filled."""
    ran = []

    def run(_app, *words):
        ran.append(" ".join(words))

    monkeypatch.setattr(start, "_command", run)
    rows = {"region": False, "user_account": False}

    def has_rows(table):
        before, rows[table] = rows[table], True
        return before

    monkeypatch.setattr(start, "_has_rows", has_rows)
    return ran


def test_the_default_port_gives_way_to_the_next_free_one(monkeypatch):
    with start.listen(0) as first:
        taken = first.getsockname()[1]
        monkeypatch.setattr(start, "PORT", taken)
        with start.listen(None) as second:
            assert second.getsockname()[1] != taken
            assert second.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("port", [70_000, -1])
def test_a_port_that_cannot_be_is_refused_in_one_line(port):
    with pytest.raises(start.CannotStart, match="--port"):
        start.listen(port)


def test_a_named_port_in_use_is_refused_in_one_line():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(start.CannotStart, match="in use"):
            start.listen(other.getsockname()[1])


def test_a_new_installation_is_filled_once(settings, commands):
    start.prepare(settings)
    start.prepare(settings)
    assert commands == ["reference load", "demo seed small", "demo logins", "demo logins"]
    assert marked_demo(settings.var) == "small"


def test_an_installation_without_demo_is_never_filled_with_one(settings, commands):
    start.prepare(settings.model_copy(update={"demo": "none"}))
    (settings.var / DEMO_MARK).unlink()
    ready = start.prepare(settings)
    assert commands == ["reference load"]
    assert ready.demo == "none"


def test_a_real_installation_without_users_yet_is_known_as_such(settings, commands, monkeypatch):
    monkeypatch.setattr(start, "_has_rows", lambda table: table == "region")
    start.prepare(settings.model_copy(update={"demo": "none"}))
    assert marked_demo(settings.var) == "none"


def test_a_demo_cut_short_is_made_anew(settings, commands):
    file = settings.var / "shop.sqlite3"
    file.write_bytes(b"half made")
    (settings.var / DEMO_MARK).write_text("small unfinished")
    start.prepare(settings)
    assert "demo seed small" in commands
    assert (settings.var / DEMO_MARK).read_text() == "small"
    assert file.read_bytes() != b"half made"


def test_a_demo_cut_short_on_a_server_is_not_thrown_away(settings):
    (settings.var / DEMO_MARK).write_text("small unfinished")
    elsewhere = settings.model_copy(update={"database_url": "postgresql:///shop"})
    with pytest.raises(start.CannotStart, match="Half-made"):
        start.prepare(elsewhere)


def test_a_demo_stays_a_demo_whatever_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_VAR", str(tmp_path))
    monkeypatch.setenv("SHOP_DEMO", "none")
    (tmp_path / DEMO_MARK).write_text("city")
    assert load_settings().demo == "city"


def test_faulty_settings_stop_the_start_in_plain_words(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("SHOP_VAR", str(tmp_path))
    monkeypatch.setenv("SHOP_MAX_UPLOAD_MB", "many")
    monkeypatch.setenv("SHOP_DEMO", "huge")
    monkeypatch.setattr(start.signal, "signal", lambda *_: None)
    assert start.main(["--port", "0"]) == 1
    said = capsys.readouterr().err
    assert "SHOP_MAX_UPLOAD_MB" in said
    assert "SHOP_DEMO" in said
