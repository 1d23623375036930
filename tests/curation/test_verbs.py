"""The way of a case: handing in, two stages, refusal with what to mend, rechecks, and who may not judge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shop.accounts.mail import compose
from shop.base.errors import Forbidden, Invalid, NotFound, SeparationOfDuties, Stale, WrongState
from shop.catalog.models import Product, ProductVersion
from shop.curation import casefile, differing, figures, reading, reviewing, submitting
from shop.curation.criteria import Verdict, checked
from shop.curation.models import CurationCase, CurationReview
from shop.curation.reasons import REASONS
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.vendors.models import ConflictOfInterest
from tests import makers
from tests.curation.conftest import ACCEPT, FOOD, judge, refuse

TEBET = "31.74.01"


def product(number):
    session.rollback()  # what the test read before belongs to an older snapshot
    return session.get_one(Product, number)


def case(number):
    session.rollback()
    return session.get_one(CurationCase, number)


def posted(kind):
    session.rollback()
    return session.scalars(
        select(OutboxMessage.payload).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    ).all()


def publish(table, now):
    assert judge(table.gambir, table.case_id, ACCEPT, now) == "province"
    assert judge(table.province, table.case_id, ACCEPT, now) == "accepted"


def change(table, now, **values):
    """Change the listing as the producer's door does, and have it looked at again."""
    with unit_of_work():
        row = session.get_one(Product, table.product_id)
        for name, value in values.items():
            setattr(row, name, value)
        return submitting.recheck(table.owner, table.product_id, now)


# --- the way -----------------------------------------------------------------------------------------------------------


def test_what_both_stages_accept_is_on_sale_with_its_version_its_freshness_and_a_place_in_the_index(table, now):
    assert product(table.product_id).state == "submitted"
    assert judge(table.gambir, table.case_id, ACCEPT, now) == "province"
    assert product(table.product_id).state == "submitted"
    assert posted("catalog.index") == []
    later = now + timedelta(days=1)
    assert judge(table.province, table.case_id, ACCEPT, later) == "accepted"
    row = product(table.product_id)
    assert (row.state, row.checked_on.isoformat()) == ("published", "2026-11-21")
    assert posted("catalog.index") == [{"ids": [table.product_id]}]
    kept = session.scalars(select(ProductVersion)).one()
    assert kept.content == case(table.case_id).content
    assert session.execute(select(func.count()).select_from(CurationReview)).scalar_one() == 2


@pytest.mark.parametrize("stage", ["kecamatan", "province"])
def test_a_refusal_at_either_stage_gives_the_draft_back_and_tells_each_reason_with_how_to_mend_it(
    shop, table, now, stage
):
    curator = table.gambir
    if stage == "province":
        judge(table.gambir, table.case_id, ACCEPT, now)
        curator = table.province
    assert judge(curator, table.case_id, refuse("label", "photo_unclear", words="Foto gelap."), now) == "refused"
    assert product(table.product_id).state == "draft"
    mail = posted("mail")[-1]
    assert mail["subject"] == "Produk %(name)s perlu diperbaiki"
    assert mail["params"]["points"] == [
        [REASONS["photo_unclear"].label, REASONS["photo_unclear"].mend],
        [REASONS["label"].label, REASONS["label"].mend],
        ["Catatan kurator", "Foto gelap."],
    ]
    english = compose(
        mail | {"locale": "en"}, "shop@contoh.id", shop.config["BABEL_TRANSLATION_DIRECTORIES"], now
    ).get_content()
    assert "- The photo is not clear. Take it again in good light" in english
    assert "- The curator’s note. Foto gelap." in english


