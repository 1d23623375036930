"""Old phones and strict offices: the whole way to an order works with JavaScript switched off."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.stage import set_scene
from tests.browser.visiting import PHONE


def test_an_order_is_placed_refused_and_read_without_javascript(visit, app):
    scene = set_scene(app)
    pp = visit(scene.pp, java_script_enabled=False)
    pp.goto("/katalog?q=keripik+talas")
    pp.link("Keripik Talas 100 g").click()
    pp.goto(scene.product_path)
    pp.main.get_by_role("spinbutton", name="Jumlah").fill("30")
    pp.button("Masukkan keranjang").click()
    expect(pp.flash).to_contain_text("Masuk keranjang")
    pp.link("Lanjut kirim ke 1 produsen").click()
    pp.main.get_by_label("Keperluan").fill("Rapat koordinasi RW")
    pp.button("Hitung ulang", exact=True).click()
    expect(pp.main.get_by_label("Keperluan")).to_have_value("Rapat koordinasi RW")
    pp.main.get_by_label("Alamat kirim").fill("Kantor Kelurahan Uji, ruang rapat")
    pp.button("Kirim ke 1 produsen").click()
    expect(pp.main).to_contain_text("1 surat pesanan terkirim")
    assert scene.orders() == 1
    pp.link("Ikuti pesanan").click()
    address = pp.page.url
    producer = visit(scene.producer, size=PHONE, java_script_enabled=False)
    producer.page.goto(address)
    fold = producer.main.locator("details", has_text="Tolak pesanan")
    fold.locator("summary").click()
    fold.get_by_role("combobox", name="Alasan").select_option(label="Kapasitas hari itu sudah penuh")
    fold.get_by_role("button", name="Tolak pesanan").click()
    expect(producer.flash).to_contain_text("Pesanan ditolak.")
    pp.page.reload()
    expect(pp.main).to_contain_text("Kapasitas hari itu sudah penuh")
