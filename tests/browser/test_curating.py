"""A sitting of curation: case after case by keyboard alone, and the same form by tap on a phone without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from shop.base.clock import utc_now
from shop.curation.models import CurationCase, CurationReview
from shop.db import session, unit_of_work
from tests import makers
from tests.browser.axe import findings
from tests.browser.visiting import PHONE

if TYPE_CHECKING:
    from flask import Flask

    from shop.base.actor import Actor

SENEN = "31.71.04"


def lay_out(app: Flask, kecamatan: str, count: int, **product: object) -> tuple[Actor, Actor]:
    """Let so many listings wait in a kecamatan of their own; return its curator and the producer."""
    with app.app_context(), unit_of_work():
        vendor = makers.make_vendor(kecamatan_code=kecamatan)
        for number in range(count):
            makers.make_case(vendor, utc_now(), **{"name": f"Kue cucur {number + 1}", **product})
        owner = makers.make_actor("vendor_owner", vendor_id=vendor.id)
        return makers.make_curator(kecamatan), owner


def waiting(app: Flask, kecamatan: str) -> int:
    with app.app_context():
        here = CurationCase.kecamatan_code == kecamatan, CurationCase.state == "kecamatan"
        return session.scalars(select(func.count()).where(*here)).one()


def test_a_sitting_by_keyboard_takes_seven_keys_a_case(visit, app):
    curator, _owner = lay_out(app, SENEN, 4)
    before = waiting(app, SENEN)
    visitor = visit(curator)
    visitor.goto("/kurasi")
    visitor.link("Mulai menilai").press("Enter")
    keyboard, pressed = visitor.page.keyboard, 0

    def press(*keys: str) -> None:
        nonlocal pressed
        for key in keys:
            keyboard.press(key)
            pressed += 1

    for number in range(1, 4):
        expect(visitor.main.get_by_role("heading", level=1)).to_have_text(f"Kue cucur {number}")
        press("5", "4", "4", "3", "5", "t")
        expect(visitor.button("Kirim, buka berikutnya")).to_be_focused()
        with visitor.page.expect_navigation():
            press("Enter")
    assert pressed == 3 * 7
    # The last one is refused: x, down to the second reason, tick, send.
    expect(visitor.main.get_by_role("heading", level=1)).to_have_text("Kue cucur 4")
    press("x", "ArrowDown", "Space")
    with visitor.page.expect_navigation():
        press("Enter")
    expect(visitor.flash).to_contain_text("Kue cucur 4: Perlu diperbaiki")
    assert waiting(app, SENEN) == before - 4
    with app.app_context():
        said = session.scalars(
            select(CurationReview).where(CurationReview.curator_id == curator.user_id).order_by(CurationReview.id)
        ).all()
    assert [(r.taste, r.packaging, r.hygiene, r.halal, r.photo) for r in said[:3]] == [(5, 4, 4, 3, 5)] * 3
    assert said[3].reasons == ["photo_other"]


def test_no_key_acts_while_somebody_writes_or_after_they_were_turned_off(visit, app):
    curator, _owner = lay_out(app, "31.71.05", 2)
    visitor = visit(curator)
    visitor.goto("/kurasi")
    visitor.link("Mulai menilai").click()
    here = visitor.page.url
    keyboard = visitor.page.keyboard
    keyboard.press("x")
    words = visitor.main.get_by_label("Catatan untuk produsen")
    words.press_sequentially("jk5t?")
    expect(words).to_have_value("jk5t?")
    expect(visitor.main.locator(".score :checked")).to_have_count(0)
    keyboard.press("Tab")
    keyboard.press("j")
    expect(visitor.page).not_to_have_url(here)
    keyboard.press("k")
    expect(visitor.page).to_have_url(here)
    keyboard.press("?")
    visitor.main.get_by_label("Matikan tombol cepat").check()
    keyboard.press("4")
    expect(visitor.main.locator(".score :checked")).to_have_count(0)


@pytest.mark.parametrize("path", ["queue", "case", "story"])
def test_the_pages_of_curation_are_clean_for_axe(visit, app, path):
    curator, owner = lay_out(app, "31.71.03", 1)
    with app.app_context():
        case = session.scalars(select(CurationCase).where(CurationCase.vendor_id == owner.vendor_id)).one()
        places = {"queue": "/kurasi", "case": f"/kurasi/{case.id}", "story": f"/produk-saya/{case.product_id}/kurasi"}
    visitor = visit(owner if path == "story" else curator)
    visitor.goto(places[path])
    assert findings(visitor, path) == []
    visitor.shoot(f"curation-{path}")


def test_a_phone_without_scripts_judges_by_tap(visit, app):
    curator, _owner = lay_out(app, "31.71.02", 2)
    visitor = visit(curator, PHONE, java_script_enabled=False)
    visitor.goto("/kurasi")
    visitor.link("Mulai menilai").click()
    for row in visitor.main.locator(".score-row").all():
        four = row.locator("label").nth(3)
        box = four.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        four.click()
    visitor.main.get_by_text("Lolos ke provinsi").click()
    visitor.button("Kirim, buka berikutnya").click()
    expect(visitor.flash).to_contain_text("Kue cucur 1: Menunggu kurator provinsi")
    expect(visitor.main.get_by_role("heading", level=1)).to_have_text("Kue cucur 2")
