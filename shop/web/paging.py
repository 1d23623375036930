"""Pages of lists: numbers that are checked, never trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from werkzeug.routing import IntegerConverter, Map

from shop.base.errors import Invalid

MAX_PER_PAGE: Final = 100
MAX_PAGE: Final = 10_000
FIRST_YEAR: Final = 2019
"""Before it there was no SIPD account code; packages of earlier years cannot be here."""
LAST_YEAR: Final = 2100


class RowNumber(IntegerConverter):
    """`<int:…>` in addresses: whole numbers a database can hold; a longer one is no address of ours (404)."""

    def __init__(self, url_map: Map, *, max: int = 2**63 - 1) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(url_map, max=max)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: which one, how long, and what that means for a query."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.number - 1) * self.size

    def last(self, total: int) -> int:
        """Number of the last page of a list with `total` rows, at least 1."""
        return max(1, -(-total // self.size))


def page_from(number: str | None, size: str | None = None, *, default_size: int = 24, strict: bool = False) -> Page:
    """Read page numbers as they came in. Raises Invalid when they are not whole numbers in range.

    A field left empty counts as not given; with `strict`, as programs are read, it is wrong.
    """
    number, size = (text if text or strict else None for text in (number, size))
    return Page(
        _whole("page", number, 1, MAX_PAGE, 1),
        _whole("per_page", size, 1, MAX_PER_PAGE, default_size),
    )


def year_from(text: str | None, field: str = "year") -> int | None:
    """Read a fiscal year as it came in; None when none was given. Raises Invalid when it cannot be one."""
    return _whole(field, text or None, FIRST_YEAR, LAST_YEAR, 0) or None


def _whole(field: str, text: str | None, low: int, high: int, default: int) -> int:
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not low <= int(text) <= high:  # noqa: PLR2004
        raise Invalid.at(field, "Isi dengan bilangan bulat %(low)s sampai %(high)s.", low=low, high=high)
    return int(text)
