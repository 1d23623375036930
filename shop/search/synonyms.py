"""Different words for one thing: "nasi box" is "nasi kotak" is "nasi dus".

A group's marker is indexed with every document in which one of its terms stands, word next to word; a question for any
term looks for the marker too. A term marked `sempit` (narrow) is found through its group but does not open it:
who asks for "batik tulis" does not want "batik cap", who asks for "batik" wants both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from shop.search.stems import read_data
from shop.search.words import words_of

MARK = "~"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the table: the groups that find it, and the groups a question for it opens."""

    found_by: tuple[str, ...]
    opens: tuple[str, ...]


@cache
def table() -> dict[tuple[str, ...], Term]:
    """Terms as tuples of words in their one form."""
    found: dict[tuple[str, ...], list[str]] = {}
    opens: dict[tuple[str, ...], list[str]] = {}
    for row in read_data("sinonim.csv"):
        key = tuple(word.whole for word in words_of(row["istilah"]))
        found.setdefault(key, []).append(MARK + row["grup"])
        opened = opens.setdefault(key, [])
        if not row["sempit"]:
            opened.append(MARK + row["grup"])
    return {key: Term(tuple(marks), tuple(opens[key])) for key, marks in found.items()}


@cache
def longest() -> int:
    """Count the words of the longest term."""
    return max(map(len, table()))


@cache
def _first_words() -> frozenset[str]:
    return frozenset(term[0] for term in table())


def marks_in(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Marker of each group one of whose terms stands in the text, with its place; overlapping ones included."""
    terms, first = table(), _first_words()
    for start, word in enumerate(words):
        if word not in first:
            continue
        for end in range(start + 1, min(start + longest(), len(words)) + 1):
            if term := terms.get(tuple(words[start:end])):
                yield from ((mark, start) for mark in term.found_by)