def test_a_resubmission_is_a_new_round_that_shows_what_changed_since_the_last_decision(table, now):
    judge(table.gambir, table.case_id, refuse(), now)
    with unit_of_work():
        row = session.get_one(Product, table.product_id)
        row.name, row.ingredients = "Keripik singkong balado 100 g", "Singkong, cabai, gula"
        session.flush()
        again = submitting.submit(table.owner, row.id, row.version, now)
        withdrawn = session.get_one(Product, table.product_id)
        submitting.withdraw(table.owner, row.id, withdrawn.version, now)
        session.flush()
        withdrawn.price = 20_000
        session.flush()
        third = submitting.submit(table.owner, row.id, withdrawn.version, now)
    assert [case(number).round for number in (table.case_id, again, third)] == [1, 2, 3]
    file = casefile.open_file(table.gambir, third, now)
    # Round 2 was taken back unjudged: compared is with round 1.
    assert file.changes == {
        "name": ("Keripik singkong", "Keripik singkong balado 100 g"),
        "ingredients": ("", "Singkong, cabai, gula"),
        "price": (18_500, 20_000),
    }
    assert [(one.round, one.state) for one in file.rounds] == [(3, "kecamatan"), (2, "withdrawn"), (1, "refused")]


def test_only_the_own_draft_is_handed_in_and_only_as_it_stands_on_the_screen(table, now):
    with unit_of_work():
        mine = makers.make_product(state="draft")
        stranger = makers.make_actor("vendor_owner", vendor_id=table.vendor_id)
        owner = makers.make_actor("vendor_owner", vendor_id=mine.vendor_id)
        number = mine.id
    for who, version, expected in ((stranger, 1, NotFound), (owner, 7, Stale), (table.gambir, 1, Forbidden)):
        with pytest.raises(expected), unit_of_work():
            submitting.submit(who, number, version, now)
    assert product(number).state == "draft"
    with pytest.raises(WrongState), unit_of_work():
        submitting.submit(table.owner, table.product_id, product(table.product_id).version, now)


@pytest.mark.parametrize(("state", "word"), [("registering", "pendaftaran"), ("suspended", "dibekukan")])
def test_who_may_not_sell_now_is_told_what_to_do_first(shop, now, state, word):
    with unit_of_work():
        vendor = makers.make_vendor(state=state)
        made = makers.make_product(vendor, state="draft")
        owner = makers.make_actor("vendor_owner", vendor_id=vendor.id)
        number = made.id
    with pytest.raises(WrongState, match=word), unit_of_work():
        submitting.submit(owner, number, 1, now)
    assert product(number).state == "draft"


# --- rechecks ----------------------------------------------------------------------------------------------------------


def test_a_changed_price_is_nobodys_business_but_a_changed_photo_or_name_is_looked_at_while_it_sells(table, now):
    publish(table, now)
    assert change(table, now, price=25_000, min_order=5) is None
    number = change(table, now, name="Keripik singkong pedas")
    assert (case(number).recheck, case(number).lane, case(number).round) == (True, "recheck", 2)
    assert product(table.product_id).state == "published"
    # Changed once more while it waits: the same case with the new content, in its old place.
    assert change(table, now + timedelta(days=1), name="Keripik singkong manis") == number
    assert (case(number).content["name"], case(number).waiting_since) == ("Keripik singkong manis", now)
    # Back to what was accepted: nothing is left to judge.
    assert change(table, now, name="Keripik singkong") is None
    assert case(number).state == "withdrawn"


def test_what_the_kecamatan_has_seen_begins_anew_when_it_changes(table, now):
    publish(table, now)
    first = change(table, now, name="Keripik singkong pedas")
    judge(table.gambir, first, ACCEPT, now)
    second = change(table, now, name="Keripik singkong manis")
    assert (case(first).state, case(second).state, case(second).round) == ("withdrawn", "kecamatan", 3)


def test_a_refused_recheck_leaves_the_shelf_and_an_accepted_one_stays(table, now):
    publish(table, now)
    number = change(table, now, name="Keripik singkong pedas")
    judge(table.gambir, number, ACCEPT, now)
    assert judge(table.province, number, ACCEPT, now) == "accepted"
    assert product(table.product_id).state == "published"
    again = change(table, now, name="Obat kuat")
    assert judge(table.gambir, again, refuse("name"), now) == "refused"
    assert product(table.product_id).state == "draft"
    assert posted("catalog.index")[-1] == {"ids": [table.product_id]}


