"""What a listing still needs before curators look at it, and what would sell better. Pure; words are msgids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shop.catalog.attributes import Attribute

STALE_DAYS: Final = 90
"""A listing nobody looked at for longer says so to buyers."""
_DESCRIBED: Final = 20
_PHOTOS: Final = 3


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist: what to do, in which section, whether it is done, and whether it must be."""

    words: str
    section: str
    done: bool
    must: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """What the checklist looks at. `kind` is food, goods or service; `industrial` that TKDN rules ask for an answer."""

    kind: str
    industrial: bool
    description: str
    ingredients: str
    allergens: Collection[str]
    attributes: Mapping[str, Any]
    asked: Sequence[Attribute]
    stock: int | None
    daily_capacity: int | None
    serves: int | None
    photos: int
    tiers: int
    papers: int
    tkdn_none: bool


def items(state: State) -> list[Item]:
    """Return what must be there, then what would sell better."""
    must = [
        Item("Pasang paling sedikit satu foto", "foto", state.photos > 0),
        Item("Tulis uraian, paling sedikit 20 huruf", "tentang", len(state.description.strip()) >= _DESCRIBED),
    ]
    if state.kind == "food":
        must += [
            Item("Tulis bahan-bahannya", "isi", bool(state.ingredients.strip())),
            Item("Pilih alergen, atau pilih “Tidak ada”", "isi", bool(state.allergens)),
        ]
    if wanted := [attribute.key for attribute in state.asked if attribute.required]:
        must.append(Item("Jawab pertanyaan wajib tentang isinya", "isi", all(state.attributes.get(k) for k in wanted)))
    must.append(
        Item("Isi kesanggupan per hari atau stok", "kesanggupan", (state.stock or state.daily_capacity or 0) > 0)
    )
    if state.industrial:
        must.append(Item("Jawab soal TKDN, boleh “tidak punya”", "tkdn", state.papers > 0 or state.tkdn_none))
    return must + _better(state)


def _better(state: State) -> list[Item]:
    better = [
        Item(
            "Tambah foto sampai tiga: dari depan, dari dekat, dan kemasannya",
            "foto",
            state.photos >= _PHOTOS,
            must=False,
        ),
        Item("Beri harga lebih murah untuk pesanan banyak", "harga", state.tiers > 0, must=False),
    ]
    if state.kind == "food":
        better.append(Item("Tulis cukup untuk berapa orang", "isi", bool(state.serves), must=False))
    return better


def complete(found: Sequence[Item]) -> bool:
    """Return whether nothing that must be there is missing."""
    return all(item.done for item in found if item.must)


def last_checked(checked_on: date | None, updated_on: date) -> date:
    """Return the last Jakarta day on which the producer touched or confirmed the listing."""
    return max(checked_on or updated_on, updated_on)


def stale(checked_on: date | None, updated_on: date, today: date) -> bool:
    """Return whether the listing is older than what buyers may take for granted."""
    return (today - last_checked(checked_on, updated_on)).days > STALE_DAYS
