"""Which documents of one part meet a need, and how well.

How well is kept as a thermometer: `Met[n]` is the set of documents that meet the need at level n + 1 or better. Of two
alternatives the better level is then the OR of two thermometers, of two conditions the worse level their AND.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from sys import getsizeof
from threading import Lock
from typing import Protocol

from shop.search import bits
from shop.search.analysis import LEVELS, Need, Question
from shop.search.part import Part

Met = tuple[int, ...]
NOBODY: Met = (0,) * LEVELS
_CACHE_BYTES = 32_000_000
_PAIR_BONUS = 2


class Postings(Protocol):
    """Where the documents of a term are read from."""

    def read(self, term: str) -> tuple[Iterable[int], Iterable[float] | float] | None:
        """Slots and their levels (or the one level of all), or None when no document has the term."""


class Matcher:
    """Answers needs for one part; what was answered lately is kept."""

    def __init__(self, part: Part, postings: Postings) -> None:
        self.part, self._postings = part, postings
        self._known: dict[Need | str, Met] = {}
        self._bytes = 0
        self._lock = Lock()

    def met(self, need: Need | str) -> Met:
        """Documents meeting one need (or having one index term), by level."""
        found = self._known.get(need)
        if found is None:
            found = self._term(need) if isinstance(need, str) else self._work_out(need)
            self._keep(need, found)
        return found

    def forget(self) -> None:
        """Empty the memory (for measuring)."""
        with self._lock:
            self._known, self._bytes = {}, 0
        for facet in self.part.facets.values():
            facet.forget()
        for number in self.part.numbers.values():
            number.forget()

    def _work_out(self, need: Need) -> Met:
        found = NOBODY
        for term, cost in need.terms:
            levels = self._term(term)
            if levels is not NOBODY:
                found = _better(found, _lowered(levels, cost))
        if need.together:
            all_met = self.met(need.together[0])
            for other in need.together[1:]:
                all_met = tuple(one & two for one, two in zip(all_met, self.met(other), strict=True))
            found = _better(found, _lowered(all_met, need.apart))
        return found

    def _term(self, term: str) -> Met:
        # Reading moves a file position that all readers of the segment share.
        with self._lock:
            read = self._postings.read(term)
        return NOBODY if read is None else _thermometer(read[0], read[1], self.part.size)

    def _keep(self, key: Need | str, found: Met) -> None:
        """Remember, and forget the oldest when too much is remembered."""
        with self._lock:
            if key not in self._known:
                self._known[key] = found
                self._bytes += _weight(found)
            while self._bytes > _CACHE_BYTES:
                oldest = next(iter(self._known))
                self._bytes -= _weight(self._known.pop(oldest))

    def matching(self, question: Question) -> int:
        """Documents meeting every need."""
        found = (1 << self.part.size) - 1
        for need in question.needs:
            found &= self.met(need)[0]
            if not found:
                break
        return found

    def scores(self, question: Question) -> list[int]:
        """Bit-sliced scores, lowest plane first: levels weighted by how rare the word is, and a bonus for neighbours."""
        total: list[int] = []
        for need in question.needs:
            met = self.met(need)
            planes = _planes(met)
            # A rare word says more about what is wanted than a common one: it counts double.
            rare = len(question.needs) > 1 and met[0].bit_count() * 50 < self.part.size
            total = bits.add(total, [0, *planes] if rare else planes)
        for pair in question.pairs:
            if together := self.met(pair)[0]:
                total = bits.add(total, [0] * _PAIR_BONUS + [together])
        return total


def _weight(met: Met) -> int:
    """Bytes it takes to remember; levels nobody has share one set."""
    return 300 + sum(map(getsizeof, {id(bits_): bits_ for bits_ in met}.values()))


def _thermometer(slots: Iterable[int], levels: Iterable[float] | float, size: int) -> Met:
    if isinstance(levels, float):
        return _lowered((bits.from_slots(slots, size),) * LEVELS, LEVELS - int(levels))
    packed: dict[float, bytearray] = {}
    for slot, level in zip(slots, levels, strict=True):
        row = packed.get(level)
        if row is None:
            row = packed[level] = bytearray((size + 7) // 8)
        row[slot >> 3] |= 1 << (slot & 7)
    met, above = [], 0
    for level in range(LEVELS, 0, -1):
        if level in packed:
            above |= int.from_bytes(packed[level], "little")
        met.append(above)
    return tuple(reversed(met))


def _better(one: Met, two: Met) -> Met:
    if one is NOBODY:
        return two
    merged: list[int] = []
    for at, (a, b) in enumerate(zip(one, two, strict=True)):
        same = at > 0 and a is one[at - 1] and b is two[at - 1]
        merged.append(merged[-1] if same else a | b)
    return tuple(merged)


def _lowered(met: Sequence[int], by: int) -> Met:
    """Levels lowered by `by`, but never below the lowest."""
    if by == 0:
        return tuple(met)
    return (met[0], *met[by + 1 :], *([0] * min(by, LEVELS - 1)))


def _planes(met: Met) -> list[int]:
    one, two, three, four, five, six, seven = met
    return [one ^ two | three ^ four | five ^ six | seven, two ^ four | six, four]
