"""One look through the XML of a sheet, without keeping it: formulas, merged cells, and how far the values reach."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import Final
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException, sax
from defusedxml.ElementTree import ParseError, fromstring

from shop.base.errors import Invalid

_MAX_ELEMENTS: Final = 6_000_000
_MAX_MARKS: Final = 20_000
"""Most formulas or merged rows that are told one by one."""
_STEP: Final = 256 * 1024
_PREFERRED: Final = "Produk"
_BROKEN: Final = (
    ParseError, SAXException, DefusedXmlException, zipfile.BadZipFile, OverflowError,
    # An encoding that nobody knows, or that the parser does not take.
    LookupError, ValueError,
)  # fmt: skip
"""What parsers and the zip raise for parts that are not what they say."""
_HOLDS: Final = frozenset({"v", "is", "f"})


@dataclass(slots=True)
class Scan:
    """What is in a sheet. Cells are (row, column), both from 1. Rows that carry only a format count as empty."""

    last_row: int = 0
    last_column: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: set[int] = field(default_factory=set)
    """Rows below the first of a merged area that spans several."""


def sheet_part(package: zipfile.ZipFile, preferred: str = _PREFERRED) -> tuple[str, str]:
    """Return (name, part) of the sheet to read: the preferred one, else the first. Raises Invalid."""
    try:
        book = fromstring(package.read("xl/workbook.xml"))
        links = fromstring(package.read("xl/_rels/workbook.xml.rels"))
    except _BROKEN as fault:
        raise _broken() from fault
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    sheets = [
        (str(node.get("name")), targets.get(value, ""))
        for node in book.iter()
        if node.tag.endswith("}sheet")
        for name, value in node.attrib.items()
        if name.endswith("}id")
    ]
    if not sheets:
        raise _broken()
    name, target = next((found for found in sheets if found[0].casefold() == preferred.casefold()), sheets[0])
    part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    if part not in package.namelist():
        raise _broken()
    return name, part


def scan(package: zipfile.ZipFile, part: str) -> Scan:
    """Look through a sheet part in flat memory. Raises Invalid for what is no sheet or has too much in it."""
    found = Scan()
    reader = sax.make_parser()
    reader.setContentHandler(_Cells(found))
    try:
        with package.open(part) as stream:
            while block := stream.read(_STEP):
                reader.feed(block)
        reader.close()
    except _BROKEN as fault:
        raise _broken() from fault
    return found


class _Cells(ContentHandler):
    def __init__(self, found: Scan) -> None:
        super().__init__()
        self._found, self._seen = found, 0
        self._row = self._column = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the protocol's name
        self._seen += 1
        if self._seen > _MAX_ELEMENTS:
            raise Invalid.at(
                "file", "Lembar ini terlalu penuh. Salin datanya saja ke templat yang baru, lalu unggah lagi."
            )
        kind = name.rpartition(":")[2]
        if kind == "c":
            self._place(attrs.get("r"))
        elif kind == "row":
            self._row, self._column = self._number(attrs.get("r"), self._row + 1), 0
        elif kind in _HOLDS and self._column:
            self._note(formula=kind == "f")
        elif kind == "mergeCell":
            self._merge(str(attrs.get("ref", "")))

    def _note(self, *, formula: bool) -> None:
        found = self._found
        found.last_row, found.last_column = max(found.last_row, self._row), max(found.last_column, self._column)
        if formula and len(found.formulas) < _MAX_MARKS:
            found.formulas.add((self._row, self._column))

    def _place(self, address: str | None) -> None:
        self._row, self._column = cell(address) if address else (self._row, self._column + 1)

    def _merge(self, area: str) -> None:
        first, _, last = area.partition(":")
        (top, _left), (bottom, _right) = cell(first), cell(last or first)
        if len(self._found.merged) < _MAX_MARKS:
            self._found.merged.update(range(top, min(bottom, top + _MAX_MARKS) + 1) if bottom > top else ())

    @staticmethod
    def _number(text: str | None, otherwise: int) -> int:
        return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise  # noqa: PLR2004


def cell(address: str) -> tuple[int, int]:
    """Return (row, column) of an address such as `AB12`. Raises Invalid for what is none."""
    letters = address.rstrip("0123456789")
    digits = address[len(letters) :]
    if not (0 < len(letters) <= 3 and letters.isascii() and letters.isalpha() and 0 < len(digits) <= 7):  # noqa: PLR2004
        raise _broken()
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(digits), column


def _broken() -> Invalid:
    return Invalid.at("file", "Berkas ini rusak atau bukan Excel (.xlsx). Buka di Excel, simpan lagi sebagai .xlsx.")
