"""What a visitor wants to find: read from request parameters, checked, and turned into a question to the index."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import literal, select, union_all

from shop.base.clock import JAKARTA, end_of_day, local_day
from shop.base.errors import FieldFault, Invalid
from shop.base.money import FULL_BP
from shop.base.sheet import whole
from shop.catalog import places
from shop.catalog.bands import BANDS
from shop.catalog.categories import shelves
from shop.catalog.models import CapacityDay, Product
from shop.catalog.pricing import MAX_PRICE
from shop.db import session
from shop.search import Query
from shop.vendors.models import ClosedDay

EVIDENCE: Final = ("certified", "self_declared", "none")
SORTS: Final = ("relevance", "price", "-price", "-tkdn", "newest")
COUNTED: Final = ("category", "kecamatan", "tkdn_band", "evidence")
FLAGS: Final = ("pdn", "umk", "halal")
MAX_HEADCOUNT: Final = 100_000
MAX_TEXT: Final = 240
_TRUE: Final = {"1": "1", "true": "1", "on": "1", "0": "0", "false": "0"}

Arguments = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for. `facets` and `flags` hold values of the index; prices in rupiah, TKDN in basis points.

    `serves_at` is the latest moment that still helps: the named moment, or the end of the named day; `serves_on` is how
    it was written.
    """

    text: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    tkdn_min: int | None = None
    price_min: int | None = None
    price_max: int | None = None
    serves_at: datetime | None = None
    serves_on: str = ""
    headcount: int | None = None
    sort: str = ""

    @property
    def filters(self) -> int:
        """How many filters hold now."""
        single = (self.tkdn_min, self.price_min, self.price_max, self.serves_at, self.headcount)
        return sum(map(len, self.facets.values())) + len(self.flags) + sum(value is not None for value in single)


class _Reader:
    """Reads one set of parameters and collects every fault, so that all are told at once."""

    def __init__(self, arguments: Arguments, *, strict: bool) -> None:
        self._arguments, self._strict = arguments, strict
        self.faults: list[FieldFault] = []

    def fault(self, name: str, message: str, **params: object) -> None:
        self.faults.append(FieldFault(name, message, tuple(params.items())))

    def one(self, name: str) -> str | None:
        given = self._arguments.get(name, ())
        if self._strict and len(given) > 1:
            self.fault(name, "Isi satu kali saja.")
        text = given[0].strip() if given else ""
        if self._strict and given and not text:
            self.fault(name, "Isian ini kosong. Isi, atau hilangkan.")
        return text or None

    def many(self, name: str, known: Container[str]) -> tuple[str, ...]:
        if name not in self._arguments:
            return ()
        given = [value.strip() for value in self._arguments[name]]
        values = tuple(dict.fromkeys(value for value in given if value or self._strict))
        for value in values:
            if value not in known:
                self.fault(name, "Pilihan %(value)s tidak dikenal.", value=value[:60] or "''")
        return values

    def flag(self, name: str) -> str | None:
        text = self.one(name)
        if text is not None and text not in _TRUE:
            self.fault(name, "Isi dengan true atau false.")
        return _TRUE.get(text) if text else None

    def whole(self, name: str, low: int, high: int) -> int | None:
        text = self.one(name)
        if text is None:
            return None
        plain = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PRICE))
        value = int(text) if plain else None if self._strict else whole(text)
        if value is None or not low <= value <= high:
            self.fault(name, "Isi dengan bilangan bulat %(low)s sampai %(high)s.", low=low, high=high)
            return None
        return value

    def moment(self, name: str) -> tuple[datetime | None, str]:
        text = self.one(name)
        if text is None:
            return None, ""
        try:
            if len(text) == len("2026-11-25"):
                return end_of_day(date.fromisoformat(text)), text
            value = datetime.fromisoformat(text)
            value = (value if value.tzinfo else value.replace(tzinfo=JAKARTA)).astimezone(UTC)
            local_day(value)  # the last hours of the year 9999 have no day here
        except (ValueError, OverflowError):
            self.fault(name, "Isi tanggal, misalnya 2026-11-25, boleh dengan jam: 2026-11-25T10:00.")
            return None, ""
        return value, text


