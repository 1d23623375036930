"""The JSON door: placing with a key, reading one's own, taking steps with the version that was seen."""

from __future__ import annotations

import base64
import contextvars
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shop.accounts import offices, tokens
from shop.accounts.models import Hat
from shop.db import session, unit_of_work
from shop.orders import places
from shop.orders.models import Order
from shop.risk import notes
from shop.sourcing import record_reading, record_trail
from shop.sourcing.record_reasons import REASONS
from tests import makers

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class Caller:
    """A program with one person's token."""

    def __init__(self, app, actor, now):
        with unit_of_work():
            self.token = tokens.create_token(actor, "uji", now)
        self.client = app.test_client()
        self.app = app

    def __call__(self, method, path, body=None, status=200, key=None, **more):
        headers = {
            "Authorization": f"Bearer {self.token}",
            **({"Idempotency-Key": key} if key else {}),
            **more.pop("headers", {}),
        }
        given = {"json": body} if body is not None else {}
        answer = contextvars.Context().run(
            self.client.open, f"/api/v1{path}", method=method, headers=headers, **given, **more
        )
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.get_json()


@pytest.fixture
def caller(app, now):
    return lambda actor: Caller(app, actor, now)


@pytest.fixture
def product(crew):
    with unit_of_work():
        made = makers.make_product(crew.vendor, stock=100, daily_capacity=80)
        makers.make_certificate(made)
    session.refresh(made)
    session.rollback()
    return made


def orders_made():
    session.rollback()  # what was read before belongs to an older snapshot
    return session.scalar(select(func.count()).select_from(Order))


def body(crew, product, **changed):
    return {
        "rup_code": crew.rup_code,
        "purpose": "Rapat RW",
        "headcount": 30,
        "deliver": {"address": "Kantor Kelurahan", "kecamatan": "31.71.01", "at": "2026-11-25T10:00:00+07:00"},
        "lines": [{"product_id": product.id, "quantity": 30, "note": "pedas <b>sekali</b>"}],
        "shown_total": 555_000,
        **changed,
    }


def test_the_same_key_gives_the_same_order_and_another_body_is_refused(crew, caller, product):
    pp = caller(crew.pp)
    made = pp("POST", "/orders", body(crew, product), 201, key="kunci-0001")
    assert made["state"] == "sent"
    assert made["totals"] == {
        "total": 555_000,
        "pdn": 555_000,
        "certified": 555_000,
        "tkdn_weighted": 249_750,
        "umk": 555_000,
    }
    assert made["lines"][0]["tkdn_bp"] == 4500
    assert made["deliver"]["at"] == "2026-11-25T10:00:00+07:00"
    again = pp("POST", "/orders", body(crew, product), 200, key="kunci-0001")
    assert again["id"] == made["id"]
    refused = pp("POST", "/orders", body(crew, product, purpose="Lain"), 422, key="kunci-0001")
    assert refused["type"].endswith("key-reused")
    assert orders_made() == 1


def test_places_and_reasons_by_token_follow_the_rules_of_the_pages(crew, caller, product, client, now):
    with unit_of_work():
        cheap = makers.make_product(price=15_000)
        record_trail.keep(crew.pp, "compare", {}, [(product.id, 18_500), (cheap.id, 15_000)], now, ranked=False)
    pp = caller(crew.pp)
    place = {"address": "Balai RW 02", "kecamatan": "31.71.01", "lines": [{"product_id": product.id, "quantity": 12}]}
    answer = pp("POST", "/orders", body(crew, product, places=[place]), 422, key="kunci-0011")
    assert [error["field"] for error in answer["errors"]] == ["lines.0.reason"]
    why = {"product_id": product.id, "quantity": 30, "reason": "quality"}
    far = body(crew, product, places=[place | {"kecamatan": "32.01.01"}], lines=[why])
    assert pp("POST", "/orders", far, 422, key="kunci-0011")["errors"][0]["field"] == "places.0.kecamatan"
    short = body(crew, product, risk_note="ya", lines=[why])
    assert pp("POST", "/orders", short, 422, key="kunci-0011")["errors"][0]["field"] == "risk_note"
    good = body(crew, product, places=[place], lines=[why], risk_note="Rapat pagi dan siang")
    made = pp("POST", "/orders", good, 201, key="kunci-0011")
    assert pp("POST", "/orders", good, 200, key="kunci-0011")["id"] == made["id"]
    session.rollback()
    assert [(x.address, sum(x.shares.values())) for x in places.of_order(made["id"])] == [
        ("Kantor Kelurahan", 18), ("Balai RW 02", 12),
    ]  # fmt: skip
    assert record_reading.record_of(made["id"]).lines[0]["reason"] == "quality"
    assert [note.words for note in notes.of_order(made["id"])] == ["Rapat pagi dan siang"]
    with unit_of_work():
        offices.set_approval_above(crew.pa, 500_000, None, now)
    refused = pp("POST", "/orders", body(crew, product, lines=[why]), 409, key="kunci-0012")
    assert refused["type"].endswith("needs-approval")
    told = client.get("/api/v1/openapi.json").get_json()
    assert "needs-approval" in told["paths"]["/api/v1/orders"]["post"]["description"]
    reasons = told["components"]["schemas"]["LineIn"]["properties"]["reason"]["description"]
    assert all(code in reasons for code in REASONS)


