"""Engines under test: every test of the contract runs on each engine that really finds things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shop.search import Engine, open_engine

REAL = ("whoosh",)


@pytest.fixture(params=REAL)
def open_one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    """Open the engine under test on the same directory, as often as a test likes."""
    opened: list[Engine] = []

    def opening() -> Engine:
        opened.append(open_engine(request.param, tmp_path / "search"))
        return opened[-1]

    yield opening
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(open_one: Callable[[], Engine]) -> Engine:
    """One empty engine."""
    return open_one()
