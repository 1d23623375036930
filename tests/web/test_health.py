"""Doors for machines that watch: what is broken has a name, and figures are not for strangers."""

from __future__ import annotations

import pytest

from shop.web import health


def test_alive_and_ready(client):
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "checks": {"database": "ok", "search": "ok"}})


def test_what_is_broken_is_named_and_nothing_else_is_told(app, client, monkeypatch):
    class Broken:
        def count(self):
            raise OSError("/secret/path")

    monkeypatch.setitem(app.extensions, "search", Broken())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "not-ready", "checks": {"database": "ok", "search": "OSError"}},
    )

    def gone(_statement):
        raise ConnectionError("user:password@host")

    monkeypatch.setattr(health.session, "execute", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": "ConnectionError", "search": "OSError"}
    assert client.get("/healthz").status_code == 200  # alive all the same


@pytest.mark.parametrize(
    ("remote", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.8.8.8", {}, 200),
        ("10.0.0.5", {}, 404),
        ("", {}, 404),
        ("garbage", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8"}, 404),
        ("10.0.0.5", {"X-Forwarded-For": "127.0.0.1"}, 404),
    ],
)
def test_figures_are_for_this_machine_only(app, remote, headers, status):
    answer = app.test_client().get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": remote})
    assert answer.status_code == status
    if status == 200:
        assert answer.mimetype == "text/plain"
        assert "process_" in answer.text or "python_" in answer.text


def test_or_for_the_bearer_of_the_token(app):
    app.config["SHOP"].metrics_token = "panjang-dan-rahasia"
    ask = app.test_client().get
    assert ask("/metrics").status_code == 404
    for wrong in ("x", "panjang-dan-rahasi", "é", "Bearer", "Bearer é"):
        assert ask("/metrics", headers={"Authorization": wrong}).status_code == 404
    right = {"Authorization": "Bearer panjang-dan-rahasia"}
    assert ask("/metrics", headers=right, environ_overrides={"REMOTE_ADDR": "8.8.8.8"}).status_code == 200
