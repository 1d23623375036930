"""The house keeps its laws, and each law is shown to bite: on a small tree that breaks it, it must speak."""

from __future__ import annotations

from pathlib import Path

import pytest

from shop.settings import ROOT
from tests import architecture as a

LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 41

BROKEN = [
    (
        a.imports_go_down,
        {"catalog/browsing.py": "import shop.orders.models"},
        "catalog.browsing (floor 6) imports orders.models",
    ),
    (
        a.imports_go_down,
        {"vendors/x.py": "from shop import budgets", "budgets/__init__.py": ""},
        "(floor 5) imports budgets",
    ),
    (
        a.imports_go_down,
        {"p3dn/x.py": "from ..orders import models", "orders/models.py": ""},
        "imports orders.models (floor 7)",
    ),
    (a.imports_go_down, {"base/x.py": "from shop.db import session"}, "base.x (floor 0) imports db"),
    (a.imports_go_down, {"orders/views.py": "from shop.demo import seeding"}, "imports shop.demo".replace("shop.", "")),
    (a.imports_go_down, {"lounge/x.py": ""}, "room lounge has no floor"),
    (a.imports_go_down, {"catalog/x.py": "def f():\n    from shop.web import paging"}, "imports web"),
    (
        a.nobody_imports_a_door,
        {"orders/cart.py": "from shop.orders.views import bp", "orders/views.py": ""},
        "the door orders.views",
    ),
    (
        a.nobody_imports_a_door,
        {"orders/views.py": "from shop.catalog import api", "catalog/api.py": ""},
        "the door catalog.api",
    ),
    (
        a.nobody_imports_a_door,
        {"cli.py": "import shop.orders.views_desk", "orders/views_desk.py": ""},
        "orders.views_desk",
    ),
    (
        a.rooms_keep_their_order,
        {"orders/models.py": "from shop.orders import placing", "orders/placing.py": "from shop.db import session"},
        "imports orders.placing",
    ),
    (
        a.rooms_keep_their_order,
        {"orders/placing.py": "from shop.orders.forms import F", "orders/forms.py": "import shop.orders.models"},
        "imports orders.forms",
    ),
    (
        a.rooms_keep_their_order,
        {"orders/states.py": "from shop.orders import cart", "orders/cart.py": "import shop.db"},
        "orders.states imports orders.cart",
    ),
    (a.rooms_keep_their_order, {"p3dn/rules.py": "from shop.p3dn.models import LedgerEntry"}, "p3dn.rules is a rule"),
    (a.rooms_keep_their_order, {"catalog/pricing.py": "import shop.db"}, "catalog.pricing is a rule and imports db"),
    (
        a.framework_stops_at_the_doors,
        {"orders/placing.py": "from flask import request"},
        "orders.placing imports flask",
    ),
    (a.framework_stops_at_the_doors, {"accounts/people.py": "import flask_login"}, "imports flask_login"),
    (
        a.one_file_assigns_state,
        {"orders/paying.py": "def f(order):\n    order.state = 'paid'"},
        "paying.py:2: assigns .state",
    ),
    (a.one_file_assigns_state, {"orders/paying.py": "setattr(order, 'state', 'paid')"}, "assigns .state"),
    (a.one_file_assigns_state, {"orders/paying.py": "update(Order).values(state='paid')"}, "assigns .state"),
    (a.one_file_assigns_state, {"catalog/publishing.py": "product.state += 1"}, "assigns .state"),
    (a.money_is_exact, {"p3dn/totals.py": "share = part / whole"}, "divides with /"),
    (a.money_is_exact, {"orders/x.py": "total /= 2"}, "divides with /"),
    (a.money_is_exact, {"budgets/x.py": "rate = 0.11"}, "float 0.11"),
    (a.money_is_exact, {"catalog/pricing.py": "price = float(text)"}, "calls float()"),
    (a.money_is_exact, {"base/money.py": "x = round(y)"}, "calls round()"),
    (a.commit_only_at_the_door, {"orders/placing.py": "session.commit()"}, "commits by itself"),
    (a.commit_only_at_the_door, {"orders/views.py": "db.session.commit()"}, "commits by itself"),
    (a.clock_is_read_at_the_door, {"orders/placing.py": "now = utc_now()"}, "reads the clock"),
    (a.clock_is_read_at_the_door, {"orders/placing.py": "now = datetime.datetime.now(UTC)"}, "reads the clock"),
    (a.clock_is_read_at_the_door, {"orders/placing.py": "now = time.time()"}, "reads the clock"),
    (a.files_and_functions_stay_small, {"orders/x.py": "x = 1\n" * 301}, "301 lines"),
    (a.files_and_functions_stay_small, {"orders/x.py": LONG_FUNCTION}, "f has 42 lines"),
    (a.names_say_something, {"orders/helpers.py": ""}, "helpers"),
    (a.names_say_something, {"services/__init__.py": ""}, "services"),
    (a.modules_say_what_they_are, {"orders/x.py": "x = 1"}, "orders/x.py:1: no docstring"),
]