def test_a_listing_that_goes_back_to_draft_is_looked_at_no_longer(table, now):
    publish(table, now)
    number = change(table, now, name="Keripik singkong pedas")
    assert change(table, now, state="draft") is None
    assert case(number).state == "withdrawn"


# --- who may judge -----------------------------------------------------------------------------------------------------


def test_the_second_of_two_curators_is_told_and_changes_nothing(table, now):
    with unit_of_work():
        other = makers.make_curator()
        version = session.get_one(CurationCase, table.case_id).version
    judge(table.gambir, table.case_id, ACCEPT, now)
    with pytest.raises(Stale, match="kurator lain"), unit_of_work():
        reviewing.decide(other, table.case_id, version, refuse(), now)
    assert case(table.case_id).state == "province"


def test_a_case_changed_by_its_producer_while_it_is_read_is_not_decided_unseen(table, now):
    publish(table, now)
    number = change(table, now, name="Keripik singkong pedas")
    seen = case(number).version
    change(table, now, name="Keripik lain sama sekali")
    with pytest.raises(Stale), unit_of_work():
        reviewing.decide(table.gambir, number, seen, ACCEPT, now)


def test_a_curator_of_another_kecamatan_sees_and_decides_nothing(table, now):
    with unit_of_work():
        tebet = makers.make_curator(TEBET)
    with pytest.raises(NotFound):
        casefile.open_file(tebet, table.case_id, now)
    with pytest.raises(NotFound):
        judge(tebet, table.case_id, ACCEPT, now)


def test_nobody_decides_both_stages(table, now):
    judge(table.gambir, table.case_id, ACCEPT, now)
    with unit_of_work():
        twice = makers.make_curator(None, user_id=table.gambir.user_id)
    with pytest.raises(SeparationOfDuties):
        judge(twice, table.case_id, ACCEPT, now)
    assert judge(table.province, table.case_id, ACCEPT, now) == "accepted"


def test_each_hat_decides_at_its_own_stage(table, now):
    with pytest.raises(WrongState, match="kurator kecamatan"):
        judge(table.province, table.case_id, ACCEPT, now)
    judge(table.gambir, table.case_id, ACCEPT, now)
    with unit_of_work():
        other = makers.make_curator()
    with pytest.raises(WrongState, match="kurator provinsi"):
        judge(other, table.case_id, ACCEPT, now)


@pytest.mark.parametrize("how", ["told", "hat", "typed"])
def test_a_curator_close_to_the_producer_is_blocked(table, now, how):
    with unit_of_work():
        if how == "told":
            curator = makers.make_curator()
            session.add(
                ConflictOfInterest(
                    user_id=curator.user_id,
                    vendor_id=table.vendor_id,
                    relation="sepupu",
                    told_by=curator.user_id,
                    told_at=now,
                )
            )
        elif how == "hat":
            staff = makers.make_actor("vendor_staff", vendor_id=table.vendor_id)
            curator = makers.make_curator(user_id=staff.user_id)
        else:
            curator = makers.make_curator(user_id=session.get_one(CurationCase, table.case_id).submitted_by)
    with pytest.raises(Forbidden) as fault:
        judge(curator, table.case_id, ACCEPT, now)
    assert fault.value.kind == "conflict-of-interest"
    assert case(table.case_id).state == "kecamatan"


# --- verdicts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verdict", "fields"), [
    (Verdict({}, "accept"), {"score-taste", "score-packaging", "score-hygiene", "score-halal", "score-photo"}),
    (Verdict(FOOD | {"taste": 6}, "accept"), {"score-taste"}),
    (Verdict(FOOD | {"photo": 0}, "accept"), {"score-photo"}),
    (Verdict(FOOD, ""), {"decision"}),
    (Verdict(FOOD, "maybe"), {"decision"}),
    (Verdict({}, "refuse"), {"reasons"}),
    (Verdict({}, "refuse", ("ugly",)), {"reasons"}),
    (Verdict({}, "refuse", ("label", "ugly")), {"reasons"}),
    (Verdict({}, "refuse", ("other",), "  hm "), {"words"}),
    (Verdict({}, "refuse", ("label",), "x" * 501), {"words"}),
])  # fmt: skip
def test_a_wrong_verdict_is_told_at_its_field_and_changes_nothing(table, now, verdict, fields):
    with pytest.raises(Invalid) as fault:
        judge(table.gambir, table.case_id, verdict, now)
    assert {f.field for f in fault.value.faults} == fields
    assert case(table.case_id).state == "kecamatan"


