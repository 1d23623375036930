"""A state machine is a table; this module checks the table when it is imported and looks steps up in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shop.base.errors import WrongState


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: from a state, by a verb, to a state, for whoever holds the permission."""

    source: str
    verb: str
    target: str
    permission: str


class Machine:
    """A checked transition table.

    Raises ValueError at construction when a state is unreachable, a non-final state is a dead end, a final
    state has a way out, or two rows answer the same (state, verb): such a table does not import.
    """

    def __init__(self, *, initial: str, final: Iterable[str], steps: Iterable[Step]) -> None:
        self.initial = initial
        self.final = frozenset(final)
        self.steps = tuple(steps)
        self._by_key: dict[tuple[str, str], Step] = {}
        for step in self.steps:
            if (step.source, step.verb) in self._by_key:
                msg = f"two rows for {step.source}/{step.verb}"
                raise ValueError(msg)
            self._by_key[step.source, step.verb] = step
        self.states = frozenset({initial, *(s.source for s in self.steps), *(s.target for s in self.steps)})
        self._check()

    def _check(self) -> None:
        onward: dict[str, set[str]] = {state: set() for state in self.states}
        for step in self.steps:
            onward[step.source].add(step.target)
        seen, queue = {self.initial}, [self.initial]
        while queue:
            for target in onward[queue.pop()] - seen:
                seen.add(target)
                queue.append(target)
        faults = [f"unreachable: {s}" for s in sorted(self.states - seen)]
        faults += [f"dead end: {s}" for s in sorted(self.states) if not onward[s] and s not in self.final]
        faults += [f"final but not: {s}" for s in sorted(self.final) if onward.get(s)]
        faults += [f"final but unknown: {s}" for s in sorted(self.final - self.states)]
        if faults:
            raise ValueError("; ".join(faults))

    def step(self, state: str, verb: str) -> Step:
        """Return the row for a verb in a state. Raises WrongState when the table has none."""
        found = self._by_key.get((state, verb))
        if found is None:
            raise WrongState("Tindakan ini tidak bisa dilakukan lagi karena statusnya sudah berubah.")
        return found

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """Return every row that leaves a state, in table order."""
        return tuple(s for s in self.steps if s.source == state)
