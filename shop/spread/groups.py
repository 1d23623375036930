"""From what each producer sold to what is said about a market: counts, shares and who is new. Pure.

Where fewer than five producers were paid, shares stay None: the page says how many there were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from shop.base.money import round_half_up
from shop.spread.measuring import ENOUGH, TOP, gini_bp, hhi, hundredths, median, top_bp

CITY, PART, KECAMATAN, CATEGORY = "city", "kota", "kecamatan", "category"
DIMS: Final = (CITY, PART, KECAMATAN, CATEGORY)
_PART_LENGTH: Final = len("31.71")


@dataclass(frozen=True, slots=True)
class Sale:
    """What one producer sold of one category from one kecamatan in a period: rupiah and counts of the P3DN ledger."""

    vendor_id: int
    category: str
    kecamatan: str
    paid: int
    committed: int
    orders: int
    lines: int


@dataclass(frozen=True, slots=True)
class Stand:
    """That a producer stood on the shelf of a category."""

    vendor_id: int
    category: str
    kecamatan: str


@dataclass(frozen=True, slots=True)
class Group:
    """One market in one period. Amounts are rupiah, shares basis points, all others numbers of producers or orders."""

    key: str
    shelf: int
    """On the shelf, or sold in the period."""
    sold: int
    """Had an order accepted in the period that was not taken back."""
    never: int
    """On the shelf, and never had an order accepted until the end of the period."""
    fresh: int
    """Sold in the period for the first time ever."""
    paid: int
    """Were paid more than nothing in the period: the n of the shares."""
    negative: int
    """Had more taken back than paid in the period: counted as nought in the shares, in full in the total."""
    orders: int
    lines: int
    total: int
    """What was paid, taken back included: the figure of the P3DN ledger."""
    positive: int
    """What the `paid` received: what the shares are shares of."""
    top: int | None
    """The share of the five that received most, of `positive`; `top_sum` is what they received."""
    top_sum: int | None
    gini: int | None
    gini_shelf: int | None
    hhi: int | None
    median: int | None

    @property
    def tells(self) -> bool:
        """Whether enough producers were paid to speak of shares."""
        return self.paid >= ENOUGH

    @property
    def idle(self) -> int:
        """Producers on the shelf without an accepted order in the period."""
        return self.shelf - self.sold

    @property
    def orders_tenths(self) -> int | None:
        """Accepted orders per producer that sold, in tenths; None when nobody did."""
        return round_half_up(self.orders * 10, self.sold) if self.sold else None


def picture(sales: Sequence[Sale], stands: Iterable[Stand], past: Collection[int]) -> dict[str, Any]:
    """Return all groups of a period as plain values, and the Lorenz curve of the city. `past`: who had sold before it."""
    sold: dict[tuple[str, str], list[Sale]] = defaultdict(list)
    shelf: dict[tuple[str, str], set[int]] = defaultdict(set)
    for sale in sales:
        for place in _places(sale):
            sold[place].append(sale)
    for stand in stands:
        for place in _places(stand):
            shelf[place].add(stand.vendor_id)
    found: dict[str, Any] = {dim: [] for dim in DIMS}
    for dim, key in sorted({(CITY, "")} | sold.keys() | shelf.keys()):
        found[dim].append(asdict(measure(key, sold[dim, key], shelf[dim, key], past)))
    return found | {"curve": hundredths([value for value in _by_vendor(sales)[0].values() if value > 0])}


def measure(key: str, sales: Iterable[Sale], shelf: Collection[int], past: Collection[int]) -> Group:
    """Return what is said about one market. A producer whose sum is below nought counts as nought in the shares."""
    sales = list(sales)
    paid, committed = _by_vendor(sales)
    sold = {vendor for vendor, amount in committed.items() if amount > 0}
    stood = sold | set(shelf)
    values = [amount for amount in paid.values() if amount > 0]
    tells = len(values) >= ENOUGH
    everybody = values + [0] * (len(stood | {v for v, amount in paid.items() if amount > 0}) - len(values))
    return Group(
        key, len(stood), len(sold),
        never=len(stood - sold - set(past)), fresh=len(sold - set(past)), paid=len(values),
        negative=sum(amount < 0 for amount in paid.values()),
        orders=sum(sale.orders for sale in sales), lines=sum(sale.lines for sale in sales),
        total=sum(paid.values()), positive=sum(values),
        top=top_bp(values) if tells else None, top_sum=sum(sorted(values)[-TOP:]) if tells else None,
        gini=gini_bp(values) if tells else None,
        gini_shelf=gini_bp(everybody) if tells else None,
        hhi=hhi(values) if tells else None, median=median(values) if tells else None,
    )  # fmt: skip


def sellers(sales: Iterable[Sale]) -> set[int]:
    """Return who had an order accepted that was not taken back."""
    return {vendor for vendor, amount in _by_vendor(sales)[1].items() if amount > 0}


def together(quarters: Iterable[Iterable[Sale]]) -> list[Sale]:
    """Return the sales of several periods as one."""
    sums: dict[tuple[int, str, str], list[int]] = {}
    for sale in (sale for sales in quarters for sale in sales):
        held = sums.setdefault((sale.vendor_id, sale.category, sale.kecamatan), [0, 0, 0, 0])
        for place, number in enumerate((sale.paid, sale.committed, sale.orders, sale.lines)):
            held[place] += number
    return [Sale(*key, *numbers) for key, numbers in sums.items()]


def groups(content: Mapping[str, Any], dim: str) -> list[Group]:
    """Return the groups of one breakdown out of a picture, the largest first."""
    return sorted((Group(**row) for row in content[dim]), key=lambda group: (-group.total, -group.shelf, group.key))


def _places(thing: Sale | Stand) -> tuple[tuple[str, str], ...]:
    return (CITY, ""), (PART, thing.kecamatan[:_PART_LENGTH]), (KECAMATAN, thing.kecamatan), (CATEGORY, thing.category)


def _by_vendor(sales: Iterable[Sale]) -> tuple[dict[int, int], dict[int, int]]:
    """Return what each producer was paid, and what was accepted of it."""
    paid: dict[int, int] = defaultdict(int)
    committed: dict[int, int] = defaultdict(int)
    for sale in sales:
        paid[sale.vendor_id] += sale.paid
        committed[sale.vendor_id] += sale.committed
    return paid, committed
