"""The only file that touches Whoosh: one index directory, its writer, its segments, its postings.

Whoosh keeps the postings of every term and, with each document, the row its part is built from. It has one writer;
`whoosh_engine` sees to that. One private thing is used, the undecoded block of postings, because the public way costs
a Python call per posting; `SegmentTerms._one_by_one` is the public way and takes over when the blocks look different.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from secrets import token_hex
from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.fields import STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Existence
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader, TermNotFound

from shop.search.part import Row

_FIELD = "terms"
# One block for nearly every term: reading is then one unpickle and one running sum.
_BLOCK = 16_384
_MERGE_AT = 4
_NEVER_MERGED = 8_192


class Levels(FieldType):  # type: ignore[misc]
    """A field whose value is already analysed: terms with their levels, kept as posting weights."""

    def __init__(self) -> None:
        super().__init__(Existence(), None)

    def index(self, value: Mapping[str, int], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Give what Whoosh asks of a field: (term, frequency, weight, payload)."""
        for term, level in value.items():
            yield term.encode(), 1, float(level), b""


class _Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own format with long blocks and without field lengths, which we do not score by."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=_BLOCK, compression=1)

    def new_segment(self, storage: Any, indexname: str) -> Any:
        """Name segments by true chance.

        Whoosh takes names from `random`, whose state two forked workers share and a seed resets: a name comes twice.
        """
        segment = super().new_segment(storage, indexname)
        segment.segid = token_hex(8)
        return segment


@dataclass(frozen=True, slots=True)
class Segment:
    """One committed segment: its name, how many documents it has, which of them are deleted, and its reader."""

    name: str
    size: int
    deleted: frozenset[int]
    reader: Any

    def rows(self) -> Iterator[Row]:
        """Every stored row in slot order, deleted ones included."""
        for slot in range(self.size):
            stored = self.reader.stored_fields(slot)
            document_id, name, facets, numbers = json.loads(stored["row"])
            yield Row(document_id, name, {k: tuple(v) for k, v in facets.items()}, numbers, stored["card"])

    def term_counts(self) -> dict[str, int]:
        """Documents per plain word."""
        found: dict[str, int] = {}
        if _FIELD in self.reader.indexed_field_names():
            for term, info in self.reader.iter_field(_FIELD):
                word = term.decode()
                if word.isalpha():
                    found[word] = info.doc_frequency()
        return found


class SegmentTerms:
    """Postings of one segment. Not safe to share between threads: the caller holds a lock."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def read(self, term: str) -> tuple[Iterable[int], Iterable[float] | float] | None:
        """Slots and levels of a term, or None."""
        try:
            matcher = self._reader.postings(_FIELD, term.encode())
        except TermNotFound:
            return None
        try:
            return self._block_by_block(matcher)
        except (AttributeError, TypeError, IndexError, ValueError):
            return self._one_by_one(self._reader.postings(_FIELD, term.encode()))

    @staticmethod
    def _block_by_block(matcher: Any) -> tuple[list[int], list[float] | float]:
        slots: list[int] = []
        levels: list[float] = []
        same: float | None = None
        while matcher.is_active():
            matcher._read_data()  # noqa: SLF001 - see the module's docstring
            steps, weights, _ = matcher._data  # noqa: SLF001
            slots.extend(accumulate(steps))
            if weights is None or isinstance(weights, float):
                if matcher._lastblock and not levels:  # noqa: SLF001 - one block with one level: the usual case
                    same = 1.0 if weights is None else weights
                levels.extend([1.0 if weights is None else weights] * len(steps))
            else:
                levels.extend(weights)
            matcher._next_block()  # noqa: SLF001
        if len(slots) != len(levels):
            raise ValueError(slots)
        return slots, levels if same is None else same

    @staticmethod
    def _one_by_one(matcher: Any) -> tuple[list[int], list[float]]:
        slots: list[int] = []
        levels: list[float] = []
        while matcher.is_active():
            slots.append(matcher.id())
            levels.append(matcher.weight())
            matcher.next()
        return slots, levels


@dataclass(frozen=True, slots=True)
class Addition:
    """One document ready to be written."""

    terms: Mapping[str, int]
    row: Row


class WhooshIndex:
    """One directory with one Whoosh index."""

    def __init__(self, directory: Path, *, create: bool = False) -> None:
        self._storage = FileStorage(str(directory), supports_mmap=True)
        if create:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            schema = Schema(terms=Levels(), row=STORED, card=STORED)
            self._index = FileIndex.create(self._storage, schema)
        else:
            self._index = FileIndex(self._storage)

    def segments(self) -> list[Segment]:
        """Open the committed segments, in the order Whoosh numbers documents."""
        return [
            Segment(
                leaf.segment().segment_id(), leaf.doc_count_all(), frozenset(leaf.segment().deleted_docs() or ()), leaf
            )
            for leaf, _ in self._index.reader().leaf_readers()
            if leaf.doc_count_all()
        ]

    def write(self, additions: Iterable[Addition], deletions: Iterable[int] = (), *, megabytes: int = 32) -> int:
        """Commit additions and deletions (document numbers over all segments) at once; returns how many were added."""
        writer = self._index.writer(codec=_Codec(), limitmb=megabytes)
        added = 0
        try:
            for number in deletions:
                writer.delete_document(number)
            for one in additions:
                row = [one.row.id, one.row.name, {k: list(v) for k, v in one.row.facets.items()}, dict(one.row.numbers)]
                text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
                writer.add_document(terms=one.terms, row=text, card=one.row.card)
                added += 1
            writer.commit(mergetype=_merge_alike)
        except BaseException:
            with suppress(Exception):
                writer.cancel()
            # Cancelling a commit that failed half-way can fail too, and would leave Whoosh's own lock taken for ever.
            if writer.writelock.fd is not None:
                writer.writelock.release()
            raise
        return added


def _merge_alike(writer: Any, segments: list[Any]) -> list[Any]:
    """Merge policy: four segments of about the same size become one, so a document is rewritten a handful of times.

    The big segment of a rebuild is never touched, which would take seconds; the next rebuild clears it.
    """
    kept = [segment for segment in segments if segment.doc_count()]
    tiers: dict[int, list[Any]] = {}
    for segment in kept:
        if segment.doc_count_all() < _NEVER_MERGED:
            tiers.setdefault(segment.doc_count_all().bit_length() // 2, []).append(segment)
    for alike in tiers.values():
        if len(alike) >= _MERGE_AT:
            for segment in alike:
                reader = SegmentReader(writer.storage, writer.schema, segment)
                writer.add_reader(reader)
                reader.close()
                kept.remove(segment)
    return kept
