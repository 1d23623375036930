"""A stranger follows a figure down to its line, and the auditor proves, samples, judges and takes away with a record."""

from __future__ import annotations

from urllib.parse import unquote

from playwright.sync_api import expect
from sqlalchemy import select

from shop.accounts.models import Hat, UserAccount
from shop.base.clock import utc_now
from shop.db import session, unit_of_work
from shop.orders.models import Order
from shop.oversight import notes
from tests.browser.axe import findings
from tests.browser.stage import demo_hat


def test_a_stranger_is_at_a_line_in_four_clicks(visit):
    stranger = visit()
    stranger.goto("/p3dn")
    expect(stranger.main.get_by_text("Angka belum pernah diperiksa ulang").or_(
        stranger.main.get_by_text("Diperiksa ulang"))).to_be_visible()  # fmt: skip
    stranger.link("Laporan", exact=True).click()
    # From here on, where the whole city stands, four clicks: its part, the office, an amount of an account, the line.
    stranger.link("Kota Administrasi Jakarta Pusat").click()
    stranger.link("Kecamatan Gambir").click()
    stranger.page.wait_for_url("**kantor=**")
    expect(stranger.main).to_contain_text("Kecamatan Gambir saja")
    row = stranger.main.locator("tbody tr").filter(has=stranger.page.locator("td a")).first
    amount = row.locator("td a").last.inner_text()
    row.locator("td a").last.click()
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Baris di balik angka")
    expect(stranger.main.locator(".p3dn-sum")).to_contain_text(amount)
    assert {"office", "measure"} <= {part.split("=")[0] for part in _query(stranger)}
    stranger.main.locator("tbody td a").first.click()
    stranger.page.wait_for_url("**/p3dn/baris/*")
    expect(stranger.main).to_contain_text("Gambir")
    stranger.shoot("baris-terbuka")


def test_the_auditor_proves_draws_judges_and_leaves_a_record(visit, app):
    auditor = visit(demo_hat(app, "auditor@demo.test", "auditor"))
    page = auditor.page
    auditor.goto("/audit/verifikasi")
    auditor.button("Mulai pemeriksaan").click()
    page.wait_for_url("**/audit/verifikasi/*")
    for _again in range(40):  # the worker does it, apart from every page
        if auditor.main.get_by_text("Semuanya sama").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(auditor.main).to_contain_text("Semuanya sama")
    found = findings(auditor, "run")
    stranger = visit()
    stranger.goto("/p3dn/cara")
    expect(stranger.main).to_contain_text("semuanya sama")

    auditor.goto("/audit/pesanan?status=closed&koreksi=tidak")
    auditor.link("Tarik sampel dari hasil ini").click()
    auditor.main.get_by_label("Nama sampel").fill("Uji petik Gambir")
    auditor.main.get_by_label("Berapa pesanan").fill("5")
    auditor.main.get_by_label("Benih").fill("ST-7/2026")
    auditor.button("Tarik dan bekukan").click()
    page.wait_for_url("**/audit/sampel/*")
    first = auditor.main.locator("ol > li.panel").first
    first.locator("summary").click()
    first.get_by_label("Sesuai").check()
    first.get_by_role("button", name="Simpan putusan").click()
    expect(auditor.main.get_by_text("1 dari 5 dinilai").first).to_be_visible()
    auditor.shoot("sampel")
    found += findings(auditor, "sample")
    again = page.url.removesuffix("/").split("/audit/")[1].split("?")[0].split("#")[0]
    kept = page.url
    auditor.goto(f"/audit/{again}/ulang")
    found += findings(auditor, "drawn again")
    page.goto(kept)
    with page.expect_download() as waiting:
        auditor.link("Kertas kerja PDF").click()
    name = waiting.value.suggested_filename
    assert waiting.value.path().read_bytes().startswith(b"%PDF")
    auditor.goto("/audit/ekspor")
    expect(auditor.main).to_contain_text(name)
    auditor.shoot("ekspor")
    assert found == []


def _query(visitor) -> list[str]:
    return unquote(visitor.page.url).partition("?")[2].split("&")


def test_a_question_of_the_auditor_is_without_findings_on_both_sides(visit, app):
    auditor = demo_hat(app, "auditor@demo.test", "auditor")
    with app.app_context(), unit_of_work():
        order_id, office_id = session.execute(select(Order.id, Order.office_id).order_by(Order.id)).first()
        sent = {"isi": "Mengapa dibagi dua?", "untuk": "office"}
        note_id = notes.write(auditor, notes.subject_from("order", str(order_id)), sent, utc_now())
        email = session.scalar(
            select(UserAccount.email).join(Hat).where(Hat.office_id == office_id, Hat.role == "ppk").limit(1))  # fmt: skip
    asker, asked = visit(auditor), visit(demo_hat(app, email, "ppk"))
    asker.goto(f"/audit/catatan/{note_id}")
    asked.goto(f"/pesanan/{order_id}/tanya/{note_id}")
    assert findings(asker, "note") + findings(asked, "question") == []
