"""The description of the JSON doors and the doors themselves agree.

What it allows is taken, what it forbids refused, and every answer has the shape it promises. Schemathesis asks, always the
same questions.
"""

from __future__ import annotations

import re
from contextvars import Context

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.web.conftest import city

__all__ = ["city"]
EXAMPLES = 25
MODES = {"right": GenerationMode.POSITIVE, "wrong": GenerationMode.NEGATIVE}


def ask(city, mode, role, wanted):
    """Call every operation that `wanted` names with generated input, and hold its answers against the description."""
    told = city.app.test_client().get("/api/v1/openapi.json").json
    del told["components"]["securitySchemes"]  # the token is always sent: leaving it away is test_routes' question
    schema = schemathesis.openapi.from_dict(told)
    schema.app, schema.location = city.app, "/api/v1/openapi.json"
    headers = {"Authorization": f"Bearer {city.tokens[role]}"} if role else {}
    asked, faults = 0, []
    for found in schema.get_all_operations():
        operation = found.ok()
        if wanted(operation.definition.raw):
            asked += 1
            try:
                Context().run(questions(operation, mode, headers))
            except Exception as fault:  # noqa: BLE001 - all operations are asked before any is told
                faults.append(f"{operation.label}: {fault}")
    assert asked
    assert not faults, "\n\n".join(faults)[:20_000]


def questions(operation, mode, headers):
    """Return a function that asks one operation some dozens of times."""
    # Whether a package or product of that number exists is for the verb to say: no schema knows it.
    left_out = [positive_data_acceptance] if operation.method == "post" else []

    @bounds(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(case=operation.as_strategy(generation_mode=MODES[mode]))
    def check(case):
        case.call_and_validate(headers=headers, excluded_checks=left_out)

    return check


def is_open(operation):
    return operation["security"] == []


@pytest.mark.parametrize("mode", MODES)
def test_what_is_open_to_all_is_as_described(city, mode):
    ask(city, mode, "", is_open)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("role", ["pp", "vendor_owner", "auditor"])
def test_what_needs_a_token_is_as_described(city, mode, role):
    ask(city, mode, role, lambda operation: not is_open(operation))


def test_every_json_door_is_in_the_description_and_nothing_else(city):
    told = city.app.test_client().get("/api/v1/openapi.json").json
    assert told["openapi"].startswith("3.1")
    named = {(path, method.upper()) for path, methods in told["paths"].items() for method in methods}
    doors = {
        (re.sub(r"<(?:[^:>]*:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in city.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "house_api.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert named == doors
    for methods in told["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["security"] == [] or {"401", "403"} <= set(operation["responses"])
