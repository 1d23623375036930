"""What a listing's content says as people read it: the names of its fields, and codes turned into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shop.catalog import attributes, sections
from shop.catalog.cards import photo_url
from shop.catalog.categories import shelves

FIELDS: Final[Mapping[str, str]] = {
    "name": "Nama produk",
    "variant_label": "Sebutan varian",
    "category_code": "Kategori",
    "description": "Uraian",
    "ingredients": "Bahan",
    "allergens": "Alergen",
    "attributes": "Keterangan",
    "price": "Harga per satuan",
    "unit": "Satuan",
    "tiers": "Harga menurut jumlah",
    "min_order": "Pesanan terkecil",
    "serves": "Cukup untuk",
    "weight_gram": "Berat, gram",
    "daily_capacity": "Kesanggupan per hari",
    "lead_time_hours": "Pesan paling lambat, jam sebelumnya",
    "lead_tiers": "Waktu pesan menurut jumlah",
    "halal": "Halal",
    "pdn": "Produk dalam negeri",
    "photos": "Foto",
}
"""Msgids for `versions.content_of`, in the order in which a listing is read; what is not here is not shown."""


def words_for(category_code: str, lang: str) -> dict[str, Any]:
    """Return what the macro of `catalog/_content.html` needs to write the fields of a listing of this category."""
    known, asked = shelves(), sections.asked(category_code)
    return {
        "photo": photo_url,
        "shelf_name": lambda code: known[code].name(lang) if code in known else code,
        "answers": lambda kept: attributes.shown(asked, kept, lang),
        "allergens": attributes.ALLERGENS,
    }