def test_goods_have_no_taste_and_services_no_packaging():
    goods = {"packaging": 3, "hygiene": 3, "photo": 3}
    assert checked(Verdict(goods, "accept"), "goods").scores == goods
    assert checked(Verdict({"photo": 3}, "accept"), "service").scores == {"photo": 3}
    for kind in ("goods", "service"):
        with pytest.raises(Invalid):
            checked(Verdict(FOOD, "accept"), kind)


def test_every_reason_says_how_to_mend_it():
    assert all(reason.label and len(reason.mend) > 20 for reason in REASONS.values())


# --- what the producer sees --------------------------------------------------------------------------------------------


def test_the_producer_sees_the_newest_round_of_the_own_products_only(table, now):
    with unit_of_work():
        other = makers.make_case(None, now)
        products = [table.product_id, other.product_id]
    assert {k: (v.state, v.since, v.round) for k, v in reading.status_of(table.owner, products).items()} == {
        table.product_id: ("kecamatan", now, 1)
    }
    judge(table.gambir, table.case_id, ACCEPT, now + timedelta(hours=1))
    assert reading.status_of(table.owner, products)[table.product_id].since == now + timedelta(hours=1)


def test_who_waits_before_a_listing_is_counted_in_its_own_kecamatan(table, now):
    with unit_of_work():
        for hours in (-2, -1, 1):
            makers.make_case(None, now + timedelta(hours=hours))
        makers.make_case(makers.make_vendor(kecamatan_code=TEBET), now - timedelta(days=9))
    assert reading.story(table.owner, table.product_id).before == 2


# --- figures and differences -------------------------------------------------------------------------------------------


def test_figures_count_who_waits_and_tell_the_share_with_its_sample(table, now):
    with unit_of_work():
        for days in (1, 2, 9):
            makers.make_case(None, now - timedelta(days=days))
        tebet = makers.make_case(makers.make_vendor(kecamatan_code=TEBET), now - timedelta(days=3)).id
    judge(table.gambir, table.case_id, refuse(), now)
    with unit_of_work():
        there = makers.make_curator(TEBET)
    judge(there, tebet, ACCEPT, now)
    rows = {row.kecamatan: row for row in figures.read_figures(table.gambir, now)}
    gambir, other = rows["Gambir"], rows["Tebet"]
    assert (gambir.waiting, gambir.middle, gambir.oldest) == (3, 2, 9)
    assert (gambir.verdicts, gambir.passed_bp) == (1, 0)
    assert (other.waiting, other.middle, other.oldest, other.verdicts, other.passed_bp) == (0, None, None, 1, 10_000)
    with pytest.raises(Forbidden):
        figures.read_figures(table.owner, now)


def test_only_the_words_that_differ_are_marked_and_nothing_is_lost():
    left, right = differing.marked("Isi lima, tanpa telur.\nTahan 3 hari.", "Isi enam, tanpa telur.\nTahan 3 hari.")
    assert [piece for piece, differs in left if differs] == ["lima,"]
    assert [piece for piece, differs in right if differs] == ["enam,"]
    assert "".join(piece for piece, _ in left) == "Isi lima, tanpa telur.\nTahan 3 hari."
    assert differing.marked("a " * 5_000, "b")[1] == [("b", True)]


def test_a_case_whose_listing_became_a_draft_meanwhile_ends_unjudged(table, now):
    with unit_of_work():
        product_row = session.get_one(Product, table.product_id)
        product_row.state = "draft"
    assert judge(table.gambir, table.case_id, ACCEPT, now) == "withdrawn"
    assert posted("mail") == []
    assert product(table.product_id).state == "draft"
