"""What one order line adds to the P3DN figures: pure arithmetic on integers, no database, no clock.

Three stages, cumulative: *planned* (pagu of RUP packages flagged PDN), *committed* (surat pesanan accepted by the
producer), *paid*. BPKP's own formula was not found in any public text (confidence L), so the basis is a policy and
every screen says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shop.base.money import FULL_BP, ratio_bp, round_half_up, share

EVIDENCE: Final = ("certified", "self_declared", "none", "")
"""Proof of TKDN valid on the order day; '' only on planned entries, where no product is known yet."""
MEASURES: Final = (
    "planned",
    "committed",
    "paid_total",
    "pdn_value",
    "pdn_certified",
    "tkdn_weighted",
    "umk_value",
    "orders",
    "lines",
)
"""Names of the nine measures, in the order of Measures.as_tuple()."""

SYSTEM: Final = "e-Order Jakpreneur"
"""Which system a total comes from: two official systems publish two totals, so ours is always named."""
BASIS: Final = "paid_gross_incl_tax_excl_shipping"
"""Name of the default of rule `p3dn.value_basis`: value of a line as paid, tax in, shipping out (confidence L)."""
NOT_ORDERED: Final = ""
"""Key of planned figures under vendor, kecamatan, category and evidence: labelled "belum dipesan (rencana)"."""
CHANNELS: Final = ("basket", "approval", "negotiation", "competition", "api", "")
"""How an order was placed; '' on plans and on orders made before this was noted."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Nine whole numbers that add up under every grouping: seven in rupiah, two counts."""

    planned: int = 0
    committed: int = 0
    paid_total: int = 0
    pdn_value: int = 0
    pdn_certified: int = 0
    tkdn_weighted: int = 0
    umk_value: int = 0
    orders: int = 0
    lines: int = 0

    def as_tuple(self) -> tuple[int, ...]:
        """Return the nine numbers in the order of MEASURES."""
        return (
            self.planned, self.committed, self.paid_total, self.pdn_value, self.pdn_certified,
            self.tkdn_weighted, self.umk_value, self.orders, self.lines,
        )  # fmt: skip

    def __add__(self, other: Measures) -> Measures:
        return Measures(*(a + b for a, b in zip(self.as_tuple(), other.as_tuple(), strict=True)))

    def __sub__(self, other: Measures) -> Measures:
        return Measures(*(a - b for a, b in zip(self.as_tuple(), other.as_tuple(), strict=True)))

    def __neg__(self) -> Measures:
        return Measures(*(-a for a in self.as_tuple()))

    def __bool__(self) -> bool:
        return any(self.as_tuple())


ZERO: Final = Measures()


@dataclass(frozen=True, slots=True)
class Fact:
    """What a line or package says about itself today. The ledger keeps the differences between such statements.

    `key` is `line:ID` or `package:ID`, unique inside its source. Planned facts have no order, line, vendor,
    kecamatan, category, evidence or channel. `kecamatan_code` is where the producer works, as photographed at ordering.
    """

    key: str
    order_id: int | None
    line_id: int | None
    package_id: int
    office_id: int
    account_code: str
    kecamatan_code: str
    vendor_id: int | None
    category_code: str
    evidence: str
    tkdn_bp: int
    measures: Measures
    channel: str = ""


def line_measures(
    *, value: int, pdn: bool, umk: bool, evidence: str, tkdn_bp: int, committed: bool, paid: bool, first: bool
) -> Measures:
    """Return what one order line counts. `value` is in rupiah on the basis of BASIS, flags as photographed.

    `committed`: accepted by the producer and not cancelled; it stays true when paid. The PDN, TKDN and UMK values
    count when paid (a PDN line counts with its whole value; Permenperin 16/2011 Ps. 6 weighs by TKDN). An order is
    counted on its first line only, so that orders add up. Raises ValueError for a paid line that is not committed,
    a negative value, an unknown evidence, or a TKDN outside 0..100 %.
    """
    if value < 0 or not 0 <= tkdn_bp <= FULL_BP or evidence not in EVIDENCE or (paid and not committed):
        msg = f"no such line: {value=} {evidence=} {tkdn_bp=} {committed=} {paid=}"
        raise ValueError(msg)
    if not committed:
        return ZERO
    if not paid:
        return Measures(committed=value, orders=int(first), lines=1)
    proven = evidence in {"certified", "self_declared"}
    return Measures(
        committed=value,
        paid_total=value,
        pdn_value=value if pdn else 0,
        pdn_certified=value if pdn and evidence == "certified" else 0,
        tkdn_weighted=share(value, tkdn_bp) if proven else 0,
        umk_value=value if umk else 0,
        orders=int(first),
        lines=1,
    )


