"""The guided listing from the short form to buyers: drafts, checklist, handing in, versions, variants, freshness."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select, update

from shop.audit import trail
from shop.catalog import attributes, checklist
from shop.catalog.models import LeadTier, PriceTier, Product, ProductVersion
from shop.curation.models import CurationCase
from shop.db import session, unit_of_work
from shop.vendors.models import Vendor
from tests.makers import make_actor, make_office, make_product, make_vendor

NEW = {"name": "Risol mayo", "category_code": "kue-basah", "price": "Rp3.500", "unit": "buah"}
CONTENTS = {
    "ingredients": "Terigu, telur", "allergens": ["gluten", "egg"], "attr-simpan": "hari_ini", "attr-suhu": "ruang",
    "attr-kemasan": "kotak", "pdn": "1",
}  # fmt: skip
CAPACITY = {"daily_capacity": "200", "lead_time_hours": "24", "lead-from-1": "100", "lead-hours-1": "48"}


@pytest.fixture
def vendor(shop):
    """A producer in Gambir."""
    with unit_of_work():
        return make_vendor().id


@pytest.fixture
def browser(vendor, person):
    """Its owner's browser."""
    with unit_of_work():
        owner = make_actor("vendor_owner", vendor_id=vendor)
    return person(owner)


def product(**wanted):
    session.rollback()
    return session.scalars(select(Product).filter_by(**wanted).order_by(Product.id.desc())).first()


def photo(colour="orange"):
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return {"photo": (io.BytesIO(out.getvalue()), "foto.jpg")}


def published(vendor_id, **more):
    return make_product(session.get_one(Vendor, vendor_id), **{"name": "Snack", **more}).id


def finish(browser, number):
    """Fill every section of a draft of food."""

    def version():
        return {"version": str(product(id=number).version)}

    path = f"/produk-saya/{number}"
    browser.post(f"{path}/foto", photo())
    browser.post(f"{path}/tentang", {**NEW, "description": "Risol isi mayones, dibuat pagi itu juga.", **version()})
    browser.post(f"{path}/isi", {**CONTENTS, **version()})
    browser.post(f"{path}/kesanggupan", {**CAPACITY, **version()})
    return version()


def test_a_short_form_makes_a_draft_that_nobody_else_sees(browser, client):
    answer = browser.post("/produk-saya/baru", NEW)
    made = product(name="Risol mayo")
    assert answer.location.startswith(f"/produk-saya/{made.id}")
    assert (made.state, made.price, made.min_order, made.slug) == ("draft", 3_500, 1, "risol-mayo")
    assert client.get(f"/produk/{made.id}-risol-mayo").status_code == 404
    page = browser.get(f"/produk-saya/{made.id}").text
    assert "Pasang paling sedikit satu foto" in page
    assert "Kirim ke kurator</button>" not in page


def test_the_short_form_keeps_what_was_typed_and_tells_every_fault(browser):
    page = browser.post(
        "/produk-saya/baru", {"name": "x", "category_code": "", "price": "gratis", "unit": ""}, 422
    ).text
    assert "Ada 4 hal" in page
    assert 'value="gratis"' in page
    assert product(name="x") is None


def test_an_unfinished_draft_is_not_handed_in_and_says_what_is_missing(browser):
    browser.post("/produk-saya/baru", NEW)
    made = product(name="Risol mayo")
    page = browser.post(f"/produk-saya/{made.id}/ajukan", {"version": "1"}, 422).text
    assert "Ada 6 hal" in page  # photo, description, ingredients, allergens, questions, capacity
    assert product(id=made.id).state == "draft"


