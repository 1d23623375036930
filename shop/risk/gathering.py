"""Gathering what the rules look at: the same few indexed statements, before sending and after, however many rules there are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy import Table, bindparam, case, func, or_, select, union_all

from shop.accounts.models import Hat
from shop.accounts.permissions import VENDOR_ROLES
from shop.base.clock import at_local, local_day
from shop.budgets import ceilings
from shop.budgets.ceilings import Ceiling
from shop.budgets.models import Package
from shop.catalog.categories import shelves
from shop.catalog.models import Product, ProductVersion
from shop.db import session
from shop.orders.models import Order, OrderLine
from shop.reference import calendar
from shop.risk.rules.contract import DEAD, PORTIONS, Earlier, Goods, Purchase, Share, Top
from shop.vendors.models import ConflictOfInterest

_LOOKED_BACK: Final = 300
"""Earlier orders of the office that are looked at, the newest first: more than any office places in the longest window."""
_PRICES: Final = timedelta(days=60)


def _seen_prices() -> Any:
    older, seen = ProductVersion.__table__.alias("older"), cast("Table", ProductVersion.__table__).c
    begun = (
        select(func.max(older.c.version))
        .where(older.c.product_id == seen.product_id, older.c.kept_at <= bindparam("begun"))
        .correlate(ProductVersion.__table__)
        .scalar_subquery()
    )
    return (
        select(seen.product_id, seen.kept_at, seen.content["price"].as_integer())
        .where(
            seen.product_id.in_(bindparam("ids", expanding=True)),
            seen.kept_at <= bindparam("moment"),
            seen.version >= func.coalesce(begun, 0),
        )
        .order_by(seen.version)
    )


_SEEN_PRICES: Final = _seen_prices()  # built once: every checkout passes here
Kind = tuple[str, str]
"""(category, unit): what prices are compared within."""
Band = tuple[int, int]
"""What offices really paid for the like: (upper quartile in rupiah, number of examples)."""
BandReader = Callable[[Collection[Kind], date], Mapping[Kind, Band]]
_bands: list[BandReader] = []


@dataclass(frozen=True, slots=True)
class Piece:
    """One line as it is ordered. Rupiah."""

    product_id: int
    name: str
    category: str
    unit: str
    quantity: int
    unit_price: int
    list_price: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An order as far as it is known. `order_id` is None while it is not sent; `placed_at` is then the present moment."""

    order_id: int | None
    office_id: int
    package_id: int
    account_code: str
    vendor_id: int
    vendor_name: str
    purpose: str
    total: int
    headcount: int | None
    placed_at: datetime
    deliver_at: datetime | None
    placed_by: int | None
    ppk_id: int | None
    pieces: tuple[Piece, ...]
    arrived_at: datetime | None = None
    relaxed: bool = False


def use_bands(read: BandReader) -> None:
    """Let the roof say who knows what was really paid before a day; without it the rule looks at the ceiling only."""
    _bands[:] = [read]


def purchases(drafts: Sequence[Draft]) -> list[Purchase]:
    """Return what the rules look at for each of the orders of one office and moment: at most ten statements.

    Only what lies before an order is looked at (earlier ids), so that the same order is judged the same next year.
    """
    if not drafts:
        return []
    first = drafts[0]
    categories = {piece.category for draft in drafts for piece in draft.pieces}
    products = {piece.product_id for draft in drafts for piece in draft.pieces}
    earlier = _earlier(first)
    shares = _shares(first, categories)
    known = _products(products, first.placed_at)
    prices = _prices(products, first.placed_at)
    bands = _paid({(piece.category, piece.unit) for draft in drafts for piece in draft.pieces}, first.placed_at)
    tops = ceilings.ceilings_for(categories, local_day(first.placed_at))
    ties = _ties(drafts, local_day(first.placed_at))
    spent = _spent(first)
    closed = calendar.holiday_set(session)
    return [
        Purchase(
            vendor_id=draft.vendor_id,
            vendor_name=draft.vendor_name,
            account_code=draft.account_code,
            package_id=draft.package_id,
            purpose=draft.purpose,
            total=draft.total,
            headcount=draft.headcount,
            placed_at=draft.placed_at,
            deliver_at=draft.deliver_at,
            goods=tuple(_goods(piece, known, prices, bands, tops) for piece in draft.pieces),
            arrived_at=draft.arrived_at,
            earlier=earlier,
            shares=_shares_of(draft, shares),
            ties=tuple(
                role for role, who in (("pp", draft.placed_by), ("ppk", draft.ppk_id)) if (who, draft.vendor_id) in ties
            ),
            one_hand=_one_hand(draft),
            closed=closed,
            year_spent=spent[0],
            december_spent=spent[1],
        )
        for draft in drafts
    ]


def _one_hand(draft: Draft) -> Literal["", "ppk", "relaxed"]:
    if draft.relaxed:
        return "relaxed"
    return "ppk" if draft.placed_by and draft.placed_by == draft.ppk_id else ""


def _paid(kinds: Collection[Kind], moment: datetime) -> Mapping[Kind, Band]:
    return _bands[0](kinds, local_day(moment)) if _bands else {}


def _earlier(draft: Draft) -> tuple[Earlier, ...]:
    """Read the newest earlier orders of the office along its index; the windows of the rules are cut out of them."""
    query = select(
        Order.id,
        Order.number,
        Order.state,
        Order.vendor_id,
        Order.account_code,
        Order.package_id,
        Order.purpose,
        Order.total,
        Order.placed_at,
    ).where(Order.office_id == draft.office_id)
    if draft.order_id is not None:
        query = query.where(Order.id < draft.order_id)
    return tuple(Earlier(*row) for row in session.execute(query.order_by(Order.id.desc()).limit(_LOOKED_BACK)))


