"""Vocabulary of the demo city, read from `data/*.toml`; prices there are in hundreds of rupiah."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Item:
    """A thing sold: name, price range, contents; `whole` names stand alone, `bare` ones take no addition."""

    name: str
    low: int
    high: int
    contents: str
    whole: bool
    bare: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """How offers of one category are made up. Shares are per mille, TKDN in basis points, leads in hours.

    `sizes` are (label, grams, price in per mille, serves); `axis` are (label, extra price, extra contents);
    `tiers` are (quantity from, discount in per ten thousand); `evidence` weighs none, self declared, certified.
    """

    code: str
    unit: str
    made: str
    patterns: tuple[str, ...]
    items: tuple[Item, ...]
    opening: tuple[str, ...]
    body: tuple[str, ...]
    close: tuple[str, ...]
    min_order: tuple[int, ...]
    lead: tuple[int, ...]
    capacity: tuple[int, int]
    axis: tuple[tuple[str, int, str], ...] = ()
    sizes: tuple[tuple[str, int, int, int], ...] = ()
    serves: int = 0
    weight: tuple[int, int] | None = None
    stock: tuple[int, int] | None = None
    tiers: tuple[tuple[int, int], ...] = ()
    tkdn: tuple[int, int] | None = None
    evidence: tuple[int, ...] = (100, 0, 0)
    domestic: int = 100
    savoury: tuple[tuple[str, int, int], ...] = ()
    sweet: tuple[tuple[str, int, int], ...] = ()
    base: int = 0


@dataclass(frozen=True, slots=True)
class Trade:
    """A kind of producer: what it sells, how it is called, how common it is."""

    code: str
    weight: int
    kbli: str | None
    goods: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackageWords:
    """A RUP package offices usually have; `pagu` in millions for a small, a middle and a large office."""

    account: str
    name: str
    sub_activity: str
    need: str
    orders: int
    pagu: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Words:
    """The whole vocabulary."""

    leaves: Mapping[str, Leaf]
    trades: tuple[Trade, ...]
    packages: tuple[PackageWords, ...]
    lists: Mapping[str, tuple[str, ...]]
    stories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def words() -> Words:
    """Return the vocabulary, read once."""
    leaves: dict[str, Leaf] = {}
    for name in ("rapat", "pangan", "kriya", "kantor"):
        leaves |= {code: _leaf(code, table) for code, table in _read(name).items()}
    producers, offices = _read("producers"), _read("offices")
    lists = {k: tuple(v) for k, v in (producers | offices).items() if k not in {"stories", "kind", "package"}}
    return Words(
        leaves=MappingProxyType(leaves),
        trades=tuple(
            Trade(code, t["weight"], t["kbli"] or None, tuple(t["goods"]), tuple(t["names"]))
            for code, t in producers["kind"].items()
        ),
        packages=tuple(PackageWords(**(p | {"pagu": tuple(p["pagu"])})) for p in offices["package"]),
        lists=MappingProxyType(lists),
        stories=MappingProxyType({k: tuple(v) for k, v in producers["stories"].items()}),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


def _leaf(code: str, table: dict[str, Any]) -> Leaf:
    renamed = {"open": "opening", "min": "min_order", "mix_savoury": "savoury", "mix_sweet": "sweet"}
    values = {renamed.get(k, k): _frozen(v) for k, v in table.items() if k != "items"}
    return Leaf(code=code, items=tuple(_item(row) for row in table["items"]), **values)


def _item(row: list[Any]) -> Item:
    name, low, high, contents = row[:4]
    return Item(name.removeprefix("="), low, high, contents, whole=name.startswith("="), bare="-" in row[4:])


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
