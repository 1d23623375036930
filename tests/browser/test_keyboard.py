"""Everything by keyboard alone, and at every stop one sees where one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.hands import tab_to
from tests.browser.stage import set_scene

if TYPE_CHECKING:
    from tests.browser.visiting import Visitor


def enter(visitor: Visitor) -> None:
    """Press Enter on what leads to another page, and be there."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


def test_the_first_tab_offers_to_skip_to_the_content(visit):
    visitor = visit()
    visitor.goto("/katalog")
    visitor.page.keyboard.press("Tab")
    skip = visitor.page.get_by_role("link", name="Lompat ke isi")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("main")).to_be_focused()


def test_slash_goes_to_the_search_but_not_while_typing(visit):
    visitor = visit()
    visitor.goto("/p3dn")
    visitor.page.keyboard.press("/")
    box = visitor.search
    expect(box).to_be_focused()
    visitor.page.keyboard.type("kue/basah")
    expect(box).to_have_value("kue/basah")


def test_escape_closes_menu_suggestions_and_question_and_gives_the_focus_back(visit, app):
    scene = set_scene(app)
    number = scene.order()
    ppk = visit(scene.ppk)
    ppk.goto(f"/pesanan/{number}")
    summary = ppk.page.locator("details.menu > summary")
    summary.press("Enter")
    expect(ppk.page.get_by_role("link", name="Profil")).to_be_visible()
    ppk.page.keyboard.press("Escape")
    expect(ppk.page.get_by_role("link", name="Profil")).to_be_hidden()
    expect(summary).to_be_focused()
    box = ppk.search
    box.press_sequentially("kotak")
    expect(ppk.page.locator("#saran li").first).to_be_visible()
    ppk.page.keyboard.press("Escape")
    expect(ppk.page.locator("#saran")).to_be_hidden()
    ask = ppk.main.locator("details[data-dialog] > summary", has_text="Batalkan pesanan")
    ask.press("Enter")
    expect(ppk.page.get_by_role("dialog")).to_be_visible()
    ppk.page.keyboard.press("Escape")
    expect(ppk.page.get_by_role("dialog")).to_have_count(0)
    expect(ask).to_be_focused()


def test_from_search_to_sent_by_keyboard_alone(visit, app):
    scene = set_scene(app)
    pp = visit(scene.pp)
    keyboard = pp.page.keyboard
    pp.goto("/meja")
    keyboard.press("/")
    keyboard.type("keripik talas")
    enter(pp)
    tab_to(pp.page, pp.link("Keripik Talas 100 g"))
    enter(pp)
    tab_to(pp.page, pp.main.get_by_role("spinbutton", name="Jumlah"))
    keyboard.press("ArrowUp")
    tab_to(pp.page, pp.button("Masukkan keranjang"))
    enter(pp)
    expect(pp.flash).to_contain_text("Masuk keranjang")
    tab_to(pp.page, pp.link("Lanjut kirim ke 1 produsen"))
    enter(pp)
    tab_to(pp.page, pp.main.get_by_label("Keperluan"))
    keyboard.type("Rapat koordinasi RW")
    enter(pp)  # in a field it counts again; it never sends money
    expect(pp.main.get_by_label("Keperluan")).to_have_value("Rapat koordinasi RW")
    assert scene.orders() == 0
    tab_to(pp.page, pp.main.get_by_label("Alamat kirim"))
    keyboard.press("Control+A")
    keyboard.type("Kantor Kelurahan Uji, ruang rapat")
    tab_to(pp.page, pp.button("Kirim ke 1 produsen"))
    enter(pp)
    expect(pp.main).to_contain_text("1 surat pesanan terkirim")
    assert scene.orders() == 1
