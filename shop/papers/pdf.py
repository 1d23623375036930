"""Drawing PDF papers in one hand: title, language, letters of our own package, tables that break over pages.

Each paper carries its language and title for screen readers, and its pictures their words (PDF/UA asks for more, full
structure tags, which the library does not write yet).
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import font_source_sans_pro
from fpdf import FPDF, ViewerPreferences

from shop.papers.ruled import Align, Look, Ruled

_FONT: Final = "Source"
_FILES: Final = Path(font_source_sans_pro.__file__).parent / "files"
_TEAL: Final = (15, 76, 74)
_GOLD: Final = (232, 163, 23)
_INK: Final = (30, 27, 22)
_MUTED: Final = (99, 90, 77)
_LINE: Final = (227, 217, 200)
_SUNK: Final = (244, 235, 219)
_TOOTH: Final = 6
"""Width of one tooth of the gigi balang under the upper edge, millimetres."""
# It remarks on every table it looks at while cutting the letters down to those used.
logging.getLogger("fontTools").setLevel(logging.ERROR)


End = Callable[["Paper"], None]
"""What a room above adds at the end of a paper that a room below draws: where anybody checks it."""


def nothing(_paper: Paper) -> None:
    """End a paper as it is."""


class _Sheet(FPDF):
    """A4 upright with our edge above and the paper's name, page and origin below."""

    def __init__(self, title: str, words_below: str, page_word: str, watermark: str) -> None:
        super().__init__(format="A4", unit="mm")
        self._below, self._page_word, self._watermark = words_below, page_word, watermark
        self.set_margins(18, 20, 18)
        self.set_auto_page_break(auto=True, margin=20)
        self.alias_nb_pages()
        self.add_font(_FONT, "", _FILES / "SourceSansPro-Regular.ttf")
        self.add_font(_FONT, "B", _FILES / "SourceSansPro-Semibold.ttf")
        for style in ("", "B"):
            self._without_layout(self.fonts[_FONT.lower() + style])
        self.set_title(title)
        drawn: Any = self.fonts[_FONT.lower()]
        self.letters = frozenset(drawn.cmap)
        """Code points the font has."""

    @staticmethod
    def _without_layout(font: Any) -> None:
        # We shape no text, and cutting these down to the letters used was a quarter of the work.
        for table in ("GPOS", "GSUB", "GDEF", "BASE"):
            if table in font.ttfont:
                del font.ttfont[table]

    def header(self) -> None:
        """Draw the row of teeth."""
        self.set_fill_color(*_TEAL)
        self.rect(0, 0, self.w, 5, style="F")
        for start in range(0, int(self.w) + _TOOTH, _TOOTH):
            middle = start + _TOOTH // 2
            self.polygon([(start, 5), (start + _TOOTH, 5), (middle, 8)], style="F")
        if self._watermark:
            self.set_font(_FONT, "B", 150)
            self.set_text_color(*_SUNK)
            wide = self.get_string_width(self._watermark)
            with self.rotation(45, self.w / 2, self.h / 2):
                self.text((self.w - wide) / 2, self.h / 2 + 14, self._watermark)
        self.set_y(16)

    def footer(self) -> None:
        """Say which paper this is and which page of how many."""
        self.set_y(-14)
        self.set_font(_FONT, "", 8)
        self.set_text_color(*_MUTED)
        self.cell(self.epw - 30, 5, self._below, align="L")
        self.cell(30, 5, f"{self._page_word} {self.page_no()} / {{nb}}", align="R")


