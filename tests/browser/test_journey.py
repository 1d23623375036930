"""The main job, clicked through by its real people: from the RUP package to the closed order and its P3DN lines."""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from shop.base.clock import local, utc_now
from tests.browser.stage import MEETINGS, PDF
from tests.browser.visiting import PHONE, Visitor

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.browser.serving import Shop

OFFICE, PLACE = "OPD-0083", "kecamatan-gambir"
PA, PPK, PP, BENDAHARA = (f"{role}.{PLACE}@demo.test" for role in ("pa-kpa", "ppk", "pp", "bendahara"))
PRODUCER = "keripik-cipedak-abadi.v0006@demo.test"
PACKAGE, RUP, PAGU = "Konsumsi musyawarah perencanaan kecamatan", "97000001", 150_000_000
CERTIFIED, DECLARED = "Rempeyek Kacang Hijau Cipedak Abadi 500 g", "Keripik Talas 100 g"
_HALF = 5_000


@dataclass
class Story:
    """What the journey has come to."""

    visit: Open
    shop: Shop
    before: dict[str, int] = field(default_factory=dict)
    address: str = ""
    number: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)

    def person(self, name: str, **options: Any) -> Visitor:
        """Let somebody sit down and sign in."""
        visitor = self.visit(**options)
        visitor.sign_in(name)
        return visitor

    def asked(self, path: str) -> dict[str, Any]:
        """Ask the public JSON door."""
        with urllib.request.urlopen(self.shop.url + path, timeout=20) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def totals(self) -> dict[str, int]:
        """Return what the office planned, committed and paid this year."""
        found: dict[str, int] = self.asked(f"/api/v1/p3dn/totals?year={local(utc_now()).year}&office={OFFICE}")["total"]
        return found


def test_an_order_goes_from_its_package_to_the_p3dn_totals(visit, shop):
    story = Story(visit, shop)
    story.before = story.totals()
    pa_imports_a_package_and_hands_it_on(story)
    ppk_attaches_papers_and_hands_it_on(story)
    pp = story.person(PP)
    pp_finds_products_in_spite_of_typing_errors(story, pp)
    pp_sends_the_basket(story, pp)
    producer = story.person(PRODUCER, size=PHONE)
    producer_accepts_with_one_tap_and_delivers(story, producer)
    ppk = story.person(PPK)
    ppk_receives(story, ppk)
    bendahara_pays(story, story.person(BENDAHARA))
    ppk_closes(story, ppk)
    totals_moved_by_exactly_these_lines(story)
    the_figure_opens_to_its_lines(story, visit())
    assert ": 0 selisih" in shop.command("p3dn", "verify")


def pa_imports_a_package_and_hands_it_on(story: Story) -> None:
    pa = story.person(PA)
    pa.goto("/paket")
    pa.link("Impor dari CSV").click()
    head = "kd_rup,nama_paket,tahun_anggaran,kode_kantor,kode_rekening,pagu\n"
    year = local(utc_now()).year
    wrong = f'{RUP},"{PACKAGE}",{year},{OFFICE},{MEETINGS},banyak\n97000002,Atk,{year},{OFFICE},9.9.9,1000000\n'
    _upload(pa, head + wrong)
    expect(pa.main).to_contain_text("Pagu harus rupiah bulat")
    expect(pa.main).to_contain_text("Kode rekening “9.9.9” tidak dikenal.")
    pa.shoot("01-impor-salah")
    _upload(pa, f'{head}{RUP},"{PACKAGE}",{year},{OFFICE},{MEETINGS},150.000.000\n')
    expect(pa.main).to_contain_text("1 paket baru")
    pa.shoot("02-impor-benar")
    pa.link("Lihat paket").click()
    pa.main.get_by_label("Cari nama paket").fill(RUP)
    pa.button("Cari").click()
    pa.link(PACKAGE).click()
    pa.main.get_by_label("Serahkan kepada PPK").select_option(index=1)
    pa.shoot("03-paket-pa")
    pa.button("Serahkan paket").click()
    expect(pa.flash).to_contain_text("Paket sudah diserahkan")
    pa.sign_out()


def _upload(pa: Visitor, content: str) -> None:
    pa.main.get_by_label("Berkas CSV").set_input_files(
        {"name": "rup.csv", "mimeType": "text/csv", "buffer": content.encode("latin-1")}
    )
    pa.button("Impor").click()


