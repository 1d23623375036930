"""What goes otherwise on the journey of an order is part of it: each accident gets a clear answer and loses nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from shop.base.clock import utc_now
from shop.db import session
from shop.orders import confirming
from shop.orders.models import Order
from tests.browser.stage import Scene, demo_hat, package_of, set_scene
from tests.browser.visiting import PHONE, Visitor

if TYPE_CHECKING:
    from tests.browser.conftest import Open

PRICE = 18_500
GAMBIR_PERSON = "pp.kelurahan-gambir@demo.test"
"""PPK and Pejabat Pengadaan in one, in the demo office that relaxed its duties openly."""


@pytest.fixture
def scene(app) -> Scene:
    """An office, a package of Rp20 million, a producer with boxes of Rp18.500."""
    return set_scene(app)


def checkout(visit: Open, scene: Scene, purpose: str = "Rapat koordinasi RW") -> Visitor:
    """Stand before the send button with everything filled in."""
    scene.fill_basket()
    pp = visit(scene.pp)
    pp.goto("/kirim")
    pp.main.get_by_label("Keperluan").fill(purpose)
    pp.main.get_by_label("Alamat kirim").fill("Kantor Kelurahan Uji, ruang rapat")
    return pp


def send(pp: Visitor) -> None:
    pp.button("Kirim ke 1 produsen").click()


def kept(pp: Visitor) -> None:
    """What was typed must still be there."""
    expect(pp.main.get_by_label("Keperluan")).to_have_value("Rapat koordinasi RW")
    expect(pp.main.get_by_label("Alamat kirim")).to_have_value("Kantor Kelurahan Uji, ruang rapat")


def test_a_cancelled_order_says_why_and_gives_the_pagu_back(visit, scene):
    number = scene.order()
    assert scene.reserved() == 30 * PRICE
    ppk = visit(scene.ppk)
    ppk.goto(f"/pesanan/{number}")
    dialog = ppk.ask("Batalkan pesanan")
    dialog.get_by_role("combobox", name="Alasan").select_option(label="Kegiatan diundur")
    dialog.get_by_label("Penjelasan").fill("Rapat diundur ke bulan depan.")
    ppk.shoot("30-batal-tanya")
    dialog.get_by_role("button", name="Batalkan pesanan").click()
    expect(ppk.flash).to_contain_text("Pesanan dibatalkan. Pagu dan stok kembali.")
    expect(ppk.main).to_contain_text("“Rapat diundur ke bulan depan.”")
    ppk.shoot("31-batal")
    assert (scene.state(number), scene.reserved()) == ("cancelled", 0)


def test_a_refusal_needs_a_reason_and_tells_it_to_the_buyer(visit, scene):
    number = scene.order()
    producer = visit(scene.producer, size=PHONE)
    producer.goto(f"/pesanan/{number}")
    dialog = producer.ask("Tolak pesanan")
    dialog.get_by_role("combobox", name="Alasan").select_option(label="Alasan lain (tuliskan)")
    dialog.get_by_role("button", name="Tolak pesanan").tap()
    expect(producer.summary).to_contain_text("Tuliskan alasannya")
    producer.shoot("32-tolak-salah")
    assert scene.state(number) == "sent"
    again = producer.main.locator("details[open], dialog[open]").first
    again.get_by_label("Penjelasan").fill("Oven rusak sampai Senin.")
    again.get_by_role("button", name="Tolak pesanan").tap()
    expect(producer.flash).to_contain_text("Pesanan ditolak.")
    pp = visit(scene.pp)
    pp.goto(f"/pesanan/{number}")
    expect(pp.main).to_contain_text("Oven rusak sampai Senin.")
    pp.shoot("33-ditolak")
    assert (scene.state(number), scene.reserved()) == ("refused", 0)


def test_an_order_nobody_answered_expires_and_cannot_be_accepted_any_more(visit, scene):
    number = scene.order()
    producer = visit(scene.producer, size=PHONE)
    producer.goto(f"/pesanan/{number}")
    with scene.work() as now:
        session.get_one(Order, number).due_at = now - timedelta(minutes=1)
    producer.button("Terima pesanan").tap()
    expect(producer.main).to_contain_text("Pesanan ini sudah berubah")
    confirming_expired(scene)
    producer.goto(f"/pesanan/{number}")
    expect(producer.main).to_contain_text("Pesanan ini sudah berakhir: Kedaluwarsa, tidak dijawab")
    producer.shoot("34-kedaluwarsa")
    assert (scene.state(number), scene.reserved()) == ("expired", 0)


def confirming_expired(scene: Scene) -> None:
    """Let the deadline be noticed now; the worker of the running shop looks every half minute."""
    with scene.app.app_context():
        confirming.expire_due(utc_now())


def test_the_second_of_two_tabs_changes_nothing(visit, scene):
    number = scene.order()
    first, second = visit(scene.producer), visit(scene.ppk)
    first.goto(f"/pesanan/{number}")
    second.goto(f"/pesanan/{number}")
    dialog = second.ask("Batalkan pesanan")
    dialog.get_by_role("combobox", name="Alasan").select_option(label="Salah memesan")
    first.button("Terima pesanan").click()
    expect(first.flash).to_contain_text("Pesanan diterima")
    with second.page.expect_response(lambda r: r.request.method == "POST") as answer:
        dialog.get_by_role("button", name="Batalkan pesanan").click()
    assert answer.value.status == 409
    expect(second.main).to_contain_text("Tidak ada yang berubah karena tombol yang baru Anda tekan.")
    second.shoot("35-sudah-berubah")
    assert scene.state(number) == "confirmed"
    second.link("Lihat keadaan terbaru").click()
    expect(second.main).to_contain_text("Disiapkan produsen")


def test_a_double_click_sends_one_order(visit, scene):
    pp = checkout(visit, scene)
    pp.button("Kirim ke 1 produsen").dblclick()
    expect(pp.main).to_contain_text("1 surat pesanan terkirim")
    assert scene.orders() == 1
    pp.page.go_back()
    pp.page.go_forward()
    assert scene.orders() == 1


def test_the_same_form_sent_from_two_tabs_makes_one_order(visit, scene):
    pp = checkout(visit, scene)
    # Even without the script that holds back a second click: the key made with the form does.
    with pp.page.expect_navigation():
        pp.page.evaluate("""async () => {
            const form = document.querySelector("form[action='/kirim']"), body = new FormData(form);
            body.set("act", "send");
            await Promise.all([1, 2, 3].map(() => fetch("/kirim", { method: "POST", body: new URLSearchParams(body) })));
            location = "/pesanan";
        }""")
    assert scene.orders() == 1


def test_a_price_that_changed_is_shown_old_and_new_and_nothing_is_lost(visit, scene):
    pp = checkout(visit, scene)
    scene.change_product(price=20_000)
    send(pp)
    expect(pp.summary).to_contain_text("Harga berubah sejak Anda melihatnya")
    expect(pp.main).to_contain_text("Total berubah dari Rp555.000 menjadi Rp600.000")
    expect(pp.main).to_contain_text("Harga: dulu Rp18.500, sekarang Rp20.000")
    kept(pp)
    pp.shoot("36-harga-berubah")
    assert scene.orders() == 0
    send(pp)
    expect(pp.main).to_contain_text("Total Rp600.000")
    assert (scene.orders(), scene.reserved()) == (1, 600_000)


def test_stock_that_ran_out_is_said_with_what_is_left(visit, app):
    scene = set_scene(app, stock=40)
    pp = checkout(visit, scene)
    scene.change_product(stock=25)
    send(pp)
    expect(pp.summary).to_be_visible()
    expect(pp.main).to_contain_text("Stok tinggal 25 kotak")
    kept(pp)
    expect(pp.main).to_contain_text("Belum ada baris yang bisa dikirim.")
    expect(pp.button("Kirim ke")).to_have_count(0)
    pp.shoot("37-stok-habis")
    assert scene.orders() == 0
    pp.main.get_by_role("spinbutton", name="Jumlah Snack kotak").fill("25")
    pp.button("Hitung ulang").click()
    send(pp)
    expect(pp.main).to_contain_text("1 surat pesanan terkirim")


def test_a_pagu_that_is_too_small_is_said_before_and_after_sending(visit, app):
    scene = set_scene(app, pagu=400_000)
    pp = checkout(visit, scene)
    expect(pp.main).to_contain_text("Melebihi pagu Rp155.000")
    send(pp)
    expect(pp.summary).to_contain_text("pagu", ignore_case=True)
    kept(pp)
    pp.shoot("38-pagu-kurang")
    assert (scene.orders(), scene.reserved()) == (0, 0)


def test_a_product_archived_while_in_the_basket_is_told_and_left_out(visit, scene):
    pp = checkout(visit, scene)
    scene.change_product(state="archived")
    send(pp)
    expect(pp.summary).to_contain_text("sudah tidak dijual")
    kept(pp)
    pp.shoot("39-tidak-dijual")
    assert scene.orders() == 0
    pp.goto("/keranjang")
    expect(pp.main).to_contain_text("Sudah tidak dijual")
    pp.shoot("40-keranjang-tidak-dijual")
    expect(pp.button("Simpan")).to_have_count(0)
    pp.button("Hapus").click()
    expect(pp.main).to_contain_text("Keranjang masih kosong")


def arrived(scene: Scene) -> int:
    """Let an order come to the office's door."""
    number = scene.order()
    for verb in ("confirm", "ship", "arrive"):
        scene.take(number, scene.producer, verb)
    return number


