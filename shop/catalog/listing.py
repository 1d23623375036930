"""What the result page shows beside the cards: options with counts, chips, addresses. Plain values, no drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from shop.base.money import percent, rupiah
from shop.catalog import places
from shop.catalog.bands import BANDS
from shop.catalog.browsing import EVIDENCE, Wish
from shop.catalog.categories import shelves

Say = Callable[[str], str]
"""Translates a msgid into the reader's language; doors hand in theirs."""

SORT_LABELS: Final = (
    ("relevance", "Paling sesuai"),
    ("price", "Harga terendah"),
    ("-price", "Harga tertinggi"),
    ("-tkdn", "TKDN tertinggi"),
    ("newest", "Terbaru"),
)
LABELS: Final[Mapping[str, str]] = {
    "certified": "Bersertifikat",
    "self_declared": "Pernyataan mandiri",
    "none": "Tanpa TKDN",
    "40+": "TKDN + BMP 40 % ke atas",
    "25-39": "TKDN 25 % ke atas",
    "1-24": "TKDN di bawah 25 %",
    "0": "Belum ada TKDN",
    "pdn": "Produk dalam negeri (PDN)",
    "umk": "Usaha mikro dan kecil",
    "halal": "Halal",
}
_NOT: Final = {"pdn": "Bukan PDN", "umk": "Bukan usaha mikro dan kecil", "halal": "Belum halal"}
_SENTENCES: Final = {
    "tkdn_min": "TKDN paling sedikit %(value)s",
    "headcount": "Untuk %(value)s orang",
    "serves_on": "Kirim %(value)s",
    "price_min": "Mulai %(value)s",
    "price_max": "Sampai %(value)s",
}
FIELDS: Final[Mapping[str, str]] = {
    "price_min": "Paling rendah, rupiah", "price_max": "Paling tinggi, rupiah", "serves_on": "Tanggal kirim",
    "headcount": "Jumlah orang", "page": "Halaman", "category": "Kategori", "kecamatan": "Kecamatan",
}  # fmt: skip
"""What the page calls a parameter, for sentences about a wrong one."""
_OPEN: Final = 8


class Option(NamedTuple):
    """One value to tick. `step` is 1 for a shelf shown below its parent."""

    name: str
    value: str
    label: str
    found: int
    ticked: bool
    step: int = 0


def category_options(counts: Mapping[str, int], chosen: Sequence[str], lang: str) -> list[Option]:
    """Return the top shelves that hold something, with the shelves below those that are chosen."""
    known, held = shelves(), set(counts)
    opened = {known[code].parent_code or code for code in chosen if code in known}
    return [
        Option(
            "category",
            shelf.code,
            shelf.name(lang),
            counts.get(shelf.code, 0),
            shelf.code in chosen,
            1 if shelf.parent_code else 0,
        )
        for shelf in known.values()
        if (shelf.parent_code is None or shelf.parent_code in opened) and (shelf.code in held or shelf.code in chosen)
    ]


def kecamatan_options(counts: Mapping[str, int], chosen: Sequence[str]) -> tuple[list[Option], list[Option]]:
    """Return kecamatan with the most products first; the second list is what folds away."""
    known = places.kecamatan()
    codes = [code for code in chosen if code not in counts] + list(counts)
    options = [Option("kecamatan", code, known.get(code, code), counts.get(code, 0), code in chosen) for code in codes]
    options.sort(key=lambda option: (not option.ticked, -option.found, option.label))
    return options[:_OPEN], options[_OPEN:]


def fixed_options(
    name: str, counts: Mapping[str, int], chosen: Sequence[str], labels: Mapping[str, str]
) -> list[Option]:
    """Return the values of evidence or of the TKDN band, always all and in their own order."""
    values = EVIDENCE if name == "evidence" else BANDS
    return [Option(name, value, labels[value], counts.get(value, 0), value in chosen) for value in values]


def flag_options(counts: Mapping[str, Mapping[str, int]], wish: Wish, labels: Mapping[str, str]) -> list[Option]:
    """Return PDN, UMK and halal as ticks."""
    return [
        Option(name, "1", labels[name], counts.get(name, {}).get("1", 0), wish.flags.get(name) == "1")
        for name in ("pdn", "umk", "halal")
    ]


def pairs_of(wish: Wish) -> list[tuple[str, str]]:
    """Return the parameters that ask for the same again, without the page."""
    pairs = [("q", wish.text)] if wish.text else []
    pairs += [(name, value) for name, values in wish.facets.items() for value in values]
    pairs += list(wish.flags.items())
    for name in ("tkdn_min", "price_min", "price_max", "headcount"):
        value = getattr(wish, name)
        if value is not None:
            pairs.append((name, str(value)))
    if wish.serves_on:
        pairs.append(("serves_on", wish.serves_on))
    if wish.sort:
        pairs.append(("sort", wish.sort))
    return pairs


def address(pairs: Iterable[tuple[str, str]], path: str = "/katalog") -> str:
    """Return a path with parameters."""
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
    return f"{path}?{query}" if query else path


class Chip(NamedTuple):
    """One filter that holds now, with the address without it."""

    label: str
    href: str


def chips(wish: Wish, lang: str, say: Say) -> list[Chip]:
    """Return the filters that hold now."""
    pairs = pairs_of(wish)
    written = [f"{name}={quote(value, safe='')}" for name, value in pairs]
    return [
        Chip(_chip(name, value, lang, say), "/katalog?" + "&".join(written[:at] + written[at + 1 :]))
        for at, (name, value) in enumerate(pairs)
        if name not in {"q", "sort"}
    ]


def _chip(name: str, value: str, lang: str, say: Say) -> str:
    if name in _SENTENCES:
        return say(_SENTENCES[name]) % {"value": _written(name, value)}
    if name in _NOT:
        return say(LABELS[name] if value == "1" else _NOT[name])
    if name == "category":
        return shelves()[value].name(lang)
    return places.kecamatan()[value] if name == "kecamatan" else say(LABELS[value])


def _written(name: str, value: str) -> str:
    if name.startswith("price"):
        return rupiah(int(value))
    return percent(int(value)) if name == "tkdn_min" else value.replace("T", " ")