def test_a_key_is_compulsory(crew, caller, product):
    answer = caller(crew.pp)("POST", "/orders", body(crew, product), 422)
    assert answer["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "2", True, 10**12, 1e12, None, [], 10**30])
def test_a_quantity_that_is_no_whole_number_in_range_is_refused_by_name(crew, caller, product, quantity):
    wrong = body(crew, product, lines=[{"product_id": product.id, "quantity": quantity}])
    answer = caller(crew.pp)("POST", "/orders", wrong, 422, key="kunci-0002")
    assert answer["errors"] == [
        {"field": "lines.0.quantity", "message": "Jumlah harus bilangan bulat 1 sampai 100.000."}
    ]


def test_unknown_fields_are_refused_by_name(crew, caller, product):
    wrong = body(crew, product, discount=5)
    wrong["deliver"]["floor"] = 3
    answer = caller(crew.pp)("POST", "/orders", wrong, 422, key="kunci-0003")
    assert {e["field"] for e in answer["errors"]} == {"discount", "deliver.floor"}


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b"", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"rup_code": "\xff"}', "application/json", 400),
        (b"1" * 5000, "application/json", 400),
    ],
)
def test_a_body_that_is_no_order_gets_a_clean_problem(crew, caller, data, kind, status):
    answer = caller(crew.pp)("POST", "/orders", None, status, key="kunci-0004", data=data, content_type=kind)
    assert answer["status"] == status


def test_lone_surrogates_and_control_characters_do_no_harm(crew, caller, product):
    caller(crew.pp)("POST", "/orders", body(crew, product, purpose="Rapat \ud800 RW"), 422, key="kunci-0005")
    made = caller(crew.pp)("POST", "/orders", body(crew, product, purpose="Rapat \x00\n RW"), 201, key="kunci-0005")
    assert made["purpose"] == "Rapat RW"


@pytest.mark.parametrize(
    ("change", "status", "kind"),
    [
        ({"shown_total": 1}, 409, "total-changed"),
        ({"lines": [{"product_id": 1, "quantity": 90}], "shown_total": 90 * 18_500}, 409, "capacity-gone"),
        ({"lines": [{"product_id": 1, "quantity": 101}], "shown_total": 101 * 18_500}, 409, "out-of-stock"),
        ({"lines": [{"product_id": 999, "quantity": 1}]}, 409, "not-for-sale"),
        ({"rup_code": "000"}, 422, "invalid"),
        ({"deliver": {"address": "Kantor Kelurahan", "kecamatan": "31.71.01", "at": "besok"}}, 422, "invalid"),
        (
            {"deliver": {"address": "Kantor Kelurahan", "kecamatan": "31.71.01", "at": "2026-11-20T10:30"}},
            422,
            "invalid",
        ),
        ({"deliver": {"address": "Kantor Kelurahan", "kecamatan": "31.71", "at": "2026-11-25T10:00"}}, 422, "invalid"),
        (
            {"deliver": {"address": "Kantor", "kecamatan": "31.71.01", "at": "9999-12-31T23:59:59-23:59"}},
            422,
            "invalid",
        ),
    ],
)
def test_a_world_that_moved_on_or_a_wrong_field_says_which(crew, caller, product, change, status, kind):
    if "lines" in change and change["lines"][0]["product_id"] == 1:
        change = {**change, "lines": [{**change["lines"][0], "product_id": product.id}]}
    answer = caller(crew.pp)("POST", "/orders", body(crew, product, **change), status, key="kunci-0006")
    assert answer["type"].endswith(kind), answer
    assert orders_made() == 0


def test_one_order_is_for_one_producer(crew, caller, product):
    with unit_of_work():
        other = makers.make_product()
    lines = [{"product_id": product.id, "quantity": 1}, {"product_id": other.id, "quantity": 1}]
    answer = caller(crew.pp)(
        "POST", "/orders", body(crew, product, lines=lines, shown_total=37_000), 422, key="kunci-0007"
    )
    assert answer["errors"][0]["field"] == "lines"


