"""The tree of offices: who stands below whom, and sums rolled up. Pure but for reading the rows once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from shop.accounts.models import Office
from shop.accounts.models_office import OfficeMerger
from shop.db import session
from shop.p3dn.rules import ZERO, Measures


@dataclass(frozen=True, slots=True)
class OfficeTree:
    """The offices directly below each; those that have nobody above them stand below None."""

    by_parent: Mapping[int | None, Sequence[int]]
    size: int

    def children(self, office_id: int | None) -> tuple[int, ...]:
        """Return the offices directly below one, or the topmost ones for None."""
        return tuple(self.by_parent.get(office_id, ()))

    def below(self, office_id: int) -> tuple[int, ...]:
        """Return an office and everything below it; only itself when it is not known."""
        found = [office_id]
        for office in found:  # grows while it is walked: children stand behind their parents
            found += self.children(office)
        return tuple(found)

    def rolled_up(self, office_id: int | None, own: Mapping[int, Measures]) -> dict[int, Measures]:
        """Return, for each office directly below, what it and everything below it come to.

        `own` are the sums of offices by themselves, as `totals` breaks them down by office. Together with the office's
        own sum these come to what `below(office_id)` comes to.
        """
        return {
            child: sum((own[office] for office in self.below(child) if office in own), ZERO)
            for child in self.children(office_id)
        }


def read() -> OfficeTree:
    """Read the tree, children by name, in one statement: there are some hundred offices.

    A merged office stands below its successor, so that what it bought is in the successor's sums.
    """
    above = func.coalesce(OfficeMerger.into_id, Office.parent_id)
    query = select(Office.id, above).outerjoin(OfficeMerger, OfficeMerger.office_id == Office.id)
    return tree_of((row[0], row[1]) for row in session.execute(query.order_by(Office.name, Office.id)))


def tree_of(rows: Iterable[tuple[int, int | None]]) -> OfficeTree:
    """Return the tree of (office, parent) pairs, children in the order given.

    An office whose parent is not there stands at the top; of those that stand above each other in a circle, the one with
    the lowest number does, so that nobody is out of reach and nobody counts twice.
    """
    parents = dict(rows)
    for office in sorted(parents):
        seen, above = {office}, parents[office]
        while above in parents and above not in seen:
            seen.add(above)
            above = parents[above]
        if above == office or parents[office] not in parents:
            parents[office] = None
    by_parent: defaultdict[int | None, list[int]] = defaultdict(list)
    for office, parent in parents.items():
        by_parent[parent].append(office)
    return OfficeTree(by_parent, len(parents))


def with_all_below(office_id: int) -> tuple[int, ...] | None:
    """Return the offices of a subtree for `Filters.office_ids`; None when it is the whole city, which is kept as such."""
    tree = read()
    found = tree.below(office_id)
    return None if len(found) == tree.size else found
