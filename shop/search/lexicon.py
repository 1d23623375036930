"""The words and phrases really in the index: what a typing error is corrected to, and what a prefix is completed to."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from zlib import crc32

from shop.search.analysis import stopwords
from shop.search.words import words_of

MOST_PHRASES = 40_000
LONGEST_PHRASE = 4
_PRUNE_AT = 300_000
_SHORTEST_WORD, _LONGEST_WORD = 3, 24
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Sorted words and phrases with how many documents have them.

    `deletes` holds, for each word and each way to leave out one of its letters, the checksum of what is left (upper 32
    bits) and the word's position (lower 32 bits), sorted: two words one error apart share such a rest.
    """

    words: Sequence[str] = ()
    word_counts: Sequence[int] = ()
    phrases: Sequence[str] = ()
    phrase_counts: Sequence[int] = ()
    deletes: array[int] = field(default_factory=lambda: array("Q"))

    @classmethod
    def build(cls, counts: Mapping[str, int], names: Iterable[str]) -> Lexicon:
        """From the documents per index term and the names of the documents."""
        words = sorted(word for word in counts if word.isalpha() and len(word) <= _LONGEST_WORD)
        deletes = sorted(
            crc32(rest.encode()) << 32 | at
            for at, word in enumerate(words)
            if len(word) >= _SHORTEST_WORD and word.isascii()
            for rest in _without(word, 1)
        )
        phrases = _phrases(names)
        ordered = sorted(phrases)
        return cls(
            words,
            array("I", (counts[word] for word in words)),
            ordered,
            array("I", (phrases[phrase] for phrase in ordered)),
            array("Q", deletes),
        )

    def frequency(self, word: str) -> int:
        """Documents with exactly this word."""
        at = bisect_left(self.words, word)
        return self.word_counts[at] if at < len(self.words) and self.words[at] == word else 0

    def near(self, word: str, errors: int) -> Iterator[tuple[str, int]]:
        """Words that may be meant by `word`, with their frequency; the caller measures the true distance."""
        seen: set[int] = set()
        for rest in _without(word, errors):
            low = crc32(rest.encode()) << 32
            at = bisect_left(self.deletes, low)
            while at < len(self.deletes) and self.deletes[at] >> 32 == low >> 32:
                seen.add(self.deletes[at] & 0xFFFFFFFF)
                at += 1
        for at in seen:
            yield self.words[at], self.word_counts[at]

    def words_from(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Words beginning with `prefix`."""
        yield from _from(self.words, self.word_counts, prefix)

    def phrases_from(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Phrases of names beginning with `prefix`."""
        yield from _from(self.phrases, self.phrase_counts, prefix)


def _from(texts: Sequence[str], counts: Sequence[int], prefix: str) -> Iterator[tuple[str, int]]:
    low, high = bisect_left(texts, prefix), bisect_left(texts, prefix + _LAST)
    yield from zip(texts[low:high], counts[low:high], strict=True)


def _without(word: str, letters: int) -> set[str]:
    """Make the word, and the word without up to `letters` of its letters."""
    return {
        "".join(letter for at, letter in enumerate(word) if at not in gone)
        for number in range(letters + 1)
        for gone in combinations(range(len(word)), number)
    }


def _phrases(names: Iterable[str]) -> dict[str, int]:
    """Count runs of one to four words of names, keep the most frequent; of a run and its only continuation the longer."""
    counts: Counter[str] = Counter()
    for name in names:
        words = [" ".join(word.surface.split()) for word in words_of(name)][:12]
        counts.update(set(_runs(words)))
        if len(counts) > _PRUNE_AT:
            counts = Counter({phrase: times for phrase, times in counts.items() if times > 1})
    for phrase, times in list(counts.items()):
        shorter = phrase.rpartition(" ")[0]
        if shorter and counts.get(shorter) == times:
            del counts[shorter]
    return dict(sorted(counts.items(), key=lambda item: (-item[1], len(item[0]), item[0]))[:MOST_PHRASES])


def _runs(words: list[str]) -> Iterator[str]:
    dull = stopwords()
    for start, first in enumerate(words):
        if first in dull or first.isdigit() or len(first) <= 1:
            continue
        for end in range(start + 1, min(start + LONGEST_PHRASE, len(words)) + 1):
            last = words[end - 1]
            if last not in dull and len(last) > 1 and not last.isdigit():
                yield " ".join(words[start:end])


def distance(one: str, two: str, most: int) -> int:
    """Typing errors between two words (a letter missing, too many, wrong, or two swapped); `most` + 1 if more."""
    if abs(len(one) - len(two)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        after = [i]
        for j, b in enumerate(two, 1):
            best = min(row[j] + 1, after[j - 1] + 1, row[j - 1] + (a != b))
            if before and j > 1 and a == two[j - 2] and one[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            after.append(best)
        before, row = row, after
    return min(row[-1], most + 1)
