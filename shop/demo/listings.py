"""Listings with life in them: answers by category, allergens, lead times by quantity, and days of checking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from shop.base.clock import local_day
from shop.catalog.categories import chain, shelves
from shop.catalog.models import Certificate, LeadTier, Product
from shop.db import session
from shop.demo.rows import insert_rows

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "gluten": ("terigu", "roti", "risol", "lumpia", "mi ", "kue", "bolu", "pastel"),
    "egg": ("telur", "bolu", "kue"),
    "milk": ("susu", "keju", "mentega"),
    "peanut": ("kacang",),
    "soy": ("tahu", "tempe", "kecap"),
    "fish": ("ikan", "bandeng", "tuna", "teri"),
    "shellfish": ("udang", "kerang", "cumi"),
    "sesame": ("wijen",),
}
"""What words of a list of ingredients mean."""
_KEPT: Final = {
    "kue-kering": "bulan",
    "camilan": "bulan_3",
    "sambal-bumbu": "bulan",
    "minuman": "minggu",
    "makanan-beku": "bulan_3",
}


def complete(ids: Mapping[str, int], now: datetime) -> None:
    """Give the demo's products what the guided listing asks for."""
    rows = session.execute(
        select(Product.id, Product.category_code, Product.name, Product.ingredients, Product.description, Product.vendor_id,
               Product.lead_time_hours, Product.daily_capacity).where(Product.id.in_(ids.values())).order_by(Product.id)
    ).all()  # fmt: skip
    proven = set(session.scalars(select(Certificate.product_id)))
    table = Product.__table__
    session.connection().execute(
        update(table).where(table.c.id == bindparam("of")),
        [
            _told(row, index, now) | {"tkdn_none": index % 2 == 0 and row.id not in proven}
            for index, row in enumerate(rows)
        ],
    )
    insert_rows(
        LeadTier,
        [
            {"product_id": row.id, "min_quantity": row.daily_capacity // 2, "hours": max(48, row.lead_time_hours * 2)}
            for row in rows
            if row.id % 3 == 0 and (row.daily_capacity or 0) > 20  # noqa: PLR2004 - a large kitchen
        ],
    )


def _told(row: Any, index: int, now: datetime) -> dict[str, Any]:
    kind = shelves()[row.category_code].kind
    said: dict[str, Any] = {
        "of": row.id,
        "allergens": [],
        "checked_on": local_day(now) - timedelta(days=index % 80) if index % 5 else None,
    }
    if kind == "food":
        text = f"{row.name} {row.ingredients} {row.description}".casefold()
        found = [key for key, words in _WORDS.items() if any(word in text for word in words)]
        kept = next((_KEPT[code] for code in chain(row.category_code) if code in _KEPT), "hari_ini")
        cold = row.category_code == "makanan-beku"
        said["allergens"] = found or ["none"]
        said["attributes"] = {
            "simpan": kept,
            "suhu": "beku" if cold else "ruang",
            "kemasan": ("kotak", "plastik", "besek")[index % 3],
        }
    elif kind == "goods":
        said["attributes"] = {"bahan": (row.ingredients.split(",")[0] or row.name)[:100]}
    else:
        said["attributes"] = {"lama": 4 + index % 5}
    return said
