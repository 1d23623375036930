"""What a category asks of a listing, out of a data file, and the allergens that food must name. Standard library only."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from shop.base.codes import one_line
from shop.base.errors import FieldFault
from shop.base.sheet import whole

NO_ALLERGENS: Final = "none"
ALLERGENS: Final = {
    "gluten": "Gluten (terigu)",
    "milk": "Susu",
    "egg": "Telur",
    "peanut": "Kacang tanah",
    "nuts": "Kacang pohon (mete, almon)",
    "soy": "Kedelai",
    "fish": "Ikan",
    "shellfish": "Udang, kepiting, kerang",
    "sesame": "Wijen",
    "sulphite": "Sulfit (pengawet)",
    NO_ALLERGENS: "Tidak ada",
}
"""Labels are msgids. That there is none is said, never assumed: an empty list is a question not answered yet."""
YES_NO: Final = {"ya": "Ya", "tidak": "Tidak"}
MAX_TEXT: Final = 120
MAX_NUMBER: Final = 1_000_000
PREFIX: Final = "attr-"
"""Of the fields of a form and of faults: `attr-suhu`."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One question of a category. `choices` are (key, Indonesian, English); `required` before a listing is handed in."""

    scope: str
    key: str
    label_id: str
    label_en: str
    type: Literal["text", "number", "choice", "yes-no"]
    unit: str
    choices: tuple[tuple[str, str, str], ...]
    required: bool

    def label(self, lang: str) -> str:
        """Return the question in Indonesian or English."""
        return self.label_en if lang == "en" else self.label_id

    def options(self, lang: str) -> list[tuple[str, str]]:
        """Return (key, words) of the answers to choose from."""
        if self.type == "yes-no":
            return [
                ("ya", "Yes" if lang == "en" else YES_NO["ya"]),
                ("tidak", "No" if lang == "en" else YES_NO["tidak"]),
            ]
        return [(key, english if lang == "en" else words) for key, words, english in self.choices]

    def words(self, value: Any, lang: str) -> str:
        """Return a kept answer as people read it."""
        if self.options(lang):
            return dict(self.options(lang)).get(str(value), str(value))
        return f"{value} {self.unit}".strip()


@cache
def every() -> tuple[Attribute, ...]:
    """Return all questions in the order of the file."""
    text = files("shop.catalog").joinpath("data/attributes.csv").read_text(encoding="utf-8")
    return tuple(
        Attribute(
            scope=row["scope"],
            key=row["key"],
            label_id=row["label_id"],
            label_en=row["label_en"],
            type=row["type"],  # type: ignore[arg-type] - the file is ours and a test reads it
            unit=row["unit"],
            choices=tuple((c[0], c[1], c[2]) for part in row["choices"].split("|") if part and (c := part.split(":"))),
            required=row["required"] == "1",
        )
        for row in csv.DictReader(text.splitlines())
    )


def asked(kind: str, chain: Iterable[str]) -> list[Attribute]:
    """Return what is asked of a product: of its kind (food, goods, service) and of every category of its chain."""
    scopes = {kind, *chain}
    return [attribute for attribute in every() if attribute.scope in scopes]


def read(asked_for: Iterable[Attribute], given: Mapping[str, str]) -> tuple[dict[str, Any], list[FieldFault]]:
    """Return the answers by key, those left empty left out, and a fault for each that cannot be one.

    `given` are texts by key. An empty answer is no fault here: the checklist asks for it before the listing is handed in.
    """
    values: dict[str, Any] = {}
    faults: list[FieldFault] = []
    for attribute in asked_for:
        text = one_line(given.get(attribute.key) or "")
        if not text:
            continue
        value, fault = _answer(attribute, text)
        if fault:
            faults.append(fault)
        else:
            values[attribute.key] = value
    return values, faults


def _answer(attribute: Attribute, text: str) -> tuple[Any, FieldFault | None]:
    field = PREFIX + attribute.key
    if attribute.type == "number":
        number = whole(text)
        if number is None or not 1 <= number <= MAX_NUMBER:
            return None, FieldFault(
                field, "Isi dengan bilangan bulat %(low)s sampai %(high)s.", (("low", 1), ("high", MAX_NUMBER))
            )
        return number, None
    if attribute.type == "text":
        if len(text) > MAX_TEXT:
            return None, FieldFault(field, "Isi %(low)s sampai %(high)s huruf.", (("low", 1), ("high", MAX_TEXT)))
        return text, None
    for key, words in (*attribute.options("id"), *attribute.options("en")):
        if text.casefold() in {key.casefold(), words.casefold()}:  # a sheet says the words, a form the key
            return key, None
    return None, FieldFault(field, "Pilih salah satu dari daftar.")


def allergen_faults(keys: Iterable[str]) -> list[FieldFault]:
    """Return what is wrong with a choice of allergens: unknown ones, or none together with some."""
    chosen = set(keys)
    if chosen - ALLERGENS.keys():
        return [FieldFault("allergens", "Pilih dari daftar alergen.")]
    if NO_ALLERGENS in chosen and len(chosen) > 1:
        return [FieldFault("allergens", "Pilih “Tidak ada” saja, atau pilih alergennya tanpa “Tidak ada”.")]
    return []


def shown(asked_for: Iterable[Attribute], kept: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """Return (question, answer) of what is kept, in the order of the file."""
    return [(a.label(lang), a.words(kept[a.key], lang)) for a in asked_for if kept.get(a.key) not in {None, ""}]
