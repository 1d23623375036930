"""One immutable part of the index (a Whoosh segment) as it is held in memory, and as it is kept beside the segment.

Everything but the postings: who the documents are, their facets and numbers, their cards, the vocabulary.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from shop.search import bits
from shop.search.columns import FacetColumn, NumberColumn
from shop.search.lexicon import Lexicon
from shop.search.sidecar import Sections


@dataclass(frozen=True, slots=True)
class Row:
    """What is stored with a document to build its part from."""

    id: int
    name: str
    facets: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, int]
    card: bytes


class Part:
    """Documents by position ("slot"); slots never change, so parts are shared by all threads without locking."""

    def __init__(
        self,
        ids: array[int],
        facets: dict[str, FacetColumn],
        numbers: dict[str, NumberColumn],
        cards: tuple[array[int], bytes | memoryview],
        lexicon: Lexicon,
    ) -> None:
        self.ids, self.facets, self.numbers, self.lexicon = ids, facets, numbers, lexicon
        self._ends, self._cards = cards
        self.size = len(ids)
        self.ordered = all(one < two for one, two in pairwise(ids))

    @classmethod
    def build(cls, rows: Iterable[Row], term_counts: Mapping[str, int]) -> Part:
        """From the stored rows in slot order and the documents per index term."""
        ids, ends, cards = array("q"), array("Q"), bytearray()
        names: list[str] = []
        facets: dict[str, list[tuple[str, ...]]] = {}
        numbers: dict[str, list[int | None]] = {}
        for slot, row in enumerate(rows):
            ids.append(row.id)
            cards += row.card
            ends.append(len(cards))
            names.append(row.name)
            for name, values in row.facets.items():
                column = facets.setdefault(name, [])
                column.extend([()] * (slot - len(column)))
                column.append(values)
            for name, value in row.numbers.items():
                numbered = numbers.setdefault(name, [])
                numbered.extend([None] * (slot - len(numbered)))
                numbered.append(value)
        return cls(
            ids,
            {name: FacetColumn.build(got + [()] * (len(ids) - len(got))) for name, got in facets.items()},
            {name: NumberColumn.build(got + [None] * (len(ids) - len(got))) for name, got in numbers.items()},
            (ends, bytes(cards)),
            Lexicon.build(term_counts, names),
        )

    def card(self, slot: int) -> bytes:
        """Return the opaque payload of one document."""
        return bytes(self._cards[self._ends[slot - 1] if slot else 0 : self._ends[slot]])

    def slot_of(self, document_id: int) -> int | None:
        """Where a document is; when it stands here twice, the place of the later one."""
        if not self.ordered:
            return self._slots.get(document_id)
        at = bisect_left(self.ids, document_id)
        return at if at < self.size and self.ids[at] == document_id else None

    @cached_property
    def _slots(self) -> dict[int, int]:
        return {document_id: slot for slot, document_id in enumerate(self.ids)}

    @cached_property
    def id_planes(self) -> list[int]:
        """Ranks of the ids, bit-sliced; only needed when slots do not follow the ids."""
        return NumberColumn.build(self.ids).planes

    def to_sections(self) -> Sections:
        """Everything as plain bytes and JSON, for the file beside the segment."""
        size, blobs = self.size, {"ids": self.ids.tobytes(), "ends": self._ends.tobytes(), "cards": bytes(self._cards)}
        facets: list[dict[str, Any]] = []
        for at, (name, facet) in enumerate(self.facets.items()):
            blobs[f"f{at}"] = facet.codes.tobytes()
            if facet.dense:
                blobs[f"d{at}"] = b"".join(bits.to_bytes(facet.having(v), size) for v in range(len(facet.values)))
            kind = facet.codes.typecode
            facets.append({"name": name, "values": facet.values, "sets": facet.sets, "kind": kind})
        for at, number in enumerate(self.numbers.values()):
            blobs[f"n{at}"] = number.values.tobytes()
            blobs[f"u{at}"] = number.distinct.tobytes()
            blobs[f"p{at}"] = b"".join(bits.to_bytes(plane, size) for plane in (number.present, *number.planes))
        words = self.lexicon
        blobs |= {
            "words": "\n".join(words.words).encode(),
            "word_counts": array("I", words.word_counts).tobytes(),
            "phrases": "\n".join(words.phrases).encode(),
            "phrase_counts": array("I", words.phrase_counts).tobytes(),
            "deletes": words.deletes.tobytes(),
        }
        return Sections({"size": size, "facets": facets, "numbers": list(self.numbers)}, blobs)

    @classmethod
    def from_sections(cls, stored: Sections) -> Part:
        """Read back what `to_sections` wrote; cards and facet sets stay in the mapped file until asked for."""
        head, blobs, size = stored.head, stored.blobs, int(stored.head["size"])
        width = (size + 7) // 8
        facets: dict[str, FacetColumn] = {}
        for at, told in enumerate(head["facets"]):
            sets = [tuple(values) for values in told["sets"]]
            facet = FacetColumn(size, told["values"], sets, _array(told["kind"], blobs[f"f{at}"]))
            if dense := blobs.get(f"d{at}"):
                facet.use_stored(lambda n, dense=dense: bytes(dense[n * width : (n + 1) * width]))  # type: ignore[misc]
            facets[told["name"]] = facet
        numbers: dict[str, NumberColumn] = {}
        for at, name in enumerate(head["numbers"]):
            raw = blobs[f"p{at}"]
            present, *planes = (int.from_bytes(raw[i : i + width], "little") for i in range(0, len(raw), width))
            values, distinct = _array("q", blobs[f"n{at}"]), _array("q", blobs[f"u{at}"])
            numbers[name] = NumberColumn(values, present, distinct, planes)
        lexicon = Lexicon(
            _lines(blobs["words"]),
            _array("I", blobs["word_counts"]),
            _lines(blobs["phrases"]),
            _array("I", blobs["phrase_counts"]),
            _array("Q", blobs["deletes"]),
        )
        cards = (_array("Q", blobs["ends"]), blobs["cards"])
        return cls(_array("q", blobs["ids"]), facets, numbers, cards, lexicon)


def _array(kind: str, raw: bytes | memoryview) -> array[int]:
    made = array(kind)
    made.frombytes(raw)
    return made


def _lines(raw: bytes | memoryview) -> list[str]:
    text = bytes(raw).decode()
    return text.split("\n") if text else []