def test_a_finished_draft_goes_to_curators_and_cannot_change_under_their_eyes(browser):
    browser.post("/produk-saya/baru", NEW)
    number = product(name="Risol mayo").id
    version = finish(browser, number)
    assert "Sudah lengkap" in browser.get(f"/produk-saya/{number}").text
    browser.post(f"/produk-saya/{number}/ajukan", {"version": "1"}, 409)
    browser.post(f"/produk-saya/{number}/ajukan", version)
    made = product(id=number)
    assert made.state == "submitted"
    assert session.scalars(select(CurationCase.state)).all() == ["kecamatan"]
    now = {"version": str(made.version)}
    assert (
        "sedang diperiksa kurator"
        in browser.post(f"/produk-saya/{number}/isi", {**CONTENTS, "allergens": "egg", **now}, 409).text
    )
    browser.post(f"/produk-saya/{number}/foto", photo("red"), 409)
    browser.post(f"/produk-saya/{number}/harga", {"price": "4000", "unit": "buah", "min_order": "10", **now})
    browser.post(
        f"/produk-saya/{number}/keadaan", {"version": str(product(id=number).version), "state": "published"}, 403
    )
    browser.post(f"/produk-saya/{number}/tarik", {"version": str(product(id=number).version)})
    assert (product(id=number).state, product(id=number).price) == ("draft", 4_000)


def test_no_producer_publishes_by_herself(browser):
    browser.post("/produk-saya/baru", NEW)
    number = product(name="Risol mayo").id
    page = browser.post(f"/produk-saya/{number}/keadaan", {"version": "1", "state": "published"}, 409).text
    assert "kurator" in page
    assert product(id=number).state == "draft"


def test_the_preview_shows_a_draft_to_its_owner_and_curators_of_its_place_only(browser, person, client):
    browser.post("/produk-saya/baru", NEW)
    number = product(name="Risol mayo").id
    finish(browser, number)
    path = f"/produk-saya/{number}/pratinjau"
    answer = browser.get(path)
    assert answer.headers["X-Robots-Tag"] == "noindex"
    for words in ("Risol mayo", "Gluten (terigu), Telur", "Suhu ruang", "48 jam mulai 100 buah", "/foto/"):
        assert words in answer.text, words
    with unit_of_work():
        neighbour = make_actor("vendor_owner", vendor_id=make_vendor().id)
        officer = make_actor("pp", office_id=make_office().id)
        curator = make_actor("curator_province")
    for stranger in (neighbour, officer):
        person(stranger).get(path, 404)
        person(stranger).get(f"/produk-saya/{number}/riwayat", 404)
    person(curator).get(path)
    assert client.get(path).status_code == 302


def test_every_version_that_buyers_saw_is_kept_and_told(browser, vendor):
    with unit_of_work():
        number = published(vendor)
    browser.post(f"/produk-saya/{number}/harga", {"price": "9000", "unit": "kotak", "min_order": "1", "version": "1",
                                                  "tier-from-1": "50", "tier-price-1": "8.500"})  # fmt: skip
    session.rollback()
    kept = session.scalars(select(ProductVersion).order_by(ProductVersion.version)).all()
    assert [(one.version, one.content["price"], one.content["tiers"]) for one in kept] == [
        (1, 18_500, []),
        (2, 9_000, [[50, 8_500]]),
    ]
    assert kept[0].kept_by is None
    page = browser.get(f"/produk-saya/{number}/riwayat").text
    assert "Rp18.500" in page
    assert "Rp9.000" in page
    assert "Harga menurut jumlah" in page
    browser.post(f"/produk-saya/{number}/harga", {"price": "9000", "unit": "kotak", "min_order": "1", "version": "2",
                                                  "tier-from-1": "50", "tier-price-1": "8.500"})  # fmt: skip
    session.rollback()
    assert len(session.scalars(select(ProductVersion)).all()) == 2


def test_a_change_that_curators_judge_is_looked_at_again_and_stays_on_sale(browser, vendor):
    with unit_of_work():
        number = published(vendor)
    browser.post(f"/produk-saya/{number}/kesanggupan", {**CAPACITY, "version": "1"})
    assert session.scalars(select(CurationCase)).all() == []
    browser.post(f"/produk-saya/{number}/isi", {**CONTENTS, "version": "2"})
    session.rollback()
    assert [case.recheck for case in session.scalars(select(CurationCase))] == [True]
    assert product(id=number).state == "published"


