"""A producer's spreadsheet: template, upload, preview, good rows saved once, bad rows back and mended, everything exported."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from shop import background
from shop.catalog import uploading
from shop.catalog.models import LeadTier, PriceTier, Product, ProductVersion, SheetUpload
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.outbox.posting import drain
from shop.vendors.models import VendorPaper
from tests import makers
from tests.conftest import NOW
from tests.workbooks import workbook

LINES = (
    ("a1", "Snack kotak isi tiga", "Snack kotak", 18_500, "kotak", ""),
    ("a2", "Kue lapis", "Kue basah", "Rp25.000", "loyang", 40),
)


@pytest.fixture
def owner(shop):
    with unit_of_work():
        return makers.make_actor("vendor_owner", vendor_id=makers.make_vendor().id)


@pytest.fixture
def browser(owner, person):
    return person(owner)


@pytest.fixture
def work(app, now):
    """Return a function that lets the background do all that waits for it."""

    def working():
        session.rollback()
        while drain(background.handlers(app), now + timedelta(hours=1)):  # the doors' own clock has ticked on
            pass

    return working


@pytest.fixture
def send(browser):
    """Return a function that uploads a file and gives the path of its page."""

    def sending(content, status=303, name="produk.xlsx"):
        answer = browser.post("/produk-saya/excel", {"file": (io.BytesIO(content), name)}, status)
        return answer.headers.get("Location", "") if status == 303 else answer.text

    return sending


def products():
    session.rollback()
    return session.scalars(select(Product).order_by(Product.id)).all()


def rows_of(content, name="Produk"):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def filled(content, *rows):
    """The template of a category, filled in below its example."""
    head, example, *rest = rows_of(content)
    assert not rest
    at = {text.rstrip(" *"): place for place, text in enumerate(head)}
    lines = [list(example)]
    for row in rows:
        line = [""] * len(head)
        for name, value in row.items():
            line[at[name]] = value
        lines.append(line)
    return workbook(*lines, head=head)


def test_a_filled_template_becomes_drafts_and_its_example_is_never_read(browser, send, work):
    template = browser.get("/produk-saya/excel/templat.xlsx?category=snack-kotak").data
    with zipfile.ZipFile(io.BytesIO(template)) as file:
        assert file.read("xl/worksheets/sheet1.xml").count(b"<dataValidation ") == 10
        assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")
    content = filled(
        template,
        {"Kode": "007", "Nama": "Kotak rapat", "Kategori": "Snack kotak", "Harga": 20_000, "Halal": "ya", "PDN": "tidak",
         "Benar per tanggal": "19/11/2026", "Grosir 1 mulai": 50, "Grosir 1 harga": "Rp18.000", "Grosir 2 mulai": 100,
         "Grosir 2 harga": 17_000, "Pesanan besar 1 mulai": 200, "Pesanan besar 1 jam": 72, "Simpan di": "Kulkas", "Alergen": "telur, Susu; kepiting"},
    )  # fmt: skip
    path = send(content)
    work()
    page = browser.get(path).text
    assert "Simpan 1 baris yang benar" in page
    assert products() == []  # looking changes nothing
    browser.post(f"{path}/simpan")
    work()
    (made,) = products()
    assert (made.source_ref.partition(":")[2], made.name, made.price, made.state, made.halal, made.pdn, str(made.checked_on)) == (
        "007", "Kotak rapat", 20_000, "draft", True, False, "2026-11-19",
    )  # fmt: skip
    assert (made.attributes, made.allergens) == ({"suhu": "kulkas"}, ["egg", "milk", "shellfish"])
    tiers = select(PriceTier.min_quantity, PriceTier.price).order_by(PriceTier.min_quantity)
    assert [tuple(row) for row in session.execute(tiers)] == [(50, 18_000), (100, 17_000)]
    assert [tuple(row) for row in session.execute(select(LeadTier.min_quantity, LeadTier.hours))] == [(200, 72)]
    assert "1 produk baru" in browser.get(path).text


def test_saving_twice_in_two_tabs_or_after_a_crash_doubles_nothing(browser, send, work, app, owner, now):
    content = workbook(*LINES)  # once: it carries the second in which it was made
    path = send(content)
    assert send(content) == path  # the same file while the first is on its way
    work()
    for _ in range(2):
        browser.post(f"{path}/simpan")
    number = int(path.rpartition("/")[2])
    handle = uploading.handler(app.extensions["files"], None)
    handle([{"upload": number}, {"upload": number}], now)
    handle([{"upload": number}], now)
    work()
    assert [p.source_ref.partition(":")[2] for p in products()] == ["a1", "a2"]
    browser.post(f"{path}/simpan")
    again = send(workbook(*LINES))
    work()
    assert "Semua sudah sama" in browser.get(again).text
    browser.post(f"{again}/simpan", status=409)
    assert len(products()) == 2


def test_what_breaks_while_saving_leaves_nothing_and_is_done_again(owner, send, browser, work, app, now):
    with unit_of_work():
        vendor = session.get_one(makers.Vendor, owner.vendor_id)
        makers.make_product(vendor, source="csv", source_ref=f"{vendor.id}:a1", price=10_000)
    number = int(send(workbook(*LINES)).rpartition("/")[2])
    work()
    browser.post(f"/produk-saya/excel/{number}/simpan")

    def breaking(*_given):
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        uploading.handler(app.extensions["files"], breaking)([{"upload": number}], now)
    session.rollback()
    assert (session.get_one(SheetUpload, number).stage, len(products()), products()[0].price) == ("saving", 1, 10_000)
    work()
    assert (session.get_one(SheetUpload, number).stage, len(products())) == ("saved", 2)


def test_bad_rows_come_back_marked_and_mended_leave_the_good_ones_alone(browser, send, work):
    bad = (
        ("b1", "Tanpa harga", "Snack kotak", "", "kotak", ""),
        ("b2", "X", "Rak angkasa", "12,5", "kotak", "banyak"),
        ("a1", "Kode dua kali", "Snack kotak", 1_000, "kotak", ""),
        ("b3", "Rumus", "Snack kotak", "=1000*2", "kotak", ""),
        ("b4", "Pecahan", "Snack kotak", 25_000.5, "kotak", ""),
    )
    path = send(workbook(*LINES, *bad))
    work()
    page = browser.get(path).text
    assert "Simpan 2 baris yang benar" in page
    assert "bukan rumus" in page
    back = browser.get(f"{path}/baris-salah.xlsx").data
    head, *rows = rows_of(back)
    assert head[-2:] == ["Baris", "Alasan"]
    assert [(row[0], row[-2]) for row in rows] == [("b1", 4.0), ("b2", 5.0), ("a1", 6.0), ("b3", 7.0), ("b4", 8.0)]
    assert all(row[-1] for row in rows)
    assert rows[1][3] == "12,5"
    browser.post(f"{path}/simpan")
    work()
    before = [(p.id, p.version) for p in products()]
    mended = [list(row) for row in rows]
    for row, code in zip(mended, ("b1", "b2", "b5", "b3", "b4"), strict=True):
        row[0], row[1], row[2], row[3], row[5] = code, "Diperbaiki", "Snack kotak", 9_000, ""
    second = send(workbook(*mended, head=head))
    work()
    assert "Simpan 5 baris yang benar" in browser.get(second).text
    assert "baris-salah" not in browser.get(second).text
    browser.post(f"{second}/simpan")
    work()
    assert [(p.id, p.version) for p in products()][:2] == before
    assert len(products()) == 7


def test_prices_change_at_once_and_what_curators_judge_is_looked_at_again(owner, browser, send, app, now, work):
    with unit_of_work():
        vendor = session.get_one(makers.Vendor, owner.vendor_id)
        for code in ("a1", "a2"):
            makers.make_product(
                vendor, source="csv", source_ref=f"{vendor.id}:{code}", name="Lama", unit="kotak", price=10_000
            )
    path = send(
        workbook(("a1", "Lama", "snack-kotak", 12_000, "kotak", ""), ("a2", "Baru", "snack-kotak", 12_000, "kotak", ""))
    )
    work()
    browser.post(f"{path}/simpan")
    asked = []
    uploading.handler(app.extensions["files"], lambda _who, number, _now: asked.append(number))(
        [{"upload": int(path.rpartition("/")[2])}], now
    )
    first, second = products()
    assert (first.price, second.name, first.state, first.version) == (12_000, "Baru", "published", 2)
    assert asked == [second.id]
    kept = session.execute(
        select(ProductVersion).where(ProductVersion.product_id == first.id).order_by(ProductVersion.version)
    )
    assert [row[0].content["price"] for row in kept] == [10_000, 12_000]
    assert session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "catalog.index")).all()


def test_what_waits_for_curators_or_is_archived_is_not_changed_behind_their_backs(owner, send, work, browser):
    with unit_of_work():
        vendor = session.get_one(makers.Vendor, owner.vendor_id)
        for code, state in (("a1", "submitted"), ("a2", "archived")):
            makers.make_product(vendor, source="csv", source_ref=f"{vendor.id}:{code}", state=state)
        stranger = makers.make_product(name="Punya tetangga")
    path = send(workbook(*LINES, (f"ID-{stranger.id}", "Dicuri", "Snack kotak", 1, "kotak", "")))
    work()
    page = browser.get(path).text
    for words in ("sedang dikurasi", "diarsipkan", "bukan produk Anda"):
        assert words in page
    assert session.get_one(SheetUpload, int(path.rpartition("/")[2])).good == 0


def test_stock_sold_since_the_export_is_not_given_back(owner, browser, send, work):
    with unit_of_work():
        vendor = session.get_one(makers.Vendor, owner.vendor_id)
        makers.make_product(vendor, name="Keripik", stock=50)
        makers.make_product(vendor, name="Dodol", stock=50)
    head, *rows = rows_of(browser.get("/produk-saya/ekspor.xlsx").data)
    with unit_of_work():
        for product in session.scalars(select(Product)):
            product.stock = 40
    rows[1][head.index("Stok")] = 60
    path = send(workbook(*rows, head=head))
    work()
    browser.post(f"{path}/simpan")
    work()
    assert [p.stock for p in products()] == [40, 60]


def test_the_export_holds_everything_that_is_mine_and_comes_back_unchanged(shop, person, now, work):
    with unit_of_work():
        crew, others = makers.make_crew(), makers.make_crew()
        product = makers.make_product(
            crew.vendor,
            name="=Kue",
            halal=True,
            ingredients="tepung",
            attributes={"simpan": "minggu", "hs_code": "1905"},
            allergens=["gluten", "nuts"],
        )
        session.add(PriceTier(product_id=product.id, min_quantity=10, price=18_000))
        session.add(
            VendorPaper(
                vendor_id=crew.vendor.id, kind="nib", number="1234567890123", issued_on=now.date(), added_at=now
            )
        )
        makers.make_certificate(product)
        order = makers.make_paid_order(crew, now, (product, 3))
        makers.make_paid_order(others, now)
        number, theirs = order.number, others.vendor.name
    browser = person(crew.producer)
    content = browser.get("/produk-saya/ekspor.xlsx").data
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["Produk", "Dokumen", "Pesanan", "Pembayaran", "Unggahan"]
    everything = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    assert everything.count(number) == 2
    assert "123456789012" not in everything
    assert theirs not in everything
    assert len(rows_of(content, "Pesanan")) == 2
    path = browser.post("/produk-saya/excel", {"file": (io.BytesIO(content), "x.xlsx")}).headers["Location"]
    work()
    assert "Semua sudah sama" in browser.get(path).text


def test_the_english_sheet_says_what_still_needs_its_producers_words(owner, browser):
    with unit_of_work():
        vendor = session.get_one(makers.Vendor, owner.vendor_id)
        makers.make_product(
            vendor, name="Rendang kering", category_code="lauk-kering", unit="kotak", halal=True, weight_gram=250
        )
        makers.make_product(vendor, name="Belum terbit", state="draft")
        session.add(
            VendorPaper(vendor_id=vendor.id, kind="halal", number="ID31410000", issued_on=NOW.date(), added_at=NOW)
        )
    head, *rows = rows_of(browser.get("/produk-saya/ekspor-inggris.xlsx").data, "Products")
    (row,) = [dict(zip(head, cells, strict=True)) for cells in rows]
    assert (row["Category"], row["Unit"], row["Weight, gram"], row["Halal certificate"]) == (
        "Floss & dry dishes", "box", 250.0, "ID31410000",
    )  # fmt: skip
    assert row["Still to translate"] == "Product"


@pytest.mark.parametrize(("content", "said"), [
    (b"", "kosong"), (b"PK\3\4rusak", "rusak"), (b"\0\0\0", "bukan teks"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1xls", ".xls"),
])  # fmt: skip
def test_what_is_no_spreadsheet_is_told_at_once_and_kept_nowhere(send, settings, content, said):
    assert said in send(content, 422)
    assert not list((settings.var / "files").rglob("*.*"))
    assert session.scalar(select(func.count()).select_from(SheetUpload)) == 0


def test_what_can_not_be_read_says_why_on_its_page(browser, send, work):
    path = send(b"apa,saja\n1,2\n", name="<b>data.csv")
    work()
    page = browser.get(path).text
    assert "Kolom ini tidak ada di berkas: kode, nama, kategori, harga." in page
    assert "&lt;b&gt;data.csv" in page
    browser.post(f"{path}/simpan", status=409)


def test_three_files_may_wait_and_a_fourth_is_told_to(send):
    for number in range(3):
        send(workbook((f"k{number}",)))
    assert "Tunggu sebentar" in send(workbook(("k9",)), 409)


def test_a_strangers_upload_does_not_exist(send, person, work):
    path = send(workbook(*LINES, ("", "", "", "", "", "1")))
    work()
    with unit_of_work():
        stranger = person(makers.make_actor("vendor_owner", vendor_id=makers.make_vendor().id))
        officer = person(makers.make_actor("pp", office_id=makers.make_office().id))
    stranger.get(path, 404)
    stranger.get(f"{path}/baris-salah.xlsx", 404)
    stranger.post(f"{path}/simpan", status=404)
    assert path not in stranger.get("/produk-saya/excel").text
    for page in ("", "/templat.xlsx?category=atk"):
        officer.get(f"/produk-saya/excel{page}", 403)
    officer.get("/produk-saya/ekspor.xlsx", 403)


def test_progress_is_told_while_rows_are_read_and_the_page_asks_again(browser, send, monkeypatch, app, now):
    path = send(workbook(*((f"k{n}", "Kue", "Kue basah", 1_000, "buah", "") for n in range(1_200))))
    number, seen = int(path.rpartition("/")[2]), []
    page = browser.get(path).text
    assert 'data-poll="1500"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    write = uploading.plan

    def spying(who, found):
        session.rollback()
        upload = session.get_one(SheetUpload, number)
        seen.append((upload.done, upload.rows, upload.stage))
        return write(who, found)

    monkeypatch.setattr(uploading, "plan", spying)
    uploading.handler(app.extensions["files"], None)([{"upload": number}], now)
    assert seen == [(1_200, 1_200, "reading")]
    assert "data-poll" not in browser.get(path).text


def test_the_list_of_uploads_asks_the_same_however_many(browser, owner, statements, now):
    def more(count):
        with unit_of_work():
            for number in range(count):
                session.add(
                    SheetUpload(
                        vendor_id=owner.vendor_id,
                        file_name=f"{number}.xlsx",
                        file_key="x",
                        stage="saved",
                        sent_by=owner.user_id,
                        sent_at=now,
                    )
                )

    more(1)
    browser.get("/produk-saya/excel")
    with statements() as few:
        browser.get("/produk-saya/excel")
    more(30)
    with statements() as many:
        browser.get("/produk-saya/excel")
    assert len(many) == len(few)


def test_statements_of_a_saved_sheet_grow_by_chunks_not_rows(send, browser, statements, app, now):
    counts = []
    for size in (20, 400):
        path = send(workbook(*((f"n{size}-{n}", "Kue", "Kue basah", 1_000, "buah", "") for n in range(size))))
        handle = uploading.handler(app.extensions["files"], None)
        with statements() as seen:
            handle([{"upload": int(path.rpartition("/")[2])}], now)
            browser.post(f"{path}/simpan")
            handle([{"upload": int(path.rpartition("/")[2])}], now)
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 2
