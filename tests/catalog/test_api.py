"""The JSON doors: their shapes, their refusals, and that the shapes are those the description promises."""

from __future__ import annotations

import pytest

from shop.catalog.models import PriceTier
from shop.catalog.schemas import ProductList, ProductOut, Suggestions
from shop.db import session, unit_of_work
from tests.makers import make_certificate, make_product, make_vendor


@pytest.fixture
def goods(shop, reindex):
    """Three keripik and a certified snack with a tier."""
    with unit_of_work():
        vendor = make_vendor(name="Dapur Bu Sari")
        for number in range(3):
            make_product(vendor, name=f"Keripik singkong {number}", category_code="keripik", price=5_000 + number)
        snack = make_product(vendor, name="Snack kotak", price=18_500)
        make_certificate(snack, tkdn_bp=6_240, bmp_bp=700)
        session.add(PriceTier(product_id=snack.id, min_quantity=100, price=17_000))
    reindex()
    return snack.id


def test_a_list_has_the_promised_shape(client, goods):
    answer = client.get("/api/v1/products?q=keripik&sort=-price&per_page=2")
    body = answer.get_json()
    ProductList.model_validate(body, strict=True)
    assert answer.mimetype == "application/json"
    assert (body["query"], body["total"], body["page"], body["per_page"], body["did_you_mean"]) == (
        "keripik",
        3,
        1,
        2,
        None,
    )
    assert [item["price"] for item in body["items"]] == [5_002, 5_001]
    assert list(body["items"][0]) == [
        "id",
        "slug",
        "name",
        "price",
        "unit",
        "vendor",
        "category",
        "tkdn_bp",
        "bmp_bp",
        "evidence",
        "pdn",
        "umk",
        "halal",
        "image",
        "art",
        "available",
    ]
    assert {"value": "camilan", "label": "Keripik & camilan", "count": 3} in body["facets"]["category"]
    assert body["facets"]["kecamatan"] == [{"value": "31.71.01", "label": "Gambir", "count": 3}]
    assert body["took_ms"] >= 0


def test_labels_follow_the_language_of_the_caller(client, goods):
    body = client.get("/api/v1/products", headers={"Accept-Language": "en"}).get_json()
    assert {"value": "camilan", "label": "Crisps & snacks", "count": 3} in body["facets"]["category"]


def test_nothing_found_is_an_answer_too(client, goods):
    body = client.get("/api/v1/products?q=kripik+singkonk").get_json()
    assert body["total"] == 0
    assert body["items"] == []
    assert body["did_you_mean"]
    ProductList.model_validate(body, strict=True)


def test_a_product_carries_tiers_and_certificates(client, goods):
    body = client.get(f"/api/v1/products/{goods}").get_json()
    ProductOut.model_validate(body)
    assert body["price_tiers"] == [{"min_quantity": 100, "price": 17_000}]
    assert (body["certificates"][0]["tkdn_bp"], body["certificates"][0]["counts"]) == (6_240, True)
    assert (body["vendor"]["kecamatan"], body["evidence"], body["bmp_bp"]) == ("Gambir", "certified", 700)


def test_an_unknown_product_is_a_problem(client, goods):
    answer = client.get("/api/v1/products/999999")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("query", [
    "category=x", "kecamatan=31", "evidence=ya", "tkdn_min=40%25", "price_min=Rp25.000", "price_min=", "pdn=maybe", "page=0",
    "per_page=101", "sort=", "headcount=1.5", "serves_on=besok", "price_max=1&price_max=2",
])  # fmt: skip
def test_a_wrong_value_is_a_problem_that_names_its_field(client, goods, query):
    answer = client.get(f"/api/v1/products?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [fault["field"] for fault in answer.get_json()["errors"]] == [query.partition("=")[0]]


def test_parameters_of_others_do_no_harm(client, goods):
    assert client.get("/api/v1/products?utm_source=x&q=keripik").get_json()["total"] == 3


def test_suggestions_complete_a_word(client, goods):
    body = client.get("/api/v1/suggest?q=kerip").get_json()
    Suggestions.model_validate(body, strict=True)
    assert body["items"]
    assert all(text.startswith("kerip") for text in body["items"])
    assert client.get("/api/v1/suggest").get_json() == {"items": []}
    assert client.get("/api/v1/suggest?q=" + "x" * 5_000).status_code == 200


def test_markup_in_a_name_stays_a_string_of_json(client, shop, reindex):
    with unit_of_work():
        make_product(name='</script><script>alert("1")</script>')
    reindex()
    answer = client.get("/api/v1/products")
    assert answer.get_json()["items"][0]["name"] == '</script><script>alert("1")</script>'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
