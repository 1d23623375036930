"""What every search engine promises. This file is the room's front door; nothing here knows a product.

Search is a cache: whatever an engine holds can be rebuilt from the database by `Engine.rebuild`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from shop.base.errors import NotReady

RELEVANCE = "relevance"


class SearchBusy(NotReady):
    """Another writer holds the index longer than we are willing to wait. Nothing was written; post it again later."""

    kind = "search-busy"

    def __init__(self) -> None:
        super().__init__("Indeks pencarian sedang ditulis proses lain. Coba lagi sebentar lagi.")


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to find.

    `name` weighs most. `body` is everything else worth finding it by: maker, category words, description.
    `facets` are exact values to tick, `numbers` whole numbers to range over or sort by (rupiah, basis points, dates
    as whole seconds). `card` is opaque and comes back with a hit, so that a result page needs no database.
    """

    id: int
    name: str
    body: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    card: bytes = b""


@dataclass(frozen=True, slots=True)
class Query:
    """One question.

    Every word of `text` must be found. Values of one facet are alternatives, different facets all apply; a facet with
    an empty tuple is not a filter. `ranges` are inclusive, None leaves an end open, a document without that number is
    outside. `sort` is "relevance" or the name of a number, "-price" being descending; equal ones stand by id, and
    documents without the number last. `count` names the facets to count.

    With `correct` an empty answer is replaced by the answer to `did_you_mean` and `Result.corrected` says so.
    """

    text: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    exclude: frozenset[int] = frozenset()
    sort: str = RELEVANCE
    offset: int = 0
    limit: int = 24
    count: tuple[str, ...] = ()
    correct: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One found document. `score` only orders hits of the same answer; it has no unit."""

    id: int
    score: int
    card: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """One page of an answer.

    `total` is exact. `facets` has, for each counted facet, the number of documents per value with every *other*
    filter applied, most frequent first. `did_you_mean` is a text that has hits under the same filters, or None.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
    did_you_mean: str | None = None
    corrected: bool = False


class Engine(Protocol):
    """A place documents go into and hits come out of. Safe to share between threads."""

    @property
    def needs_rebuild(self) -> bool:
        """True when what is stored is missing, damaged or was written under other word rules."""

    def put(self, docs: Iterable[Document]) -> None:
        """Add documents or replace those with the same id; `find` sees them at once. Raises SearchBusy."""

    def drop(self, ids: Iterable[int]) -> None:
        """Forget documents; unknown ids are no fault. Raises SearchBusy."""

    def find(self, q: Query) -> Result:
        """Answer one question. Never raises on anything a person can type."""

    def suggest(self, prefix: str, limit: int = 10) -> tuple[str, ...]:
        """Complete the last word of `prefix` to phrases that have hits, the most frequent first."""

    def rebuild(self, docs: Iterable[Document]) -> int:
        """Replace everything by `docs` in one step, the old index serving meanwhile; returns how many were written."""

    def count(self) -> int:
        """How many documents are held."""

    def refresh(self) -> bool:
        """See what another process wrote. Costs one `stat` when nothing changed: call it at each request."""

    def close(self) -> None:
        """Let go of files. The engine is not usable afterwards."""
