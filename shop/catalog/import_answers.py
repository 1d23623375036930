"""What a sheet answers to the questions of a category, and the allergens it names: words of people to our keys and back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shop.base.errors import FieldFault
from shop.base.sheet import head_name
from shop.catalog.attributes import ALLERGENS, PREFIX, allergen_faults, asked, every, read
from shop.catalog.categories import chain, shelves

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "allergens": ("alergen",),
    **{PREFIX + attribute.key: (head_name(attribute.label_id),) for attribute in every()},
}
"""Our names, and the heads they come under."""
_ALLERGENS: Final = {
    word.strip().casefold(): key
    for key, label in ALLERGENS.items()
    for word in (key, *re.split(r"[(),]", label))
    if word.strip()
}
"""`Udang, kepiting, kerang` is one allergen under three words."""


def answers(cells: Mapping[str, str], code: str) -> tuple[dict[str, Any], list[FieldFault]]:
    """Return `attributes` and `allergens` as far as the file has columns for them, and what is wrong with them.

    An emptied answer is None: it takes away what was kept. What is not asked of this category is left alone.
    """
    values: dict[str, Any] = {}
    faults: list[FieldFault] = []
    shelf = shelves().get(code)
    questions = [q for q in (asked(shelf.kind, chain(code)) if shelf else ()) if PREFIX + q.key in cells]
    if questions:
        kept, faults = read(questions, {q.key: cells[PREFIX + q.key] for q in questions})
        values["attributes"] = dict.fromkeys(q.key for q in questions) | kept
    if "allergens" in cells:
        words = [word.strip().casefold() for word in re.split(r"[;,()]", cells["allergens"]) if word.strip()]
        keys = list(dict.fromkeys(_ALLERGENS.get(word, word) for word in words))
        faults += allergen_faults(keys)
        values["allergens"] = keys
    return values, faults


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return kept answers with those of a file laid over them."""
    return {key: value for key, value in {**old, **new}.items() if value is not None}


def said(row: Any) -> dict[str, Any]:
    """Return a product's answers as cells that read back as the same."""
    kept = row.attributes or {}
    cells = {
        PREFIX + q.key: q.words(kept[q.key], "id") if q.options("id") else kept[q.key] for q in every() if q.key in kept
    }
    return cells | {"allergens": "; ".join(ALLERGENS.get(key, key) for key in row.allergens or ())}
