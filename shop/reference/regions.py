"""Regions by code: names, kecamatan lists, and the way from a kelurahan up to the province."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from shop.base.errors import NotFound
from shop.reference.files import RegionRow
from shop.reference.models import AnySession, Region

_known: WeakKeyDictionary[Engine, dict[str, RegionRow]] = WeakKeyDictionary()


def regions(session: AnySession) -> dict[str, RegionRow]:
    """Return all regions by code, in order of code, read once per process and database. Do not change the dict."""
    engine = session.get_bind().engine
    rows = _known.get(engine)
    if not rows:
        found = session.scalars(select(Region).order_by(Region.code))
        rows = {r.code: RegionRow(r.code, r.name, r.level, r.parent_code, r.postal_code) for r in found}
        _known[engine] = rows
    return rows


def region(session: AnySession, code: str) -> RegionRow:
    """Return one region. Raises NotFound."""
    try:
        return regions(session)[code]
    except KeyError:
        raise NotFound("Wilayah %(code)s tidak ada.", code=code) from None


def kecamatan(session: AnySession) -> tuple[RegionRow, ...]:
    """Return the 44 kecamatan in order of code."""
    return tuple(r for r in regions(session).values() if r.level == "kecamatan")


def line_up(session: AnySession, code: str) -> tuple[RegionRow, ...]:
    """Return the region and those above it, lowest first, the province last. Raises NotFound."""
    line = [region(session, code)]
    while (above := line[-1].parent_code) is not None:
        line.append(region(session, above))
    return tuple(line)


def kecamatan_of(session: AnySession, code: str) -> RegionRow | None:
    """Return the kecamatan a region lies in (itself when it is one), or None above that level. Raises NotFound."""
    return next((r for r in line_up(session, code) if r.level == "kecamatan"), None)


def forget() -> None:
    """Drop what was read, after the table changed."""
    _known.clear()
