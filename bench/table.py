"""The one table: what was measured, beside its goal."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a value with its unit and goal. `goal` None: for information. `value` is to be at most the goal."""

    what: str
    value: float
    unit: str
    goal: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the goal is met."""
        if self.goal is None:
            return ""
        return "met" if self.value <= self.goal else "MISSED"


def spread(numbers: Sequence[float], digits: int = 2) -> str:
    """Return `lowest-highest`."""
    return f"{min(numbers):.{digits}f}-{max(numbers):.{digits}f}"


def median(numbers: Sequence[float]) -> float:
    """Return the middle."""
    return statistics.median(numbers)


def print_table(rows: Sequence[Row]) -> None:
    """Print everything measured in one run."""
    print(f"\n{'':52}{'measured':>10} {'':5}{'goal':>8}  {'':7} {'spread, detail'}")
    for row in rows:
        goal = "" if row.goal is None else f"{row.goal:g}"
        print(f"{row.what:52}{row.value:>10.2f} {row.unit:5}{goal:>8}  {row.verdict:7} {row.note}")
