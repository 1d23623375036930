"""Makers of the bank's side of the treasurer's room: orders that wait for payment, statements that pay them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from shop.db import session, unit_of_work
from shop.orders.models import Order
from shop.treasury import matching, statement_reading, statements
from tests import makers

HEAD = "Tanggal;Keterangan;Debet;Kredit;Saldo\n"


def make_owed(crew, now, total, vendor=None, days_ago=2):
    """A received order of `total` rupiah of goods, by this producer; gives its id."""
    with unit_of_work():
        if vendor is not None:
            crew = replace(crew, vendor=vendor, producer=makers.make_actor("vendor_owner", vendor_id=vendor.id))
        product = makers.make_product(crew.vendor, price=total, category_code="atk")
        order = makers.make_received_order(crew, now - timedelta(days=days_ago), (product, 1))
        return order.id


def net(order_id, day):
    """What has to be transferred for an order."""
    return matching.net_of(session.get_one(Order, order_id), day)


def line(day, words, out=0, came=0):
    """A line of a statement as a bank in Jakarta writes it."""
    return f"{day:%d/%m/%Y};{words};{out:,}.00;{came:,}.00;0\n".replace(",", "#").replace(".", ",").replace("#", ".")


def load(actor, now, text):
    """Bring a statement in and have proposals worked out."""
    delimiter, lines = statement_reading.cells_of(text.encode())
    shape = statement_reading.recognise(delimiter, lines)
    with unit_of_work():
        loaded = statements.load(actor, "mutasi.csv", statement_reading.read(lines, shape), now)
    propose(actor, now)
    return loaded


def propose(actor, now):
    """Work the proposals out and keep them."""
    made = matching.judge(actor, now)
    with unit_of_work():
        return matching.keep(made)
