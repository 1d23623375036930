"""What the pages of money show beside the books: the orders behind postings, by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from shop.books.reading import PostingRow
from shop.db import session
from shop.orders.models import Order


def orders_of(rows: Sequence[PostingRow]) -> Mapping[str, tuple[int, str, str]]:
    """Return {source: (order id, number, producer)} of the postings that stand for orders; one statement."""
    ids = {int(number) for kind, _, number in (row.source.partition(":") for row in rows) if kind == "order"}
    if not ids:
        return {}
    found = session.execute(select(Order.id, Order.number, Order.vendor_name).where(Order.id.in_(ids)))
    return {f"order:{row.id}": (row.id, row.number, row.vendor_name) for row in found}