def read_wish(arguments: Arguments, now: datetime, *, strict: bool = False) -> Wish:
    """Read parameters by the names of the API; those it does not know are left alone.

    On pages (not `strict`) empty fields are no filters and amounts may be written as people do, `Rp25.000`; in the
    API numbers are plain digits. `tkdn_min` is in basis points. Raises Invalid naming every wrong parameter.
    """
    reader = _Reader(arguments, strict=strict)
    category = reader.many("category", shelves())
    facets = {
        "category": category if strict else _most_exact(category),
        "kecamatan": reader.many("kecamatan", places.kecamatan()),
        "tkdn_band": reader.many("tkdn_band", BANDS),
        "evidence": reader.many("evidence", EVIDENCE),
    }
    serves_at, serves_on = reader.moment("serves_on")
    wish = Wish(
        text=" ".join((arguments.get("q") or ("",))[0][:MAX_TEXT].split()),
        facets={name: values for name, values in facets.items() if values},
        flags={name: value for name in FLAGS if (value := reader.flag(name)) is not None},
        tkdn_min=reader.whole("tkdn_min", 0, FULL_BP),
        price_min=reader.whole("price_min", 0, MAX_PRICE),
        price_max=reader.whole("price_max", 0, MAX_PRICE),
        serves_at=serves_at,
        serves_on=serves_on,
        headcount=reader.whole("headcount", 1, MAX_HEADCOUNT),
        sort=(reader.many("sort", SORTS)[:1] or ("",))[0],
    )
    if not strict:
        _check_sense(reader, wish, now)
    if reader.faults:
        raise Invalid("Ada pilihan yang tidak dapat dipakai.", tuple(reader.faults))
    return wish


def _most_exact(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out shelves of which a lower one is ticked too: on a page, ticking below means looking more closely."""
    above = {shelf.parent_code for code in codes if (shelf := shelves().get(code))}
    return tuple(code for code in codes if code not in above)


def _check_sense(reader: _Reader, wish: Wish, now: datetime) -> None:
    if wish.price_min is not None and wish.price_max is not None and wish.price_min > wish.price_max:
        reader.fault("price_max", "Harga paling tinggi lebih kecil dari harga paling rendah.")
    if wish.serves_at is not None and wish.serves_at < now:
        reader.fault("serves_on", "Waktu itu sudah lewat. Pilih waktu yang akan datang.")


def to_query(wish: Wish, now: datetime, *, offset: int = 0, limit: int = 24, count: tuple[str, ...] = COUNTED) -> Query:
    """Return the question for the index. Costs one statement when a day is named, none otherwise.

    Without words the newest stand first, since nothing can be more relevant than something else.
    """
    facets = dict(wish.facets) | {name: (value,) for name, value in wish.flags.items()}
    ranges: dict[str, tuple[int | None, int | None]] = {}
    if wish.price_min is not None or wish.price_max is not None:
        ranges["price"] = (wish.price_min, wish.price_max)
    if wish.tkdn_min:
        ranges["tkdn"] = (wish.tkdn_min, None)
    if wish.headcount:
        ranges["capacity"] = (wish.headcount, None)
    booked: frozenset[int] = frozenset()
    if wish.serves_at is not None:
        day = local_day(wish.serves_at)
        facets["open"] = (str(day.weekday()),)
        ranges["lead"] = (None, (wish.serves_at - now) // timedelta(hours=1))
        booked = booked_out(day, wish.headcount)
    return Query(
        text=wish.text,
        facets=facets,
        ranges=ranges,
        exclude=booked,
        sort=_order(wish),
        offset=offset,
        limit=limit,
        count=count,
    )


def _order(wish: Wish) -> str:
    if wish.sort == "newest" or (not wish.sort and not wish.text):
        return "-created"
    return wish.sort or "relevance"


def booked_out(day: date, headcount: int | None) -> frozenset[int]:
    """Return products that other orders have filled for a day, so that `headcount` people no longer fit.

    What belongs to a producer with that day off is among them, as if nothing were left; still one statement.

    Without a headcount a product is out when less than its smallest order is left.
    """
    off = (
        select(Product.id, literal(0), literal(0), Product.min_order, Product.serves)
        .join(ClosedDay, ClosedDay.vendor_id == Product.vendor_id)
        .where(ClosedDay.day == day)
    )
    filled = (
        select(Product.id, Product.daily_capacity, CapacityDay.booked, Product.min_order, Product.serves)
        .join(CapacityDay, CapacityDay.product_id == Product.id)
        .where(CapacityDay.day == day, CapacityDay.booked > 0, Product.daily_capacity.is_not(None))
    )
    rows: Iterable[Any] = session.execute(union_all(filled, off))
    return frozenset(
        number
        for number, capacity, booked, least, serves in rows
        if (left := (capacity or 0) - booked) < least or (headcount and left * max(serves or 1, 1) < headcount)
    )
