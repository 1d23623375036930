"""Wallets of the demo's producers: halal certificates behind their claims, some that end soon, one that has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from shop.demo.rows import insert_rows
from shop.demo.shapes import DemoProduct
from shop.vendors.models import VendorPaper

_SOON: Final = (6, 25, 80)
"""Days left of every ninth, tenth and eleventh producer's licence: each reminder has somebody to go to."""
_TURNS: Final = 12


def fill_wallets(products: Sequence[DemoProduct], vendors: Mapping[str, int], today: date, now: datetime) -> None:
    """Give each producer with a halal-certified product its certificate, and licences to food makers."""
    numbers = {p.vendor: p.halal_number for p in products if p.halal == "certified" and p.halal_number}
    rows = []
    for turn, (vendor, number) in enumerate(sorted(numbers.items())):
        issued = today - timedelta(days=200 + turn % 300)
        # One in a while has run out: its products claim halal, and nobody is told so any more.
        ended = turn % _TURNS == _TURNS - 1
        rows.append(_row(vendors[vendor], "halal", number, "BPJPH (contoh)", issued, now, -1 if ended else None, today))
        soon = _SOON[turn % len(_SOON)] if turn % _TURNS < len(_SOON) else 700
        licence = f"DEMO-P-IRT-{turn:06d}"
        rows.append(_row(vendors[vendor], "pirt", licence, "Dinas Kesehatan (contoh)", issued, now, soon, today))
    insert_rows(VendorPaper, rows)


def _row(
    vendor_id: int, kind: str, number: str, issuer: str, issued: date, now: datetime, left: int | None, today: date
) -> dict[str, object]:
    return {
        "vendor_id": vendor_id,
        "kind": kind,
        "number": number,
        "issuer": issuer,
        "issued_on": issued,
        "valid_until": None if left is None else today + timedelta(days=left),
        "file_key": "",
        "file_name": "",
        "added_at": now,
    }
