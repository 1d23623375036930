"""What a rule's value is made of, so that a person can fill it in and nothing else fits. Pure.

The shape is that of the values the rule has had: the same JSON types and the same names. A number is a share, an amount
or a count by its name; a word is one the rule knows. What has rows of several values is written as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

from shop.base.fields import Fields
from shop.base.money import FULL_BP, MAX_RUPIAH, percent
from shop.base.sheet import basis_points, whole

Kind = Literal["truth", "word", "words", "count", "share", "rupiah", "rupiahs", "json"]
_SHARES: Final = ("bmp.factors", "tkdn.goods.method", "tkdn.overhead_scale")
_SHARE: Final = re.compile(r"(.*_)?bp(_.*)?|min_tkdn|max_pref")
_RUPIAH: Final = re.compile(r"(.*_)?(rupiah|rp|upto|above|max|limit|warn_at|exempt)")
_WORD: Final = re.compile(r"[A-Za-z0-9_-]{1,60}", re.ASCII)
_CODE: Final = re.compile(r"[0-9-]{0,20}\Z", re.ASCII)  # of tax objects and accounts; empty when not known yet
_LARGE: Final = 10_000  # no count of days, bids or times is: an amount
_MOST_COUNT: Final = 3_660
_MOST_ROWS: Final = 50
_LONGEST: Final = 5_000
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "tax.collector_default": ("treasurer", "platform58", "platform37", "none"),
    "tax.price_basis": ("included", "excluded"),
    "tax.pph_rounding": ("floor", "half_up"),
    "tax.pph_final_umkm.forms": ("individual", "pt_perorangan", "koperasi", "cv", "firma", "pt"),
    "tax.kkpd_not_collected": ("PPN", "PPH22"),
    "p3dn.value_basis": ("included", "excluded"),
}
"""Words that programs understand, by rule; for other rules the words it has had."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to fill in: its name in a form, its name inside the value (empty: the value itself), and what it takes."""

    field: str
    name: str
    kind: Kind
    value: Any
    may_be_empty: bool
    words: tuple[str, ...]

    @property
    def typed(self) -> str:
        """The value as a person would type it."""
        if self.value is None:
            return ""
        if self.kind == "share":
            return percent(self.value).rstrip("%").strip()
        if self.kind == "json":
            return json.dumps(self.value)
        if self.kind in {"words", "rupiahs"}:
            return "\n".join(str(x) for x in self.value)
        return "1" if self.value is True else "" if self.value is False else str(self.value)


def parts(key: str, values: Sequence[Any], known: Mapping[str, Collection[str]] | None = None) -> list[Part]:
    """Return what the latest of a rule's values is made of. `known`: words by rule beside those of WORDS."""
    latest = values[-1]
    words = tuple((known or {}).get(key, ())) or WORDS.get(key, ())
    if not isinstance(latest, dict):
        return [_part(key, "", [v for v in values if not isinstance(v, dict)], words)]
    alike = [v for v in values if isinstance(v, dict)]
    return [_part(key, name, [v[name] for v in alike if name in v], words) for name in latest]


def _part(key: str, name: str, seen: Sequence[Any], words: tuple[str, ...]) -> Part:
    value, field = seen[-1], f"v.{name}" if name else "v"
    numbers = [v for v in seen if isinstance(v, int) and not isinstance(v, bool)]
    kind: Kind
    if isinstance(value, bool):
        kind = "truth"
    elif isinstance(value, str):
        kind, words = "word", words or tuple(dict.fromkeys(v for v in seen if isinstance(v, str)))
    elif isinstance(value, dict):
        kind = "json"
    elif isinstance(value, list):
        kind = "json"
        if all(isinstance(x, str) for x in value):
            kind = "words"
        elif all(isinstance(x, int) for x in value):
            kind = "rupiahs"
    else:
        kind = _number(key, name or key.rsplit(".", 1)[-1], max(numbers, default=0))
    return Part(field, name, kind, value, value is None or None in seen, words)


def _number(key: str, name: str, largest: int) -> Kind:
    if key in _SHARES or _SHARE.fullmatch(name):
        return "share"
    return "rupiah" if largest >= _LARGE or _RUPIAH.fullmatch(name) else "count"


def read(key: str, wanted: Sequence[Part], fields: Fields) -> Any:
    """Return the value that was typed for these parts; what is wrong is noted as faults of `fields`."""
    found = {part.name: _READ[part.kind](part, fields) for part in wanted}
    value = found.get("", found)
    check = _CHECKS.get(key)
    if check and not fields.faults and (wrong := check(value)):
        fields.fault(wanted[0].field, wrong)
    return value


def _truth(part: Part, fields: Fields) -> bool:
    return fields.typed(part.field) == "1"


