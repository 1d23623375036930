"""What is written into the index for a document, and what is looked for to answer a question.

Index terms, told apart by their first character or a space inside:
  kopi        a word as written           #kemas      a root, of words that are not the root itself
  ~21         a synonym group             kopi susu   two neighbouring words of a name
Each posting carries a level 1..7, how well the word describes the document; `matching` turns levels into scores.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from shop.search import synonyms
from shop.search.stems import read_data, stem
from shop.search.words import Word, words_of

ROOT = "#"
LEVELS = 7
MOST_WORDS = 12
LONGEST_QUESTION = 240
LONGEST_NAME = 300
LONGEST_BODY = 8_000
_SHORT_NAME, _MIDDLING_NAME, _EARLY = 4, 6, 2
# Raise when the rules of this file or of `words` change: an index written under other rules asks to be rebuilt.
RULES = 1


@dataclass(frozen=True, slots=True)
class Need:
    """One thing a document must have: one of `terms` (each with the levels it costs), or all of `together`.

    `apart` is what it costs that the words of `together` may stand anywhere.
    """

    surface: str
    terms: tuple[tuple[str, int], ...]
    together: tuple[Need, ...] = ()
    apart: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A text understood: every need must be met; `pairs` are neighbouring words that please when they stand together."""

    needs: tuple[Need, ...]
    pairs: tuple[str, ...]


@cache
def stopwords() -> frozenset[str]:
    """Words that say nothing about a product. They are indexed, and left out of questions that have other words."""
    return frozenset(row["kata"] for row in read_data("stopwords_id.csv"))


@cache
def fingerprint() -> str:
    """Return what changes whenever the same document would be indexed differently."""
    digest = hashlib.sha256(f"{RULES}".encode())
    for name in ("bukan_imbuhan.csv", "sinonim.csv", "stopwords_id.csv"):
        digest.update(files(__package__).joinpath("data", name).read_bytes())
    return digest.hexdigest()[:16]


def terms_of(name: str, body: str) -> dict[str, int]:
    """Index terms of one document with their levels."""
    named, told = words_of(name[:LONGEST_NAME]), words_of(body[:LONGEST_BODY])
    levels: dict[str, int] = {}
    for position, word in enumerate(named):
        _put(levels, _forms(word), _name_level(position, len(named)))
    often: dict[str, int] = {}
    for word in told:
        for form in _forms(word):
            often[form] = often.get(form, 0) + 1
    for form, times in often.items():
        _put(levels, (form,), 2 if times > 1 else 1)
    _add_roots(levels)
    for words in (named, told):
        for written in ([w.whole for w in words], list(_opened(words))):
            for mark, at in synonyms.marks_in(written):
                # One below the word itself: who asks for "jilbab" sees jilbab before hijab.
                _put(levels, (mark,), _name_level(at, len(written)) - 1 if words is named else 1)
    _put(levels, _pairs(named), LEVELS)
    return levels


def _opened(words: list[Word]) -> Iterator[str]:
    """Read "nasi-box" as two words, but leave together what is a term of its own: a "t-shirt" is no "shirt"."""
    for word in words:
        yield from (word.whole,) if (word.whole,) in synonyms.table() else word.parts


def _name_level(position: int, length: int) -> int:
    """Indonesian names begin with the thing itself, and a short name is about its every word."""
    if position == 0:
        return 7 if length <= _SHORT_NAME else 6
    if length < _SHORT_NAME:
        return 6
    return 5 if length <= _MIDDLING_NAME or position <= _EARLY else 4


def _put(levels: dict[str, int], terms: Iterable[str], level: int) -> None:
    for term in terms:
        if levels.get(term, 0) < level:
            levels[term] = level


def _add_roots(levels: dict[str, int]) -> None:
    for word, level in list(levels.items()):
        if (root := stem(word)) != word:
            _put(levels, (ROOT + root,), max(level - 1, 1))


def _forms(word: Word) -> tuple[str, ...]:
    return (word.whole,) if word.plain else (word.whole, *word.parts)


def _pairs(words: list[Word]) -> Iterator[str]:
    for one, two in pairwise(words):
        yield f"{one.parts[-1]} {two.parts[0]}"


@lru_cache(maxsize=4_096)
def question(text: str) -> Question:
    """Understand what a person typed. Anything is allowed; what is too long is cut."""
    words = words_of(text[:LONGEST_QUESTION])
    telling = [word for word in words if word.whole not in stopwords()]
    # All stop-words ("yang", "oleh") may be somebody's brand: then they are looked for literally.
    words = (telling or words)[:MOST_WORDS]
    return Question(tuple(dict.fromkeys(_needs(words))), tuple(dict.fromkeys(_pairs(words))))


def _needs(words: list[Word]) -> Iterator[Need]:
    at = 0
    while at < len(words):
        taken, need = _phrase(words, at)
        if need is None:
            taken, need = 1, _need(words[at])
        yield need
        at += taken


def _phrase(words: list[Word], at: int) -> tuple[int, Need | None]:
    """Find the longest synonym of two or more words starting here."""
    for end in range(min(at + synonyms.longest(), len(words)), at + 1, -1):
        run = words[at:end]
        term = synonyms.table().get(tuple(word.whole for word in run))
        if term and term.opens:
            surface = " ".join(word.surface for word in run)
            return end - at, Need(surface, tuple((mark, 0) for mark in term.opens), tuple(map(_need, run)), 2)
    return 1, None


def _need(word: Word) -> Need:
    whole = _single(word.surface, word.whole)
    if word.plain:
        return whole
    return Need(word.surface, whole.terms, tuple(_single(part, part) for part in word.parts))


def _single(surface: str, word: str) -> Need:
    terms = [(word, 0)]
    root = stem(word)
    if root != word:
        terms.append((root, 1))
    terms.append((ROOT + root, 1))
    if term := synonyms.table().get((word,)):
        terms.extend((mark, 0) for mark in term.opens)
    return Need(surface, tuple(terms))
