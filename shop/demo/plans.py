"""Orders of the demo city: who bought what for which meeting, and how far it has come by `today`."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, cast
from zoneinfo import ZoneInfo

from shop.demo.luck import happens
from shop.demo.offices import LARGE
from shop.demo.shapes import DemoOrderPlan
from shop.demo.words import words
from shop.reference.calendar import is_working_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from shop.demo.shapes import DemoCategory, DemoOffice, DemoPackage, DemoProduct, DemoVendor, PlannedState

JAKARTA: Final = ZoneInfo("Asia/Jakarta")
_DAY: Final = timedelta(days=1)
_ORDER_MIN: Final = 100_000
_ORDER_MAX: Final = 49_500_000
# Room for tax on top of the subtotal (PPN 11 %, PBJT 10 %), so that a placed order still fits its pagu.
_TAX_ROOM: Final = (112, 100)
_TRIES: Final = 60
_CROWDS: Final = (12, 15, 20, 25, 25, 30, 35, 40, 50, 60, 75, 80, 100, 120)
_LARGE_CROWDS: Final = (40, 60, 80, 100, 150, 200, 250, 300, 400)
_SMALL: Final = {"sent": 3, "confirmed": 4, "on_the_way": 1, "arrived": 1, "received": 4, "paid": 6, "refused": 2,
                 "expired": 1, "cancelled": 2}  # fmt: skip
_SHARES: Final = {"sent": 16, "confirmed": 26, "on_the_way": 3, "arrived": 4, "received": 18, "paid": 60, "refused": 40,
                  "expired": 25, "cancelled": 30}  # fmt: skip


@dataclass(slots=True)
class _Market:
    """What is left to sell and to spend while the plans are made."""

    offers: dict[str, dict[str, list[DemoProduct]]]
    homes: dict[str, DemoVendor]
    pull: dict[str, int]
    packages: dict[tuple[int, str], list[DemoPackage]]
    left: dict[str, int]
    used: Counter[tuple[str, date]]
    sold: Counter[str]
    holidays: frozenset[date]


def orders(
    rng: Random,
    count: int,
    offices: Sequence[DemoOffice],
    packages: Sequence[DemoPackage],
    vendors: Sequence[DemoVendor],
    products: Sequence[DemoProduct],
    categories: Mapping[str, DemoCategory],
    holidays: frozenset[date],
    today: date,
) -> tuple[tuple[DemoOrderPlan, ...], tuple[DemoProduct, ...]]:
    """Return the plans in order of time, and the products with opening stock enough for them."""
    market = _market(rng, packages, vendors, products, categories, holidays)
    places = {o.code: o for o in offices}
    plans = []
    for state in _states(rng, count):
        for _ in range(_TRIES):
            plan = _plan(rng, market, places, state, today)
            if plan is not None:
                plans.append(plan)
                break
        else:
            msg = f"no order can be planned for state {state}"
            raise RuntimeError(msg)
    plans.sort(key=lambda p: (p.ordered_at, p.package, p.vendor))
    named = tuple(replace(p, key=f"O{index + 1:05d}") for index, p in enumerate(plans))
    stocked = tuple(p if p.stock is None else replace(p, stock=p.stock + market.sold[p.key]) for p in products)
    return named, stocked


def _market(
    rng: Random,
    packages: Sequence[DemoPackage],
    vendors: Sequence[DemoVendor],
    products: Sequence[DemoProduct],
    categories: Mapping[str, DemoCategory],
    holidays: frozenset[date],
) -> _Market:
    offers: dict[str, dict[str, list[DemoProduct]]] = {}
    for product in products:
        for account in categories[product.category].account_codes if product.pdn else ():
            offers.setdefault(account, {}).setdefault(product.vendor, []).append(product)
    open_packages: defaultdict[tuple[int, str], list[DemoPackage]] = defaultdict(list)
    for package in packages:
        open_packages[package.year, package.account_code].append(package)
    return _Market(
        offers=offers,
        homes={v.key: v for v in vendors},
        # A few are known to everybody, many have sold little: that is what the spread report is for.
        pull={v.key: rng.choice((1, 1, 1, 2, 2, 3, 5, 9)) for v in vendors},
        packages=dict(open_packages),
        left={p.rup_code: p.pagu for p in packages},
        used=Counter(),
        sold=Counter(),
        holidays=holidays,
    )


def _states(rng: Random, count: int) -> list[PlannedState]:
    wanted = _SMALL if count <= sum(_SHARES.values()) else {s: count * n // 1000 for s, n in _SHARES.items()}
    states = [state for state, number in wanted.items() for _ in range(number)][:count]
    states += ["closed"] * (count - len(states))
    rng.shuffle(states)
    return cast("list[PlannedState]", states)


def _plan(
    rng: Random, market: _Market, places: Mapping[str, DemoOffice], state: PlannedState, today: date
) -> DemoOrderPlan | None:
    """Return one order, or None when this draw does not fit calendar, capacity or pagu."""
    template = rng.choices(words().packages, [p.orders for p in words().packages])[0]
    offers = market.offers.get(template.account)
    if not offers:
        return None
    ordered, serve = _days(rng, market, state, today)
    candidates = market.packages.get((ordered.year, template.account))
    if not candidates or ordered.year < today.year - 1:
        return None
    package = rng.choice(candidates)
    office = places[package.office]
    vendor = _seller(rng, market, list(offers), office)
    if serve.weekday() in vendor.closed_weekdays:
        return None
    crowd = _CROWDS + _LARGE_CROWDS if office.kind in LARGE else _CROWDS
    people = rng.choice(crowd) if template.need != "goods" else None
    lines = _lines(rng, market, offers[vendor.key], people, ordered, serve)
    subtotal = sum(product.price_for(quantity) * quantity for product, quantity in lines)
    if not _book(market, package, lines, subtotal, serve):
        return None
    ordered_at = datetime.combine(ordered, time(rng.randint(8, 15), rng.randrange(0, 60)), JAKARTA)
    return DemoOrderPlan(
        key="",
        office=office.code,
        package=package.rup_code,
        vendor=vendor.key,
        lines=tuple((product.key, quantity) for product, quantity in lines),
        subtotal=subtotal,
        headcount=people,
        purpose=_purpose(rng, template.need, serve, office),
        delivery_address=f"{rng.choice(('Ruang Rapat', 'Aula', 'Ruang Serbaguna', 'Lobi'))} {office.name}, {office.address}",
        ordered_at=ordered_at,
        serve_at=datetime.combine(
            serve, time(rng.choice((8, 9, 9, 10, 11, 11, 12, 13, 14)), rng.choice((0, 30))), JAKARTA
        ),
        state=state,
        reason=_reason(rng, state),
    )


def _book(
    market: _Market, package: DemoPackage, lines: list[tuple[DemoProduct, int]], subtotal: int, serve: date
) -> bool:
    """Take pagu, capacity and stock for these lines and return True, or change nothing and return False."""
    gross = subtotal * _TAX_ROOM[0] // _TAX_ROOM[1]
    if subtotal < _ORDER_MIN or gross > min(market.left[package.rup_code], _ORDER_MAX):
        return False
    market.left[package.rup_code] -= gross
    for product, quantity in lines:
        market.used[product.key, serve] += quantity
        market.sold[product.key] += quantity
    return True


def _days(rng: Random, market: _Market, state: PlannedState, today: date) -> tuple[date, date]:
    """Return the day of the order and of serving that make `state` the natural one today."""
    gap = rng.choice((2, 3, 3, 4, 5, 5, 6, 7, 8, 10, 12, 15))
    if state == "sent":
        ordered = _workday(today - _DAY * rng.randint(0, 1), market.holidays)
        ordered = ordered if today - ordered <= 2 * _DAY else today
        return ordered, _workday(today + _DAY * max(2, gap), market.holidays, forward=True)
    if state == "confirmed":
        return (
            _workday(today - _DAY * rng.randint(1, 6), market.holidays),
            _workday(today + _DAY * rng.randint(1, 12), market.holidays, forward=True),
        )
    ages = {"on_the_way": (0, 0), "arrived": (0, 0), "received": (1, 7), "paid": (5, 40)}
    young, old = ages.get(state, (12, 690))
    # Newer orders are more than older ones: the shop has grown.
    age = young + min(rng.randint(0, old - young), rng.randint(0, old - young)) if old > young else young
    serve = today - _DAY * age
    if age:
        serve = _workday(serve, market.holidays)
    return _workday(serve - _DAY * gap, market.holidays), serve


def _workday(day: date, holidays: frozenset[date], *, forward: bool = False) -> date:
    while not is_working_day(day, holidays):
        day += _DAY if forward else -_DAY
    return day


def _seller(rng: Random, market: _Market, sellers: list[str], office: DemoOffice) -> DemoVendor:
    """Return a producer: of a handful met by chance, the well known and the near are chosen more often."""
    few = rng.sample(sellers, min(8, len(sellers)))
    city = office.region_code[:5]
    near = [3 if market.homes[k].kecamatan_code.startswith(city) else 1 for k in few]
    return market.homes[rng.choices(few, [market.pull[k] * n for k, n in zip(few, near, strict=True)])[0]]


def _lines(
    rng: Random, market: _Market, offers: list[DemoProduct], people: int | None, ordered: date, serve: date
) -> list[tuple[DemoProduct, int]]:
    """Return one to three of the vendor's offers in lawful and possible quantities; none when nothing fits."""
    hours = (serve - ordered).days * 24 - 8
    fitting = [p for p in offers if p.lead_time_hours <= hours]
    lines: list[tuple[DemoProduct, int]] = []
    for product in rng.sample(fitting, min(len(fitting), rng.choice((1, 1, 1, 2, 2, 3)))):
        quantity = _quantity(rng, product, people)
        if market.used[product.key, serve] + quantity <= product.daily_capacity:
            lines.append((product, quantity))
    return lines


