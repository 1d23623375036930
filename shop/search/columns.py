"""What a part of the index knows about each document besides its words: values to tick and numbers to compare."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from shop.search import bits

MOST_DENSE = 256
_KEPT_RANGES = 128
_BYTE, _TWO_BYTES = 1 << 8, 1 << 16


class Among:
    """The documents that are counted. With `shared` several facets count the same ones, and look them up once."""

    def __init__(self, members: int, *, shared: bool = False) -> None:
        self.members, self.size, self.shared = members, members.bit_count(), shared

    @cached_property
    def slots(self) -> list[int]:
        """Where they are."""
        return bits.slots_of(self.members)


class FacetColumn:
    """One facet. A document's set of values is kept as one code (`codes`), since few different sets exist."""

    def __init__(self, size: int, values: list[str], sets: list[tuple[int, ...]], codes: array[int]) -> None:
        self.size, self.values, self.sets, self.codes = size, values, sets, codes
        self.number = {value: at for at, value in enumerate(values)}
        self._dense: dict[int, int] = {}
        self._stored: Callable[[int], bytes] | None = None

    @classmethod
    def build(cls, rows: Sequence[Sequence[str]]) -> FacetColumn:
        """From the values of each document in order."""
        number: dict[str, int] = {}
        seen: dict[tuple[int, ...], int] = {}
        codes = array("I")
        for row in rows:
            key = tuple(number.setdefault(value, len(number)) for value in dict.fromkeys(row))
            codes.append(seen.setdefault(key, len(seen)))
        kind = "B" if len(seen) <= _BYTE else "H" if len(seen) <= _TWO_BYTES else "I"
        return cls(len(rows), list(number), list(seen), array(kind, codes))

    @property
    def dense(self) -> bool:
        """True when there are few enough values to keep one document set for each."""
        return len(self.values) <= MOST_DENSE

    def use_stored(self, read: Callable[[int], bytes]) -> None:
        """Take the document set of value *n* from `read(n)` instead of computing it."""
        self._stored = read

    def forget(self) -> None:
        """Empty the memory (for measuring)."""
        self._dense = {}

    def having(self, value: int) -> int:
        """Documents with value number `value`."""
        found = self._dense.get(value)
        if found is None:
            found = int.from_bytes(self._stored(value), "little") if self._stored else self._scan({value})
            if self.dense:
                self._dense[value] = found
        return found

    def having_any(self, values: Iterable[str]) -> int:
        """Documents with at least one of `values`; unknown ones match nothing."""
        known = {self.number[value] for value in values if value in self.number}
        if not self.dense and known:
            return self._scan(known)
        found = 0
        for value in known:
            found |= self.having(value)
        return found

    def _scan(self, wanted: set[int]) -> int:
        flags = bytes(48 + (not wanted.isdisjoint(values)) for values in self.sets)
        if self.codes.itemsize == 1:
            return bits.from_flags(self.codes.tobytes().translate(flags.ljust(256, b"0")))
        return bits.from_flags(bytes(map(flags.__getitem__, self.codes)))

    def tally(self, among: Among, into: Counter[str]) -> None:
        """Add to `into` how many of the documents in `among` have each value."""
        # Asking one value costs by the documents there are, reading codes by the documents found (and finding them).
        worth = (4 + self.size // 2_000) // (1 if among.shared else 2)
        if self.dense and among.size > worth * (len(self._marks) or len(self.values)):
            self._tally_values(among, into)
            return
        per_set = Counter(map(self.codes.__getitem__, among.slots))
        for code, times in per_set.items():
            for at in self.sets[code]:
                into[self.values[at]] += times

    def _tally_values(self, among: Among, into: Counter[str]) -> None:
        if not self._marks:
            for at, value in enumerate(self.values):
                if times := (self.having(at) & among.members).bit_count():
                    into[value] += times
            return
        left, last = among.size, self._marks[-1][0]
        for mark, values in self._marks:
            times = left if mark == last else (self.having(mark) & among.members).bit_count()
            if times:
                for at in values:
                    into[self.values[at]] += times
                if not (left := left - times):
                    return

    @cached_property
    def _marks(self) -> list[tuple[int, tuple[int, ...]]]:
        """For each set of values one that no other set has, the most frequent set first; nothing when a set has none.

        Whoever counts by these marks meets each document once: he may stop when all are found, and need not ask the last.
        """
        holders = Counter(at for values in self.sets for at in values)
        own = [next((at for at in values if holders[at] == 1), None) for values in self.sets]
        frequent = (code for code, _ in Counter(self.codes).most_common()) if None not in own else ()
        return [(at, self.sets[code]) for code in frequent if (at := own[code]) is not None]


class NumberColumn:
    """One number per document, or none. Ranks among the different values are bit-sliced in `planes`."""

    def __init__(self, values: array[int], present: int, distinct: array[int], planes: list[int]) -> None:
        self.values, self.present, self.distinct, self.planes = values, present, distinct, planes
        self._ranges: dict[tuple[int | None, int | None], int] = {}

    @classmethod
    def build(cls, rows: Sequence[int | None]) -> NumberColumn:
        """From the number of each document in order."""
        distinct = array("q", sorted({value for value in rows if value is not None}))
        rank = {value: at for at, value in enumerate(distinct)}
        planes = bits.slice_planes(array("I", (0 if value is None else rank[value] for value in rows)))
        present = bits.from_slots((slot for slot, value in enumerate(rows) if value is not None), len(rows))
        return cls(array("q", (value or 0 for value in rows)), present, distinct, planes)

    def forget(self) -> None:
        """Empty the memory (for measuring)."""
        self._ranges = {}

    def between(self, low: int | None, high: int | None) -> int:
        """Documents whose number lies in the closed range."""
        known = self._ranges.get((low, high))
        if known is not None:
            return known
        found = self.present
        if low is not None:
            found = bits.at_least(self.planes, found, bisect_left(self.distinct, low))
        if high is not None:
            found &= ~bits.at_least(self.planes, self.present, bisect_right(self.distinct, high))
        if len(self._ranges) >= _KEPT_RANGES:
            self._ranges = {}
        self._ranges[low, high] = found
        return found
