"""TKDN and BMP by the formula of the day: pure arithmetic on integers, every division once and last.

Since 12 December 2025 goods count 75 % direct material, 10 % direct labour and 15 % factory overhead (Permenperin
35/2025 art. 4); before it counted what of the production cost is not foreign (Permenperin 16/2011 art. 3-4). Which of
the two, and every weight, scale and cap, comes in as a `Method` read from dated rules (`p3dn.methods`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shop.base.errors import FieldFault, Invalid
from shop.base.money import FULL_BP, MAX_RUPIAH, round_half_up, share

MAX_MATERIALS: Final = 40
MAX_COST: Final = MAX_RUPIAH // MAX_MATERIALS
_MAJORITY: Final = FULL_BP // 2


@dataclass(frozen=True, slots=True)
class Cited:
    """One dated rule that a method stands on: confidence H, M or L as in rules.md."""

    key: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Method:
    """How TKDN is counted on one day. `weights` is None for the cost-based formula; all shares in basis points."""

    weights: tuple[int, int, int] | None
    """Material, labour, overhead."""
    overhead: Mapping[str, int] = field(default_factory=dict)
    rnd_max: int = 0
    invest_min: int = 0
    bmp_factors: Mapping[str, int] = field(default_factory=dict)
    bmp_cap: int = 0
    cited: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """A main component: its cost for one unit of product in rupiah, and its own TKDN in basis points."""

    name: str
    cost: int
    tkdn_bp: int


@dataclass(frozen=True, slots=True)
class Factors:
    """What the formula of 2025 asks: shares in basis points, `overhead` a key of the method's scale, BMP by factor."""

    materials: Sequence[Material]
    wni_bp: int
    overhead: str
    rnd_bp: int = 0
    bmp: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Costs:
    """What the formula before it asks, and that of services still: production cost and the foreign part, rupiah."""

    total: int
    foreign: int


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working. `key` says which; `numerator` of `denominator` is `result_bp` when there is a division."""

    key: str
    numerator: int
    denominator: int
    result_bp: int


@dataclass(frozen=True, slots=True)
class Result:
    """TKDN and BMP in basis points with the working. Their sum may exceed 100 % (K10)."""

    tkdn_bp: int
    bmp_bp: int
    steps: tuple[Step, ...]


def goods(inputs: Factors | Costs, method: Method) -> Result:
    """Return the TKDN of goods. Raises Invalid (every fault at its field), also for inputs of the other formula."""
    if method.weights is None:
        if not isinstance(inputs, Costs):
            raise Invalid.at(
                "day", "Untuk tanggal itu berlaku rumus lama: isi biaya produksi dan biaya komponen asing."
            )
        return _cost_based(inputs)
    if not isinstance(inputs, Factors):
        raise Invalid.at("day", "Sejak 12 Desember 2025 berlaku rumus baru: isi bahan, tenaga kerja, dan pabrik.")
    return _factor_based(inputs, method, method.weights)


def service(costs: Costs) -> Result:
    """Return the TKDN of a service: the part of its cost that is not foreign (Permenperin 35/2025 art. 14)."""
    return _cost_based(costs)


def together(parts: Iterable[tuple[int, int]]) -> int:
    """Return the TKDN of several things, weighted by value: (rupiah, basis points) each. Nothing of value is 0.

    Goods with services, and the lines of an order, count alike (Permenperin 16/2011 art. 6; kept in 35/2025).

    >>> together([(500_000, 4_000), (500_000, 2_500)])
    3250
    """
    known = list(parts)
    whole = sum(value for value, _ in known)
    return round_half_up(sum(value * bp for value, bp in known), whole) if whole > 0 else 0


def weighted_value(parts: Iterable[tuple[int, int]]) -> int:
    """Return the rupiah that count as local content, rounded per line as the ledger rounds.

    >>> weighted_value([(500_000, 4_000), (500_000, 2_500)])
    325000
    """
    return sum(share(value, bp) for value, bp in parts)


def bmp(given: Mapping[str, int], method: Method) -> int:
    """Return BMP: the sum of its factors, each up to its maximum, together up to the cap. Raises Invalid."""
    faults = [
        FieldFault(f"bmp-{key}", "Paling besar %(most)s %%.", (("most", method.bmp_factors.get(key, 0) // 100),))
        for key, value in given.items()
        if not 0 <= value <= method.bmp_factors.get(key, 0)
    ]
    if faults:
        raise Invalid(faults=tuple(faults))
    return min(sum(given.values()), method.bmp_cap)


def _cost_based(costs: Costs) -> Result:
    faults = []
    if not 0 < costs.total <= MAX_RUPIAH:
        faults.append(FieldFault("total", "Isi biaya produksi dalam rupiah, lebih dari 0."))
    elif not 0 <= costs.foreign <= costs.total:
        faults.append(FieldFault("foreign", "Biaya komponen asing paling besar sama dengan biaya produksi."))
    if faults:
        raise Invalid(faults=tuple(faults))
    local = costs.total - costs.foreign
    result = round_half_up(local * FULL_BP, costs.total)
    return Result(result, 0, (Step("costs", local, costs.total, result),))


def _factor_based(inputs: Factors, method: Method, weights: tuple[int, int, int]) -> Result:
    _check(inputs, method)
    cost = sum(material.cost for material in inputs.materials)
    local = sum(material.cost * material.tkdn_bp for material in inputs.materials)
    overhead = method.overhead[inputs.overhead]
    of_material, of_labour, of_overhead = weights
    # The three factors over one denominator, so that only their sum is rounded.
    rest = of_labour * inputs.wni_bp + of_overhead * overhead
    base = round_half_up(of_material * local + rest * cost, FULL_BP * cost)
    steps = [
        Step("material", round_half_up(local, FULL_BP), cost, round_half_up(of_material * local, FULL_BP * cost)),
        Step("labour", inputs.wni_bp, FULL_BP, share(of_labour, inputs.wni_bp)),
        Step("overhead", overhead, FULL_BP, share(of_overhead, overhead)),
        Step("sum", 0, 0, base),
    ]
    result = base
    if inputs.rnd_bp:
        result = min(base + inputs.rnd_bp, FULL_BP)
        steps.append(Step("rnd", 0, 0, result))
    # The floor for who invests here: a plant of one's own, and most hands Indonesian.
    if overhead == FULL_BP and inputs.wni_bp > _MAJORITY and result < method.invest_min:
        result = method.invest_min
        steps.append(Step("floor", 0, 0, result))
    merit = bmp(inputs.bmp, method)
    if inputs.bmp:
        steps.append(Step("bmp", sum(inputs.bmp.values()), 0, merit))
    return Result(result, merit, tuple(steps))


def _check(inputs: Factors, method: Method) -> None:
    faults = []
    if not 0 < len(inputs.materials) <= MAX_MATERIALS:
        faults.append(FieldFault("cost-1", "Isi paling sedikit satu bahan utama dengan biayanya."))
    for row, material in enumerate(inputs.materials, 1):
        if not 0 < material.cost <= MAX_COST:
            faults.append(FieldFault(f"cost-{row}", "Isi biaya bahan ini dalam rupiah, lebih dari 0."))
        if not 0 <= material.tkdn_bp <= FULL_BP:
            faults.append(FieldFault(f"tkdn-{row}", "Isi 0 sampai 100 persen."))
    if not 0 <= inputs.wni_bp <= FULL_BP:
        faults.append(FieldFault("wni", "Isi 0 sampai 100 persen."))
    if inputs.overhead not in method.overhead:
        faults.append(FieldFault("overhead", "Pilih di mana produk ini dibuat."))
    if not 0 <= inputs.rnd_bp <= method.rnd_max:
        faults.append(FieldFault("rnd", "Paling besar %(most)s %%.", (("most", method.rnd_max // 100),)))
    try:
        bmp(inputs.bmp, method)
    except Invalid as error:
        faults += error.faults
    if faults:
        raise Invalid(faults=tuple(faults))
