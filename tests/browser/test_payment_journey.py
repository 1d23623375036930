"""From BAST to closed, by the treasurer's one page: in five actions by transfer, and by autodebet with the PA/KPA's yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from shop.db import session
from shop.vendors.models import Vendor
from tests.browser.stage import PDF, Scene, set_scene
from tests.browser.visiting import PHONE

if TYPE_CHECKING:
    from flask import Flask

    from tests.browser.conftest import Open
    from tests.browser.visiting import Visitor

PROOF = {"name": "bukti.pdf", "mimeType": "application/pdf", "buffer": PDF}


def received(scene: Scene) -> int:
    """Let an order come as far as its BAST; return its id."""
    order_id = scene.order()
    for verb in ("confirm", "ship", "arrive"):
        scene.take(order_id, scene.producer, verb)
    scene.take(order_id, scene.ppk, "receive")
    return order_id


def close(ppk: Visitor, order_id: int) -> None:
    ppk.goto(f"/pesanan/{order_id}")
    ppk.button("Tutup pesanan").click()
    expect(ppk.flash).to_contain_text("Pesanan ditutup")


def test_an_order_is_paid_from_one_page_by_transfer_and_by_autodebet(visit: Open, app: Flask) -> None:
    scene = set_scene(app)
    with scene.work():
        vendor = session.get_one(Vendor, scene.vendor_id)
        vendor.bank_name, vendor.bank_account, vendor.bank_holder = "Bank DKI", "50112233445", "Yati Suryati"
    first, second = received(scene), received(scene)
    treasurer, ppk, pa = visit(scene.bendahara), visit(scene.ppk), visit(scene.pa, size=PHONE)

    treasurer.goto("/bayar")
    treasurer.shoot("y01-daftar")
    treasurer.main.locator(f"a[href='/pesanan/{first}/bayar']").click()  # 1
    expect(treasurer.main).to_contain_text("50112233445")
    treasurer.shoot("y02-bayar")
    treasurer.main.get_by_label("Nomor bukti transfer").fill("SP2D-2026-0042")  # 2
    treasurer.main.get_by_label("Bukti bayar").set_input_files(PROOF)  # 3
    treasurer.button("Catat pembayaran").click()  # 4
    expect(treasurer.flash).to_contain_text("Pembayaran dicatat")
    treasurer.shoot("y03-terbayar")
    close(ppk, first)
    assert scene.state(first) == "closed"

    treasurer.goto(f"/pesanan/{second}/bayar")
    expect(treasurer.main).to_contain_text("belum mendaftarkan rekening autodebet")
    pa.goto("/kantor/rekening")
    for label, text in (("Bank", "Bank DKI"), ("Nomor rekening", "70010002000"), ("Atas nama", "Bendahara Kelurahan")):
        pa.main.get_by_label(label, exact=True).fill(text)
    pa.shoot("y04-rekening")
    pa.button("Simpan rekening").click()
    expect(pa.main).to_contain_text("•••• 2000")
    treasurer.page.reload()
    treasurer.main.locator("#cara-autodebet > summary").click()
    treasurer.button("Minta debit").click()
    expect(treasurer.flash).to_contain_text("dikirim kepada PA/KPA")
    pa.goto("/meja")
    pa.link("Autodebet yang menunggu persetujuan Anda").click()
    pa.shoot("y05-putusan")
    pa.button("Setujui debit").click()
    expect(pa.flash).to_contain_text("Autodebet disetujui")
    treasurer.goto("/bayar")
    treasurer.main.locator(f"a[href='/pesanan/{second}/bayar']").click()
    treasurer.shoot("y06-debit")
    treasurer.main.get_by_label("Nomor nota debit").fill("ND-2026-7788")
    treasurer.main.get_by_label("Bukti debit").set_input_files(PROOF)
    treasurer.button("Catat pembayaran").click()
    expect(treasurer.flash).to_contain_text("Pembayaran dicatat")
    close(ppk, second)
    producer = visit(scene.producer, size=PHONE)
    producer.goto(f"/pesanan/{second}")
    expect(producer.main).to_contain_text("Anda terima")
    producer.shoot("y07-produsen")
    assert scene.state(second) == "closed"