def test_rows_of_price_and_lead_time_are_replaced_as_a_whole(browser, vendor):
    with unit_of_work():
        number = published(vendor)
    tiers = {"tier-from-1": "50", "tier-price-1": "17000", "tier-from-3": "100", "tier-price-3": "16000"}
    browser.post(
        f"/produk-saya/{number}/harga", {"price": "18500", "unit": "kotak", "min_order": "5", "version": "1", **tiers}
    )
    browser.post(f"/produk-saya/{number}/kesanggupan", {**CAPACITY, "version": "2"})
    session.rollback()
    assert [(t.min_quantity, t.price) for t in session.scalars(select(PriceTier))] == [(50, 17_000), (100, 16_000)]
    assert [(t.min_quantity, t.hours) for t in session.scalars(select(LeadTier))] == [(100, 48)]
    browser.post(f"/produk-saya/{number}/harga", {"price": "18500", "unit": "kotak", "min_order": "5", "version": "3"})
    session.rollback()
    assert session.scalars(select(PriceTier)).all() == []


def test_a_variant_is_a_draft_of_its_own_and_the_page_links_to_the_others(browser, vendor, client):
    with unit_of_work():
        number = published(vendor, ingredients="Terigu", stock=4)
    for label in ("Besar", "Kecil"):
        browser.post(f"/produk-saya/{number}/varian", {"label": label})
    browser.post(f"/produk-saya/{number}/varian", {"label": "besar"}, 422)
    browser.post(f"/produk-saya/{number}/varian", {"label": ""}, 422)
    large = product(variant_label="Besar")
    assert (large.variant_of, large.name, large.state, large.ingredients, large.stock) == (
        number, "Snack Besar", "draft", "Terigu", None)  # fmt: skip
    assert "Besar" not in client.get(f"/produk/{number}-snack").text
    with unit_of_work():
        session.execute(
            update(Product.__table__).where(Product.id == large.id).values({"state": "published", "price": 30_000})
        )
    page = client.get(f"/produk/{number}-snack").text
    assert f'href="/produk/{large.id}-snack-besar"' in page
    assert "Rp30.000" in page
    assert f'href="/produk/{number}-snack"' in client.get(f"/produk/{large.id}-snack-besar").text
    browser.post(f"/produk-saya/{large.id}/varian", {"label": "Jumbo"})
    assert product(variant_label="Jumbo").variant_of == number


def test_a_near_duplicate_is_named_and_blocks_nothing(browser, vendor, reindex):
    with unit_of_work():
        published(vendor, name="Risol mayo isi telur")
        make_product(name="Mayo risol", category_code="kue-basah")
        make_product(name="Lemper ayam", category_code="kue-basah")
    reindex()
    browser.post("/produk-saya/baru", {**NEW, "name": "Risol isi telur mayo"})
    page = browser.get(f"/produk-saya/{product(name='Risol isi telur mayo').id}").text
    assert "Mirip dengan produk lain" in page
    assert "Risol mayo isi telur" in page
    assert "Lemper" not in page
    browser.post("/produk-saya/baru", NEW)
    assert "Mayo risol" in browser.get(f"/produk-saya/{product(name='Risol mayo').id}").text


def test_the_same_photo_on_another_product_is_named(browser, vendor):
    with unit_of_work():
        other = published(vendor, name="Kue lain")
    browser.post(f"/produk-saya/{other}/foto", photo())
    browser.post("/produk-saya/baru", NEW)
    number = product(name="Risol mayo").id
    browser.post(f"/produk-saya/{number}/foto", photo())
    assert "fotonya sama" in browser.get(f"/produk-saya/{number}").text


def test_what_was_not_looked_at_for_ninety_days_says_so_until_confirmed(browser, vendor, client, now):
    with unit_of_work():
        number = published(vendor, updated_at=now - timedelta(days=91))
        fresh = published(vendor, name="Baru", updated_at=now - timedelta(days=90))
    assert "terakhir diperiksa" in client.get(f"/produk/{number}-snack").text
    assert "terakhir diperiksa" not in client.get(f"/produk/{fresh}-baru").text
    assert "Masih sama semuanya?" in browser.get("/produk-saya").text
    browser.post(f"/produk-saya/{number}/masih-sama", {"version": "1"})
    assert product(id=number).checked_on is not None
    assert "terakhir diperiksa" not in client.get(f"/produk/{number}-snack").text


