"""One question answered from the kept totals: rows one level below it, sorted, cut where a page ends, adding up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from shop.p3dn.office_tree import OfficeTree
from shop.p3dn.rules import ZERO, Measures
from shop.p3dn.totals import Filters, Label, Report, Row, totals
from shop.reports.asking import Ask

SHOWN: Final = 100
"""Rows of a page; what is beyond stands in one row, so that the table still adds up. Downloads have all."""
_ORDERS: Final[dict[str, Callable[[Row], Any]]] = {
    "dibayar": lambda row: (-row.measures.paid_total, row.key),
    "dipesan": lambda row: (-row.measures.committed, row.key),
    "rencana": lambda row: (-row.measures.planned, row.key),
    # Who has nothing to divide by has no share, and stands behind those who have.
    "pdn": lambda row: (row.shares.pdn is None, -(row.shares.pdn or 0), row.key),
    "nama": lambda row: (row.label.casefold(), row.key),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A report whose rows stand one level below the question. `whole` are all rows."""

    report: Report
    whole: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows a page shows."""
        return self.whole[:SHOWN]

    @property
    def rest(self) -> tuple[int, Measures] | None:
        """How many rows the page leaves out and what they come to."""
        left = self.whole[SHOWN:]
        return (len(left), _sum(left)) if left else None


def table(ask: Ask, tree: OfficeTree, *, now: datetime, label: Label) -> Table:
    """Answer a question; the statements are those of `totals`, and one for the names."""
    return answer(ask, ask.filters(tree), tree, now=now, label=label)


def answer(ask: Ask, filters: Filters, tree: OfficeTree, *, now: datetime, label: Label) -> Table:
    """Answer a question for other days than its own, which `filters` give."""
    if ask.group_by == "office":
        found = _by_office(ask, filters, tree, now, label)
    else:
        found = totals(filters, ask.group_by, now=now, label=label)
    rows = sorted(found.rows, key=_ORDERS[ask.sort]) if ask.sort else found.rows
    return Table(found, tuple(rows))


def _by_office(ask: Ask, filters: Filters, tree: OfficeTree, now: datetime, label: Label) -> Report:
    """Break down by the offices directly below, each with all below it, and by the office's own spending."""
    report = totals(filters, "office", now=now)
    own = {int(row.key): row.measures for row in report.rows}
    above = ask.office.id if ask.office else None
    sums = {} if ask.alone else tree.rolled_up(above, own)
    if above in own:
        sums[above] = own[above]
    if above is None:  # what an office left behind that is not there any more is never dropped
        known = {office for top in tree.children(None) for office in tree.below(top)}
        sums |= {office: measures for office, measures in own.items() if office not in known}
    found = {str(office): measures for office, measures in sums.items() if measures}
    names = label("office", found)
    rows = sorted((Row(key, names[key], measures) for key, measures in found.items()), key=_ORDERS["dibayar"])
    return replace(report, rows=tuple(rows))


def _sum(rows: Sequence[Row]) -> Measures:
    return sum((row.measures for row in rows), ZERO)
