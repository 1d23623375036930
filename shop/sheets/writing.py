"""Writing workbooks: drop-downs, frozen heads, notes at cells. Text stays text, whatever sign it begins with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, Final, Literal, Self

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from shop.base.clock import local

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | bool | date | None
_TEAL, _GOLD_SOFT, _BAD_SOFT, _MUTED = "#0F4C4A", "#FBEBC8", "#FBE5DE", "#635A4D"
_LONGEST_LIST: Final = 250  # Excel holds 255 characters of a list in the cell's own rule
_LONGEST_TEXT: Final = 32_000
_FORMATS: Final = {"text": "@", "whole": "#,##0", "rupiah": '"Rp"#,##0', "date": "yyyy-mm-dd", "plain": "General"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head as people see it, how wide in letters, what it holds, and what may be chosen in it.

    With `free` something else than the choices may be typed. `note` is shown when somebody points at the head. `required` heads end with a star and are golden.
    """

    head: str
    width: int = 14
    kind: Literal["text", "whole", "rupiah", "date", "plain"] = "text"
    required: bool = False
    choices: Sequence[str] = ()
    free: bool = False
    note: str = ""


class Book:
    """A workbook, written row by row into `target` in flat memory. `with Book(...) as book:` closes it."""

    def __init__(self, target: IO[bytes], title: str, now: datetime) -> None:
        """Begin a workbook. Its properties name the shop and the moment, and nothing of this machine."""
        self._book = xlsxwriter.Workbook(
            target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        made = local(now).replace(tzinfo=None)
        self._book.set_properties({"title": title, "author": "e-Order Jakpreneur", "created": made})
        self._known: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._lists: dict[tuple[str, ...], str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        self._put_lists()
        self._book.close()

    def sheet(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell]],
        *,
        marks: Mapping[tuple[int, int], str] | None = None,
        example: Sequence[Cell] = (),
        last: Sequence[Cell] = (),
        room: int = 0,
    ) -> int:
        """Write a table and return how many rows it has.

        `marks` are (row, column), both from 0 below the head, with the reason written to the cell. `example` stands
        first, set apart; `last` stands in bold below the rows, for sums. `room` is how many rows below the head get the
        drop-downs.
        """
        page = self._book.add_worksheet(name)
        page.freeze_panes(1, 0)
        self._head(page, columns, room)
        if example:
            self._row(page, 1, columns, example, {"italic": True, "font_color": _MUTED, "bg_color": "#F4EBDB"})
        first, count = 2 if example else 1, 0
        for count, row in enumerate(rows, 1):
            self._row(page, first + count - 1, columns, row)
            for at in range(len(columns) if marks else 0):
                if reason := (marks or {}).get((count - 1, at)):
                    self._put(page, first + count - 1, at, columns[at], row[at], {"bg_color": _BAD_SOFT})
                    page.write_comment(first + count - 1, at, reason[:1_000])
        if last:
            self._row(page, first + count, columns, last, {"bold": True})
        return count

    def text(self, name: str, lines: Iterable[tuple[str, str]]) -> None:
        """Write a sheet to read: (term, words) a line; without words the term is a heading."""
        page = self._book.add_worksheet(name)
        page.set_column(0, 0, 26)
        page.set_column(1, 1, 96)
        bold, wrapped = self._format(bold=True, valign="top"), self._format(text_wrap=True, valign="top")
        for at, (term, words) in enumerate(lines):
            page.write_string(at, 0, term, bold)
            if words:
                page.write_string(at, 1, words, wrapped)

    def _head(self, page: Worksheet, columns: Sequence[Column], room: int) -> None:
        for at, column in enumerate(columns):
            page.set_column(at, at, column.width, self._format(num_format=_FORMATS[column.kind]))
            colour = {"bg_color": "#E8A317", "font_color": "#241A00"} if column.required else {"bg_color": _TEAL, "font_color": "#FFFFFF"}  # fmt: skip
            page.write_string(0, at, column.head + (" *" if column.required else ""), self._format(bold=True, **colour))
            if column.note:
                page.write_comment(0, at, column.note, {"x_scale": 2})
            if column.choices and room:
                page.data_validation(1, at, room, at, {
                    "validate": "list", "source": self._source(column.choices), "ignore_blank": True,
                    "error_type": "information" if column.free else "stop",
                    "error_title": "Pilih dari daftar", "error_message": "Pilih salah satu dari daftar di sel ini.",
                })  # fmt: skip

    def _source(self, choices: Sequence[str]) -> list[str] | str:
        if len(",".join(choices)) <= _LONGEST_LIST and not any("," in choice for choice in choices):
            return list(choices)
        return self._lists.setdefault(
            tuple(choices),
            "=Pilihan!${0}$1:${0}${1}".format(xl_col_to_name(len(self._lists)), len(choices)),
        )

    def _put_lists(self) -> None:
        if not self._lists:
            return
        page = self._book.add_worksheet("Pilihan")
        page.hide()
        lists = list(self._lists)
        for row in range(max(map(len, lists))):
            for at, choices in enumerate(lists):
                if row < len(choices):
                    page.write_string(row, at, choices[row])

    def _row(
        self, page: Worksheet, at: int, columns: Sequence[Column], row: Sequence[Cell], look: Mapping[str, Any] = {}
    ) -> None:
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            self._put(page, at, place, column, value, look)

    def _put(self, page: Worksheet, row: int, at: int, column: Column, value: Cell, look: Mapping[str, Any]) -> None:
        form = self._format(num_format=_FORMATS[column.kind], **look)
        if value is None or value == "":
            page.write_blank(row, at, None, form)
        elif isinstance(value, bool):
            page.write_string(row, at, "ya" if value else "tidak", form)
        elif isinstance(value, int):
            page.write_number(row, at, value, form)
        elif isinstance(value, date):
            page.write_datetime(row, at, value, form)
        else:
            page.write_string(row, at, value[:_LONGEST_TEXT], form)

    def _format(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._known:
            self._known[key] = self._book.add_format(look)
        return self._known[key]
