"""One mapping from the tree of errors to answers: a page for people, problem+json for programs."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from shop.app import create_app
from shop.base import errors
from shop.settings import Settings
from shop.web.errors import PROBLEM_TYPE, STATUS, TITLES, status_of
from shop.web.guard import public

RAISED = {
    "invalid": (errors.Invalid.at("jumlah", "Jumlah %(n)s salah.", n="<b>3</b>"), 422),
    "unauthenticated": (errors.Unauthenticated("Silakan masuk dahulu."), 401),
    "forbidden": (errors.Forbidden("Peran %(role)s tidak boleh.", role="<b>PP</b>"), 403),
    "separation-of-duties": (errors.SeparationOfDuties("Pemesan tidak boleh menerima."), 403),
    "not-found": (errors.NotFound(), 404),
    "pagu-exceeded": (errors.Conflict("Pagu habis.", kind="pagu-exceeded", facts={"left": 5}), 409),
    "stale": (errors.Stale(), 409),
    "wrong-state": (errors.WrongState("Sudah berubah."), 409),
    "key-reused": (errors.Reused("Kunci sudah dipakai."), 422),
    "too-many": (errors.TooMany("Terlalu sering.", retry_after=17), 429),
    "not-ready": (errors.NotReady("Indeks belum siap."), 503),
}


@pytest.fixture
def raising(app: Flask):
    """Give a client of an application with doors that raise whatever is named."""
    return _with_doors(app).test_client()


def _with_doors(app):
    app._got_first_request = False

    def fail(kind):
        if kind == "crash":
            raise ZeroDivisionError("rahasia")
        if kind == "locked":
            fault = Exception("basis data terkunci")
            fault.sqlstate = "55P03"
            raise OperationalError("SELECT", {}, fault)
        raise RAISED[kind][0]

    app.add_url_rule("/uji/<kind>", "raise_page", public(fail), methods=["GET", "POST"])
    app.add_url_rule("/api/uji/<kind>", "raise_json", public(fail), methods=["GET"])
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def every(kind):
    for below in kind.__subclasses__():
        yield below
        yield from every(below)


def test_every_branch_of_the_tree_has_a_status_and_a_title():
    for kind in every(errors.ShopError):
        statuses = [status for known, status in STATUS if issubclass(kind, known)]
        assert statuses, f"{kind.__name__} has no status"
        assert statuses[0] in TITLES
    assert status_of(errors.ShopError("x")) == 400


@pytest.mark.parametrize("kind", RAISED)
def test_programs_get_a_problem_with_a_stable_word(raising, kind):
    error, status = RAISED[kind]
    answer = raising.get(f"/api/uji/{kind}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    told = answer.json
    assert told["type"] == PROBLEM_TYPE + kind
    assert told["status"] == status
    assert told["detail"] == str(error)
    assert told["title"]
    assert told["errors"] == ([{"field": "jumlah", "message": "Jumlah <b>3</b> salah."}] if kind == "invalid" else [])
    assert answer.headers.get("Retry-After") == ("17" if kind == "too-many" else None)
    assert answer.headers.get("WWW-Authenticate") == ("Bearer" if status == 401 else None)


@pytest.mark.parametrize("kind", RAISED)
def test_people_get_a_page_with_the_sentence_and_no_markup_of_others(raising, kind):
    error, status = RAISED[kind]
    answer = raising.post(f"/uji/{kind}")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert str(error).replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert "<b>3</b>" not in answer.text
    assert "<b>PP</b>" not in answer.text


def test_facts_of_a_conflict_are_told_to_programs(raising):
    assert raising.get("/api/uji/pagu-exceeded").json["facts"] == {"left": 5}


def test_who_is_not_signed_in_is_led_to_the_door_and_back(raising):
    answer = raising.get("/uji/unauthenticated?a=1&b=%2F%2Fevil")
    assert (answer.status_code, answer.location) == (
        302,
        "/masuk?next=/uji/unauthenticated%3Fa%3D1%26b%3D%252F%252Fevil",
    )


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/tidak-ada", "GET", 404),
        ("/api/v1/tidak-ada", "GET", 404),
        ("/api/", "GET", 404),
        ("/katalog", "POST", 405),
        ("/api/v1/products", "DELETE", 405),
        ("/masuk", "PUT", 405),
        ("/katalog", "TRACE", 405),
        ("/static/../wsgi.py", "GET", 404),
        ("/static/%2e%2e/wsgi.py", "GET", 404),
        ("/.git/config", "GET", 404),
        ("/var/shop.sqlite3", "GET", 404),
    ],
)
def test_what_is_not_there_or_not_done_is_told_in_kind(raising, path, method, status):
    answer = raising.open(path, method=method)
    assert answer.status_code == status
    assert answer.mimetype == ("application/problem+json" if path.startswith("/api/") else "text/html")
    if status == 405:
        assert "GET" in answer.headers["Allow"]
    if answer.mimetype == "text/html":
        assert "<h1" in answer.text


@pytest.mark.parametrize("path", ["/uji/crash", "/api/uji/crash"])
def test_an_unforeseen_error_says_nothing_of_itself_and_is_logged(settings: Settings, db_url, clock, path, capfd):
    app = _with_doors(create_app(settings.model_copy(update={"testing": False})))
    answer = app.test_client().get(path)
    assert answer.status_code == 500
    assert "rahasia" not in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivision" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    _close(app)


def test_a_database_that_is_locked_is_a_conflict_to_try_again(settings: Settings, db_url, clock):
    app = _with_doors(create_app(settings.model_copy(update={"testing": False})))
    for path in ("/uji/locked", "/api/uji/locked"):
        assert app.test_client().get(path).status_code == 409
    _close(app)


def _close(app):
    from shop.db import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()