def _quantity(rng: Random, product: DemoProduct, people: int | None) -> int:
    if people is None:
        return product.min_order * rng.choice((1, 1, 2, 2, 3, 4, 5))
    if product.serves == 1:
        return max(product.min_order, people)
    if product.serves:
        return max(product.min_order, -(-people // product.serves))
    return max(product.min_order, people // rng.choice((3, 5, 8)))


def _purpose(rng: Random, need: str, serve: date, office: DemoOffice) -> str:
    lists = words().lists
    if need == "meeting":
        if office.kind == "kelurahan" and happens(rng, 50):
            return f"Rapat koordinasi RW {rng.randint(1, 12):02d} {office.name}"
        return f"{rng.choice(lists['kinds_of_meeting'])} {rng.choice(lists['topics'])}"
    if need == "guests":
        return rng.choice(lists["guests"])
    if need == "field":
        return rng.choice(lists["field_needs"])
    quarter = ("I", "II", "III", "IV")[(serve.month - 1) // 3]
    return rng.choice(lists["goods_needs"]).format(quarter=quarter, half="I" if serve.month <= 6 else "II")  # noqa: PLR2004


def _reason(rng: Random, state: PlannedState) -> str | None:
    return rng.choice(words().lists[state]) if state in {"refused", "cancelled"} else None
