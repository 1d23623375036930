"""Binding many PDFs into one that is written from front to back: each is read, copied and forgotten.

A writer that holds the whole document needs hundreds of megabytes for a hundred orders. Here only the place of each
object, the pages and the bookmarks are kept. The table of contents is drawn last, when the pages are known, and still
comes first: the order of pages stands in the page tree at the end of the file.

What others uploaded may hold anything: of a page only what is seen is taken over, never actions, scripts or files.
"""

from __future__ import annotations

import io
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
    create_string_object,
)

from shop.base.clock import local
from shop.papers.pouring import Well

MOST_PAGES: Final = 300
"""Pages taken from one paper; what is longer is named, not bound."""
_SEEN: Final = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group")
_DRAWN: Final = ("/Widget", "/Stamp", "/FreeText", "/Highlight", "/Ink", "/Square", "/Line")
"""Annotations that are part of what one sees: a visible signature is one."""
_STAMP: Final = "/BerkasHalaman"
Refs = list[IndirectObject]


class Unbindable(Exception):  # noqa: N818 - named after the state of the paper
    """The PDF is broken, locked or too long; nothing of it was bound."""


@dataclass(frozen=True, slots=True)
class _Mark:
    depth: int
    words: str
    page: IndirectObject


class Binder:
    """One PDF under way. `tell` is taken from the well, whose pieces the caller pours out between two papers."""

    def __init__(self, well: Well, title: str, now: datetime) -> None:
        self._well, self._title, self._now = well, title, now
        self._offsets = array("Q", [0])
        self._pages: Refs = []
        self._marks: list[_Mark] = []
        well.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._tree = self._take()
        self._font = self._put(
            _named(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica", Encoding="/WinAnsiEncoding")
        )
        self._before = self._put(_stream(b"q\n"))

    @property
    def next_page(self) -> int:
        """The number the next page will have; the table of contents is numbered apart."""
        return len(self._pages) + 1

    def add(self, content: bytes, depth: int, words: str) -> int:
        """Bind a PDF under a bookmark and return its first page. Raises Unbindable, and then nothing of it shows."""
        first = self.next_page
        pages = self._copy(content, first)
        self._pages += pages
        self._marks.append(_Mark(depth, words, pages[0]))
        return first

    def mark_next(self, words: str) -> int:
        """Promise a bookmark without pages of its own: it leads to the page that comes next. Return its number."""
        self._marks.append(_Mark(0, words, IndirectObject(0, 0, None)))
        return self.next_page

    def finish(self, contents: bytes) -> None:
        """Put the table of contents in front, lead its links to their pages, and write what holds the file together."""
        front = self._copy(contents, 0)
        everything = front + self._pages
        marks = [_Mark(0, "Daftar isi", front[0]), *self._led()]
        self._put(
            DictionaryObject(_named(Type="/Pages") | _plain(Kids=ArrayObject(everything), Count=NumberObject(len(everything)))),
            self._tree,
        )  # fmt: skip
        roman, arabic = _named(S="/r"), _named(S="/D")
        labels = ArrayObject([NumberObject(0), roman, NumberObject(len(front)), arabic])
        catalog = _named(Type="/Catalog", PageMode="/UseOutlines") | _plain(
            Pages=self._tree, Lang=TextStringObject("id"), PageLabels=_plain(Nums=labels), Outlines=self._outline(marks),
            ViewerPreferences=_plain(DisplayDocTitle=BooleanObject(value=True)),
        )  # fmt: skip
        made = TextStringObject(local(self._now).strftime("D:%Y%m%d%H%M%S+07'00'"))
        maker = TextStringObject("e-Order Jakpreneur")
        about = _plain(Title=TextStringObject(self._title), Author=maker, Producer=maker, CreationDate=made)
        self._close(self._put(DictionaryObject(catalog)), self._put(about))

    def _led(self) -> list[_Mark]:
        """Return the bookmarks, those without a page of their own leading to where the one after them does."""
        found: list[_Mark] = []
        page = self._pages[-1] if self._pages else IndirectObject(0, 0, None)
        for mark in reversed(self._marks):
            page = mark.page if mark.page.idnum else page
            found.append(_Mark(mark.depth, mark.words, page))
        return found[::-1] if self._pages else []

    def _copy(self, content: bytes, first: int) -> Refs:
        try:
            reader = PdfReader(io.BytesIO(content))
            fits = not reader.is_encrypted and 0 < len(reader.pages) <= MOST_PAGES
            taken = _Taken(self)
            pages = [taken.page(page, first and first + n) for n, page in enumerate(reader.pages)] if fits else []
        except Exception as fault:  # a broken file makes the reader raise nearly anything
            raise Unbindable from fault
        if not pages:
            raise Unbindable
        return pages

    def _take(self) -> IndirectObject:
        self._offsets.append(0)
        return IndirectObject(len(self._offsets) - 1, 0, None)

    def _put(self, thing: PdfObject, ref: IndirectObject | None = None) -> IndirectObject:
        body = io.BytesIO()  # whole or not at all: a thing that cannot be written must not stand half in the file
        thing.write_to_stream(body)
        ref = ref or self._take()
        self._offsets[ref.idnum] = self._well.tell()
        self._well.write(b"%d 0 obj\n%b\nendobj\n" % (ref.idnum, body.getvalue()))
        return ref

    def _outline(self, marks: Sequence[_Mark]) -> IndirectObject:
        root = self._take()
        refs = [self._take() for _mark in marks]
        tops = [i for i, mark in enumerate(marks) if mark.depth == 0]
        spans = [(i, range(i + 1, end)) for i, end in pairwise([*tops, len(marks)])]
        for i, below in spans:
            self._put_level(marks, refs, list(below), refs[i])
            closed = (
                _plain(First=refs[below[0]], Last=refs[below[-1]], Count=NumberObject(-len(below))) if below else {}
            )
            self._put(DictionaryObject(_item(marks[i], root) | _beside(refs, tops, tops.index(i)) | closed), refs[i])
        ends = _plain(First=refs[tops[0]], Last=refs[tops[-1]], Count=NumberObject(len(tops)))
        return self._put(DictionaryObject(_named(Type="/Outlines") | ends), root)

    def _put_level(self, marks: Sequence[_Mark], refs: Refs, level: list[int], above: IndirectObject) -> None:
        for place, i in enumerate(level):
            self._put(DictionaryObject(_item(marks[i], above) | _beside(refs, level, place)), refs[i])

    def _close(self, root: IndirectObject, about: IndirectObject) -> None:
        start = self._well.tell()
        self._well.write(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._offsets))
        for place in self._offsets[1:]:
            self._well.write(b"%010d %05d %b \n" % (place, 0, b"n" if place else b"f"))
        trailer = _plain(Size=NumberObject(len(self._offsets)), Root=root, Info=about)
        self._well.write(b"trailer\n")
        body = io.BytesIO()
        trailer.write_to_stream(body)
        self._well.write(b"%b\nstartxref\n%d\n%%%%EOF\n" % (body.getvalue(), start))


