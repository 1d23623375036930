"""What an office and its producers live through, clicked by the real people, producers on their phones."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import expect

from shop.base.clock import local, local_day, utc_now
from shop.orders.paying import Proof
from shop.orders.steps import Said
from tests.browser.stage import PURPOSE, RIVALS, colleague, demo_hat, one_product, open_bids, rivals, set_scene
from tests.browser.visiting import PHONE

if TYPE_CHECKING:
    from flask import Flask

    from shop.base.actor import Actor
    from tests.browser.conftest import Open
    from tests.browser.stage import Scene
    from tests.browser.visiting import Visitor

BETTER = "Isinya lebih lengkap dan tahan sampai sore"
BIDS = (("17.500", "6.500"), ("17.000", "6.000"), ("18.000", ""))
HEARD = (("Anda menang", "Belum menang"), ("Anda menang", "Belum menang", BETTER), ("Belum menang", BETTER))


def test_three_compete_under_seal_each_line_finds_its_winner_and_losers_hear_why(visit: Open, app: Flask) -> None:
    scene = set_scene(app)
    kitchens = [scene.producer, *rivals(scene, "Dapur Bu Sri", "Dapur Pak Udin")]
    pp, phones = visit(scene.pp), [visit(who, size=PHONE) for who in kitchens]
    at = _ask_three(pp, kitchens)
    for phone, prices in zip(phones, BIDS, strict=True):
        _bid(phone, at, prices)
    phones[0].shoot("s02-menawar")
    pp.page.reload()
    expect(pp.main).to_contain_text("Penawaran tersegel sampai batas waktu")
    expect(pp.main).not_to_contain_text("17.000")
    open_bids(scene, int(at.rsplit("/", 1)[1]))
    pp.page.reload()
    pp.shoot("s03-perbandingan")
    winners = pp.main.locator("select[name^=winner-]")
    winners.nth(0).select_option(value=str(scene.vendor_id))
    pp.button("Tetapkan pemenang").click()
    expect(pp.summary).to_be_visible()  # not the cheapest, and no reason yet
    pp.main.locator("select[name^=reason-]").nth(0).select_option(value="contents")
    pp.main.locator("textarea[name^=words-]").nth(0).fill(BETTER)
    pp.button("Tetapkan pemenang").click()
    expect(pp.main).to_contain_text("Berita Acara nomor")
    pp.shoot("s04-ditetapkan")
    for phone, heard in zip(phones, HEARD, strict=True):
        phone.goto(at)
        for words in heard:
            expect(phone.main).to_contain_text(words)
    phones[1].shoot("s05-hasil")
    expect(phones[2].main).not_to_contain_text("Rp17.000")  # who lost beside them stays unknown
    pp.button("Pesan sekarang ke 2 produsen").click()
    expect(pp.main).to_contain_text("2 surat pesanan terkirim")
    assert scene.orders() == 2


def _ask_three(pp: Visitor, kitchens: list[Actor]) -> str:
    """Ask these three for two things, on the form; return the address of the request."""
    pp.goto("/kompetisi/baru")
    pp.main.get_by_text("Tambah barang 2").click()
    for n, (need, pieces) in enumerate((("Snack kotak isi 4 macam", "100"), ("Air jahe hangat", "100"))):
        pp.main.locator(f"[name='lines.{n}.need']").fill(need)
        pp.main.locator(f"[name='lines.{n}.quantity']").fill(pieces)
    pp.main.get_by_label("Jenis barang").select_option(value="snack-kotak")
    pp.main.get_by_label("Keperluan").fill("Upacara hari jadi")
    pp.main.get_by_label("Alamat kirim").fill("Kantor Kelurahan Uji, Jl. Kenanga Raya No. 9")
    pp.main.get_by_label("Kecamatan").select_option(label="Gambir")
    day = local(utc_now()) + timedelta(days=1)
    pp.main.get_by_label("Batas menawar").fill(day.strftime("%Y-%m-%dT%H:%M"))
    pp.button("Cari produsen").click()
    pp.main.get_by_label("Tambah menurut nama").fill(RIVALS)
    pp.button("Cari produsen").click()
    wanted = {str(who.vendor_id) for who in kitchens}
    for box in pp.main.locator("input[name=vendor]").all():
        box.set_checked(box.get_attribute("value") in wanted, force=True)
    expect(pp.main.locator("input[name=vendor]:checked")).to_have_count(3)
    pp.shoot("s01-minta")
    pp.button("Kirim permintaan").click()
    expect(pp.flash).to_contain_text("Permintaan dikirim")
    return re.findall(r"/kompetisi/\d+", pp.page.url)[0]


def _bid(phone: Visitor, at: str, prices: tuple[str, str]) -> None:
    phone.goto(at)
    for n, price in enumerate(prices):
        phone.main.locator("input[name^=price-]").nth(n).fill(price)
    phone.button("Kirim penawaran").tap()
    expect(phone.flash).to_contain_text("amplop tertutup")


def test_what_came_short_is_brought_again_until_both_have_signed(visit: Open, app: Flask) -> None:
    scene = set_scene(app)
    number = scene.order(30)
    for verb in ("confirm", "ship", "arrive"):
        scene.take(number, scene.producer, verb)
    ppk, cook, here = visit(scene.ppk), visit(scene.producer, size=PHONE), f"/pesanan/{number}"
    ppk.goto(here)
    ppk.link("Periksa per barang").click()
    ppk.main.get_by_label("Diterima", exact=True).fill("20")
    ppk.main.get_by_text("Ada yang ditolak").click()
    ppk.main.get_by_role("textbox", name="Ditolak").fill("4")
    ppk.main.get_by_label("Produsen mengantar lagi").check()
    ppk.button("Simpan hasil pemeriksaan").click()
    expect(ppk.summary).to_be_visible()  # refused without saying why
    expect(ppk.main.get_by_role("textbox", name="Ditolak")).to_have_value("4")
    ppk.main.get_by_label("Mengapa ditolak").select_option(index=1)
    ppk.main.get_by_label("Foto").set_input_files(_photo())
    ppk.shoot("s06-periksa")
    ppk.button("Simpan hasil pemeriksaan").click()
    expect(ppk.flash).to_contain_text("Produsen mengantar sisanya")
    cook.goto(here)
    cook.shoot("s07-antar-lagi")
    expect(cook.main).to_contain_text("sisanya diantar lagi")
    for button, told in (("Berangkat", "barang berangkat"), ("Sudah tiba", "barang tiba")):
        cook.button(button).tap()
        expect(cook.flash).to_contain_text(told)
    ppk.goto(f"{here}/terima")
    expect(ppk.main).to_contain_text("Ditunggu 10 kotak")
    ppk.button("Simpan hasil pemeriksaan").click()
    expect(ppk.flash).to_contain_text("BAP dan BAST terbit")
    cook.goto("/meja")
    cook.shoot("s08-meja-produsen")
    cook.goto(here)
    cook.button("Tanda tangani BAP dan BAST").tap()
    expect(cook.flash).to_contain_text("BAP dan BAST ditandatangani")
    cook.shoot("s09-ditandatangani")
    ppk.goto(here)
    expect(ppk.main).to_contain_text("Pemeriksaan ke-2")
    expect(ppk.main.locator("#serah").locator("xpath=..")).to_contain_text("Yati Suryati")
    ppk.shoot("s10-serah-terima")
    for who in (ppk, cook):
        assert who.context.request.get(f"{here}/berita-acara/bast").body().startswith(b"%PDF-")


def _photo() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "saddlebrown").save(out, "JPEG")
    return {"name": "penyok.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_a_deputy_receives_in_the_place_of_who_is_on_leave_without_signing_in_anew(visit: Open, app: Flask) -> None:
    scene = set_scene(app)
    deputy = colleague(scene, "Ratna Dewi", "pa_kpa")
    number = scene.order()
    for verb in ("confirm", "ship", "arrive"):
        scene.take(number, scene.producer, verb)
    ratna, ppk = visit(deputy), visit(scene.ppk)
    ratna.goto("/meja")
    ppk.goto("/delegasi")
    ppk.main.get_by_label("Siapa yang menggantikan").select_option(label="Ratna Dewi")
    ppk.main.get_by_label("Hari terakhir").fill((local_day(utc_now()) + timedelta(days=2)).isoformat())
    ppk.main.get_by_label("Alasan").fill(" ")
    ppk.button("Tunjuk pengganti").click()
    expect(ppk.summary).to_be_visible()
    ppk.main.get_by_label("Alasan").fill("Cuti tahunan")
    ppk.button("Tunjuk pengganti").click()
    expect(ppk.main).to_contain_text("Ratna Dewi menggantikan Budi Santoso")
    ppk.shoot("s11-pengganti")
    ratna.page.reload()
    ratna.page.locator("details.menu summary").click()
    ratna.page.locator("details.menu").get_by_role("button", name="menggantikan Budi Santoso").click()
    expect(ratna.page.locator("details.menu summary")).to_contain_text("menggantikan Budi Santoso")
    ratna.shoot("s12-meja-pengganti")
    ratna.main.locator("article.order").get_by_role("link").first.click()
    ratna.button("Barang diterima").click()
    expect(ratna.flash).to_contain_text("Barang diterima")
    expect(ratna.main).to_contain_text("Ratna Dewi menggantikan Budi Santoso")
    ratna.shoot("s13-diterima-pengganti")
    assert scene.state(number) == "received"


def test_an_auditor_reads_the_whole_defence_on_one_page_and_one_paper(visit: Open, app: Flask) -> None:
    scene = set_scene(app, price=20_000)
    number = _order_the_dearer_one(visit(scene.pp), scene)
    auditor = visit(demo_hat(app, "auditor@demo.test", "auditor"))
    auditor.goto(f"/pesanan/{number}")
    auditor.link("Berkas pertanggungjawaban").click()
    for heading in ("Dasar anggaran", "Barang seperti saat dipesan", "Mengapa yang ini", "Serah terima",
                    "Siapa melakukan apa", "Jejak"):  # fmt: skip
        expect(auditor.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    for words in (scene.rup_code, BETTER, "SP2D-2026-00321", "tersambung ke catatan sebelumnya"):
        expect(auditor.main).to_contain_text(words)
    auditor.shoot("s16-berkas")
    with auditor.page.expect_download() as download:
        auditor.link("Unduh satu PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    stranger = visit(scene.producer)
    stranger.goto(f"/pesanan/{number}/berkas", status=404)


def _order_the_dearer_one(pp: Visitor, scene: Scene) -> int:
    """Compare two and order the dearer one, with a reason; let it be delivered, received and paid."""
    cheaper = one_product(scene, rivals(scene, "Dapur Bu Sri")[0])
    pp.goto(f"/banding?produk={scene.product_id},{cheaper}&jumlah=30")
    pp.shoot("s14-banding")
    pp.button("Masukkan 30 kotak Snack kotak kue basah").click()
    pp.link("Lanjut kirim ke 1 produsen").click()
    pp.main.get_by_label("Keperluan").fill(PURPOSE)
    pp.main.get_by_label("Jumlah orang").fill("30")
    pp.main.get_by_label("Alamat kirim").fill("Kantor Kelurahan Uji, Jl. Kenanga Raya No. 9")
    pp.main.get_by_label("Kecamatan").select_option(label="Gambir")
    pp.main.get_by_label("Mengapa memilih").select_option(value="quality")
    pp.main.get_by_label("Penjelasan").first.fill(BETTER)
    pp.shoot("s15-alasan")
    pp.button("Kirim ke 1 produsen").click()
    pp.link("Ikuti pesanan").click()
    number = int(re.findall(r"/pesanan/(\d+)", pp.page.url)[0])
    for verb in ("confirm", "ship", "arrive"):
        scene.take(number, scene.producer, verb)
    scene.take(number, scene.ppk, "receive")
    scene.take(number, scene.bendahara, "pay", Said(proof=Proof("SP2D-2026-00321", local_day(utc_now()))))
    return number
