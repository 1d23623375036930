"""A city of 700 offices and 4,000 producers over five years: its orders, their lines and the ledger, laid by SQLite itself.

Few offices and producers have most of the lines, as in a real city. Orders have two lines; every line is two entries, of its
acceptance and of its payment nine days later. The numbers are hashes of the order's number: always the same city.
"""

from __future__ import annotations

import time

import shop.doors  # noqa: F401 - every table
from shop.db import Base, db, unit_of_work
from shop.orders.models import Order
from shop.p3dn.models import LedgerEntry
from shop.p3dn.verify import rebuild_totals

OFFICES, VENDORS = 700, 4000
MEAL, PAPER = "5.1.02.01.01.0052", "5.1.02.01.01.0003"
DINAS = tuple(range(5, 700, 7))
"""A hundred offices of one subtree."""
_ORDERS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :orders),
dice AS (SELECT i, (i * 2654435761 % 1000003) / 1000003.0 AS a, (i * 40503721 % 1000033) / 1000033.0 AS b,
                i * 7919 % 1009 AS c, i * 104729 % 101 AS d FROM n),
pick AS (SELECT i, c, d, 1 + CAST(700 * a * a AS INT) AS office, 1 + CAST(4000 * b * b AS INT) AS vendor FROM dice)
INSERT INTO purchase_order (id, number, state, office_id, package_id, account_code, vendor_id, vendor_name, vendor_kecamatan,
  purpose, deliver_address, deliver_kecamatan, deliver_at, channel, total, shipping, placed_by, placed_at, relaxed, version)
SELECT i, i || '/SP', 'closed', office, office,
  '5.1.02.01.01.' || CASE WHEN d < 45 THEN '0052' ELSE printf('%04d', 1 + c % 40) END, vendor, 'Dapur ' || vendor,
  '31.7' || (1 + vendor % 5) || '.' || printf('%02d', 1 + vendor % 9), 'Rapat', 'Jl. Medan Merdeka 1', '31.71.01',
  '2026-11-20 03:00:00.000000',
  CASE WHEN d < 60 THEN 'basket' WHEN d < 80 THEN 'approval' WHEN d < 90 THEN 'api' WHEN d < 97 THEN 'negotiation'
       ELSE 'competition' END, 1, 0, 1, date('2022-01-01', '+' || (i * 1780 / :orders) || ' days') || ' 03:00:00.000000', '[]', 1
FROM pick
"""
_LINES = """
INSERT INTO order_line (id, order_id, product_id, product_version, product_name, category_code, unit, list_price, unit_price,
  quantity, amount, note, evidence, tkdn_bp, bmp_bp, pdn, umk, halal, took_stock, took_capacity)
SELECT id * 2 + l, id, 1, 1, 'Nasi kotak', 'rak-' || printf('%02d', (id * 31 + l * 7) % 60), 'kotak', v, v, 1, v, '',
  CASE WHEN id % 10 < 4 THEN 'none' WHEN id % 10 < 7 THEN 'certified' ELSE 'self_declared' END, 4000, 0, id % 7 < 6,
  vendor_id % 3 > 0, 1, 0, 0
FROM (SELECT id, vendor_id, l, 20000 + (id * 48271 + l * 7919) % 1500000 AS v
      FROM purchase_order, (SELECT 0 AS l UNION ALL SELECT 1))
"""
_LEDGER = """
INSERT INTO ledger_entry (source, key, day, at, order_id, line_id, package_id, office_id, account_code, kecamatan_code, vendor_id,
  category_code, evidence, tkdn_bp, channel, planned, committed, paid_total, pdn_value, pdn_certified, tkdn_weighted, umk_value,
  orders, lines)
SELECT 'order:' || o.id, 'line:' || l.id, date(substr(o.placed_at, 1, 10), '+' || (paid * 9) || ' days'),
  '2026-11-20 03:00:00.000000', o.id, l.id, o.package_id, o.office_id, o.account_code, o.vendor_kecamatan, o.vendor_id,
  l.category_code, l.evidence, l.tkdn_bp, o.channel, 0, l.amount * (1 - paid), l.amount * paid, l.amount * paid * l.pdn,
  l.amount * paid * l.pdn * (l.evidence = 'certified'), (l.amount * paid * 4000 * (l.evidence <> 'none') + 5000) / 10000,
  l.amount * paid * l.umk, (1 - paid) * (1 - l.id % 2), 1 - paid
FROM purchase_order o CROSS JOIN order_line l ON l.order_id = o.id CROSS JOIN (SELECT 0 AS paid UNION ALL SELECT 1)
ORDER BY o.id
"""


def lay(count: int) -> float:
    """Fill a blank database with orders of `count` ledger lines and sum them; return the seconds that took.

    Indexes are made when the rows are there: so they are sorted once instead of grown at five million places.
    """
    start = time.perf_counter()
    connection = db.engine.raw_connection()
    connection.execute("PRAGMA foreign_keys = OFF")  # no city of people and products stands behind these orders
    Base.metadata.create_all(db.engine)
    late = [index for model in (LedgerEntry, Order) for index in model.__table__.indexes]
    for index in late:
        index.drop(db.engine)
    for statement in (_ORDERS, _LINES, _LEDGER):
        connection.execute(statement, {"orders": count // 4} if statement is _ORDERS else {})
    connection.execute("PRAGMA foreign_keys = ON")
    connection.close()
    for index in late:
        index.create(db.engine)
    with unit_of_work():
        rebuild_totals()
    return time.perf_counter() - start