def test_the_list_is_filtered_by_state_and_an_unknown_one_is_told(browser, vendor):
    with unit_of_work():
        published(vendor, name="Jalan")
        published(vendor, name="Henti", state="paused")
    page = browser.get("/produk-saya?status=paused").text
    assert "Henti" in page
    assert "Jalan" not in page
    browser.get("/produk-saya?status=terbang", 422)


def test_an_archived_product_is_gone_for_its_producer_and_kept_for_orders(browser, vendor, client):
    with unit_of_work():
        number = published(vendor, state="paused")
    browser.post(f"/produk-saya/{number}/keadaan", {"version": "1", "state": "archived"})
    browser.get(f"/produk-saya/{number}", 404)
    assert client.get(f"/produk/{number}-snack").status_code == 200


def test_answers_of_another_category_are_dropped_with_it(browser, vendor):
    with unit_of_work():
        number = published(vendor, attributes={"suhu": "kulkas", "alat_makan": "ya"})
    browser.post(f"/produk-saya/{number}/tentang", {**NEW, "version": "1"})
    assert product(id=number).attributes == {"suhu": "kulkas"}


def test_the_json_product_says_attributes_allergens_and_variants(vendor, client):
    with unit_of_work():
        number = published(vendor, attributes={"suhu": "kulkas"}, allergens=["none"], sold_out=True)
        session.add(LeadTier(product_id=number, min_quantity=50, hours=72))
    told = client.get(f"/api/v1/products/{number}").json
    assert (told["attributes"], told["allergens"], told["sold_out"], told["available"]) == (
        {"suhu": "kulkas"},
        ["none"],
        True,
        False,
    )
    assert told["lead_tiers"] == [{"min_quantity": 50, "hours": 72}]
    assert "Stok sedang habis" in client.get(f"/produk/{number}-snack").text


def test_the_guided_page_asks_the_same_however_much_there_is(browser, vendor, statements):
    with unit_of_work():
        number = published(vendor)
    browser.get(f"/produk-saya/{number}")
    with statements() as few:
        browser.get(f"/produk-saya/{number}")
    with unit_of_work():
        for place in range(2, 6):
            session.add(PriceTier(product_id=number, min_quantity=place, price=100))
            published(vendor, name=f"V{place}", variant_of=number, variant_label=str(place))
    with statements() as many:
        assert len(browser.get(f"/produk-saya/{number}").data) < 100_000
    assert len(many) == len(few)


def test_every_change_is_in_the_trail(browser):
    browser.post("/produk-saya/baru", NEW)
    number = product(name="Risol mayo").id
    finish(browser, number)
    session.rollback()
    assert [entry.verb for entry in trail.history("product", number)] == [
        "create_product", "add_photo", "change_product", "change_product", "change_product"]  # fmt: skip


def test_the_questions_of_the_data_file_can_be_read_and_asked():
    keys = [(one.scope, one.key) for one in attributes.every()]
    assert len(set(keys)) == len(keys)
    for one in attributes.every():
        assert one.type in {"text", "number", "choice", "yes-no"}
        assert (one.type == "choice") == bool(one.choices)
        assert all(key and words and english for key, words, english in one.choices)
        for key, words in one.options("id"):
            assert attributes.read([one], {one.key: words}) == ({one.key: key}, [])
    kinds = {kind: {one.key for one in attributes.asked(kind, ())} for kind in ("food", "goods", "service")}
    assert all(kinds.values())
    assert not kinds["food"] & kinds["goods"]


def test_food_needs_its_allergens_said_and_an_industrial_product_an_answer_on_tkdn():
    bare = checklist.State("food", True, "x" * 20, "Terigu", [], {}, [], None, 10, None, 1, 0, 0, False)
    missing = [item.words for item in checklist.items(bare) if item.must and not item.done]
    assert missing == ["Pilih alergen, atau pilih “Tidak ada”", "Jawab soal TKDN, boleh “tidak punya”"]
