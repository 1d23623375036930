"""The engine that finds nothing: for tests of other rooms, and for running without search."""

from __future__ import annotations

from collections.abc import Iterable

from shop.search.contract import Document, Query, Result


class NullEngine:
    """Accepts everything, holds nothing."""

    needs_rebuild = False

    def put(self, docs: Iterable[Document]) -> None:
        """Let the documents pass."""
        for _ in docs:
            pass

    def drop(self, ids: Iterable[int]) -> None:
        """Nothing is held, so nothing goes."""

    def find(self, q: Query) -> Result:
        """No hits, with the shape of an answer."""
        return Result(0, (), {name: {} for name in q.count})

    def suggest(self, prefix: str, limit: int = 10) -> tuple[str, ...]:  # noqa: ARG002 - the contract's signature
        """No suggestion."""
        return ()

    def rebuild(self, docs: Iterable[Document]) -> int:
        """Count what passes."""
        return sum(1 for _ in docs)

    def count(self) -> int:
        """Nothing is held."""
        return 0

    def refresh(self) -> bool:
        """Nobody else writes here."""
        return False

    def close(self) -> None:
        """Nothing to let go."""
