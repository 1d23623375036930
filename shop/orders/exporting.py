"""A producer's own orders, lines and payments as rows of a sheet, read a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import select

from shop.accounts.models import Office
from shop.base.actor import Actor
from shop.base.clock import local
from shop.db import session
from shop.orders import states
from shop.orders.models import Order, OrderLine, Payment
from shop.sheets.writing import Cell, Column

_BATCH: Final = 500
LINES: Final = (
    Column("Nomor pesanan", 28), Column("Keadaan", 18), Column("Kantor", 34), Column("Dipesan", 18), Column("Dikirim", 18),
    Column("Produk", 34), Column("Jumlah", 10, "whole"), Column("Satuan", 12), Column("Harga satuan", 14, "rupiah"),
    Column("Jumlah harga", 16, "rupiah"), Column("Catatan", 30), Column("TKDN, persen", 12), Column("Sertifikat", 26),
    Column("Ongkos kirim pesanan", 18, "rupiah"), Column("Total pesanan", 16, "rupiah"),
)  # fmt: skip
PAYMENTS: Final = (
    Column("Nomor pesanan", 28), Column("Kantor", 34), Column("Dibayar", 14, "date"), Column("Jumlah", 16, "rupiah"),
    Column("Pajak dipotong", 16, "rupiah"), Column("Diterima", 16, "rupiah"), Column("Bukti", 24),
)  # fmt: skip


def own_lines(actor: Actor) -> Iterator[list[Cell]]:
    """Yield every line of the actor's own orders, oldest order first; two statements for each 500 orders."""
    for orders in _own(actor):
        by_id = {order.id: order for order in orders}
        for line in session.execute(
            select(*OrderLine.__table__.c)
            .where(OrderLine.order_id.in_(by_id))
            .order_by(OrderLine.order_id, OrderLine.id)
        ):
            order = by_id[line.order_id]
            yield [
                order.number,
                states.LABELS[order.state],
                order.office,
                local(order.placed_at).strftime("%Y-%m-%d %H:%M"),
                local(order.deliver_at).strftime("%Y-%m-%d %H:%M"),
                line.product_name,
                line.quantity,
                line.unit,
                line.unit_price,
                line.amount,
                line.note,
                f"{line.tkdn_bp // 100},{line.tkdn_bp % 100:02d}",
                line.certificate_number or "",
                order.shipping,
                order.total,
            ]


def own_payments(actor: Actor) -> Iterator[list[Cell]]:
    """Yield what was paid for the actor's own orders; two statements for each 500 orders."""
    for orders in _own(actor):
        by_id = {order.id: order for order in orders}
        for paid in session.execute(
            select(*Payment.__table__.c).where(Payment.order_id.in_(by_id)).order_by(Payment.order_id)
        ):
            order, net = by_id[paid.order_id], paid.amount - paid.withheld
            yield [order.number, order.office, paid.paid_on, paid.amount, paid.withheld, net, paid.reference]


def _own(actor: Actor) -> Iterator[Sequence[Any]]:
    """Yield the orders of the actor's producer and of no other, a batch at a time; nobody without one has any."""
    actor.require("orders:order:read")
    query = (
        select(*Order.__table__.c, Office.name.label("office"))
        .join(Office, Office.id == Order.office_id)
        .where(Order.vendor_id == (actor.vendor_id or 0))
        .order_by(Order.id)
        .limit(_BATCH)
    )
    last = 0
    while rows := session.execute(query.where(Order.id > last)).all():
        yield rows
        last = rows[-1].id
