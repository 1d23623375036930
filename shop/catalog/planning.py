"""What an uploaded sheet would do to a producer's products: read, checked and compared, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from shop.base.actor import Actor
from shop.base.errors import Forbidden
from shop.base.sheet import RowFault
from shop.catalog.import_rows import COLUMNS, REQUIRED, Found, check_products
from shop.catalog.import_write import Wanted, chunks, compare, own_wanted, shut_faults
from shop.catalog.importing import notices_of, own_sellers
from shop.sheets.reading import read_table

MAX_ROWS: Final = 5_000
_PREVIEW: Final = 20


@dataclass(slots=True)
class Plan:
    """Good rows with what each would do (`new`, `changed`, `same`), bad rows with why."""

    found: Found
    wanted: list[Wanted] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "same": 0})
    first: list[tuple[str, Wanted]] = field(default_factory=list)
    """Verdicts of the first good rows, for the preview."""
    touched: list[int] = field(default_factory=list)
    """Ids of products that would change."""
    notices: list[tuple[str, dict[str, object]]] = field(default_factory=list)


def read_upload(content: bytes, today: date, progress: Callable[[int, int], None] | None = None) -> Found:
    """Read and check a producer's file. Raises Invalid (field `file`), and Forbidden for a foreign catalogue's shape."""
    table = read_table(content, COLUMNS, REQUIRED, max_rows=MAX_ROWS)
    found = check_products(table.sheet, faults=table.faults, today=today, progress=progress)
    if found.foreign:
        raise Forbidden("Katalog dari sumber lain hanya diimpor oleh admin program.")
    found.numbers = table.numbers
    return found


def plan(actor: Actor, found: Found) -> Plan:
    """Compare a producer's checked rows with the own products; a fixed number of statements for each 500 rows."""
    made = Plan(found, notices=notices_of(found))
    if count := found.numbers.get("ref"):
        made.notices.append((
            "Kode di %(count)s baris berupa angka: nol di depannya hilang bila ada. Ubah format kolom Kode menjadi Teks.",
            {"count": count},
        ))  # fmt: skip
    sellers = own_sellers(actor, found, "")
    bad = {fault.row for fault in found.faults}
    rows = [
        own_wanted(row.number, sellers[row.seller], row.ref, row.values, row.ladders)
        for row in found.rows
        if row.number not in bad
    ]
    made.faults = list(found.faults)
    head, seen = found.sheet.heads["ref"], dict[int, int]()
    for some in chunks(rows):
        compared = compare(some)
        made.faults += shut_faults(compared, head)
        verdicts = {row.number: "new" for row in compared.fresh}
        shut = {row.number for row, _ in compared.shut}
        for change in compared.differing:
            number, earlier = change.wanted.number, seen.setdefault(change.old.id, change.wanted.number)
            verdicts[number] = "changed"
            if earlier != number:  # one product by its own code and by its ID
                shut.add(number)
                made.faults.append(
                    RowFault(number, head, "Produk ini sudah ada di baris %(row)s.", (("row", earlier),))
                )
        for row in some:
            if row.number not in shut:
                _take(made, row, verdicts.get(row.number, "same"))
        made.touched += [change.old.id for change in compared.differing if change.wanted.number not in shut]
    made.faults.sort(key=lambda fault: fault.row)
    made.bad = {fault.row for fault in made.faults}
    return made


def _take(made: Plan, row: Wanted, verdict: str) -> None:
    made.wanted.append(row)
    made.counts[verdict] += 1
    if len(made.first) < _PREVIEW:
        made.first.append((verdict, row))
