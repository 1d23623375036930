"""Invented offers: name, contents, price and proof of local content, each fitting its category."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from shop.demo.luck import happens
from shop.demo.shapes import DemoCertificate, DemoProduct
from shop.demo.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from random import Random

    from shop.demo.shapes import DemoCategory, DemoVendor, Evidence, Halal
    from shop.demo.words import Item, Leaf

# Goods TKDN and its certificates changed on this day: five years instead of three, no cap for small industry
# (Permenperin 35/2025; before it 46/2022 capped the self declaration at 40 %).
_NEW_RULES: Final = date(2025, 12, 12)
_OLD_SELF_CAP: Final = 4_000
_SELF_DECLARATION_BEGAN: Final = date(2022, 11, 1)
_BMP: Final = (0, 0, 100, 200, 400, 400, 600, 700, 800, 1000, 1200, 1500)
_TRIES: Final = 400
# Above this price (rupiah) one piece is an order.
_DEAR: Final = 400_000
_LITTLE_WORDS: Final = frozenset({"dan", "di", "2", "3", "m"})


def products(
    rng: Random, count: int, vendors: Iterable[DemoVendor], categories: Mapping[str, DemoCategory], today: date
) -> tuple[DemoProduct, ...]:
    """Return `count` offers; each producer has its share, and no two offers of one producer carry one name."""
    trades = {t.code: t.goods for t in words().trades}
    sellers = list(vendors)
    shares = _shares(rng, count, len(sellers))
    made: list[DemoProduct] = []
    for vendor, share in zip(sellers, shares, strict=True):
        goods = trades[vendor.trade]
        taken: set[str] = set()
        for index in range(share):
            # The first offers walk through what the producer does; the rest stay with the main thing.
            code = goods[index] if index < len(goods) else rng.choice(goods)
            leaf = words().leaves[code]
            name, item, price, contents, size = _unique(rng, leaf, vendor, taken)
            made.append(
                _product(rng, f"P{len(made) + 1:05d}", vendor, categories[code], leaf, name, item, price, contents, size,
                         today)
            )  # fmt: skip
    return tuple(made)


def _shares(rng: Random, count: int, sellers: int) -> list[int]:
    """Return how many offers each producer has: most a few, some many, together `count`."""
    even = count // sellers
    shares = [max(1, even + rng.choice((-2, -2, -1, -1, 0, 0, 0, 1, 1, 2))) for _ in range(sellers)]
    step = 1 if sum(shares) < count else -1
    while sum_left := count - sum(shares):
        for index in rng.sample(range(sellers), min(sellers, abs(sum_left))):
            shares[index] = max(1, shares[index] + step)
    return shares


def _unique(
    rng: Random, leaf: Leaf, vendor: DemoVendor, taken: set[str]
) -> tuple[str, str, int, str, tuple[str, int, int, int] | None]:
    for _ in range(_TRIES):
        name, item, price, contents, size = _draft(rng, leaf, vendor)
        # One producer does not list one thing twice under two words for the same box.
        core = (item + (size[0] if size else "")).lower()
        if name.lower() not in taken and core not in taken:
            taken |= {name.lower(), core}
            return name, item, price, contents, size
    for _ in range(_TRIES):
        name, item, price, contents, size = _draft(rng, leaf, vendor)
        if name.lower() not in taken:
            taken.add(name.lower())
            return name, item, price, contents, size
    msg = f"{leaf.code} has too few names for {vendor.name}"
    raise RuntimeError(msg)


def _draft(rng: Random, leaf: Leaf, vendor: DemoVendor) -> tuple[str, str, int, str, tuple[str, int, int, int] | None]:
    """Return name, item, price in hundreds, contents and size of one possible offer."""
    if leaf.savoury and happens(rng, 85):
        return (*_mixed(rng, leaf), None)
    item = rng.choice(leaf.items)
    price = rng.randint(item.low, item.high)
    contents = item.contents
    size = rng.choice(leaf.sizes) if leaf.sizes else None
    if size is not None:
        price = price * size[2] // 1000
    pattern = _pattern(rng, leaf, item)
    label = ""
    if "{axis}" in pattern:
        choice = _axis(rng, leaf, item)
        pattern = pattern if choice else "{item} {size}" if leaf.sizes else "{item}"
        if choice:
            label, extra, more = choice
            price += extra
            contents = f"{contents}, {more}" if more else contents
    name = pattern.format(item=item.name, axis=label, brand=_brand(vendor, item.name), size=size[0] if size else "")
    return " ".join(name.split()), item.name, max(price, item.low // 2, 5), contents, size


def _pattern(rng: Random, leaf: Leaf, item: Item) -> str:
    if item.whole:
        return "{item}"
    pattern = rng.choice(leaf.patterns)
    if item.bare and "{axis}" in pattern:
        return "{item} {size}" if leaf.sizes else "{item}"
    return pattern


def _axis(rng: Random, leaf: Leaf, item: Item) -> tuple[str, int, str] | None:
    """Return an addition that does not repeat what the name or the contents already say."""
    said = f"{item.name} {item.contents}".lower()
    fitting = [a for a in leaf.axis if not any(w in said for w in a[0].lower().split() if w not in _LITTLE_WORDS)]
    return rng.choice(fitting) if fitting else None


def _mixed(rng: Random, leaf: Leaf) -> tuple[str, str, int, str]:
    """Return a box of two or three kinds of cake, as officers order them."""
    kinds = rng.sample(leaf.savoury, rng.choice((1, 1, 2))) + rng.sample(leaf.sweet, rng.choice((1, 1, 2)))
    names = [k[0] for k in kinds]
    item = f"{', '.join(names[:-1])} & {names[-1]}"
    price = sum(rng.randint(k[1], k[2]) for k in kinds) + leaf.base
    contents = ", ".join(n.lower() for n in names)
    pattern = rng.choice(leaf.patterns)
    label = ""
    if "{axis}" in pattern:
        label, extra, more = rng.choice(leaf.axis)
        price, contents = price + extra, f"{contents}, {more}"
    return pattern.format(item=item, axis=label), item, price, contents


def _brand(vendor: DemoVendor, item: str) -> str:
    """Return what is printed on the packet: the sign without what the product says already."""
    said = set(item.split())
    return " ".join(w for w in vendor.name.split() if w not in words().lists["trade_words"] and w not in said)


def _product(
    rng: Random, key: str, vendor: DemoVendor, category: DemoCategory, leaf: Leaf, name: str, item: str, hundreds: int,
    contents: str, size: tuple[str, int, int, int] | None, today: date,
) -> DemoProduct:  # fmt: skip
    price = believable(hundreds * 100)
    pdn = rng.randrange(100) < leaf.domestic
    evidence, certificate = _evidence(rng, leaf, today) if pdn else ("none", None)
    halal, halal_number = _halal(rng, category, today)
    serves = (size[3] if size else 0) or leaf.serves
    minimum = rng.choice(leaf.min_order) if price < _DEAR else 1
    return DemoProduct(
        key=key,
        vendor=vendor.key,
        category=category.code,
        name=name,
        description=_description(rng, leaf, item, contents),
        composition=contents,
        price=price,
        unit=leaf.unit,
        min_order=minimum,
        serves=serves or None,
        weight_g=size[1] if size else rng.randrange(*leaf.weight, 5) if leaf.weight else None,
        daily_capacity=max(_round(rng.randint(*leaf.capacity)), 3 * minimum),
        lead_time_hours=rng.choice(leaf.lead),
        stock=max(_round(rng.randint(*leaf.stock)), 2 * minimum) if leaf.stock and happens(rng, 85) else None,
        tiers=_tiers(rng, leaf, price, minimum),
        halal=halal,
        halal_number=halal_number,
        pdn=pdn,
        evidence=evidence,
        certificate=certificate,
    )


def believable(rupiah: int) -> int:
    """Return a price as people write them: small ones end in 500, large ones in thousands."""
    step = next(
        step
        for limit, step in ((2_000, 100), (10_000, 250), (100_000, 500), (400_000, 1_000), (1_500_000, 5_000),
                            (10**12, 25_000))
        if rupiah < limit
    )  # fmt: skip
    return max(step, (rupiah + step // 2) // step * step)


def _round(amount: int) -> int:
    step = 10 if amount >= 100 else 5 if amount >= 20 else 1  # noqa: PLR2004 - how people round by size
    return max(1, amount // step * step)


def _tiers(rng: Random, leaf: Leaf, price: int, minimum: int) -> tuple[tuple[int, int], ...]:
    if not leaf.tiers or happens(rng, 65):
        return ()
    tiers: list[tuple[int, int]] = []
    for start, discount in leaf.tiers:
        lower = believable(price * (10_000 - discount) // 10_000)
        if start > minimum and lower < (tiers[-1][1] if tiers else price):
            tiers.append((start, lower))
    return tuple(tiers)


def _description(rng: Random, leaf: Leaf, item: str, contents: str) -> str:
    parts = contents.split(", ")
    *first, last = parts
    listed = f"{', '.join(first)}, dan {last}" if first[1:] else " dan ".join(parts)
    sentences = [rng.choice(leaf.opening).format(item=item), f"{leaf.made} {listed}.", rng.choice(leaf.body)]
    if happens(rng, 55):
        sentences.append(rng.choice(leaf.close))
    return " ".join(sentences)


def _halal(rng: Random, category: DemoCategory, today: date) -> tuple[Halal, str | None]:
    if category.kind != "food":
        return "not_applicable", None
    kind: Halal = rng.choices(("certified", "declared", "unknown"), (62, 28, 10))[0]
    if kind != "certified":
        return kind, None
    year = today.year - rng.randint(0, 3)
    return kind, f"DEMO-ID3111{rng.randrange(10**9):09d}{year % 100:02d}"


def _evidence(rng: Random, leaf: Leaf, today: date) -> tuple[Evidence, DemoCertificate | None]:
    if leaf.tkdn is None:
        return "none", None
    kind: Evidence = rng.choices(("none", "self_declared", "certified"), leaf.evidence)[0]
    if kind == "none":
        return "none", None
    issued = _issued(rng, today)
    tkdn = rng.randint(*leaf.tkdn)
    if kind == "self_declared":
        issued = max(issued, _SELF_DECLARATION_BEGAN)
        if issued < _NEW_RULES:
            tkdn = min(tkdn, _OLD_SELF_CAP - rng.choice((0, 0, 250, 500, 1_000, 1_500)))
        number = f"DEMO-{rng.randint(100, 99_999)}/IK/TKDN/{issued.month}/{issued.year}"
    else:
        number = f"DEMO-{rng.randint(100, 19_999)}/SJ-IND.8/TKDN/{issued.month}/{issued.year}"
    valid_until = _years_later(issued, 5 if issued >= _NEW_RULES else 3)
    bmp = rng.choice(_BMP) if kind == "certified" else 0
    return kind, DemoCertificate(number, tkdn, bmp, issued, valid_until)


def _issued(rng: Random, today: date) -> date:
    """Return a day of issue: most still count, some have run out, a few run out within two months."""
    age = rng.choices(("soon", "over", "counts"), (7, 9, 84))[0]
    if age == "soon":
        soon = _years_later(today, -3) + timedelta(days=rng.randint(3, 60))
        return soon if soon < _NEW_RULES else today - timedelta(days=rng.randint(30, 300))
    if age == "over":
        return _years_later(today, -3) - timedelta(days=rng.randint(20, 500))
    return today - timedelta(days=rng.randint(15, 1_000))


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
