"""Workbooks as people and attackers make them, written byte by byte where a library would be too kind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

HEAD = ("Kode *", "Nama *", "Kategori *", "Harga *", "Satuan", "Stok")
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Produk" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>"
)
ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)


def workbook(*rows: Sequence[Any], head: Sequence[str] = HEAD, **more: Any) -> bytes:
    """A workbook with a sheet `Produk`; texts that begin with `=` are formulas here."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **more})
    page = book.add_worksheet("Produk")
    for at, row in enumerate((head, *rows)):
        page.write_row(at, 0, row)
    book.close()
    return out.getvalue()


def package(sheet: str | bytes, more: Mapping[str, bytes] | None = None, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook whose only sheet is this XML, with further parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as file:
        parts: dict[str, str | bytes] = {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": ROOT,
            "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": LINKS,
            "xl/worksheets/sheet1.xml": sheet,
            **(more or {}),
        }
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def sheet_xml(data: str, after: str = "") -> str:
    """The XML of a sheet around `<row>` elements."""
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{data}</sheetData>{after}</worksheet>"
    )
