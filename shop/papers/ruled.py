"""Ruled tables on a PDF, drawn line by line.

The library's own tables measure each letter several times: that was nine tenths of a paper of fifty lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from fpdf import FPDF

Align = Literal["L", "R", "C"]
Colour = tuple[int, int, int]
_PAD: Final = 1.2
_BASELINE: Final = 0.72
"""Where letters stand in the height of their line."""
_MM_PER_PT: Final = 25.4 / 72
Lines = list[list[str]]
"""The lines of each cell of a row."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the rows of one sort look: `ground` None for the bare page."""

    ink: Colour
    ground: Colour | None = None
    bold: bool = False


class Ruled:
    """One table on its way down the page. Words that fit into no line are broken where the line ends."""

    def __init__(self, pdf: FPDF, family: str, widths: Sequence[float], aligns: Sequence[Align], size: int) -> None:
        """Begin at the current height; `widths` are shares of the width between the margins, `size` in points."""
        self._pdf, self._family, self._aligns, self._size = pdf, family, aligns, size
        self._wide = [share * pdf.epw / sum(widths) for share in widths]
        self._high = size * 0.55

    def draw(
        self, head: Sequence[str], rows: Iterable[Sequence[str]], total: Sequence[str], looks: Sequence[Look]
    ) -> None:
        """Draw head, rows and total; `looks` of the three. The head stands again on each page."""
        above = self._broken(head, looks[0])
        first = True
        for cells, look in _bodies(rows, total, looks):
            for part in self._parts(self._broken(cells, look)):
                needed = self._height(part) + (self._height(above) if first else 0)
                fresh = self._pdf.will_page_break(needed)
                if fresh:
                    self._pdf.add_page()
                if first or fresh:
                    self._row(above, looks[0])
                self._row(part, look)
                first = False
        if first:
            self._row(above, looks[0])

    def _parts(self, cells: Lines) -> Iterator[Lines]:
        """Yield a row in pieces that fit onto a page each; nearly always one."""
        most = int((self._pdf.h - self._pdf.t_margin - self._pdf.b_margin) / self._high) - 6
        for start in range(0, max(1, *map(len, cells)), most):
            yield [lines[start : start + most] for lines in cells]

    def _height(self, cells: Lines) -> float:
        return max(map(len, cells)) * self._high + 2 * _PAD

    def _row(self, cells: Lines, look: Look) -> None:
        pdf, high = self._pdf, self._height(cells)
        top, left = pdf.get_y(), pdf.l_margin
        if look.ground:
            pdf.set_fill_color(*look.ground)
            pdf.rect(left, top, pdf.epw, high, style="F")
        letters = self._letters(look)
        pdf.set_text_color(*look.ink)
        for lines, wide, align in zip(cells, self._wide, self._aligns, strict=True):
            for number, line in enumerate(lines):
                spare = wide - 2 * _PAD - self._width(line, letters)
                x = left + _PAD + {"L": 0.0, "R": spare, "C": spare / 2}[align]
                pdf.text(x, top + _PAD + (number + _BASELINE) * self._high, line)
            left += wide
        pdf.line(pdf.l_margin, top + high, pdf.l_margin + pdf.epw, top + high)
        pdf.set_y(top + high)

    def _letters(self, look: Look) -> Any:
        """Set the letters of a look and return the width of each, in thousandths of their size."""
        self._pdf.set_font(self._family, "B" if look.bold else "", self._size)
        font: Any = self._pdf.current_font
        return font.cw

    def _width(self, text: str, letters: Any) -> float:
        thousandths: int = sum(letters[ord(letter)] for letter in text)
        return thousandths * self._size * _MM_PER_PT / 1000

    def _broken(self, cells: Sequence[str], look: Look) -> Lines:
        letters = self._letters(look)
        return [
            [line for text in cell.split("\n") for line in self._lines(text, wide - 2 * _PAD, letters)]
            for cell, wide in zip(cells, self._wide, strict=True)
        ]

    def _lines(self, text: str, room: float, letters: Any) -> Iterator[str]:
        line, filled, space = "", 0.0, self._width(" ", letters)
        for word in text.split(" "):
            wide = self._width(word, letters)
            if line and filled + space + wide <= room:
                line, filled = f"{line} {word}", filled + space + wide
                continue
            if line:
                yield line
            *full, line = self._pieces(word, wide, room, letters)
            yield from full
            filled = self._width(line, letters) if full else wide
        yield line

    def _pieces(self, word: str, wide: float, room: float, letters: Any) -> Iterator[str]:
        """Yield a word, or what of it fits into a line, and the rest."""
        while wide > room and len(word) > 1:
            fits, used = 1, self._width(word[0], letters)
            while fits < len(word) - 1 and used + (more := self._width(word[fits], letters)) <= room:
                fits, used = fits + 1, used + more
            yield word[:fits]
            word, wide = word[fits:], wide - used
        yield word


def _bodies(
    rows: Iterable[Sequence[str]], total: Sequence[str], looks: Sequence[Look]
) -> Iterator[tuple[Sequence[str], Look]]:
    yield from ((cells, looks[1]) for cells in rows)
    if total:
        yield total, looks[2]