def basis_name(value: Mapping[str, str]) -> str:
    """Return the name of a value of rule `p3dn.value_basis`.

    >>> basis_name({"tax": "excluded", "shipping": "included"})
    'paid_gross_excl_tax_incl_shipping'
    """
    words = {"included": "incl", "excluded": "excl"}
    return f"paid_gross_{words[value['tax']]}_tax_{words[value['shipping']]}_shipping"


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Return whole rupiah that add up to `total`, each near its weight's part: the largest remainders get one more.

    Equal remainders go to the earlier line. Raises ValueError for a negative total, or weights without a sum.

    >>> spread(10, [1, 1, 1]), spread(5, [0, 2])
    ([4, 3, 3], [0, 5])
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        msg = f"cannot spread {total} over {weights}"
        raise ValueError(msg)
    parts = [total * weight // whole for weight in weights]
    rest = [total * weight % whole for weight in weights]
    for place in sorted(range(len(weights)), key=lambda n: (-rest[n], n))[: total - sum(parts)]:
        parts[place] += 1
    return parts


def line_values(amounts: Sequence[int], shipping: int, tax: int, basis: str) -> list[int]:
    """Return what each line counts on a basis, in rupiah.

    `amounts` are the lines as the office pays them, `shipping` the delivery beside them, `tax` the PPN or PBJT inside both.
    Tax leaves lines and delivery in proportion; delivery is shared over the lines by their amounts. Lines, delivery
    and tax always add up to what is paid.
    """
    parts = [*amounts, shipping]
    if "_excl_tax" in basis:
        parts = spread(sum(parts) - tax, parts)
    *lines, delivery = parts
    if "_incl_shipping" in basis:
        lines = [line + more for line, more in zip(lines, spread(delivery, amounts), strict=True)]
    return lines


def planned_fact(*, package_id: int, office_id: int, account_code: str, pagu: int) -> Fact:
    """Return the fact of a RUP package announced with status_pdn = PDN: its pagu is the commitment (domain: H)."""
    return Fact(
        f"package:{package_id}", None, None, package_id, office_id, account_code,
        NOT_ORDERED, None, "", NOT_ORDERED, 0, Measures(planned=pagu),
    )  # fmt: skip


def tkdn_of_several(goods: Iterable[tuple[int, int]]) -> int | None:
    """Return the TKDN of several goods together in basis points, weighted by value; None without value.

    `goods` are (rupiah, tkdn_bp). Source: Permenperin 16/2011 Ps. 6, kept in Permenperin 35/2025.

    >>> tkdn_of_several([(500_000, 4_000), (500_000, 2_500)])
    3250
    """
    value, weighted = 0, 0
    for rupiah, tkdn_bp in goods:
        value += rupiah
        weighted += rupiah * tkdn_bp
    return round_half_up(weighted, value) if value > 0 else None


@dataclass(frozen=True, slots=True)
class Shares:
    """Percentages in basis points, each None when there is nothing to divide by."""

    achievement: int | None
    """pdn_value of planned: realisation of the commitment in the RUP."""
    pdn: int | None
    """pdn_value of paid_total: the performance indicator of heads of office (target 80 %)."""
    certified: int | None
    """pdn_certified of paid_total."""
    tkdn: int | None
    """tkdn_weighted of paid_total: the value-weighted TKDN."""
    umk: int | None
    """umk_value of paid_total (target 40 % of the procurement budget, Perpres 12/2021 Ps. 65)."""


def shares(measures: Measures) -> Shares:
    """Return the percentages of a set of measures. Never divides by zero."""
    paid = measures.paid_total
    return Shares(
        achievement=ratio_bp(measures.pdn_value, measures.planned),
        pdn=ratio_bp(measures.pdn_value, paid),
        certified=ratio_bp(measures.pdn_certified, paid),
        tkdn=ratio_bp(measures.tkdn_weighted, paid),
        umk=ratio_bp(measures.umk_value, paid),
    )
