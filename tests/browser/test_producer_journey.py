"""From “Daftar” to a printed statement on one phone: registered, refused, mended, published, ordered, paid."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from shop.base.clock import local_day, utc_now
from shop.catalog.models import Product
from shop.db import session
from shop.orders.steps import Said
from tests.browser.stage import PDF, Scene, set_scene
from tests.browser.visiting import PHONE, Visitor

if TYPE_CHECKING:
    from flask import Flask

    from tests.browser.conftest import Open
    from tests.browser.serving import Shop

EMAIL, SECRET = "bu.marni@contoh.test", "lontong sayur pagi hari"
KITCHEN, BOX = "Dapur Bu Marni", "Nasi kotak pepes peda"
NIB, NIK, ACCOUNT = "9120001234567", "3171014101800005", "1234567890"


@dataclass
class Story:
    """What the journey has come to."""

    visit: Open
    app: Flask
    scene: Scene
    product_id: int = 0
    order_id: int = 0
    seen: list[str] = field(default_factory=list)

    def curator(self, name: str) -> Visitor:
        """Let a curator sit down at a laptop."""
        visitor = self.visit()
        visitor.sign_in(f"{name}@demo.test")
        return visitor


def test_a_home_cook_goes_from_registration_to_a_printed_statement_on_one_phone(
    visit: Open, app: Flask, shop: Shop
) -> None:
    story = Story(visit, app, set_scene(app, pagu=30_000_000))
    cook = visit(size=PHONE)
    she_registers(cook)
    she_fills_the_steps_in_her_own_order(cook)
    she_lists_a_product_with_a_photo(story, cook)
    the_kecamatan_refuses_with_reasons(story)
    she_reads_why_and_mends(story, cook)
    both_stages_accept(story)
    an_office_orders(story)
    she_accepts_and_delivers(story, cook)
    the_office_pays(story)
    she_prints_her_statement(cook)
    no_page_showed_a_whole_number(cook)
    assert ": 0 selisih" in shop.command("p3dn", "verify")


def she_registers(cook: Visitor) -> None:
    cook.goto("/masuk")
    cook.link("Daftar").tap()
    cook.main.get_by_label("Nama Anda").fill("Marni Sumarni")
    cook.main.get_by_label("E-mail").fill(EMAIL)
    cook.main.get_by_label("Nomor HP").fill("0812 3456 7890")
    cook.main.get_by_label("Kata sandi").fill("marni")
    cook.main.get_by_label("Nama usaha").fill(KITCHEN)
    cook.main.get_by_label("Kecamatan tempat usaha").select_option(label="Gambir")
    cook.main.get_by_label("Saya setuju").check()
    cook.button("Daftar", exact=True).tap()
    expect(cook.summary).to_contain_text("Kata sandi")
    assert cook.main.get_by_label("Nama usaha").input_value() == KITCHEN
    cook.main.get_by_label("Kata sandi").fill(SECRET)
    cook.button("Daftar", exact=True).tap()
    expect(cook.flash).to_contain_text("Akun Anda sudah jadi")
    cook.shoot("p01-usaha")


def she_fills_the_steps_in_her_own_order(cook: Visitor) -> None:
    cook.goto("/usaha/rekening")
    cook.main.get_by_label("Nama bank").fill("Bank DKI")
    cook.main.get_by_label("Nomor rekening").fill(ACCOUNT)
    cook.main.get_by_label("Nama pemilik rekening").fill("Marni Sumarni")
    cook.button("Simpan").tap()
    expect(cook.flash).to_contain_text("Tersimpan")
    cook.goto("/usaha/izin")
    cook.main.get_by_label("NIB").fill("12345")
    cook.main.get_by_label("Cari bidang usaha").fill("katering")
    cook.button("Cari").tap()
    cook.main.locator("input[name=kbli_code]").first.check()
    cook.button("Simpan").tap()
    expect(cook.summary).to_contain_text("13 angka")
    cook.shoot("p02-nib-salah")
    cook.main.get_by_label("NIB").fill(NIB)
    cook.button("Simpan").tap()
    expect(cook.flash).to_contain_text("Tersimpan")
    cook.goto("/usaha/identitas")
    cook.main.get_by_label("Nama pemilik").fill("Marni Sumarni")
    cook.main.get_by_label("NIK").fill(NIK)
    cook.main.get_by_label("Alamat usaha").fill("Jl. Kenanga Raya No. 7, RT 003/RW 004")
    _saved(cook)
    cook.goto("/usaha/pajak")
    cook.main.get_by_label("Omzet tahun lalu").select_option(index=1)
    _saved(cook)
    cook.goto("/usaha/jam")
    cook.main.get_by_label("Buka pukul").fill("07:00")
    cook.main.get_by_label("Tutup pukul").fill("17:00")
    _saved(cook)
    cook.goto("/usaha/kirim")
    _saved(cook)
    cook.goto("/usaha/rekening")
    expect(cook.main).to_contain_text("•••• 7890")
    cook.goto("/usaha")
    cook.button("Selesaikan pendaftaran").tap()
    expect(cook.flash).to_contain_text("Pendaftaran selesai")
    cook.shoot("p03-terdaftar")


def _saved(cook: Visitor) -> None:
    cook.button("Simpan").tap()
    expect(cook.flash).to_contain_text("Tersimpan")


def _photo(colour: str) -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (1_600, 1_200), colour).save(out, "JPEG")
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def she_lists_a_product_with_a_photo(story: Story, cook: Visitor) -> None:
    cook.goto("/produk-saya")
    cook.link("Tambah produk").tap()
    cook.main.get_by_label("Nama produk").fill(BOX)
    cook.main.get_by_label("Kategori").select_option(value="nasi-kotak")
    cook.main.get_by_label("Harga per satuan").fill("27.500")
    cook.main.get_by_label("Satuan", exact=True).fill("kotak")
    cook.button("Simpan dan lanjutkan").tap()
    cook.page.wait_for_url(re.compile(r"/produk-saya/\d+"))
    story.product_id = int(re.findall(r"/produk-saya/(\d+)", cook.page.url)[0])
    here = f"/produk-saya/{story.product_id}"
    cook.goto(f"{here}?bagian=tentang")
    cook.main.locator("#bagian-tentang [name=description]").fill("Nasi, pepes peda, lalapan, sambal, dan buah potong.")
    cook.main.locator("#bagian-tentang").get_by_role("button", name="Simpan").tap()
    expect(cook.flash).to_contain_text("simpan")
    _fill_contents(cook, here)
    cook.goto(f"{here}?bagian=kesanggupan")
    cook.main.locator("[name=daily_capacity]").fill("200")
    cook.main.locator("#bagian-kesanggupan").get_by_role("button", name="Simpan").tap()
    expect(cook.flash).to_contain_text("simpan")
    cook.goto(f"{here}?bagian=foto")
    cook.main.get_by_label("Tambah foto").set_input_files(
        {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": b"<html><body>bukan foto</body></html>"}
    )
    cook.button("Unggah").tap()
    expect(cook.summary).to_contain_text("bukan foto JPG, PNG, atau WebP")
    cook.main.get_by_label("Tambah foto").set_input_files(_photo("darkred"))
    cook.button("Unggah").tap()
    expect(cook.flash).to_contain_text("Foto disimpan")
    cook.shoot("p04-lengkap")
    cook.goto(f"{here}/pratinjau")
    expect(cook.main).to_contain_text(BOX)
    cook.shoot("p05-pratinjau")
    cook.goto(here)
    cook.button("Kirim ke kurator").tap()
    expect(cook.main).to_contain_text("Menunggu kurasi")
    anyone = story.visit()
    anyone.goto(f"/produk/{story.product_id}", status=404)


def _fill_contents(cook: Visitor, here: str) -> None:
    cook.goto(f"{here}?bagian=isi")
    part = cook.main.locator("#bagian-isi")
    for name, value in (("simpan", "hari_ini"), ("suhu", "ruang"), ("kemasan", "kotak")):
        part.locator(f"select[name=attr-{name}]").select_option(value)
    part.locator("[name=ingredients]").fill("beras, ikan peda, kemangi, cabai, timun, semangka")
    part.locator("input[name=allergens][value=fish]").check(force=True)
    part.locator("[name=serves]").fill("1")
    part.get_by_role("button", name="Simpan").tap()
    expect(cook.flash).to_contain_text("simpan")


def _judge(curator: Visitor, story: Story, decision: str, *reasons: str) -> None:
    curator.goto("/kurasi")
    curator.link(BOX).click()
    for key in ("taste", "packaging", "hygiene", "halal", "photo"):
        curator.main.locator(f"input[name=score-{key}][value='4']").check(force=True)
    curator.main.locator(f"input[name=decision][value={decision}]").check(force=True)
    for reason in reasons:
        curator.main.locator(f"input[name=reasons][value={reason}]").check(force=True)
    curator.shoot(f"p06-kurasi-{decision}-{curator.page.url.rsplit('/', 1)[-1][:4]}")
    curator.button("Kirim, buka berikutnya").click()
    curator.page.wait_for_load_state()


def the_kecamatan_refuses_with_reasons(story: Story) -> None:
    _judge(story.curator("kurator.kecamatan"), story, "refuse", "photo_unclear", "label")


def she_reads_why_and_mends(story: Story, cook: Visitor) -> None:
    cook.goto(f"/produk-saya/{story.product_id}/kurasi")
    expect(cook.main).to_contain_text("Foto")
    expect(cook.main).to_contain_text("Kecamatan")
    cook.shoot("p07-ditolak")
    here = f"/produk-saya/{story.product_id}"
    cook.goto(f"{here}?bagian=foto")
    cook.main.get_by_label("Tambah foto").set_input_files(_photo("orange"))
    cook.button("Unggah").tap()
    expect(cook.flash).to_contain_text("Foto disimpan")
    cook.goto(here)
    cook.button("Kirim ke kurator").tap()
    expect(cook.main).to_contain_text("Menunggu kurasi")


def both_stages_accept(story: Story) -> None:
    kecamatan = story.curator("kurator.kecamatan")
    kecamatan.goto("/kurasi")
    kecamatan.link(BOX).click()
    expect(kecamatan.main).to_contain_text("Yang berubah sejak kiriman terakhir")
    _judge(kecamatan, story, "accept")
    _judge(story.curator("kurator.provinsi"), story, "accept")
    with story.app.app_context():
        assert session.scalars(select(Product.state).where(Product.id == story.product_id)).one() == "published"


def an_office_orders(story: Story) -> None:
    pp = story.visit(story.scene.pp)
    pp.goto(f"/produk/{story.product_id}")
    pp.main.get_by_role("spinbutton", name="Jumlah").fill("40")
    pp.button("Masukkan keranjang").click()
    expect(pp.flash).to_contain_text("Masuk keranjang")
    pp.goto("/kirim")
    pp.main.get_by_label("Keperluan").fill("Rapat koordinasi RW")
    pp.main.get_by_label("Jumlah orang").fill("40")
    pp.main.get_by_label("Alamat kirim").fill("Kantor Kelurahan Uji, Jl. Kenanga Raya No. 9")
    pp.main.get_by_label("Kecamatan").select_option(label="Gambir")
    pp.button("Kirim ke 1 produsen").click()
    expect(pp.main).to_contain_text("1 surat pesanan terkirim")
    pp.link("Ikuti pesanan").click()
    story.order_id = int(re.findall(r"/pesanan/(\d+)", pp.page.url)[0])


def she_accepts_and_delivers(story: Story, cook: Visitor) -> None:
    cook.goto("/pesanan/masuk")
    expect(cook.page).to_have_title(re.compile(r"^\(1\)"))
    cook.button("Aktifkan suara").tap()
    cook.shoot("p08-masuk")
    cook.button("Terima pesanan").tap()
    expect(cook.flash).to_contain_text("Pesanan diterima")
    cook.goto(f"/pesanan/{story.order_id}")
    for button in ("Siap diantar", "Berangkat", "Sudah tiba"):
        cook.button(button).tap()
        expect(cook.flash).not_to_be_empty()
        cook.page.wait_for_load_state()
    assert story.scene.state(story.order_id) == "arrived"
    cook.shoot("p09-tiba")


def the_office_pays(story: Story) -> None:
    story.scene.take(story.order_id, story.scene.ppk, "receive")
    treasurer = story.visit(story.scene.bendahara)
    treasurer.goto(f"/pesanan/{story.order_id}/bayar")
    treasurer.main.get_by_label("Nomor bukti transfer").fill("SP2D-2026-00777")
    treasurer.main.get_by_label("Bukti bayar").set_input_files(
        {"name": "sp2d.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    treasurer.button("Catat pembayaran").click()
    expect(treasurer.flash).to_contain_text("Pembayaran dicatat")
    story.scene.take(story.order_id, story.scene.ppk, "close", Said())


def she_prints_her_statement(cook: Visitor) -> None:
    month = local_day(utc_now()).strftime("%Y-%m")
    cook.goto("/rekap")
    expect(cook.main).to_contain_text("Rp1.100.000")
    expect(cook.main).to_contain_text("Rp27.500")
    cook.shoot("p10-rekap")
    cook.goto(f"/perkembangan/laporan/{month}")
    expect(cook.main).to_contain_text("Rp1.100.000")
    cook.shoot("p11-laporan")
    answer = cook.context.request.get(f"/perkembangan/laporan/{month}/pdf")
    assert answer.ok
    assert answer.body().startswith(b"%PDF-")


def no_page_showed_a_whole_number(cook: Visitor) -> None:
    pages = ("/usaha", "/usaha/identitas", "/usaha/izin", "/usaha/rekening", "/usaha/dokumen", "/profil", "/rekap")
    for path in pages:
        cook.goto(path)
        text = cook.page.content()
        assert not [number for number in (NIB, NIK, ACCOUNT, "81234567890") if number in text], path