def test_who_ordered_does_not_receive_where_duties_are_kept_apart(visit, app):
    scene = set_scene(app, one_person=True)
    number = arrived(scene)
    both = visit(scene.ppk)
    both.goto(f"/pesanan/{number}")
    expect(both.main).to_contain_text("Anda yang memesan, jadi orang lain yang harus menerima barangnya.")
    expect(both.button("Barang diterima")).to_have_count(0)
    both.shoot("41-tugas-terpisah")
    assert scene.state(number) == "arrived"


def test_in_a_relaxed_office_one_person_may_and_the_order_says_so(visit, app, scene):
    ppk, pp = demo_hat(app, GAMBIR_PERSON, "ppk"), demo_hat(app, GAMBIR_PERSON, "pp")
    scene = replace(scene, ppk=ppk, pp=pp, office_id=ppk.office_id, package_id=package_of(app, pp))
    number = arrived(scene)
    both = visit(ppk)
    both.goto(f"/pesanan/{number}")
    expect(both.main).to_contain_text("Kantor Anda melonggarkan pemisahan tugas secara terbuka")
    both.shoot("42-tugas-dilonggarkan")
    both.button("Barang diterima").click()
    expect(both.flash).to_contain_text("Barang diterima")
    expect(both.main).to_contain_text("Pada pesanan ini satu orang memegang dua tugas")
    assert scene.state(number) == "received"


def test_somebody_elses_order_does_not_exist(visit, app, scene):
    number, other = scene.order(), set_scene(app)
    for who in (other.pp, other.producer, other.bendahara):
        stranger = visit(who)
        stranger.goto(f"/pesanan/{number}", 404)
        expect(stranger.main).to_contain_text("Pesanan ini tidak ada")
    stranger.shoot("43-bukan-milik-anda")
    nobody = visit()
    nobody.goto(f"/pesanan/{number}")
    assert "/masuk?next=" in nobody.page.url
