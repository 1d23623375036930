"""A spreadsheet one producer of the demo has sent: read, with rows to mend, waiting to be saved."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Final

from shop.base.actor import Actor
from shop.catalog import uploading
from shop.catalog.sheet_columns import COLUMNS
from shop.db import unit_of_work
from shop.sheets.writing import Book, Cell
from shop.storage.files import FileStore

_HEADS: Final = ("ref", "name", "category_code", "price", "unit", "min_order", "stock", "halal")
_ROWS: Final[tuple[tuple[Cell, ...], ...]] = (
    ("KT-01", "Kotak rapat ayam serundeng", "Nasi kotak", 32_000, "kotak", 20, None, True),
    ("KT-02", "Kotak rapat ikan kuah kuning", "Nasi kotak", 34_500, "kotak", 20, None, True),
    ("SN-01", "Snack kotak isi empat", "Snack kotak", 17_500, "kotak", 30, None, True),
    ("KB-01", "Lapis pepe suji", "Kue basah", 45_000, "loyang", 1, 12, True),
    ("KB-02", "Talam ubi", "Kue basah", "tiga puluh ribu", "loyang", 1, 12, True),
    ("KT-01", "Kotak rapat tahu telur", "Nasi kotak", 26_000, "kotak", 20, None, True),
    ("KR-01", "Keripik talas", "Kripik", 18_000, "pak", 5, 80, True),
)


def send_sheet(actor: Actor, files: FileStore, now: datetime) -> int:
    """Send a small spreadsheet and have it read as the background does; returns the upload's id. Saves no product."""
    out = io.BytesIO()
    with Book(out, "Produk", now) as book:
        book.sheet("Produk", [COLUMNS[name] for name in _HEADS], _ROWS)
    key = files.put(out.getvalue(), "xlsx")
    with unit_of_work():
        number = uploading.receive(actor, "daftar-menu-november.xlsx", key, now)
    uploading.handler(files, None)([{"upload": number}], now)
    return number
