"""No route of the whole application tells a producer anything of another, or lets it touch it.

The routes are read from the application: one of tomorrow is tried too. What is planted, and what a parameter name
stands for, is told in tests/strangers.py.
"""

from __future__ import annotations

import itertools
import re

import pytest
from flask import jsonify, request

from shop.accounts import tokens
from shop.base.actor import SYSTEM
from shop.db import session, unit_of_work
from shop.orders.models import Order
from shop.web.guard import actor, requires, signed_in
from tests import makers
from tests.browsing import Person
from tests.strangers import PRIVATE, SECRET, SENTINELS, Planted, belongings, plant, text_of

NOT_THERE = {403, 404}
LEFT_OUT = {"accounts.sign_out_everywhere": "throws the stranger out, and then nothing would be tried"}
MOST = 6
"""Addresses tried of one rule: all ids of one thing, and not every pair of many."""


class Street:
    """The first producer, and the owner and staff of the second as browsers and as programs."""

    def __init__(self, app, now):
        self.app, self.now = app, now
        makers.make_reference()
        self.planted: Planted = plant(now)
        other = makers.make_vendor()
        makers.make_product(other)
        self.actors = [makers.make_actor(role, vendor_id=other.id) for role in ("vendor_owner", "vendor_staff")]
        self.people = [
            (
                who,
                Person(app, who),
                {"Authorization": f"Bearer {tokens.create_token(SYSTEM, 'uji', now, user_id=who.user_id)}"},
            )
            for who in self.actors
        ]

    def addresses(self, rule):
        """Return addresses of the rule with the first producer's ids in them."""
        names = list(rule._converters)
        pairs = itertools.product(*(self.planted.values(name) for name in names))
        found = []
        for values in itertools.islice(pairs, MOST):
            path = rule.rule
            for name, value in zip(names, values, strict=True):
                path = re.sub(rf"<(?:[a-z]+(?:\([^)]*\))?:)?{name}>", str(value), path)
            found.append(path)
        return found

    def is_private(self, rule):
        """Whether the address names a thing of one producer."""
        return any(name in PRIVATE for name in rule._converters) or (
            "product_id" in rule._converters and self._guard(rule).kind != "public"
        )

    def _guard(self, rule):
        return self.app.view_functions[rule.endpoint].__guard__

    def breaches(self, endpoint=None):
        """Call every route (or one endpoint) as each stranger; return what was wrong."""
        # Asked for by name too: a list must not be talked into showing another producer's rows.
        query = {name: str(values[0]) for name, values in self.planted.ids.items()} | {
            "q": SECRET[:7], "page": "1", "kantor": "1", "paket": str(self.planted.ids["package_id"][0]),
        }  # fmt: skip
        bodies = ({}, {**query, "version": "1", "state": "paused", "reason": "other", "words": "ya", "on_day": "x"})
        found = []
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if rule.endpoint in LEFT_OUT or endpoint not in {None, rule.endpoint}:
                continue
            guard = self._guard(rule)
            for path in self.addresses(rule):
                for who, browser, token in self.people:
                    for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                        for words in ({}, query) if method == "GET" else bodies:
                            answer = self.knock(browser, token, method, path, words)
                            told = [secret for secret in SENTINELS if secret in text_of(answer)]
                            if told:
                                found.append(f"{method} {path} tells {who.role} {told}")
                            if self.is_private(rule) and answer.status_code not in NOT_THERE:
                                found.append(f"{method} {path} answers {who.role} {answer.status_code}")
                            unknown = answer.status_code == 401 or "/masuk" in answer.headers.get("Location", "")
                            if guard.kind != "public" and unknown:
                                found.append(f"{method} {path} takes {who.role} for nobody: nothing was tried")
        return found

    def knock(self, browser, token, method, path, words):
        """Call one door with the form or JSON it expects."""
        more = {"headers": token} if path.startswith("/api/") else {}
        if method == "GET":
            return browser._open("GET", path, query_string=words, **more)
        if path.startswith("/api/"):
            return browser._open(method, path, json=words, **more)
        return browser._open(method, path, data=dict(words), **more)


@pytest.fixture
def street(app, now):
    """Give the street; forms are accepted without their token."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        with unit_of_work():
            made = Street(app, now)
        yield made


def test_no_route_tells_or_gives_a_stranger_anything_of_another_producer(street):
    before = belongings(street.planted)
    assert sum(map(len, before.values())) > 20, "hardly anything is planted"
    assert street.breaches() == []
    assert belongings(street.planted) == before


def test_what_is_planted_can_be_seen_by_whom_it_belongs_to(street):
    boss = Person(street.app, makers.make_actor_of(street.planted.vendor_id))
    for path in (f"/pesanan/{street.planted.ids['order_id'][0]}", "/perkembangan", "/rekap.xlsx", "/produk-saya"):
        answer = boss.get(path)
        assert any(secret in text_of(answer) for secret in SENTINELS), path


def test_a_leaking_route_of_tomorrow_is_found(street):
    street.app._got_first_request = False

    def purpose(number):
        return session.get_one(Order, number).purpose

    street.app.add_url_rule(
        "/bocor/<int:order_id>", "leak", signed_in(lambda order_id: jsonify(purpose(order_id))), methods=["GET"]
    )
    street.app.add_url_rule(
        "/bocor", "leaky_list", requires("desk:home:read")(
            lambda: jsonify(purpose(request.args.get("order_id", "1")) if actor().vendor_id else "")
        ),
    )  # fmt: skip
    assert "/bocor/" in "\n".join(street.breaches("leak"))
    assert "GET /bocor tells vendor_owner" in "\n".join(street.breaches("leaky_list"))


def test_a_parameter_nobody_has_registered_stops_the_test(street):
    street.app._got_first_request = False
    street.app.add_url_rule("/baru/<int:thing_id>", "new", signed_in(lambda thing_id: jsonify(id=thing_id)))
    with pytest.raises(KeyError, match="thing_id"):
        street.breaches("new")