def _word(part: Part, fields: Fields) -> str:
    found = fields.typed(part.field)
    if found not in part.words:
        fields.fault(part.field, "Pilih salah satu dari daftar.")
    return found


def _words(part: Part, fields: Fields) -> list[str]:
    found = fields.typed(part.field).split()
    if not 1 <= len(found) <= _MOST_ROWS or len(set(found)) < len(found):
        fields.fault(part.field, "Tulis satu sampai lima puluh kata, satu di setiap baris, masing-masing sekali.")
    elif unknown := [w for w in found if (w not in part.words if part.words else not _WORD.fullmatch(w))]:
        fields.fault(part.field, "Kata ini tidak dikenal: %(word)s", word=unknown[0][:60])
    return found


def _amount(part: Part, fields: Fields) -> int | None:
    typed = fields.typed(part.field)
    if not typed and part.may_be_empty:
        return None
    if part.kind == "share":
        found, low, high, advice = basis_points(typed), 0, FULL_BP, "Isi persen dari 0 sampai 100, misalnya 1,5."
    elif part.kind == "count":
        low = 0 if part.value == 0 else 1
        found, high, advice = whole(typed), _MOST_COUNT, "Isi bilangan bulat dari 1 sampai 3.660."
    else:
        found, low, high, advice = whole(typed), 0, MAX_RUPIAH, "Isi rupiah bulat, misalnya 2.000.000."
    if found is None or not low <= found <= high:
        fields.fault(part.field, advice)
        return None
    return found


def _amounts(part: Part, fields: Fields) -> list[int]:
    found = [whole(line) for line in fields.typed(part.field).split()]
    right = [x for x in found if x is not None and x <= MAX_RUPIAH]
    if len(right) != len(part.value) or len(found) != len(right) or any(b <= a for a, b in pairwise(right)):
        fields.fault(
            part.field,
            "Tulis %(count)s bilangan bulat, satu di setiap baris, dari kecil ke besar.",
            count=len(part.value),
        )
    return right


def _json(part: Part, fields: Fields) -> Any:
    typed = fields.typed(part.field)
    try:
        found = json.loads(typed) if len(typed) <= _LONGEST else None
    except (ValueError, RecursionError):
        found = None
    rows = found if isinstance(found, list) else []
    fits = 1 <= len(rows) <= _MOST_ROWS and all(any(_alike(row, old) for old in part.value) for row in rows)
    if not (_alike(found, part.value) if isinstance(part.value, dict) else fits):
        fields.fault(part.field, "Bentuknya harus sama dengan nilai sekarang: baris, nama, dan jenis isinya.")
    return found


def _alike(new: Any, old: Any) -> bool:
    """Tell whether a row has the shape of one there was: the same names and types, numbers in range, no word but a code changed."""
    if isinstance(old, dict):
        return isinstance(new, dict) and new.keys() == old.keys() and all(_alike(new[k], old[k]) for k in old)
    if isinstance(old, list):
        return isinstance(new, list) and len(new) == len(old) and all(map(_alike, new, old))
    if isinstance(old, bool):
        return isinstance(new, bool)
    if isinstance(old, str):
        return isinstance(new, str) and (new == old or bool(_CODE.match(old) and _CODE.match(new)))
    return new is None or (type(new) is int and 0 <= new <= MAX_RUPIAH)


_READ: Final = {
    "truth": _truth, "word": _word, "words": _words, "count": _amount, "share": _amount, "rupiah": _amount,
    "rupiahs": _amounts, "json": _json,
}  # fmt: skip


def _layers(value: Any) -> str:
    limits, shares = [row[0] for row in value["layers"]], [row[1] for row in value["layers"]]
    ends = limits.pop() is None and None not in limits and all(a < b for a, b in pairwise([0, *limits]))
    if not ends or any(share is None or share > FULL_BP for share in shares):
        return "Lapisan harus naik, tarifnya paling besar 10000, dan yang terakhir tanpa batas (null)."
    return ""


_CHECKS: Final[Mapping[str, Callable[[Any], str]]] = {
    "tax.pph21.non_employee": _layers,
    "tax.ppn": lambda v: "" if v["num"] < v["den"] else "Pembilang harus lebih kecil daripada penyebut.",
    "tkdn.goods.method": lambda v: "" if sum(v.values()) == FULL_BP else "Jumlah semua bagian harus 100 persen.",
    "pdn.tiers": lambda v: "" if all(_in_shares(row) for row in v) else "Angka paling besar 10000 (100 persen).",
}
"""What must hold beyond the shape, by rule; answers what is wrong, or nothing."""


def _in_shares(row: Mapping[str, Any]) -> bool:
    return all(isinstance(x, str) or (isinstance(x, int) and x <= FULL_BP) for x in row.values())
