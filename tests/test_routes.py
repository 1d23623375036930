"""Every route says who may call it, and what it says is held: proven by calling each one as a stranger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask, jsonify
from werkzeug.routing import IntegerConverter

from shop.web.guard import Guard, public

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule

PUBLIC = Path(__file__).parent / "public_routes.txt"
"""Reviewed by a person: a route that appears here is open to the whole world."""
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def marks(app: Flask) -> dict[str, Guard | None]:
    """Return {endpoint: its guard} of every route but the static files."""
    return {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "__guard__", None)
        for rule in app.url_map.iter_rules()
    }


def unguarded(app: Flask) -> list[str]:
    """Return the endpoints that do not say who may call them."""
    return sorted(name for name, guard in marks(app).items() if guard is None)


def address(rule: Rule) -> str:
    """Return an address that the rule matches."""
    path = rule.rule
    for name, converter in rule._converters.items():
        value = "1" if isinstance(converter, IntegerConverter) else next(iter(getattr(converter, "items", ())), "x")
        start = path.index("<")
        while not path[start : path.index(">", start)].endswith(name):
            start = path.index("<", start + 1)
        path = path[:start] + value + path[path.index(">", start) + 1 :]
    return path


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    assert unguarded(app) == []


def test_the_law_of_guards_bites(app: Flask) -> None:
    app._got_first_request = False
    app.add_url_rule("/tanpa-penjaga", "loose", lambda: jsonify(ok=True))
    assert unguarded(app) == ["loose"]
    assert app.test_client().get("/tanpa-penjaga").status_code == 403


def test_public_routes_are_those_a_person_has_reviewed(app: Flask) -> None:
    listed = [line for line in PUBLIC.read_text().splitlines() if line and not line.startswith("#")]
    found = sorted(name for name, guard in marks(app).items() if guard and guard.kind == "public")
    assert found == sorted(listed)


def test_a_new_public_route_is_noticed(app: Flask) -> None:
    app._got_first_request = False
    app.add_url_rule("/baru", "new_public", public(lambda: jsonify(ok=True)))
    with pytest.raises(AssertionError):
        test_public_routes_are_those_a_person_has_reviewed(app)


def test_a_stranger_gets_into_no_guarded_route(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        guard = marks(app).get(rule.endpoint)
        if guard is None or guard.kind == "public":
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            app.config["WTF_CSRF_ENABLED"] = False
            answer = client.open(address(rule), method=method)
            refused = answer.status_code in {401, 403} or (
                answer.status_code == 302 and answer.location.startswith("/masuk?next=")
            )
            assert refused, f"{method} {rule.rule} answered {answer.status_code} to a stranger"


def test_no_form_works_without_its_csrf_token(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            continue  # tokens, not cookies: there is nothing a foreign page could ride on
        for method in (rule.methods or set()) & UNSAFE:
            answer = client.open(address(rule), method=method)
            assert answer.status_code in {400, 302, 401}, f"{method} {rule.rule} answered {answer.status_code}"


def test_no_json_door_reads_the_cookie_and_each_is_described(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "house_api.openapi":
            assert hasattr(app.view_functions[rule.endpoint], "__described__"), f"{rule.rule} is not described"


def test_every_page_carries_the_strict_headers(app: Flask, client: FlaskClient) -> None:
    for path in ("/", "/katalog", "/masuk", "/p3dn", "/healthz", "/tidak-ada"):
        headers = client.get(path).headers
        assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