def test_the_journey_by_program_with_one_version_a_step(crew, caller, product, clock):
    pp, producer, ppk, bendahara = (caller(a) for a in (crew.pp, crew.producer, crew.ppk, crew.bendahara))
    order = pp("POST", "/orders", body(crew, product), 201, key="kunci-0008")
    path = f"/orders/{order['id']}"
    assert [a["verb"] for a in order["actions"]] == ["cancel"]
    seen = producer("GET", path)
    assert [a["verb"] for a in seen["actions"]] == ["confirm", "refuse"]
    assert seen["actions"][0]["due_at"] == order["due_at"]
    assert producer("POST", f"{path}/confirm", {"version": 1})["version"] == 2
    assert producer("POST", f"{path}/confirm", {"version": 1}, 409)["type"].endswith("stale")
    assert producer("POST", f"{path}/confirm", {"version": 2}, 409)["type"].endswith("wrong-state")
    assert producer("POST", f"{path}/receive", {"version": 2}, 403)["type"].endswith("forbidden")
    producer("POST", f"{path}/ship", {"version": 2})
    clock.shift(timedelta(days=5))
    producer("POST", f"{path}/arrive", {"version": 3})
    assert pp("POST", f"{path}/receive", {"version": 4}, 403)["status"] == 403
    ppk("POST", f"{path}/receive", {"version": 4})
    proof = {"name": "bukti.pdf", "base64": base64.b64encode(PDF).decode()}
    wrong = bendahara("POST", f"{path}/pay", {"version": 5}, 422)
    assert wrong["errors"][0]["field"] == "reference"
    paid = bendahara(
        "POST", f"{path}/pay", {"version": 5, "reference": "SP2D-1", "paid_on": "2026-11-25", "proof": proof}
    )
    assert (paid["state"], paid["version"]) == ("paid", 6)
    money = paid["payment"]
    assert money["amount"] == money["received"] + money["withheld"] == paid["totals"]["total"]
    assert sum(tax["amount"] for tax in money["taxes"] if tax["remitted_by"] == "treasurer") == money["withheld"]
    assert money == producer("GET", path)["payment"] == producer("GET", "/orders")["items"][0]["payment"]
    done = ppk("POST", f"{path}/close", {"version": 6})
    assert (done["state"], done["actions"], done["turn"]) == ("closed", [], None)
    assert ppk("POST", f"{path}/cancel", {"version": 7, "reason": "late"}, 409)["type"].endswith("wrong-state")


def test_free_words_become_a_reason_and_codes_are_kept(crew, caller, product):
    pp, producer = caller(crew.pp), caller(crew.producer)
    one = pp("POST", "/orders", body(crew, product), 201, key="kunci-0009")
    assert producer("POST", f"/orders/{one['id']}/refuse", {"version": 1}, 422)["errors"][0]["field"] == "reason"
    assert producer("POST", f"/orders/{one['id']}/refuse", {"version": 1, "reason": "oven rusak"})["state"] == "refused"
    two = pp("POST", "/orders", body(crew, product), 201, key="kunci-0010")
    assert pp("POST", f"/orders/{two['id']}/cancel", {"version": 1, "reason": "event_off"})["state"] == "cancelled"


def test_somebody_elses_order_is_not_there(crew, caller, product, now):
    made = caller(crew.pp)("POST", "/orders", body(crew, product), 201, key="kunci-0011")
    with unit_of_work():
        other = makers.make_crew()
    for actor in (other.pp, other.ppk, other.producer):
        stranger = caller(actor)
        stranger("GET", f"/orders/{made['id']}", None, 404)
        stranger("POST", f"/orders/{made['id']}/confirm", {"version": 1}, 404)
        assert stranger("GET", "/orders")["total"] == 0
    caller(crew.pp)("POST", f"/orders/{made['id']}/dance", {"version": 1}, 404)
    caller(crew.pp)("GET", "/orders/99999999999999999999", None, 404)


def test_a_token_wears_every_hat_of_its_person(crew, caller, product, now):
    with unit_of_work():
        session.add(
            Hat(
                user_id=crew.pp.user_id,
                role="vendor_owner",
                vendor_id=crew.vendor.id,
                valid_from=now.date(),
                created_at=now,
            )
        )
    both = caller(crew.pp)
    made = both("POST", "/orders", body(crew, product), 201, key="kunci-0012")
    assert {a["verb"] for a in both("GET", f"/orders/{made['id']}")["actions"]} == {"cancel", "confirm", "refuse"}
    assert both("POST", f"/orders/{made['id']}/confirm", {"version": 1})["state"] == "confirmed"


def test_a_list_takes_the_same_statements_for_one_order_and_for_twenty(crew, caller, statements, now):
    with unit_of_work():
        makers.make_sent_order(crew, now)
    pp = caller(crew.pp)
    pp("GET", "/orders")
    with statements() as one:
        assert len(pp("GET", "/orders")["items"]) == 1
    with unit_of_work():
        for _ in range(19):
            makers.make_sent_order(crew, now)
    with statements() as twenty:
        assert len(pp("GET", "/orders")["items"]) == 20
    assert len(one) == len(twenty) <= 6


def test_a_body_beyond_the_limit_is_refused(crew, caller, app):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = caller(crew.pp)(
        "POST", "/orders", None, 413, key="kunci-0013", data=b" " * 2000, content_type="application/json"
    )
    assert answer["status"] == 413