ALLOWED = [
    (a.imports_go_down, {"orders/views.py": "from shop.web import paging\nimport shop.catalog.browsing\nimport shop.orders.cart"}),
    (a.imports_go_down, {"doors.py": "import shop.orders.views"}),
    (a.nobody_imports_a_door, {"doors.py": "import shop.orders.views", "orders/views.py": ""}),
    (a.rooms_keep_their_order, {"orders/models.py": "from shop.orders import words", "orders/words.py": "import shop.base.money"}),
    (a.rooms_keep_their_order, {"orders/rules.py": "from shop.base import money"}),
    (a.framework_stops_at_the_doors, {"orders/views.py": "import flask", "orders/forms.py": "import wtforms", "web/x.py": "import flask"}),
    (a.framework_stops_at_the_doors, {"db.py": "from flask_sqlalchemy import SQLAlchemy"}),
    (a.one_file_assigns_state, {"orders/states.py": "order.state = 'paid'"}),
    (a.one_file_assigns_state, {"orders/x.py": "if order.state == 'paid': pass"}),
    (a.money_is_exact, {"orders/x.py": "path = folder / 'x'\nhalf = a // 2", "web/x.py": "width = a / b"}),
    (a.commit_only_at_the_door, {"db.py": "session.commit()"}),
    (a.clock_is_read_at_the_door, {"orders/views.py": "now = utc_now()"}),
    (a.files_and_functions_stay_small, {"orders/x.py": 'def f():\n    """' + "x\n" * 50 + '"""\n' + "    x = 1\n" * 38}),
]  # fmt: skip


def plant(folder: Path, files: dict[str, str]) -> Path:
    """Write a small source tree and return its package folder."""
    for name, source in files.items():
        path = folder / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return folder / "shop"


@pytest.mark.parametrize("law", a.LAWS, ids=lambda law: law.__name__)
def test_the_house_keeps(law):
    assert list(law(ROOT / "shop")) == []


@pytest.mark.parametrize(("law", "files", "told"), BROKEN, ids=lambda v: getattr(v, "__name__", None))
def test_a_broken_law_speaks(tmp_path, law, files, told):
    breaches = list(law(plant(tmp_path, files)))
    assert len(breaches) == 1, breaches
    assert told in breaches[0]


@pytest.mark.parametrize(("law", "files"), ALLOWED, ids=lambda v: getattr(v, "__name__", None))
def test_what_is_allowed_passes(tmp_path, law, files):
    assert list(law(plant(tmp_path, files))) == []


def test_every_law_is_shown_to_bite():
    assert {law for law, _, _ in BROKEN} == set(a.LAWS)


def test_every_exemption_is_still_needed():
    known = {module.name for module in a.modules(ROOT / "shop")}
    assert {*a.FRAMEWORK_EXEMPT, *a.CLOCK_READERS, *a.COMMIT_EXEMPT} <= known