class _Taken:
    """What one PDF gives to the bound one: each of its things once, under a new number."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder
        self._known: dict[tuple[int, int], IndirectObject] = {}
        self._waiting: list[tuple[IndirectObject, IndirectObject]] = []

    def page(self, page: Any, number: int) -> IndirectObject:
        """Copy a page and stamp its number on it; 0 leaves it unstamped, as the table of contents is."""
        binder = self._binder
        made = _named(Type="/Page") | _plain(Parent=binder._tree)  # noqa: SLF001 - the other half of one thing
        made |= {NameObject(key): self._mapped(page.raw_get(key)) for key in _SEEN if key in page}
        made[NameObject("/Contents")] = ArrayObject(map(self._mapped, _contents(page)))
        shown = [self._annotation(ref.get_object(), number) for ref in page.get("/Annots") or ()]
        made[NameObject("/Annots")] = ArrayObject([one for one in shown if one is not None])
        self._dress(page, made, number)
        return binder._put(DictionaryObject(made))  # noqa: SLF001

    def _dress(self, page: Any, made: dict[Any, Any], number: int) -> None:
        """Give a page what it draws with, and its number in the bound whole."""
        binder, box = self._binder, page.mediabox
        found: Any = page.get("/Resources") or DictionaryObject()
        letters: Any = found.get("/Font") or DictionaryObject()
        resources = DictionaryObject({key: self._mapped(found.raw_get(key)) for key in found})
        fonts = DictionaryObject({key: self._mapped(letters.raw_get(key)) for key in letters})
        self._drain()
        fonts[NameObject(_STAMP)] = binder._font  # noqa: SLF001
        resources[NameObject("/Font")] = fonts
        made[NameObject("/Resources")] = resources
        if not number:
            return
        words = f"Berkas, halaman {number}"
        x, y = float(box.left) + float(box.width) / 2 - 2 * len(words), float(box.bottom) + 14
        drawn = f"\nQ\nq BT {_STAMP} 8 Tf 0.39 0.35 0.3 rg {x:.1f} {y:.1f} Td ({words}) Tj ET Q\n"
        parts = [binder._before, *made[NameObject("/Contents")], binder._put(_stream(drawn.encode("ascii")))]  # noqa: SLF001
        made[NameObject("/Contents")] = ArrayObject(parts)

    def _annotation(self, told: Any, number: int) -> DictionaryObject | None:
        kind = told.get("/Subtype")
        if not number and kind == "/Link":  # only our own table of contents is bound without a number
            target = int(told["/A"]["/URI"].removeprefix("hal:")) - 1
            where = ArrayObject([self._binder._pages[target], NameObject("/Fit")])  # noqa: SLF001
            return DictionaryObject(
                _named(Subtype="/Link") | _plain(Rect=told["/Rect"], Dest=where, Border=_no_border())
            )
        if kind not in _DRAWN or "/AP" not in told:
            return None
        kept = {key: self._mapped(told.raw_get(key)) for key in ("/Rect", "/AP", "/AS", "/F") if key in told}
        return DictionaryObject(_named(Type="/Annot", Subtype="/Stamp") | {NameObject(k): v for k, v in kept.items()})

    def _mapped(self, value: Any) -> Any:
        """Return a value with its references led to copies, which are noted to be made."""
        if isinstance(value, IndirectObject):
            key = (value.idnum, value.generation)
            if key not in self._known:
                self._known[key] = self._binder._take()  # noqa: SLF001
                self._waiting.append((self._known[key], value))
            return self._known[key]
        if isinstance(value, StreamObject):
            for key in list(value):
                value[NameObject(key)] = self._mapped(value.raw_get(key))
            return value
        if isinstance(value, DictionaryObject):
            return DictionaryObject({key: self._mapped(value.raw_get(key)) for key in value if key != "/Parent"})
        if isinstance(value, ArrayObject):
            return ArrayObject(map(self._mapped, value))
        return value

    def _drain(self) -> None:
        while self._waiting:
            ref, source = self._waiting.pop()
            found = source.get_object()
            if found is not None:
                self._binder._put(self._mapped(found), ref)  # noqa: SLF001


def _contents(page: Any) -> list[Any]:
    if "/Contents" not in page:
        return []
    raw = page.raw_get("/Contents")
    found = raw.get_object()
    return list(found) if isinstance(found, ArrayObject) else [raw]


def _item(mark: _Mark, above: IndirectObject) -> DictionaryObject:
    where = ArrayObject([mark.page, NameObject("/Fit")])
    return _plain(Title=create_string_object(mark.words), Parent=above, Dest=where)


def _beside(refs: Refs, level: Sequence[int], place: int) -> DictionaryObject:
    found = DictionaryObject()
    if place:
        found[NameObject("/Prev")] = refs[level[place - 1]]
    if place + 1 < len(level):
        found[NameObject("/Next")] = refs[level[place + 1]]
    return found


def _named(**names: str) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): NameObject(value) for key, value in names.items()})


def _plain(**values: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in values.items()})


def _stream(content: bytes) -> DecodedStreamObject:
    found = DecodedStreamObject()
    found.set_data(content)
    return found


def _no_border() -> ArrayObject:
    return ArrayObject([FloatObject(0)] * 3)
