"""Invented producers: names, homes, hours and stories, spread over the kecamatan like the people are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

from shop.demo.luck import happens
from shop.demo.shapes import DemoVendor
from shop.demo.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from shop.demo.words import Trade
    from shop.reference.files import RegionRow

ROMAN: Final = ("I", "II", "III", "IV", "V", "VI")
SERVICE_TRADES: Final = frozenset({"dekorasi", "dokumentasi", "kebersihan"})
FOOD_TRADES: Final = frozenset(
    {"katering", "warung", "kue", "roti", "kue-kering", "keripik", "dodol", "minuman", "kopi", "jamu", "sambal", "beku",
     "buah"}
)  # fmt: skip
# The dozen of the small city: every corner of the catalogue has somebody.
_SMALL_TRADES: Final = (
    "katering", "katering", "warung", "kue", "kue", "keripik", "minuman", "sambal", "batik", "suvenir", "cetak",
    "pembersih",
)  # fmt: skip
_SMALL_HOMES: Final = ("31.71.01", "31.71.06", "31.71.07", "31.71.04", "31.72.04", "31.74.09")
_ISLANDS: Final = "31.01"
# After so many taken names the place is added, as neighbours would.
_PATIENCE: Final = 6
_PROGRAMME: Final = "Jakpreneur"
# Share of registered producers that reached each step of the programme (October 2021), in per mille; P5 is where we are.
_STEPS: Final = (("P2", 620), ("P3", 550), ("P4", 740), ("P5", 850), ("P6", 300), ("P7", 40))


def vendors(rng: Random, count: int, regions: Sequence[RegionRow], today: date) -> tuple[DemoVendor, ...]:
    """Return `count` producers with unique names; from 44 on, every kecamatan has at least one."""
    small = count <= len(_SMALL_TRADES)
    kelurahan: dict[str, list[RegionRow]] = {}
    for row in regions:
        if row.level == "kelurahan" and row.parent_code is not None:
            kelurahan.setdefault(row.parent_code, []).append(row)
    names = {r.code: r.name for r in regions}
    taken: set[str] = set()
    made = []
    for index, (home, trade) in enumerate(
        zip(_homes(rng, count, kelurahan, small=small), _trades(rng, count, small=small), strict=True)
    ):
        place = rng.choice(kelurahan[home])
        name, owner = _name(rng, trade, place.name, names[home], taken)
        made.append(_vendor(rng, f"V{index + 1:04d}", name, owner, trade, place, names[home], today))
    return tuple(made)


def _homes(rng: Random, count: int, kelurahan: dict[str, list[RegionRow]], *, small: bool) -> list[str]:
    if small:
        return [_SMALL_HOMES[i % len(_SMALL_HOMES)] for i in range(count)]
    codes = sorted(kelurahan)
    homes = list(codes[:count])
    # More kelurahan, more people; the islands are few.
    weights = [1 if c.startswith(_ISLANDS) else 3 * len(kelurahan[c]) for c in codes]
    homes += rng.choices(codes, weights, k=max(0, count - len(codes)))
    rng.shuffle(homes)
    return homes


def _trades(rng: Random, count: int, *, small: bool) -> list[Trade]:
    known = {t.code: t for t in words().trades}
    if small:
        return [known[c] for c in _SMALL_TRADES[:count]]
    chosen = list(known.values())[:count]
    chosen += rng.choices(list(known.values()), [t.weight for t in known.values()], k=max(0, count - len(chosen)))
    rng.shuffle(chosen)
    return chosen


def _name(rng: Random, trade: Trade, kelurahan: str, kecamatan: str, taken: set[str]) -> tuple[str, str]:
    """Return a business name nobody has yet and the owner's name; the name in the sign is the owner's first."""
    lists = words().lists
    for attempt in range(60):
        pattern = rng.choice(trade.names)
        woman = "{m}" not in pattern and ("{f}" in pattern or happens(rng, 64))
        owner = person(rng, woman=woman)
        first = owner.split()[0]
        place = rng.choice((kelurahan, kelurahan, kecamatan))
        name = pattern.format(
            f=first, m=first, place=place, flower=rng.choice(lists["flowers"]), lucky=rng.choice(lists["lucky"])
        )
        if name in taken and attempt > _PATIENCE and place not in name:
            name = f"{name} {place}"
        if name not in taken and len(set(name.split())) == len(name.split()):
            taken.add(name)
            return name, owner
    msg = f"no free name left for {trade.code} in {kelurahan}"
    raise RuntimeError(msg)


def person(rng: Random, *, woman: bool) -> str:
    """Return an invented name of two common given names; never a pair that belongs to somebody known."""
    lists = words().lists
    pool = lists["female"] if woman else lists["male"]
    while True:
        name = " ".join(rng.sample(pool, 2))
        if name not in lists["avoid"]:
            return name


def street(rng: Random) -> str:
    """Return an invented street with number, RT and RW."""
    lists = words().lists
    road = rng.choice(lists["streets"]).format(
        flower=rng.choice(lists["flowers"]), male=rng.choice(lists["male"]), roman=rng.choice(ROMAN)
    )
    return f"{road} No. {rng.randint(1, 98)}, RT {rng.randint(1, 15):03d}/RW {rng.randint(1, 12):02d}"


def _vendor(
    rng: Random, key: str, name: str, owner: str, trade: Trade, home: RegionRow, kecamatan: str, today: date
) -> DemoVendor:
    small_firm = happens(rng, 20)
    legal: Literal["perorangan", "pt_perorangan", "cv", "koperasi", "pt"] = "perorangan"
    if small_firm:
        legal = rng.choices(("perorangan", "pt_perorangan", "cv", "koperasi", "pt"), (30, 22, 32, 9, 7))[0]
    elif happens(rng, 12):
        legal = "pt_perorangan"
    since = today.year - rng.choices((1, 2, 3, 4, 5, 7, 9, 12, 16, 21), (4, 9, 13, 15, 15, 15, 12, 9, 5, 3))[0]
    kind: Literal["jakpreneur", "umkm"] = "jakpreneur" if happens(rng, 82) else "umkm"
    opens = rng.choice((6, 7, 7, 8, 8, 9))
    return DemoVendor(
        key=key,
        name=name,
        kind=kind,
        trade=trade.code,
        kbli=trade.kbli,
        owner=owner,
        kecamatan_code=home.parent_code or "",
        kelurahan_code=home.code,
        address=f"{street(rng)}, Kel. {home.name}, Kec. {kecamatan}, {home.postal_code or ''}".rstrip(", "),
        legal_form=legal,
        umk_class="kecil" if small_firm else "mikro",
        pkp=small_firm and legal in {"cv", "pt"} and happens(rng, 60),
        tax_letter=_tax_letter(rng, legal, small_firm=small_firm),
        accepts_from=opens,
        accepts_until=opens + rng.choice((9, 10, 11, 12)),
        closed_weekdays=rng.choices(((), (6,), (5, 6), (4,), (0,)), (26, 58, 8, 5, 3))[0],
        since=since,
        facilities=_facilities(rng, since, today) if kind == "jakpreneur" else (),
        story=_story(rng, trade.code, since, home.name, jakpreneur=kind == "jakpreneur"),
    )


def _tax_letter(rng: Random, legal: str, *, small_firm: bool) -> Literal["none", "pernyataan_500jt", "sk_pp55"]:
    """Individuals below Rp 500 m a year hand over a statement; larger ones a Surat Keterangan (PP 55/2022, PMK 164/2023)."""
    if legal == "perorangan" and not small_firm:
        return rng.choices(("pernyataan_500jt", "none", "sk_pp55"), (60, 28, 12))[0]
    if legal in {"perorangan", "pt_perorangan", "koperasi"}:
        return rng.choices(("sk_pp55", "none"), (60, 40))[0]
    return "none"


def _facilities(rng: Random, since: int, today: date) -> tuple[tuple[str, date], ...]:
    """Return programme steps with dates: P1 is compulsory, the others are facilities used by need, not a ladder."""
    first = date(max(since, today.year - 6, 2019), rng.randint(1, 12), rng.randint(1, 28))
    when = min(first, today - timedelta(days=200))
    steps = [("P1", when)]
    for step, per_mille in _STEPS:
        when += timedelta(days=rng.randint(20, 160))
        if rng.randrange(1000) < per_mille and when < today:
            steps.append((step, when))
    return tuple(steps)


def _story(rng: Random, trade: str, since: int, kelurahan: str, *, jakpreneur: bool) -> str:
    group = "food" if trade in FOOD_TRADES else "service" if trade in SERVICE_TRADES else "goods"
    story = rng.choice([s for s in words().stories[group] if jakpreneur or _PROGRAMME not in s])
    # The programme has carried this name since February 2020.
    year = max(since, 2020) if _PROGRAMME in story else since
    return story.format(year=year, n=rng.randint(2, 9), kelurahan=kelurahan)