def ppk_attaches_papers_and_hands_it_on(story: Story) -> None:
    ppk = story.person(PPK)
    ppk.goto("/meja")
    ppk.shoot("04-meja-ppk")
    ppk.goto(f"/paket?saya=1&q={RUP}")
    ppk.link(PACKAGE).click()
    ppk.main.get_by_label("Serahkan kepada Pejabat Pengadaan").select_option(index=1)
    ppk.button("Serahkan paket").click()
    expect(ppk.summary).to_contain_text("Lampirkan KAK dahulu")
    _attach(ppk, "kak", "KAK konsumsi musrenbang")
    ppk.main.get_by_label("Serahkan kepada Pejabat Pengadaan").select_option(index=1)
    ppk.button("Serahkan paket").click()
    expect(ppk.summary).to_contain_text("perlu HPS")
    ppk.shoot("05-paket-tanpa-hps")
    _attach(ppk, "hps", "HPS konsumsi musrenbang", "145.000.000")
    ppk.main.get_by_label("Serahkan kepada Pejabat Pengadaan").select_option(index=1)
    ppk.button("Serahkan paket").click()
    expect(ppk.flash).to_contain_text("Paket sudah diserahkan")
    ppk.shoot("06-paket-diserahkan")


def _attach(ppk: Visitor, kind: str, title: str, amount: str = "") -> None:
    ppk.main.get_by_label("Jenis dokumen").select_option(kind)
    ppk.main.get_by_label("Judul").fill(title)
    ppk.main.get_by_label("Nilai HPS").fill(amount)
    ppk.main.get_by_label("Berkas").set_input_files(
        {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    ppk.button("Lampirkan").click()
    expect(ppk.flash).to_contain_text("Dokumen sudah dilampirkan")


def pp_finds_products_in_spite_of_typing_errors(story: Story, pp: Visitor) -> None:
    pp.goto("/meja")
    pp.shoot("07-meja-pp")
    pp.search.fill("rempeyek kacang hijua")
    pp.search.press("Enter")
    pp.page.wait_for_url("**/katalog?q=*")
    pp.shoot("08-salah-ketik")
    pp.link("rempeyek kacang hijau", exact=True).click()
    expect(pp.main.get_by_role("link", name=CERTIFIED)).to_be_visible()
    pp.link(CERTIFIED).click()
    pp.shoot("09-produk")
    pp.main.get_by_role("spinbutton", name="Jumlah").fill("20")
    pp.button("Masukkan keranjang").click()
    expect(pp.flash).to_contain_text("Masuk keranjang")
    pp.goto("/katalog?q=kripik+talas")
    pp.link(DECLARED).click()
    pp.main.get_by_role("spinbutton", name="Jumlah").fill("40")
    pp.button("Masukkan keranjang").click()
    expect(pp.flash).to_contain_text("Masuk keranjang")


def pp_sends_the_basket(story: Story, pp: Visitor) -> None:
    pp.main.get_by_label("Paket yang membiayai").select_option(label=_option(pp, RUP))
    expect(pp.main).to_contain_text("Pagu Rp150.000.000")
    pp.shoot("10-keranjang")
    pp.link("Lanjut kirim ke 1 produsen").click()
    pp.button("Kirim ke 1 produsen").click()  # the browser itself asks for the purpose first
    pp.main.get_by_label("Keperluan").fill("Musyawarah perencanaan pembangunan kecamatan")
    pp.main.get_by_label("Jumlah orang").fill("60")
    when = pp.main.get_by_label("Tiba pada")
    when.fill(when.input_value()[:10] + "T09:30")
    pp.main.get_by_label("Alamat kirim").fill("Kantor Kecamatan Gambir, ruang rapat lantai 2, Jl. Kenanga Raya 12")
    pp.main.get_by_label("Kecamatan").select_option(label="Gambir")
    pp.shoot("11-kirim")
    pp.button("Kirim ke 1 produsen").click()
    expect(pp.main).to_contain_text("1 surat pesanan terkirim")
    pp.shoot("12-terkirim")
    pp.link("Ikuti pesanan").click()
    expect(pp.main).to_contain_text("Menunggu Produsen")
    story.address = pp.page.url.removeprefix(story.shop.url)
    story.number = pp.page.get_by_role("heading", level=1).inner_text().removeprefix("Surat pesanan ")
    pp.shoot("13-pesanan-pp")


def _option(pp: Visitor, code: str) -> str:
    words = pp.main.locator("#f-paket option").all_inner_texts()
    return next(text for text in words if code in text)


def producer_accepts_with_one_tap_and_delivers(story: Story, producer: Visitor) -> None:
    producer.goto("/meja")
    expect(producer.main).to_contain_text("Giliran Anda")
    producer.shoot("14-meja-produsen")
    card = producer.main.locator("article.order", has_text=story.number)
    card.get_by_role("button", name="Terima pesanan").tap()
    expect(producer.flash).to_contain_text("Pesanan diterima")
    card.get_by_role("link", name="Lihat pesanan").tap()
    producer.shoot("15-pesanan-produsen")
    producer.button("Berangkat").tap()
    expect(producer.flash).to_contain_text("barang berangkat")
    producer.button("Sudah tiba").tap()
    expect(producer.flash).to_contain_text("barang tiba")
    expect(producer.main).to_contain_text("Menunggu PPK")
    producer.shoot("16-tiba")


def ppk_receives(story: Story, ppk: Visitor) -> None:
    ppk.goto("/meja")
    ppk.shoot("17-meja-ppk-tiba")
    ppk.main.locator("article.order", has_text=story.number).get_by_role("link").first.click()
    expect(ppk.main).to_contain_text("Giliran Anda: periksa barang, lalu terima atau kembalikan")
    ppk.shoot("18-periksa")
    ppk.button("Barang diterima").click()
    expect(ppk.flash).to_contain_text("Barang diterima")


def bendahara_pays(story: Story, bendahara: Visitor) -> None:
    bendahara.goto(story.address)
    expect(bendahara.main).to_contain_text("Giliran Anda: bayar, lalu catat buktinya")
    bendahara.link("Bayar", exact=True).click()
    bendahara.main.get_by_label("Nomor bukti transfer").fill("SP2D-2026-00123")
    bendahara.shoot("19-bayar")
    bendahara.main.get_by_label("Bukti bayar").set_input_files(
        {"name": "sp2d.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    bendahara.button("Catat pembayaran").click()
    expect(bendahara.flash).to_contain_text("Pembayaran dicatat")
    with bendahara.page.expect_download() as download:
        bendahara.link("Unduh bukti bayar").click()
    assert download.value.path().read_bytes() == PDF
    bendahara.shoot("20-dibayar")


def ppk_closes(story: Story, ppk: Visitor) -> None:
    ppk.goto(story.address)
    ppk.button("Tutup pesanan").click()
    expect(ppk.flash).to_contain_text("Pesanan ditutup")
    expect(ppk.main).to_contain_text("Pesanan ini sudah berakhir: Selesai")
    ppk.shoot("21-ditutup")


def totals_moved_by_exactly_these_lines(story: Story) -> None:
    today = {name: _of_product(story, name) for name in (CERTIFIED, DECLARED)}
    amounts = {name: quantity * today[name]["price"] for name, quantity in ((CERTIFIED, 20), (DECLARED, 40))}
    weighted = sum((amounts[name] * today[name]["tkdn_bp"] + _HALF) // (2 * _HALF) for name in amounts)
    total, after = sum(amounts.values()), story.totals()
    moved = {name: after[name] - story.before[name] for name in after}
    assert moved == {
        "planned": PAGU, "committed": total, "paid_total": total, "pdn_value": total,
        "pdn_certified": amounts[CERTIFIED], "tkdn_weighted": weighted, "umk_value": total, "orders": 1, "lines": 2,
    }  # fmt: skip


def _of_product(story: Story, name: str) -> dict[str, Any]:
    found = story.asked("/api/v1/products?q=" + name.replace(" ", "%20"))["items"]
    return next(item for item in found if item["name"] == name)


def the_figure_opens_to_its_lines(story: Story, anyone: Visitor) -> None:
    anyone.goto(f"/p3dn?office={OFFICE}")
    anyone.shoot("22-p3dn")
    paid = anyone.main.locator(".stat").filter(has=anyone.page.get_by_text("Dibayar", exact=True))
    paid.get_by_role("link").first.click()
    expect(anyone.main).to_contain_text(f"Dibayar {_written(story.totals()['paid_total'])}")
    rows = anyone.main.locator("tbody tr", has_text=story.number)
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=CERTIFIED)).to_contain_text(re.compile(r"TKDN \d+,\d+ %\s+bersertifikat"))
    expect(rows.filter(has_text=DECLARED)).to_contain_text("pernyataan mandiri")
    anyone.shoot("23-baris")


def _written(amount: int) -> str:
    return "Rp" + f"{amount:,}".replace(",", ".")
