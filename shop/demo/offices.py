"""Offices of the demo city: real names, invented people, and the RUP packages they may spend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shop.base.codes import slug
from shop.demo.luck import happens
from shop.demo.producers import person
from shop.demo.shapes import DemoOffice, DemoPackage, DemoPerson
from shop.demo.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from shop.demo.shapes import Size
    from shop.reference.files import OfficeRow

GAMBIR: Final = "OPD-0131"
"""Kelurahan Gambir: the small office where one person does two things, openly."""
_SMALL: Final = (GAMBIR, "OPD-0083", "OPD-0024")
_CITY: Final = (("dinas", 22), ("badan", 8), ("kota_kab", 6), ("biro", 4), ("suku_dinas", 7), ("rsud", 6),
                ("kecamatan", 30))  # fmt: skip
_CITY_COUNT: Final = 120
LARGE: Final = frozenset({"dinas", "kota_kab", "badan", "rsud", "sekretariat"})
_RUP_START: Final = 99_000_001
_MILLION: Final = 1_000_000
_DUTIES: Final = ("pa_kpa", "ppk", "pp", "bendahara")


def offices(rng: Random, size: Size, register: Sequence[OfficeRow]) -> tuple[DemoOffice, ...]:
    """Return 3 or 120 offices; kelurahan Gambir, kecamatan Gambir and Dinas PPKUKM are always the first three."""
    by_code = {row.code: row for row in register}
    chosen = [by_code[code] for code in _SMALL]
    if size == "city":
        for kind, count in _CITY:
            pool = [row for row in register if row.kind == kind and row not in chosen]
            chosen += rng.sample(pool, min(count, len(pool)))
        rest = [row for row in register if row.kind == "kelurahan" and row not in chosen]
        chosen += rng.sample(rest, _CITY_COUNT - len(chosen))
    return tuple(_office(rng, index, row) for index, row in enumerate(chosen))


def _office(rng: Random, index: int, row: OfficeRow) -> DemoOffice:
    relaxed = row.code == GAMBIR or (row.kind == "kelurahan" and happens(rng, 25))
    hats = (("pa_kpa",), ("ppk", "pp"), ("bendahara",)) if relaxed else tuple((duty,) for duty in _DUTIES)
    names: set[str] = set()
    people = []
    for seat, roles in enumerate(hats):
        name = person(rng, woman=happens(rng, 50))
        while name in names:
            name = person(rng, woman=happens(rng, 50))
        names.add(name)
        people.append(
            DemoPerson(
                key=f"{row.code}/{roles[-1]}",
                name=name,
                email=f"{roles[-1].replace('_', '-')}.{slug(row.name, 60)}@demo.test",
                # No NIP begins with the birth year 9999.
                nip=f"99990101{index * 10 + seat + 1:010d}",
                roles=roles,
            )
        )
    return DemoOffice(row.code, row.name, row.kind, row.region_code, _road(rng), relaxed, tuple(people))


def _road(rng: Random) -> str:
    """Return an invented address of a public building: a road and a number."""
    return f"Jl. {rng.choice(words().lists['flowers'])} Raya No. {rng.randint(1, 120)}"


def packages(rng: Random, offices: Sequence[DemoOffice], years: Sequence[int]) -> tuple[DemoPackage, ...]:
    """Return the packages of every office and year. Meeting food is everywhere; the rest depends on the office."""
    made: list[DemoPackage] = []
    for office in offices:
        scale = 2 if office.kind in LARGE else 0 if office.kind == "kelurahan" else 1
        for year in years:
            for template in words().packages:
                wanted = template.need in {"meeting", "guests"} or happens(rng, (95, 80, 90)[scale])
                if not wanted:
                    continue
                millions = template.pagu[scale] * rng.randint(80, 130) // 100
                made.append(
                    DemoPackage(
                        rup_code=str(_RUP_START + len(made)),
                        office=office.code,
                        year=year,
                        name=template.name,
                        account_code=template.account,
                        sub_activity=template.sub_activity,
                        pagu=millions * _MILLION + rng.randrange(0, 1000, 25) * 1000,
                    )
                )
    return tuple(made)
