"""Turn what people type, and what producers write, into the same words.

Indonesian shop texts write one thing in many ways: "250 ml", "250ml" and "0,25 liter"; "kue-kue", "kue kue" and
"kue2"; "t-shirt" and "tshirt". All are brought to one form here, for documents and questions alike.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,500}>")
_CROSS = re.compile(r"(?<=\d)\s?[x×*]\s?(?=\d)")
# What a unit is counted in. Volumes end in ml, weights in g, lengths in mm, so that "1,5 kg" is found by "1500 gram".
_UNITS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("ml", "mililiter", "milliliter", "cc"), ("ml", 1)),
    **dict.fromkeys(("l", "lt", "ltr", "liter", "litre"), ("ml", 1000)),
    **dict.fromkeys(("g", "gr", "grm", "gram"), ("g", 1)),
    **dict.fromkeys(("kg", "kilo", "kilogram", "kgs"), ("g", 1000)),
    **dict.fromkeys(("ons",), ("g", 100)),
    **dict.fromkeys(("mg", "miligram"), ("mg", 1)),
    **dict.fromkeys(("mm", "milimeter"), ("mm", 1)),
    **dict.fromkeys(("cm", "centimeter", "sentimeter"), ("mm", 10)),
    **dict.fromkeys(("m", "mtr", "meter"), ("mm", 1000)),
    **dict.fromkeys(("pcs", "pc", "pieces", "s"), ("pcs", 1)),
    **dict.fromkeys(("lembar", "lbr", "sheet", "sheets"), ("lembar", 1)),
    **dict.fromkeys(("watt", "w"), ("watt", 1)),
    **dict.fromkeys(("inch", "inci"), ("inch", 1)),
    **dict.fromkeys(("gb",), ("gb", 1)),
}
_NUMBER = r"\d{1,9}(?:[.,]\d{1,9}){0,3}"
_AMOUNT = rf"\d{{1,2}}/[1-9]\d?|{_NUMBER}"
_SCAN = re.compile(
    rf"(?P<amount>{_AMOUNT})\s?(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![^\W_])"
    rf"|(?P<number>{_NUMBER})(?![^\W_])"
    r"|(?P<word>[^\W_]+(?:-[^\W_]+){0,4})",
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")
_TWICE = re.compile(r"([^\W\d_]{3,})2")
MAX_WORD = 40


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as it was written (`surface`), in its one form (`whole`), and what it is made of (`parts`).

    `parts` is `(whole,)` for a plain word; for "t-shirt" `("t", "shirt")`, for "kue-kue" and "kue2" `("kue",)`.
    """

    surface: str
    whole: str
    parts: tuple[str, ...]

    @property
    def plain(self) -> bool:
        """True when there is nothing inside the word to look for separately."""
        return self.parts == (self.whole,)


def fold(text: str) -> str:
    """Lower case without diacritics, markup, entities or typographic forms; apostrophes vanish ("10's" is "10s")."""
    if "<" in text or "&" in text:
        text = _TAG.sub(" ", html.unescape(_TAG.sub(" ", text)))
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "\u200b\u200c\u200d\ufeff")
        text = re.sub("[\u2010-\u2015\u2212]", "-", text).replace("\u2044", "/")
    return re.sub("['`´’‘ʼ]", "", text.casefold())


def words_of(text: str) -> list[Word]:
    """Split a text into words, in order. Emoji, punctuation and query syntax are no words."""
    folded = _CROSS.sub(" x ", fold(text))
    words: list[Word] = []
    for match in _SCAN.finditer(folded):
        word = _word(match[0], match["amount"], match["unit"], match["number"])
        last = words[-1] if words else None
        if last is not None and word.plain and last.plain and last.whole == word.whole and word.whole.isalpha():
            # "kue kue" is "kue-kue": a repeated word is one word in Indonesian.
            words[-1] = Word(f"{last.surface} {word.surface}", word.whole * 2, (word.whole,))
        else:
            words.append(word)
    return words


@lru_cache(maxsize=65_536)
def _word(surface: str, amount: str | None, unit: str | None, number: str | None) -> Word:
    if amount and unit:
        base, factor = _UNITS[unit]
        whole = f"{_amount(amount) * factor}{base}"
        return Word(surface, whole, (whole,))
    if number:
        whole = str(_amount(number))
        return Word(surface, whole, (whole,))
    parts = tuple(part[:MAX_WORD] for part in surface.split("-"))
    whole = "".join(parts)[: MAX_WORD * 2]
    if len(parts) > 1:
        return Word(surface, whole, tuple(dict.fromkeys(parts)))
    if twice := _TWICE.fullmatch(whole):
        return Word(surface, whole, (twice[1],))
    return Word(surface, whole, parts)


def _amount(written: str) -> Fraction:
    """Read a number as Indonesians write it: "1.500" and "1,500" are thousands, "1,5", "1.5" and "3/2" are not."""
    if "/" in written:
        return Fraction(written)
    if _THOUSANDS.fullmatch(written):
        return Fraction(re.sub("[.,]", "", written))
    head, *tail = re.split("[.,]", written)
    return Fraction(f"{head}.{''.join(tail)}" if tail else head)
