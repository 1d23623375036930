"""What people and attackers call .xlsx: read within bounds, every cell as text somebody would have typed."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date

import pytest

from shop.base.errors import Invalid
from shop.base.sheet import day, whole
from shop.sheets import inspecting
from shop.sheets.reading import read_table, text_of
from shop.sheets.writing import Book, Column
from tests.conftest import NOW
from tests.workbooks import BOOK, LINKS, package, sheet_xml, workbook

COLUMNS = {"ref": ("kode",), "name": ("nama",), "price": ("harga",), "day": ("tanggal",)}


def read(content, most=100, required=("ref",)):
    return read_table(content, COLUMNS, required, max_rows=most)


def refused(content, **options):
    with pytest.raises(Invalid) as caught:
        read(content, **options)
    assert [fault.field for fault in caught.value.faults] == ["file"]
    return str(caught.value)


def cells(data, after=""):
    return package(sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>kode</t></is></c></row>' + data, after))


def test_cells_come_as_the_text_somebody_would_have_typed():
    when = date(2026, 12, 31)
    table = read(
        workbook(
            ("007", "  Kue\nbasah ", 25_000, when),
            (),
            (8, True, "Rp25.000", "31 Des 2026"),
            ("a", "b", 25_000.5, "31/12/2026"),
            ("b", "", 0.25, 25.125),
            head=("Kode *", "NAMA", " Harga ", "Tanggal", "Lain"),
            default_date_format="dd/mm/yyyy",
        )
    )
    assert table.sheet.rows == [
        (2, {"ref": "007", "name": "Kue basah", "price": "25000", "day": "2026-12-31"}),
        (4, {"ref": "8", "name": "ya", "price": "Rp25.000", "day": "31 Des 2026"}),
        (5, {"ref": "a", "name": "b", "price": "25000,5000", "day": "31/12/2026"}),
        (6, {"ref": "b", "name": "", "price": "0,2500", "day": "25,1250"}),
    ]
    assert table.sheet.others == ("Lain",)
    assert table.numbers["ref"] == 1
    assert [whole(row["price"]) for _, row in table.sheet.rows] == [25_000, 25_000, None, None]
    assert {day(row["day"]) for _, row in table.sheet.rows[:3]} == {date(2026, 12, 31)}


@pytest.mark.parametrize("value", [1.5, 12.25, 25.125, 1_234.567, 0.001, 1e-9, 2.5e20, 999.9995])
def test_no_fraction_reads_as_a_whole_amount(value):
    assert whole(text_of(value)) is None or value.is_integer()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31/13/2026",
        "30/02/2026",
        "12/31/2026",
        "2026",
        "kemarin",
        "3 1 26",
        "٣١/١٢/٢٠٢٦",
        "25-11-0026",
        "99999-1-1",
    ],
)
def test_what_is_no_day_is_no_day(text):
    assert day(text) is None


@pytest.mark.parametrize(("text", "iso"), [
    ("1-2-2026", "2026-02-01"), ("1 Agustus 2026", "2026-08-01"), ("1 ags. 2026", "2026-08-01"), ("17.8.2026", "2026-08-17"),
    ("46387", "2026-12-31"), ("2026-1-9", "2026-01-09"),
])  # fmt: skip
def test_days_are_read_in_the_styles_people_write(text, iso):
    assert day(text) == date.fromisoformat(iso)


def test_a_formula_is_refused_by_row_and_column_whatever_value_it_last_had():
    content = cells('<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>')
    table = read(content)
    assert [(fault.row, fault.column) for fault in table.faults] == [(2, "kode")]
    assert "bukan rumus" in table.faults[0].message
    assert [number for number, _ in table.sheet.rows] == [2, 3]


def test_rows_merged_with_others_are_refused():
    content = cells(
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c></row><row r="4"><c r="A4"><v>3</v></c></row>',
        '<mergeCells><mergeCell ref="B2:B3"/><mergeCell ref="B4:C4"/></mergeCells>',
    )
    assert sorted(fault.row for fault in read(content).faults) == [2, 3]


def test_a_million_rows_that_carry_only_a_format_are_no_data():
    rows = "".join(f'<row r="{number}" ht="15" customHeight="1"/>' for number in range(3, 1_048_577, 4))
    content = cells(f'<row r="2"><c r="A2"><v>7</v></c></row>{rows}<row r="1048576"><c r="A1048576" s="0"/></row>')
    assert read(content).sheet.rows == [(2, {"ref": "7"})]


def test_a_value_in_the_last_cell_is_told_and_does_not_unfold_the_sheet():
    assert "1.048.576" in refused(cells('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'))
    assert "16384" in refused(cells('<row r="2"><c r="XFD2"><v>1</v></c></row>'))


def test_more_rows_than_allowed_are_told_by_number():
    assert "101 baris; paling banyak 100" in refused(workbook(*((f"k{n}",) for n in range(101)), head=("kode",)))


def bomb():
    return cells("<!-- " + " " * 20_000_000 + " -->")


def lying():
    """A part that unpacks to more than it claims: readers that do not count would go on."""
    content = bytearray(cells("<!-- " + "ab" * 50_000 + " -->"))
    name = b"xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        size = file.getinfo(name.decode()).file_size
    central = content.rindex(name) - 46
    assert struct.unpack("<I", content[central + 24 : central + 28])[0] == size
    content[central + 24 : central + 28] = struct.pack("<I", 300)
    return bytes(content)


def encrypted():
    content = bytearray(workbook(("a",)))
    at = content.rindex(b"PK\1\2")
    content[at + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(("content", "said"), [
    (bomb(), "jauh lebih besar"),
    (lying(), "jauh lebih besar"),
    (package(sheet_xml(""), {f"x{n}": b"" for n in range(400)}), "jauh lebih besar"),
    (package(sheet_xml(""), {"xl/sharedStrings.xml": b"a" * 30_000_000}, zipfile.ZIP_STORED)[: inspecting.MAX_BYTES + 1], "10 MB"),
    (package(sheet_xml(""), {"xl/vbaProject.bin": b"x"}), "makro"),
    (package(sheet_xml(""), {"isi.zip": b"PK"}), "rusak"),
    (package(sheet_xml(""), {"../../etc/passwd": b"x"}), "rusak"),
    (encrypted(), "berkata sandi"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
    (b"PK\3\4" + b"\0" * 100, "rusak"),
    (workbook(("a",))[:-60], "rusak"),
    (package("<worksheet>"), "rusak"),
    (package('<!DOCTYPE a [<!ENTITY b "cc">]><worksheet>&b;</worksheet>'), "rusak"),
    (package(sheet_xml('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>')), "rusak"),
    (b"", "kosong"), (b"\0\1\2", "bukan teks"), (b"kode,nama\n", "satu baris"), (b"apa,saja\n1,2\n", "kode"),
    (workbook(), "satu baris"), (workbook(("a",), head=("apa",)), "kode"),
])  # fmt: skip
def test_what_is_no_spreadsheet_is_told_in_words_that_say_what_to_do(content, said):
    assert said in refused(content)


def test_an_opendocument_file_is_told_apart():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", "<x/>")
    assert "OpenDocument" in refused(out.getvalue())


def test_what_we_write_is_text_and_names_nothing_of_this_machine():
    out = io.BytesIO()
    with Book(out, "Uji", NOW) as book:
        book.sheet(
            "Produk",
            [Column("kode", choices=[f"Pilihan {n}" for n in range(90)]), Column("harga", kind="rupiah")],
            [("=1+1", 25_000), ("+62", None), ("@nama", 1), ("-5", 2), ("http://contoh.id", 3), ("\x01x", 4)],
            marks={(0, 0): "salah"},
            room=10,
        )
    table = read(out.getvalue(), required=("ref", "price"))
    assert not table.faults
    assert [row["ref"] for _, row in table.sheet.rows] == ["=1+1", "+62", "@nama", "-5", "http://contoh.id", "x"]
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as file:
        said = file.read("docProps/core.xml").decode()
        assert b"dataValidation" in file.read("xl/worksheets/sheet1.xml")
    assert "<dc:creator>e-Order Jakpreneur</dc:creator>" in said
    assert "2026-11-20" in said


@pytest.mark.parametrize("lie", ["4294967296", "18446744073709551615"])
def test_a_number_in_the_file_that_asks_for_all_memory_ends_only_the_child_that_believes_it(lie):
    texts = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="{lie}"><si><t>x</t></si></sst>'
    links = LINKS.replace(
        "</Relationships>",
        '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"'
        ' Target="sharedStrings.xml"/></Relationships>',
    )
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>kode</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    parts = {"xl/sharedStrings.xml": texts.encode(), "xl/_rels/workbook.xml.rels": links.encode()}
    assert "rusak" in refused(package(sheet_xml(row), parts))


@pytest.mark.parametrize("encoding", ["gb2312", "UTF-99", "hex", "\u00b2"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_letters_in_an_encoding_nobody_reads_are_told(encoding, part):
    head = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    good = BOOK if part.endswith("workbook.xml") else sheet_xml('<row r="2"><c r="A2"><v>1</v></c></row>')
    with pytest.raises(Invalid):
        read(package(sheet_xml(""), {part: head + good.encode()}))