def _of_the_year(draft: Draft) -> Any:
    """Return the condition for orders that stand and were paid from the office's packages of this year."""
    packages = select(Package.id).where(Package.office_id == draft.office_id, Package.year == _year(draft))
    earlier = [Order.id < draft.order_id] if draft.order_id is not None else []
    return (Order.package_id.in_(packages), Order.state.not_in(sorted(DEAD)), *earlier)


def _year(draft: Draft) -> int:
    return local_day(draft.placed_at).year


def _shares(draft: Draft, categories: Collection[str]) -> Sequence[Any]:
    """Read what the office bought of these categories this year, by producer."""
    return session.execute(
        select(
            OrderLine.category_code,
            Order.vendor_id,
            func.sum(OrderLine.amount).label("amount"),
            func.count(OrderLine.order_id.distinct()).label("orders"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(*_of_the_year(draft), OrderLine.category_code.in_(sorted(categories)))
        .group_by(OrderLine.category_code, Order.vendor_id)
    ).all()


def _shares_of(draft: Draft, rows: Sequence[Any]) -> dict[str, Share]:
    found: dict[str, Share] = {}
    for row in rows:
        held = found.get(row.category_code, Share(0, 0, 0))
        mine = row.vendor_id == draft.vendor_id
        found[row.category_code] = Share(
            held.office_amount + int(row.amount),
            held.vendor_amount + (int(row.amount) if mine else 0),
            held.vendor_orders + (row.orders if mine else 0),
        )
    return found


def _spent(draft: Draft) -> tuple[int, int]:
    """Read what the office ordered this year and of it in December; asked in December only."""
    start = date(_year(draft), 12, 1)
    if local_day(draft.placed_at) < start:
        return 0, 0
    late = case((Order.placed_at >= at_local(start, time.min), Order.total), else_=0)
    row: Any = session.execute(
        select(func.coalesce(func.sum(Order.total), 0), func.coalesce(func.sum(late), 0)).where(*_of_the_year(draft))
    ).one()
    return int(row[0]), int(row[1])


def _products(ids: Collection[int], moment: datetime) -> dict[int, Any]:
    """Read how many a product serves and since when buyers can see it: its first kept version, else its making."""
    seen = (
        select(func.min(ProductVersion.kept_at)).where(ProductVersion.product_id == Product.id).correlate(Product)
    ).scalar_subquery()
    rows = session.execute(
        select(
            Product.id, Product.serves, func.coalesce(seen, Product.created_at, type_=Product.created_at.type)
        ).where(Product.id.in_(sorted(ids)))
    )
    return {row[0]: (row[1], row[2] if row[2] <= moment else None) for row in rows}


def _prices(ids: Collection[int], moment: datetime) -> dict[int, list[tuple[datetime, int]]]:
    """Read the list prices buyers saw in the last sixty days, and the one that held when they began."""
    found: dict[int, list[tuple[datetime, int]]] = {}
    rows = session.execute(_SEEN_PRICES, {"ids": sorted(ids), "moment": moment, "begun": moment - _PRICES})
    for product_id, since, price in rows:
        if price is not None:
            found.setdefault(product_id, []).append((since, price))
    return found


def _ties(drafts: Sequence[Draft], day: date) -> set[tuple[int, int]]:
    """Read (person, producer) of everybody here who told of a tie, or works for the business on that day."""
    vendors = sorted({draft.vendor_id for draft in drafts})
    people = sorted({who for draft in drafts for who in (draft.placed_by, draft.ppk_id) if who is not None})
    told = select(ConflictOfInterest.user_id, ConflictOfInterest.vendor_id).where(
        ConflictOfInterest.user_id.in_(people), ConflictOfInterest.vendor_id.in_(vendors)
    )
    worn = select(Hat.user_id, Hat.vendor_id).where(
        Hat.user_id.in_(people),
        Hat.vendor_id.in_(vendors),
        Hat.role.in_([role.value for role in VENDOR_ROLES]),
        Hat.valid_from <= day,
        or_(Hat.valid_until.is_(None), Hat.valid_until >= day),
    )
    rows: Any = session.execute(union_all(told, worn))
    return {(row[0], row[1]) for row in rows}


def _goods(
    piece: Piece,
    known: Mapping[int, Any],
    prices: Mapping[int, Any],
    bands: Mapping[Kind, Band],
    tops: Mapping[str, Ceiling],
) -> Goods:
    shelf = shelves().get(piece.category)
    serves, seen = known.get(piece.product_id, (None, None))
    high, count = bands.get((piece.category, piece.unit), (None, 0))
    return Goods(
        piece.product_id,
        piece.name,
        piece.category,
        piece.unit,
        piece.quantity,
        piece.unit_price,
        piece.list_price,
        food=shelf is not None and shelf.kind == "food",
        serves=serves,
        first_seen=seen,
        prices=tuple(prices.get(piece.product_id, ())),
        band_high=high,
        band_count=count,
        top=_top(piece, serves, tops.get(piece.category)),
    )


def _top(piece: Piece, serves: int | None, ceiling: Ceiling | None) -> Top | None:
    """Hold a price against its ceiling. A tray that does not say how many it feeds is held against none for one person."""
    if ceiling is None:
        return None
    per_person = ceiling.per == "person"
    if per_person and not serves and piece.unit.casefold() not in PORTIONS:
        return None
    return Top(ceiling.amount, ceiling.price_per(piece.unit_price, serves), per_person)
