"""WCAG by machine: axe finds nothing on any page, for any role, at both widths, in both schemes and languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from shop.db import session
from shop.treasury.models import ClaimPledge
from shop.vendors.registering import STEPS
from tests.browser.axe import findings
from tests.browser.stage import bargain, compete, demo_hat, open_bids, set_scene
from tests.browser.visiting import Visitor

if TYPE_CHECKING:
    from flask import Flask

PUBLIC = (
    ("/", 200), ("/katalog", 200), ("/katalog?q=kue&evidence=certified&halal=1", 200), ("/katalog?q=zzzzqq", 200),
    ("/katalog?price_min=murah", 422), ("/katalog?page=2&sort=price", 200), ("/kategori", 200), ("/produk/1", 200),
    ("/produk/62", 200), ("/produsen/keripik-cipedak-abadi", 200), ("/p3dn", 200), ("/p3dn?group_by=month", 200),
    ("/p3dn?year=2019", 200), ("/p3dn/cara", 200), ("/p3dn/baris", 200), ("/p3dn/baris?vendor=999999", 200), ("/p3dn/koreksi", 200),
    ("/p3dn/sistem-lain?tahun=2024", 200), ("/p3dn/sistem-lain?tahun=2019", 200), ("/acara", 200), ("/tentang", 200),
    ("/sumber", 200), ("/sumber/tax.ppn", 200), ("/kalkulator-pajak", 200), ("/kalkulator-pajak?amount=11100000&form=cv&pkp=1", 200),
    ("/api", 200), ("/privasi", 200), ("/masuk", 200), ("/tidak-ada", 404), ("/produk/999999", 404),
    ("/periksa", 200), ("/periksa/XXXX", 404), ("/cek", 200), ("/cek/XXXXX-XXXXX", 404), ("/periksa-tagihan", 200),
    ("/periksa-tagihan/XXXX", 404), ("/daftar", 200), ("/kalkulator-tkdn", 200),
    ("/ketepatan-bayar", 200), ("/aturan-risiko", 200), ("/target", 200), ("/target?jenis=umk&urut=selisih", 200),
    ("/target/OPD-0083", 200), ("/laporan", 200), ("/laporan?menurut=rekening", 200), ("/laporan?tahun=x", 422),
    ("/laporan/banding", 200), ("/laporan/sertifikat-berakhir", 200), ("/laporan/peluang-tkdn", 200), ("/p3dn/baris/1", 200),
    ("/data", 200), ("/p3dn/sistem-lain", 200),
    ("/qris", 200), ("/pemerataan", 200), ("/pemerataan?tahun=2019", 200), ("/pemerataan?triwulan=5", 422), ("/pemerataan/ketepatan", 200),
    ("/banding", 200), ("/banding?produk=1,2,3,4&jumlah=30", 200), ("/banding?produk=1,2,3,4,5&jumlah=x", 422),
)  # fmt: skip
ENGLISH = (
    "/",
    "/katalog?q=kue",
    "/produk/62",
    "/p3dn",
    "/p3dn/cara",
    "/masuk",
    "/tentang",
    "/sumber",
    "/privasi",
    "/api",
    "/aturan-risiko",
)
ROLES = {
    "admin@demo.test": (
        "admin",
        (
            "/benturan-kepentingan",
            "/meja",
            "/paket",
            "/paket/impor",
            "/pesanan",
            "/profil",
            "/kantor/perubahan",
            "/kantor/perubahan?gabung=1",
        ),
    ),
    "auditor@demo.test": (
        "auditor",
        (
            "/meja",
            "/pesanan?status=selesai",
            "/paket?tahun=2019",
            "/audit/risiko",
            "/audit/sampel",
            "/audit",
            "/audit/pesanan?status=paid",
            "/audit/sampel/baru",
            "/audit/verifikasi",
            "/audit/catatan?tentang=order&id=1",
            "/audit/ekspor",
        ),
    ),
    "kurator.kecamatan@demo.test": ("curator_kecamatan", ("/meja", "/profil", "/kurasi")),
    "kurator.provinsi@demo.test": ("curator_province", ("/meja", "/kurasi?jalur=food", "/kurasi/angka")),
    "petugas.gerai@demo.test": ("attendant", ("/meja",)),
    "staf.program@demo.test": (
        "programme",
        (
            "/meja",
            "/koreksi-baris",
            "/koreksi-baris/1",
            "/p3dn/sistem-lain/isi",
            "/pagu-satuan",
            "/program/corong",
            "/program/belum-terjual",
            "/program/corong?periode=2026",
            "/program/corong/produsen?tahap=P2",
            "/program/produsen?kecamatan=31.71.01",
            "/program/produsen/1",
            "/program/acara",
            "/program/acara/2",
            "/program/acara/5",
            "/program/acara/baru",
            "/program/acara/5/ubah",
            "/program/acara/2/pesanan",
            "/program/kolaborator",
            "/program/bantuan",
            "/program/bantuan/tawaran",
            "/produsen-program",
            "/produsen-program/1",
            "/pengaduan",
            "/pengaduan?semua=1",
            "/pembayaran/gerbang/selisih",
        ),
    ),
    "pendamping.gambir@demo.test": ("mentor", ("/meja", "/program/corong", "/program/produsen")),
    "pa-kpa.kecamatan-gambir@demo.test": (
        "pa_kpa",
        (
            "/meja",
            "/kantor/tugas",
            "/kantor/persetujuan",
            "/kantor/identitas",
            "/kantor/penomoran",
            "/delegasi",
            "/paket/disposisi",
            "/paket?saya=1",
            "/paket?q=zzzz",
        ),
    ),
    "pa-kpa.kelurahan-gambir@demo.test": ("pa_kpa", ("/kantor/tugas", "/kantor/rekening", "/bayar/persetujuan")),
    "pp.kelurahan-gambir@demo.test": (
        "pp",
        (
            "/meja",
            "/profil",
            "/keranjang",
            "/persetujuan",
            "/kebutuhan",
            "/simpanan",
            "/tawar",
            "/tawar/baru?produk=62",
            "/kompetisi",
            "/kompetisi/baru",
            "/pagu-satuan",
        ),
    ),
    "bendahara.kecamatan-gambir@demo.test": (
        "bendahara",
        (
            "/meja",
            "/bayar",
            "/uang",
            "/uang/2025-10",
            "/uang/belum-dibayar",
            "/pesanan?status=giliran",
            "/pesanan?q=zzzz",
            "/pembayaran/gerbang",
            "/bendahara/rekening",
            "/bendahara/setor",
            "/bendahara/setor/2026-06",
        ),
    ),
    "dapur-nyak-dian.v0001@demo.test": (
        "vendor_owner",
        (
            "/perkembangan",
            "/perkembangan/bulan/2025-10",
            "/perkembangan/ukuran",
            "/perkembangan/laporan/2025-10",
            "/perkembangan/surat",
            "/perkembangan/surat/1",
            "/rekap",
            "/uang",
            "/uang/belum-dibayar",
            "/tagihan",
            "/produk-saya/excel/1",
        ),
    ),
    "keripik-cipedak-abadi.v0006@demo.test": (
        "vendor_owner",
        (
            "/meja",
            "/pesanan",
            "/pesanan/masuk",
            "/libur",
            "/produk-saya",
            "/produk-saya/baru",
            "/produk-saya/excel",
            "/produk-saya/alasan",
            "/usaha",
            *(f"/usaha/{step}" for step in STEPS),
            "/usaha/dokumen",
            "/program-saya",
            "/serah-terima",
            "/pengaduan",
        ),
    ),
}
ELSEWHERE = {
    "checkout.checkout", "checkout.sent", "saved.show", "attachments.form", "budgets.show", "orders.show", "documents_check.show", "documents_bundle.show", "catalog_own.edit",
    "curation.show", "curation_own.story", "letter_check.show", "listing.edit", "product.preview", "catalog_own.history",
    "approvals.show", "addenda.ask", "addenda.show", "addenda.stop_page",
    "handover.inspect", "complaints.begin", "complaints.show",
    "tkdn.papers", "tkdn.calculate", "negotiation.show", "competition.show", "defence.record", "defence.whole", "risk.show", "payments_qris.show",
    "payments_gateway.show", "payments.show", "treasury_finance.show",
    "oversight_verify.show", "oversight_samples.show", "oversight_samples.again", "oversight_notes.show", "oversight_notes.question",
}  # fmt: skip
NO_PAGES = {
    "static", "assets.static", "payments_qris.picture", "catalog.photo", "health.alive", "health.ready", "health.metrics", "p3dn.download",
    "budgets.document", "orders.proof_of", "growth.statement_pdf", "growth_letters.pdf", "recap.xlsx", "recap.pdf",
    "programme_funnel.download", "inbox.news", "share.feed", "share.maker_feed", "share.poster", "share.shop_poster",
    "share.share_card", "share.short", "sheet.template", "sheet.bad_rows", "sheet.export", "sheet.english",
    "tkdn.paper_file", "wallet.download", "treasury.unpaid_csv", "treasury_finance.as_csv", "treasury_finance.as_workbook",
    "treasury_finance.as_paper", "treasury_remit.year_file", "treasury_remit.proof", "treasury_remit.list_csv",
    "treasury_remit.list_xlsx", "need.compare", "addenda.pdf", "handover.photo", "handover.paper",
    "complaints.photo", "negotiation.paper", "competition.paper", "defence.record_csv", "defence.record_json", "defence.record_pdf",
    "defence.whole_pdf", "risk.sheet", "attachments.download", "approvals.paper",
    "documents.paper", "documents_bundle.order_zip", "documents_bundle.order_pdf", "documents_bundle.package_zip",
    "documents_bundle.package_pdf", "targets.as_csv", "targets.as_book",
    "opendata.download", "opendata.exchange", "opendata.exchange_whole", "opendata.manifest", "opendata.recompute", "opendata.totals",
    "oversight.orders_csv", "oversight_samples.as_pdf", "oversight_samples.as_xlsx", "reports.comparison_file", "reports.index_file",
    "reports_outlook.ending_file", "reports_outlook.opportunities_file", "spread.as_csv", "spread.as_workbook", "unsold.as_csv",
}  # fmt: skip


def scan(visitor: Visitor, path: str, status: int = 200) -> list[str]:
    visitor.goto(path, status)
    return findings(visitor, path)


@pytest.mark.parametrize(("path", "status"), PUBLIC)
def test_a_public_page_is_without_findings(visit, path, status):
    assert scan(visit(), path, status) == []


def test_the_public_page_of_a_claim_is_without_findings(visit, app):
    with app.app_context():
        code = session.scalars(select(ClaimPledge.code).order_by(ClaimPledge.id)).first()
    assert code, "the demo has offered a claim"
    assert scan(visit(), f"/periksa-tagihan/{code}") == []


def test_the_english_pages_are_without_findings(visit):
    visitor, found = visit(), []
    for path in ENGLISH:
        found += scan(visitor, path + ("&" if "?" in path else "?") + "lang=en")
        expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    assert found == []


@pytest.mark.parametrize("email", ROLES)
def test_the_pages_of_a_role_are_without_findings(visit, app, email):
    role, paths = ROLES[email]
    visitor, found = visit(demo_hat(app, email, role)), []
    for path in paths:
        found += scan(visitor, path)
    assert found == []


def test_the_open_menu_the_suggestions_and_a_question_are_without_findings(visit, app):
    scene = set_scene(app)
    number = scene.order()
    visitor = visit(demo_hat(app, "pp.kelurahan-gambir@demo.test", "pp"))
    visitor.goto("/meja")
    visitor.page.locator("details.menu summary").click()
    found = findings(visitor, "menu")
    visitor.page.keyboard.press("Escape")
    visitor.search.fill("kotak")
    expect(visitor.page.locator("#saran li").first).to_be_visible()
    found += findings(visitor, "suggestions")
    ppk = visit(scene.ppk)
    ppk.goto(f"/pesanan/{number}")
    ppk.ask("Batalkan pesanan")
    found += findings(ppk, "question")
    assert found == []


def test_the_pages_of_buying_are_without_findings(visit, app):
    scene = set_scene(app, stock=100)
    asked = scene.ask_ppk()
    scene.fill_basket(200)
    pp = visit(scene.pp)
    found = scan(pp, "/keranjang")
    for who in (pp, visit(scene.ppk)):
        found += scan(who, f"/persetujuan/{asked}")
    scene.fill_basket(30)
    found += scan(pp, "/keranjang")
    pp.main.get_by_text("Simpan keranjang ini").click()
    pp.main.get_by_label("Nama").fill("Rapat bulanan")
    pp.main.get_by_label("Untuk berapa orang").fill("30")
    found += findings(pp, "keeping the basket")
    pp.button("Simpan keranjang").click()
    pp.main.get_by_role("link", name="Pakai Rapat bulanan").click()
    expect(pp.main).to_contain_text("Isi, dengan harga hari ini")
    found += findings(pp, "saved basket") + scan(pp, "/kirim")
    pp.main.get_by_text("Antar ke beberapa tempat").click()
    pp.button("Tambah tempat").click()
    expect(pp.main).to_contain_text("Tempat 2")
    found += findings(pp, "several places")
    pp.button("Hapus tempat 2").click()
    expect(pp.main).not_to_contain_text("Tempat 2")
    pp.main.get_by_label("Keperluan").evaluate("(field) => field.form.noValidate = true")
    pp.button("Kirim ke 1 produsen").click()
    expect(pp.summary).to_be_visible()
    found += findings(pp, "checkout with faults")
    pp.main.get_by_label("Keperluan").fill("Rapat koordinasi RW")
    pp.main.get_by_label("Alamat kirim").fill("Kantor Kelurahan Uji")
    pp.button("Kirim ke 1 produsen").click()
    expect(pp.main).to_contain_text("1 surat pesanan terkirim")
    found += findings(pp, "sent")
    pp.link("Ikuti pesanan").click()
    pp.link("Tambah lampiran").click()
    expect(pp.main).to_contain_text("Jenis lampiran")
    found += findings(pp, "attachment")
    assert found == []


def test_the_page_of_an_order_is_without_findings_in_every_state(visit, app):
    scene = set_scene(app)
    number, found = scene.order(), []
    people = {who: visit(who) for who in (scene.pp, scene.ppk, scene.bendahara, scene.producer)}
    for verb, who in (("confirm", scene.producer), ("ship", scene.producer), ("arrive", scene.producer),
                      ("receive", scene.ppk)):  # fmt: skip
        found += scan(people[who], f"/pesanan/{number}")
        scene.take(number, who, verb)
    found += scan(people[scene.ppk], f"/pesanan/{number}/risiko")
    bendahara = people[scene.bendahara]
    found += scan(bendahara, f"/pesanan/{number}/spj") + scan(bendahara, f"/pesanan/{number}")
    found += scan(bendahara, f"/pesanan/{number}/bayar")
    bendahara.main.get_by_label("Nomor bukti").evaluate("(field) => field.form.noValidate = true")
    bendahara.button("Catat pembayaran").click()
    expect(bendahara.summary).to_be_visible()
    found += findings(bendahara, "payment with faults")
    changed = scene.order()
    scene.take(changed, scene.producer, "confirm")
    pp = people[scene.pp]
    found += scan(pp, f"/pesanan/{changed}/addendum/baru")
    pp.main.get_by_label("Alasan perubahan").evaluate("(field) => field.form.noValidate = true")
    pp.button("Kirim usulan").click()
    expect(pp.summary).to_be_visible()
    found += findings(pp, "addendum with faults")
    pp.main.get_by_label("Keperluan").fill("Rapat dengan warga")
    pp.main.get_by_label("Alasan perubahan").fill("Peserta rapat bertambah")
    pp.button("Kirim usulan").click()
    found += findings(pp, "addendum that waits")
    found += scan(people[scene.producer], f"/pesanan/{changed}/addendum/1")
    found += scan(people[scene.producer], f"/pesanan/{changed}") + scan(people[scene.producer], "/meja")
    found += scan(people[scene.producer], f"/pesanan/{changed}/henti")
    for page in ("perbandingan", "berkas"):
        found += scan(people[scene.ppk], f"/pesanan/{number}/{page}")
    other = scene.order()
    found += scan(people[scene.pp], f"/pesanan/{other}") + scan(people[scene.producer], f"/pesanan/{other}")
    bendahara.goto("/paket/impor", 403)
    found += findings(bendahara, "forbidden")
    assert found == []


def test_the_pages_of_handing_over_are_without_findings(visit, app):
    scene = set_scene(app)
    number = scene.order()
    for verb in ("confirm", "ship", "arrive"):
        scene.take(number, scene.producer, verb)
    ppk, producer = visit(scene.ppk), visit(scene.producer)
    found = scan(ppk, f"/pesanan/{number}/terima")
    ppk.main.get_by_label("Diterima", exact=True).fill("20")
    ppk.button("Simpan hasil pemeriksaan").click()
    expect(ppk.summary).to_be_visible()
    found += findings(ppk, "an inspection without a choice")
    ppk.main.get_by_label("Bayar yang diterima saja").check()
    ppk.button("Simpan hasil pemeriksaan").click()
    expect(ppk.flash).to_contain_text("Kekurangan dicatat")
    found += scan(producer, f"/pesanan/{number}")
    producer.button("Ya, benar").click()
    expect(producer.main).to_contain_text("Tanda tangani BAP dan BAST")
    found += findings(producer, "papers to sign") + scan(producer, "/serah-terima")
    found += scan(ppk, f"/pesanan/{number}") + scan(ppk, f"/pesanan/{number}/pengaduan")
    ppk.main.get_by_label("Mutu tidak sesuai").check()
    ppk.main.get_by_label("Apa yang terjadi?").fill("Roti keras ketika dibuka")
    ppk.button("Kirim pengaduan").click()
    expect(ppk.main).to_contain_text("Menunggu jawaban")
    found += findings(ppk, "a complaint") + scan(ppk, "/pengaduan")
    producer.goto("/pengaduan")
    producer.link("Mutu tidak sesuai").click()
    found += findings(producer, "a complaint to answer")
    assert found == []


def test_the_pages_of_packages_are_without_findings(visit, app):
    scene, found = set_scene(app), []
    for who in (scene.pa, scene.ppk, scene.pp):
        found += scan(visit(who), f"/paket/{scene.package_id}")
    pa = visit(scene.pa)
    pa.goto("/paket/impor")
    pa.main.get_by_label("Berkas CSV").set_input_files(
        {
            "name": "rup.csv",
            "mimeType": "text/csv",
            "buffer": b"kd_rup,nama_paket,tahun_anggaran,kode_kantor,kode_rekening,pagu\nx,y,z,a,b,c\n",
        }
    )
    pa.button("Impor").click()
    expect(pa.main).to_contain_text("Kode RUP harus")
    found += findings(pa, "import with faults")
    assert found == []


def test_the_forms_of_the_account_are_without_findings_when_they_are_wrong(visit, app):
    stranger = visit()
    stranger.goto("/masuk")
    stranger.main.get_by_label("NRK atau e-mail").first.fill("tidak.ada@contoh.test")
    stranger.main.get_by_label("Kata sandi").first.fill("salah sekali")
    stranger.main.locator("form").first.get_by_role("button", name="Masuk").click()
    expect(stranger.summary).to_be_visible()
    found = findings(stranger, "sign-in with faults")
    scene = set_scene(app)
    pp = visit(scene.pp)
    pp.goto("/profil")
    pp.main.get_by_label("Nama token").fill("Laporan bulanan")
    pp.button("Buat token").click()
    found += findings(pp, "new token")
    assert found == []


def test_the_pages_of_an_own_product_are_without_findings(visit, app):
    scene = set_scene(app)
    producer, found = visit(scene.producer), []
    for page in ("", "/pratinjau", "/riwayat", "/tkdn", "/tkdn/hitung"):
        found += scan(producer, f"/produk-saya/{scene.product_id}{page}")
    assert found == []


def test_an_inbox_with_orders_is_without_findings(visit, app):
    scene = set_scene(app)
    scene.order()
    assert scan(visit(scene.producer), "/pesanan/masuk") == []


def test_the_steps_of_a_registration_are_without_findings_when_they_are_wrong(visit, app):
    producer, found = visit(set_scene(app).producer), []
    for step in ("identitas", "izin", "pajak", "rekening"):
        producer.goto(f"/usaha/{step}")
        for field in producer.main.locator(
            "form input:not([type=hidden]):not([type=radio]):not([type=checkbox])"
        ).all():
            field.evaluate("(x) => { x.form.noValidate = true; x.value = '' }")
        with producer.page.expect_navigation():
            producer.main.locator("form button[type=submit]").last.click()
        found += findings(producer, f"{step} with faults")
    assert found == []


def test_the_public_page_of_a_letter_is_without_findings(visit, app):
    owner = visit(demo_hat(app, "dapur-nyak-dian.v0001@demo.test", "vendor_owner"))
    owner.goto("/perkembangan/surat/1")
    owner.main.get_by_role("link", name="Lihat halaman periksa").click()
    expect(owner.main).to_contain_text("asli dan tidak berubah")
    assert findings(owner, "a letter that is checked") == []


def test_every_page_there_is_was_scanned(app: Flask):
    with app.app_context():
        adapter = app.url_map.bind("127.0.0.1")
        paths = [path for path, status in PUBLIC if status == 200] + [p for _, found in ROLES.values() for p in found]
        scanned = {adapter.match(path.split("?")[0])[0] for path in paths} | ELSEWHERE | NO_PAGES
        pages = {rule.endpoint for rule in app.url_map.iter_rules()
                 if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")}  # fmt: skip
    assert pages - scanned == set()


def test_bargaining_and_competing_are_without_findings(visit, app):
    scene, found = set_scene(app), []
    talk, tender = bargain(scene), compete(scene)
    pp, producer = visit(scene.pp), visit(scene.producer)
    for who in (pp, producer):
        for page in (f"/tawar/{talk}", f"/kompetisi/{tender}", "/tawar", "/kompetisi"):
            found += scan(who, page)
    producer.goto(f"/tawar/{talk}")
    producer.button("Setuju").click()
    expect(producer.main).to_contain_text("Berita Acara nomor")
    found += findings(producer, "agreed")
    open_bids(scene, tender)
    found += scan(pp, f"/kompetisi/{tender}") + scan(pp, f"/tawar/{talk}")
    pp.goto(f"/kompetisi/{tender}")
    pp.button("Tetapkan pemenang").click()
    expect(pp.main).to_contain_text("Berita Acara nomor")
    found += findings(pp, "awarded") + scan(producer, f"/kompetisi/{tender}")
    assert found == []
