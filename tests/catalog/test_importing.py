"""Files as people send them: all or nothing, every fault by row and column, and twice is once."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import func, select

from shop.base.actor import ANYONE, SYSTEM
from shop.base.errors import Forbidden, Invalid
from shop.catalog import importing
from shop.catalog.import_rows import foreign_category
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.reference import files
from shop.vendors.models import Vendor
from tests.makers import make_actor, make_vendor

HEAD = "kode,produsen,nama,kategori,harga,satuan,stok"
FOREIGN = (
    "id,judul,kategori,kategori_asal,harga_idr,harga_min,harga_maks,n_varian,relevan_umkm,sensitif,kota,tahun,sumber\n"
    "3d52,ALENA DRESS A07,fesyen,Fashion > Pakaian Wanita,90000,90000,90000,1,1,0,Jakarta Utara,2020,pasar_a\n"
    '77aa,"Nasi Penyet + Sayur Asem ""NEW",makanan,GoFood > Aneka nasi,25.000,1,2,1,1,0,Surabaya,2021-2022,pasar_b\n'
)


@pytest.fixture
def load(shop, now):
    """Return a function that imports lines (or bytes) and gives the report."""

    def loading(*lines, actor=SYSTEM, **options):
        content = lines[0] if isinstance(lines[0], bytes) else "\n".join(lines).encode()
        with unit_of_work():
            return importing.import_products(actor, content, now, **options)

    return loading


@pytest.fixture
def dapur(shop):
    """A producer that rows call `dapur-sari`."""
    with unit_of_work():
        return make_vendor(slug="dapur-sari", nib="1234567890123").id


def counts(report):
    return report.created, report.updated, report.unchanged


def told(report):
    return [(fault.row, fault.column, fault.message % dict(fault.params)) for fault in report.faults]


def how_many(model):
    return session.scalar(select(func.count()).select_from(model))


def test_importing_twice_is_importing_once(load, dapur):
    lines = (
        HEAD,
        "a1,dapur-sari,Snack kotak,snack-kotak,Rp18.500,kotak,",
        'a2,1234567890123,"Kue, isi 3",Kue basah,"25,000",dus,40',
    )
    assert counts(load(*lines)) == (2, 0, 0)
    messages = how_many(OutboxMessage)
    assert counts(load(*lines)) == (0, 0, 2)
    assert how_many(OutboxMessage) == messages
    rows = session.execute(
        select(
            Product.name,
            Product.price,
            Product.unit,
            Product.stock,
            Product.category_code,
            Product.version,
            Product.vendor_id,
        ).order_by(Product.id)
    ).all()
    assert rows == [
        ("Snack kotak", 18_500, "kotak", None, "snack-kotak", 1, dapur),
        ("Kue, isi 3", 25_000, "dus", 40, "kue-basah", 1, dapur),
    ]


def test_only_what_differs_is_written_and_columns_the_file_lacks_stay(load, dapur, now):
    load(HEAD, "a1,dapur-sari,Snack,snack-kotak,18500,kotak,7", "a2,dapur-sari,Kue,kue-basah,2500,buah,")
    report = load(
        "kode,produsen,nama,kategori,harga", "a1,dapur-sari,Snack,snack-kotak,19000", "a2,dapur-sari,Kue,kue-basah,2500"
    )
    assert counts(report) == (0, 1, 1)
    row = session.scalars(select(Product).where(Product.name == "Snack")).one()
    assert (row.price, row.stock, row.unit, row.version) == (19_000, 7, "kotak", 2)


def test_one_bad_row_keeps_everything_out_and_every_fault_is_told(load, dapur):
    report = load(
        HEAD,
        "a1,dapur-sari,Snack,snack-kotak,18500,kotak,",
        "a1,dapur-sari,Snack,snack-kotak,18500,kotak,",
        "a3,dapur-sari,,tidak-ada,0,kotak,-1",
        "a4,siapa,Kue,kue-basah,1.5,buah,",
    )
    assert counts(report) == (0, 0, 0)
    assert how_many(Product) == 0
    assert {(row, column) for row, column, _ in told(report)} == {
        (3, "kode"),
        (4, "nama"),
        (4, "harga"),
        (4, "kategori"),
        (4, "stok"),
        (5, "harga"),
    }


def test_an_unknown_producer_is_a_fault_of_its_row(load, dapur):
    report = load(HEAD, "a1,siapa,Snack,snack-kotak,18500,kotak,", "a2,,Snack,snack-kotak,18500,kotak,")
    assert told(report) == [
        (2, "produsen", "Produsen “siapa” tidak dikenal."),
        (3, "produsen", "Produsen harus diisi: slug atau NIB-nya."),
    ]
    assert counts(load(HEAD, "a2,,Snack,snack-kotak,18500,kotak,", vendor="dapur-sari")) == (1, 0, 0)


def test_one_producer_named_in_two_ways_is_one(load, dapur):
    report = load(
        HEAD, "a1,dapur-sari,Snack,snack-kotak,18500,kotak,", "a1,1234567890123,Snack,snack-kotak,18500,kotak,"
    )
    assert [(row, column) for row, column, _ in told(report)] == [(3, "kode")]


def test_good_rows_may_go_in_alone_and_bad_ones_come_back_as_a_file(load, dapur, tmp_path):
    report = load(
        HEAD, "a1,dapur-sari,Snack,snack-kotak,18500,kotak,", "a2,dapur-sari,Kue,kue-basah,gratis,buah,", skip_bad=True
    )
    assert counts(report) == (1, 0, 0)
    importing.write_bad_rows(tmp_path / "salah.csv", report)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "salah.csv").read_text("utf-8-sig"))))
    assert [(row["kode"], row["harga"], row["baris"]) for row in rows] == [("a2", "gratis", "3")]
    assert "harga: Harga “gratis”" in rows[0]["alasan"]


@pytest.mark.parametrize(
    "price", ["0", "-5000", "1.5", "1000000000000000", "9" * 5_000, "gratis", "", "1e5", "25.0000", "٢٥"]
)
def test_prices_that_are_none(load, dapur, price):
    assert [column for _, column, _ in told(load(HEAD, f"a1,dapur-sari,Snack,snack-kotak,{price},kotak,"))] == ["harga"]


@pytest.mark.parametrize(
    "price", ["25000", "Rp25.000", "Rp 25.000", '"25,000"', '"25.000,00"', '"25,000.00"', '"Rp25.000,-"', "25 000"]
)
def test_prices_as_people_write_them(load, dapur, price):
    assert counts(load(HEAD, f"a1,dapur-sari,Snack,snack-kotak,{price},kotak,")) == (1, 0, 0)
    assert session.scalar(select(Product.price)) == 25_000


def test_quotes_line_ends_and_separators_of_a_spreadsheet(load, dapur):
    semicolons = (
        '\ufeffkode;harga;nama;kategori;produsen\r\na1;18.500;"Kue ""lapis""\r\nlegit";kue-basah;dapur-sari\r\n'
    )
    assert counts(load(semicolons.encode())) == (1, 0, 0)
    assert session.scalar(select(Product.name)) == 'Kue "lapis" legit'


def test_a_file_of_windows_is_read_and_said_so(load, dapur):
    report = load(f"{HEAD}\na1,dapur-sari,Crème brûlée,kue-basah,18500,buah,".encode("cp1252"))
    assert counts(report) == (1, 0, 0)
    assert "Windows-1252" in report.notices[0][0]
    assert session.scalar(select(Product.name)) == "Crème brûlée"


def test_unknown_columns_are_told_and_missing_ones_named(load, dapur):
    report = load(f"{HEAD},zodiak", "a1,dapur-sari,Snack,snack-kotak,18500,kotak,,leo")
    assert report.notices[0][1] == {"columns": "zodiak"}
    with pytest.raises(Invalid, match="nama, harga"):
        load("kode,kategori", "a1,keripik")


@pytest.mark.parametrize("content", [
    b"", b"  \n ", b"\x00\x01", HEAD.encode(), b"kode\0,nama", HEAD.encode("utf-16"),
    f'{HEAD}\na1,dapur-sari,"Snack,snack-kotak,18500,kotak,\n'.encode(), b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
    f'{HEAD}\na1,dapur-sari,"Nasi "baru" box",nasi-kotak,18500,kotak,\n'.encode(),
])  # fmt: skip
def test_a_file_that_is_no_table_is_refused_in_one_sentence(load, dapur, content):
    with pytest.raises(Invalid) as caught:
        load(content)
    assert [fault.field for fault in caught.value.faults] == ["file"]
    assert how_many(Product) == 0


def test_a_file_too_large_is_refused_before_it_is_read(load, monkeypatch):
    monkeypatch.setattr("shop.catalog.import_rows.MAX_BYTES", 100)
    with pytest.raises(Invalid, match="lebih besar"):
        load(b"x" * 101)


def test_a_foreign_catalogue_comes_in_without_claims(load):
    assert counts(load(FOREIGN)) == (2, 0, 0)
    assert counts(load(FOREIGN)) == (0, 0, 2)
    rows = session.execute(
        select(
            Product.source,
            Product.source_ref,
            Product.category_code,
            Product.pdn,
            Product.halal,
            Vendor.name,
            Vendor.kecamatan_code,
            Vendor.size,
            Product.name,
        )
        .join(Vendor, Vendor.id == Product.vendor_id)
        .order_by(Product.id)
    ).all()
    assert rows == [
        (
            "pasar_a",
            "3d52",
            "kaus-olahraga",
            False,
            False,
            "Impor: pasar_a, Jakarta Utara",
            "31.72.01",
            "menengah",
            "ALENA DRESS A07",
        ),
        (
            "pasar_b",
            "77aa",
            "nasi-kotak",
            False,
            False,
            "Impor: pasar_b, Surabaya",
            "31.71.01",
            "menengah",
            'Nasi Penyet + Sayur Asem "NEW',
        ),
    ]


def test_every_foreign_category_of_the_table_leads_to_a_shelf():
    codes = {row.code for row in files.categories()}
    for kind in (
        "makanan",
        "minuman",
        "kue_roti",
        "fesyen",
        "kriya_batik",
        "kecantikan_kesehatan",
        "ibu_anak",
        "rumah_tangga",
        "atk",
        "lainnya",
    ):
        assert foreign_category(kind, "sesuatu") in codes


def test_a_producer_imports_for_itself_only(load, dapur):
    with unit_of_work():
        owner = make_actor("vendor_owner", vendor_id=dapur)
        make_vendor(slug="tetangga")
    assert counts(load("kode,nama,kategori,harga", "a1,Snack,snack-kotak,18500", actor=owner)) == (1, 0, 0)
    assert told(load(HEAD, "a2,tetangga,Snack,snack-kotak,18500,kotak,", actor=owner)) == [
        (2, "produsen", "Produsen “tetangga” tidak dikenal.")
    ]
    with pytest.raises(Forbidden):
        load(FOREIGN, actor=owner)
    with pytest.raises(Forbidden):
        load(FOREIGN, actor=ANYONE)


def test_progress_is_told_to_the_end(load, dapur):
    seen = []
    load(
        HEAD,
        *(f"a{n},dapur-sari,Snack {n},snack-kotak,18500,kotak," for n in range(1_200)),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(500, 1_200), (1_000, 1_200), (1_200, 1_200)]


def test_the_number_of_statements_grows_by_chunks_not_rows(load, dapur, statements):
    with statements() as seen:
        load(HEAD, *(f"a{n},dapur-sari,Snack {n},snack-kotak,18500,kotak," for n in range(1_000)))
    assert len(seen) < 30
