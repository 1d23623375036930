"""From BAST to closed, by the treasurer's one page: by transfer, by autodebet with the PA/KPA's yes, by QRIS, by the gateway."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from sqlalchemy import select

from shop.db import session
from shop.payments.models import PaymentRequest
from shop.payments.states import LIVE
from shop.vendors.models import Vendor
from tests.browser.axe import findings
from tests.browser.stage import PDF, Scene, set_scene
from tests.browser.visiting import PHONE
from tests.localstripe import pay, running, tell
from tests.makers import make_qris

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.browser.conftest import Open
    from tests.browser.serving import Shop
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


def test_an_order_is_paid_by_qris_and_one_by_a_gateway_that_tells_us_itself(
    visit: Open, app: Flask, shop: Shop, tmp_path: Path
) -> None:
    scene = set_scene(app)
    with scene.work():
        vendor = session.get_one(Vendor, scene.vendor_id)
        vendor.qris = make_qris(name=vendor.name.upper()[:25])
    first, second = received(scene), received(scene)
    treasurer, ppk = visit(scene.bendahara), visit(scene.ppk)

    choose(treasurer, first, "qris", "Buka kode QRIS")
    treasurer.shoot("y11-qris")
    assert findings(treasurer, "qris") == []
    treasurer.main.get_by_label("Nomor referensi (RRN)").fill("RRN-612233445566")
    treasurer.main.get_by_label("Berkas bukti bayar").set_input_files(PROOF)
    treasurer.button("Catat pembayaran").click()
    expect(treasurer.flash).to_contain_text("Pembayaran dicatat")
    close(ppk, first)

    with running(tmp_path, shop.gateway_port) as gateway:
        tell(gateway, f"{shop.url}/webhooks/stripe")
        choose(treasurer, second, "gateway", "lewat gerbang")
        treasurer.button("Batalkan pembayaran").click()  # it is cancelled at the gateway, and another way is open
        expect(treasurer.flash).to_contain_text("Tidak ada uang yang keluar")
        treasurer.link("Pilih cara membayar").click()
        choose(treasurer, second, "gateway", "lewat gerbang")
        treasurer.shoot("y12-gerbang")
        assert findings(treasurer, "gateway") == []
        page = treasurer.page.url
        treasurer.goto(f"/pesanan/{second}/bayar")  # the one page leads back to what is open
        treasurer.shoot("y13-terbuka")
        treasurer.link("Lanjutkan pembayaran ini").click()
        assert treasurer.page.url == page
        with scene.work():
            where = (PaymentRequest.order_id == second, PaymentRequest.state.in_(LIVE))
            intent_id = session.scalars(select(PaymentRequest.external_id).where(*where)).one()
        pay(gateway, intent_id)
        until = time.monotonic() + 20
        while scene.state(second) == "received" and time.monotonic() < until:  # nobody looks: the gateway tells
            time.sleep(0.1)
        assert scene.state(second) == "paid"
        treasurer.page.reload()
        treasurer.shoot("y14-lunas")
    close(ppk, second)
    ppk.goto(f"/pesanan/{second}")
    expect(ppk.main).to_contain_text("Dikonfirmasi langsung oleh gerbang pembayaran")
    assert [scene.state(order_id) for order_id in (first, second)] == ["closed", "closed"]


def choose(treasurer: Visitor, order_id: int, way: str, verb: str) -> None:
    treasurer.goto(f"/pesanan/{order_id}/bayar")
    treasurer.main.locator(f"#cara-{way} > summary").click()
    treasurer.button(verb).click()
    expect(treasurer.page.locator("h1")).to_contain_text("QRIS" if way == "qris" else "gerbang")