class Paper:
    """One PDF, filled from top to bottom. Letters the font does not have are left out rather than drawn as boxes."""

    def __init__(
        self,
        title: str,
        now: datetime,
        *,
        lang: str = "id",
        below: str = "",
        page_word: str = "Halaman",
        watermark: str = "",
    ) -> None:
        """Begin a paper. `below` stands at the foot of each page; `now` is its date of making, so that it can be made again.

        `watermark` lies large and pale under the text of each page.
        """
        self._pdf = _Sheet(title, "", page_word, watermark)
        self._known = self._pdf.letters
        self._pdf._below = self._said(below or title)  # noqa: SLF001 - our own class
        self._pdf.set_lang(lang)
        self._pdf.set_author("e-Order Jakpreneur")
        self._pdf.set_creator("e-Order Jakpreneur")
        self._pdf.set_producer("e-Order Jakpreneur")
        self._pdf.set_creation_date(now)
        self._pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self._pdf.add_page()
        self._ink()

    def heading(self, text: str) -> None:
        """Write the name of the paper, large."""
        self._ink(20, bold=True, colour=_TEAL)
        self._line(text, 9)
        self._pdf.ln(2)

    def subheading(self, text: str) -> None:
        """Write the name of a part."""
        self._pdf.ln(3)
        self._ink(13, bold=True)
        self._line(text, 7)
        self._pdf.ln(1)

    def paragraph(self, text: str, *, bold: bool = False, size: int = 11) -> None:
        """Write text that breaks into lines."""
        self._ink(size, bold=bold)
        self._line(text, size * 0.5)
        self._pdf.ln(1.5)

    def note(self, text: str) -> None:
        """Write small print: a source, how sure a rule is."""
        self._ink(9, colour=_MUTED)
        self._line(text, 4.5)
        self._pdf.ln(1)

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Write labels with their values, one under the other."""
        for label, value in pairs:
            if self._pdf.will_page_break(2 * 5.5):  # a label does not stay behind alone
                self._pdf.add_page()
            self._ink(10, colour=_MUTED)
            top = self._pdf.get_y()
            self._pdf.multi_cell(52, 5.5, self._said(label), align="L", new_x="RIGHT", new_y="TOP")
            self._ink(11)
            self._pdf.set_xy(self._pdf.l_margin + 54, top)
            self._line(value, 5.5)
        self._pdf.ln(2)

    def table(
        self,
        heads: Sequence[str],
        rows: Iterable[Sequence[str]],
        aligns: Sequence[Align],
        *,
        widths: Sequence[int] = (),
        total: Sequence[str] = (),
        size: int = 9,
    ) -> None:
        """Draw a table whose head comes again on each page. `widths` are shares; `total` is a last row, set apart."""
        self._pdf.set_draw_color(*_LINE)
        looks = (Look((255, 255, 255), _TEAL, bold=True), Look(_INK), Look(_INK, _SUNK, bold=True))
        told = ([self._said(cell) for cell in cells] for cells in rows)
        ruled = Ruled(self._pdf, _FONT, widths or [1] * len(heads), aligns, size)
        ruled.draw([self._said(cell) for cell in heads], told, [self._said(cell) for cell in total], looks)
        self._pdf.ln(3)

    def picture(self, content: bytes, *, alt: str, width: int, centred: bool = True) -> None:
        """Draw a picture `width` millimetres wide (JPEG, PNG or WebP that we made); `alt` says what it shows."""
        x: Any = (self._pdf.w - width) / 2 if centred else self._pdf.l_margin
        self._pdf.image(io.BytesIO(content), x=x, w=width, alt_text=self._said(alt))
        self._pdf.ln(3)

    def beside(self, content: bytes, *, alt: str, size: int, lines: Sequence[str]) -> None:
        """Draw a square picture (a QR code) with lines of text to its right, kept on one page."""
        if self._pdf.will_page_break(size + 4):
            self._pdf.add_page()
        top, left = self._pdf.get_y(), self._pdf.l_margin
        self._pdf.image(io.BytesIO(content), x=left, y=top, w=size, h=size, alt_text=self._said(alt))
        self._pdf.set_y(top + 3)
        for number, line in enumerate(lines):
            self._ink(11 if number == 0 else 10, bold=number == 0)
            self._pdf.set_x(left + size + 6)
            self._pdf.multi_cell(
                self._pdf.epw - size - 6, 5.5, self._said(line), align="L", new_x="LMARGIN", new_y="NEXT"
            )
        self._pdf.set_y(max(self._pdf.get_y(), top + size) + 4)

    def contents(self, rows: Iterable[tuple[int, str, str, int]]) -> None:
        """Write a table of contents: (depth, name, small print, page). Each row links to `hal:<page>` of the bound whole."""
        for depth, name, small, page in rows:
            self._ink(11, bold=depth == 0)
            if self._pdf.will_page_break(12):
                self._pdf.add_page()
            left, top = self._pdf.l_margin + depth * 5, self._pdf.get_y()
            link = f"hal:{page}"
            self._pdf.cell(0, 6, str(page), align="R", link=link)
            self._pdf.set_xy(left, top)
            wide = self._pdf.epw - depth * 5 - 16
            self._pdf.multi_cell(wide, 6, self._said(name), align="L", link=link, new_x="LMARGIN", new_y="NEXT")
            if small:
                self._ink(8, colour=_MUTED)
                self._pdf.set_x(left)
                self._pdf.multi_cell(wide, 4, self._said(small), align="L", new_x="LMARGIN", new_y="NEXT")
            self._pdf.ln(1)

    def blank_rows(self, heads: Sequence[str], widths: Sequence[int], count: int, *, height: int = 9) -> None:
        """Draw a numbered grid to be filled in by hand; `widths` and `height` in millimetres, the head on each page."""
        self._pdf.set_draw_color(*_LINE)
        for number in range(1, count + 1):
            if number == 1 or self._pdf.will_page_break(height):
                if number > 1:
                    self._pdf.add_page()
                self._ink(9, bold=True)
                for head, width in zip(heads, widths, strict=True):
                    self._pdf.cell(width, 7, self._said(head), border=1)
                self._pdf.ln(7)
                self._ink(9)
            for position, width in enumerate(widths):
                self._pdf.cell(width, height, str(number) if position == 0 else "", border=1)
            self._pdf.ln(height)
        self._pdf.ln(3)

    def box(self, lines: Sequence[str], *, width: int = 38, height: int = 26) -> None:
        """Draw an empty box at the right margin for something to be stuck on, with what belongs there written in it."""
        if self._pdf.will_page_break(height + 4):
            self._pdf.add_page()
        left, top = self._pdf.w - self._pdf.r_margin - width, self._pdf.get_y()
        self._pdf.set_draw_color(*_MUTED)
        self._pdf.rect(left, top, width, height)
        self._ink(9, colour=_MUTED)
        for number, line in enumerate(lines):
            self._pdf.set_xy(left + 2, top + 4 + number * 5)
            self._pdf.multi_cell(width - 4, 4.5, self._said(line), align="C")
        self._pdf.set_xy(self._pdf.l_margin, top + height + 2)

    def signatures(self, parties: Sequence[tuple[str, str]]) -> None:
        """Leave room for signatures side by side: (in which capacity, name)."""
        if self._pdf.will_page_break(60):  # a long name takes five lines
            self._pdf.add_page()
        self._pdf.ln(6)
        top, width = self._pdf.get_y(), self._pdf.epw / max(len(parties), 1)
        bottom = top + 38
        for number, (capacity, name) in enumerate(parties):
            left = self._pdf.l_margin + number * width
            self._ink(10)
            self._pdf.set_xy(left, top)
            self._pdf.multi_cell(width - 4, 5, self._said(capacity), align="C")
            self._pdf.set_draw_color(*_MUTED)
            self._pdf.line(left + 6, top + 28, left + width - 10, top + 28)
            self._pdf.set_xy(left, top + 29)
            self._pdf.multi_cell(width - 4, 5, self._said(name), align="C")
            bottom = max(bottom, self._pdf.get_y() + 7)
        self._pdf.set_y(bottom)

    def new_page(self) -> None:
        """Begin a new page."""
        self._pdf.add_page()
        self._ink()

    def content(self) -> bytes:
        """Return the finished PDF."""
        return bytes(self._pdf.output())

    def _ink(self, size: int = 11, *, bold: bool = False, colour: tuple[int, int, int] = _INK) -> None:
        self._pdf.set_font(_FONT, "B" if bold else "", size)
        self._pdf.set_text_color(*colour)

    def _line(self, text: str, height: float) -> None:
        self._pdf.multi_cell(0, height, self._said(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def _said(self, text: str) -> str:
        return "".join(c for c in text if c == "\n" or ord(c) in self._known)
