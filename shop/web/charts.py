"""Charts as whole numbers: scales, ticks, stacked parts, paths, tiles. Pure; `_parts/charts.html` draws them.

A value may be rupiah, basis points or a count: a drawing knows lengths alone. None is a value nobody knows, and is
never drawn as zero. A negative value is drawn below the line: a month may take back more than it pays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Protocol

from shop.base.money import round_half_up

WIDTH: Final = 400
HEIGHT: Final = 200
_LEFT: Final = 50
_TOP: Final = 14
_BOTTOM: Final = 24
_ROOM: Final = WIDTH - _LEFT
BAR: Final = 1000
"""Length of a bar that stands for the whole."""
_TILE: Final = 60
LEVELS: Final = 4
_WORDS: Final = {"id": ("rb", "jt", "M", "T"), "en": ("k", "m", "bn", "tn")}


def brief(amount: int, lang: str) -> str:
    """Return rupiah short enough for an axis: `Rp1,2 jt` in Indonesian, `Rp1.2 m` in English.

    >>> brief(1_249_000, "id"), brief(12_500_000_000, "id"), brief(950, "id"), brief(-999_960, "en")
    ('Rp1,2 jt', 'Rp12,5 M', 'Rp950', '-Rp1 m')
    """
    size, unit, power = abs(amount), "", 1
    for place, word in enumerate(_WORDS["en" if lang == "en" else "id"], 1):
        if round_half_up(size, power) < 1000:  # noqa: PLR2004 - a thousand is the next word
            break
        unit, power = " " + word, 1000**place
    tenths = round_half_up(size * 10, power)
    whole, rest = divmod(tenths, 10) if tenths < 1000 else (round_half_up(size, power), 0)  # noqa: PLR2004 - 123, not 122,8
    comma = "." if lang == "en" else ","
    return f"{'-' if amount < 0 and tenths else ''}Rp{whole}{f'{comma}{rest}' if rest and unit else ''}{unit}"


def ticks(low: int, high: int, steps: int = 4) -> tuple[int, ...]:
    """Return round values from `low` or below to `high` or above, nought among them, about `steps` apart.

    >>> ticks(0, 870), ticks(-30, 100), ticks(0, 0)
    ((0, 250, 500, 750, 1000), (-50, 0, 50, 100), (0, 1))
    """
    low, high = min(low, 0), max(high, 0)
    least = max(-(-(high - low) // steps), 1)
    power = 10 ** (len(str(least)) - 1)
    step = next(-(-power * tenths // 10) for tenths in (10, 20, 25, 50, 100) if power * tenths >= least * 10)
    return tuple(range(low // step * step, max(-(-high // step), 1) * step + 1, step))


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the drawing."""

    value: int
    y: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of one series: a box from the zero line, and the point at its end."""

    value: int
    x: int
    y: int
    width: int
    height: int
    middle: int
    end: int


@dataclass(frozen=True, slots=True)
class Plot:
    """Series over labels: `marks[series][label]`, None where nothing is known; `paths` join them."""

    labels: tuple[tuple[str, int], ...]
    values: tuple[tuple[int | None, ...], ...]
    marks: tuple[tuple[Mark | None, ...], ...]
    paths: tuple[str, ...]
    ticks: tuple[Tick, ...]
    zero: int

    @property
    def is_empty(self) -> bool:
        """Whether no series has a value other than nought."""
        return not any(value for series in self.values for value in series)


def plot(labels: Sequence[str], *series: Sequence[int | None], goal: int = 0) -> Plot:
    """Lay out one or more series over the same labels; `goal` is kept in sight. Each series is as long as `labels`."""
    known = [value for one in series for value in one if value is not None]
    lines = ticks(min([0, *known]), max([goal, *known]))
    span = lines[-1] - lines[0]

    def height_of(value: int) -> int:
        return _TOP + round_half_up((lines[-1] - value) * (HEIGHT - _TOP - _BOTTOM), span)

    zero, count = height_of(0), max(len(labels), 1)
    slot = max(_ROOM // count, 1)
    width = max(slot * 4 // (5 * max(len(series), 1)), 1)

    def mark(place: int, number: int, value: int | None) -> Mark | None:
        if value is None:
            return None
        x, end = _LEFT + place * _ROOM // count + slot // 10 + number * width, height_of(value)
        return Mark(value, x, min(zero, end), width, abs(end - zero), _middle(place, count), end)

    marks = tuple(
        tuple(mark(place, number, value) for place, value in enumerate(one)) for number, one in enumerate(series)
    )
    return Plot(
        tuple((label, _middle(place, count)) for place, label in enumerate(labels)),
        tuple(tuple(one) for one in series),
        marks,
        tuple(_path((mark.middle, mark.end) if mark else None for mark in one) for one in marks),
        tuple(Tick(value, height_of(value)) for value in lines),
        zero,
    )


def _middle(place: int, count: int) -> int:
    return _LEFT + (2 * place + 1) * _ROOM // (2 * count)


def _path(points: Iterable[tuple[int, int] | None]) -> str:
    """Return the line through the points, broken where one is missing."""
    words, pen = [], "M"
    for point in points:
        words += [f"{pen}{point[0]} {point[1]}"] if point else []
        pen = "L" if point else "M"
    return "".join(words)


def length(value: int, most: int, whole: int = BAR) -> int:
    """Return how long a bar of `value` is beside the longest; nothing for what is nought or below.

    >>> length(1, 3), length(-5, 3), length(7, 0)
    (333, 0, 0)
    """
    return min(max(value, 0) * whole // most, whole) if most > 0 else 0


def parts(amounts: Sequence[int], whole: int = BAR) -> tuple[tuple[int, int], ...]:
    """Return where each part of a stacked bar begins and how wide it is; together they fill it, unless all are nought.

    >>> parts([1, 1, 1])
    ((0, 333), (333, 333), (666, 334))
    """
    total = sum(max(amount, 0) for amount in amounts)
    ends = [length(end, total, whole) for end in accumulate(max(amount, 0) for amount in amounts)]
    return tuple((start, end - start) for start, end in zip([0, *ends[:-1]], ends, strict=True))


@dataclass(frozen=True, slots=True)
class Curve:
    """A Lorenz curve in a square of 1000: who has least comes first. `points` are (members, value) in thousandths."""

    points: tuple[tuple[int, int], ...]
    path: str
    even: str


def lorenz(values: Iterable[int]) -> Curve:
    """Return how much of the whole the smallest members have together; flat when there is nothing to share.

    >>> lorenz([1, 3]).points
    ((0, 0), (500, 250), (1000, 1000))
    """
    ordered = sorted(max(value, 0) for value in values)
    total, count = sum(ordered), max(len(ordered), 1)
    every = -(-count // 100)  # a hundred points are as many as the eye can tell apart
    sums = [(number * BAR // count, length(end, total)) for number, end in enumerate(accumulate(ordered), 1)]
    points = ((0, 0), *sums[every - 1 : -1 : every], *sums[-1:])
    return Curve(points, _path((x, BAR - y) for x, y in points), _path([(0, BAR), (BAR, 0)]))


class Place(Protocol):
    """Where a kecamatan lies on the map: a row of `reference.files.kecamatan_tiles`."""

    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def short(self) -> str: ...  # noqa: D102
    @property
    def column(self) -> int: ...  # noqa: D102
    @property
    def row(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Tile:
    """One kecamatan; `level` 0 is nothing, then 1 to 4 in groups of equal number. `value` is None when unknown."""

    code: str
    short: str
    x: int
    y: int
    level: int
    value: int | None


@dataclass(frozen=True, slots=True)
class Tiles:
    """The map: its tiles, the borders between cities as a path, and what each level spans."""

    tiles: tuple[Tile, ...]
    borders: str
    width: int
    height: int
    levels: tuple[tuple[int, int, int, int], ...]
    """(level, smallest, largest, how many kecamatan) for the levels that occur."""


def tiles(values: Mapping[str, int], places: Sequence[Place]) -> Tiles:
    """Lay out a value per kecamatan on the map; one that is missing is drawn as nothing."""
    ranked = sorted(value for place in places if (value := values.get(place.code, 0)) > 0)

    def level_of(value: int) -> int:
        return 1 + ranked.index(value) * LEVELS // len(ranked) if value > 0 else 0

    drawn = tuple(
        Tile(
            p.code,
            p.short,
            p.column * _TILE + 4,
            p.row * _TILE + 4,
            level_of(values.get(p.code, 0)),
            values.get(p.code),
        )
        for p in places
    )
    spans = []
    for level in range(1, LEVELS + 1):
        here = [tile.value for tile in drawn if tile.level == level and tile.value is not None]
        spans += [(level, min(here), max(here), len(here))] if here else []
    return Tiles(
        drawn,
        _borders({(p.column, p.row): p.code[:5] for p in places}),
        (max(p.column for p in places) + 1) * _TILE + 8,
        (max(p.row for p in places) + 1) * _TILE + 8,
        tuple(spans),
    )


def _borders(city: Mapping[tuple[int, int], str]) -> str:
    """Return the lines between tiles of different cities, and around all of them."""
    lines = set()
    for (column, row), name in city.items():
        x, y = column * _TILE + 4, row * _TILE + 4
        for (east, south), start, way in (
            ((1, 0), (x + _TILE, y), "v"), ((-1, 0), (x, y), "v"), ((0, 1), (x, y + _TILE), "h"), ((0, -1), (x, y), "h"),
        ):  # fmt: skip
            if city.get((column + east, row + south)) != name:
                lines.add(f"M{start[0]} {start[1]}{way}{_TILE}")
    return "".join(sorted(lines))
