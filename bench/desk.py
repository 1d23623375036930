"""The desk of an officer with 40 orders to receive, in a city of 10,000 orders and of 1,000,000: CPU a page, in turns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text

from bench import synth
from bench.asking import Client
from bench.machine import Server
from bench.table import Row, median, spread
from shop.accounts import passwords
from shop.accounts.models import Hat, Office, UserAccount, place_key
from shop.base.clock import local_day, utc_now
from shop.budgets.models import Package
from shop.catalog.models import Product
from shop.db import db, session, unit_of_work
from shop.demo.rows import insert_ids, insert_rows
from shop.orders.models import Order, OrderLine
from shop.vendors.models import Vendor

SIZES = (10_000, 1_000_000)
GOAL = 1.5
ROUNDS = 15
BATCH = 20
WARM = 60
WAITING = 40
"""Orders that stand at the measured office; it also has its share of the city's closed ones."""
GAMBIR = "31.71.01"
PASSWORD = "meja-diukur-sekarang"
ROLES = ("ppk", "bendahara", "pp")
PER_VENDOR = 200
LEAST = 50
BASE = 10_000
"""Orders that are made one by one; more are copies of these."""
_CHUNK = 10_000
_OPEN = ("sent", "confirmed", "on_the_way", "arrived", "received", "paid")


def run(folder: Path, sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """Lay both cities out and compare the desk, for each hat."""
    for size in sizes:
        lay(folder / str(size), size)
    rows = []
    with Server("wsgi:app", folder / str(sizes[0])) as few, Server("wsgi:app", folder / str(sizes[-1])) as many:
        for role in ROLES:
            ratios, costs = _ratios(few, many, role)
            note = f"{spread(ratios)}; {median(costs):.2f} ms CPU a page with {sizes[-1]:,}"
            rows.append(Row(f"desk of {role}, {sizes[-1]:,} to {sizes[0]:,}", median(ratios), "x", GOAL, note))
    return rows


def _ratios(few: Server, many: Server, role: str) -> tuple[list[float], list[float]]:
    pairs = [(server, Client(server)) for server in (few, many)]
    for _server, client in pairs:
        client.sign_in(f"{role}@bench.test", PASSWORD)
        client.get_all(["/meja"] * WARM)
    ratios, costs = [], []
    for _ in range(ROUNDS):
        spent = []
        for server, client in pairs:
            begun = server.cpu()
            client.get_all(["/meja"] * BATCH)
            spent.append((server.cpu() - begun) / BATCH * 1000)
        ratios.append(spent[1] / spent[0])
        costs.append(spent[1])
    return ratios, costs


def lay(folder: Path, count: int) -> None:
    """Let a city place `count` orders in two years, one in fifty still open, and forty stand at the first office."""
    now = utc_now()
    what = f"desk {count} {local_day(now)}"
    if synth.kept(folder, what):
        return
    app = synth.blank(folder)
    with app.app_context():
        with unit_of_work():
            offices = list(session.scalars(select(Office.id).order_by(Office.id)))
            people = _people(now, offices[0])
            packages = insert_ids(Package, [_package(o, people, now) for o in offices])
            grounds = list(zip(offices, packages, strict=True))
            vendors = insert_ids(Vendor, [_vendor(n, now) for n in range(max(LEAST, count // PER_VENDOR))])
            products = insert_ids(Product, [_product(v, now) for v in vendors])
            makers = list(zip(vendors, products, strict=True))
            placed = _orders(min(count, BASE), grounds, makers, people["pp"], now)
            while chunk := list(islice(placed, _CHUNK)):
                session.execute(insert(Order.__table__), [order for order, _ in chunk])
                lines = [_line(order["id"], product, order["total"]) for order, product in chunk]
                session.execute(insert(OrderLine.__table__), lines)
            _multiply(count // BASE, len(vendors))
        session.remove()
        db.engine.dispose()
    synth.finish(folder, what)


def _multiply(times: int, vendors: int) -> None:
    """Let the database copy the closed and the open orders of the base, each copy at other producers; indexes come last."""
    names = "type = 'index' AND sql IS NOT NULL AND tbl_name IN ('purchase_order', 'order_line')"
    indexes = session.execute(text(f"SELECT name, sql FROM sqlite_master WHERE {names}")).all()
    for name, _ in indexes:
        session.execute(text(f"DROP INDEX {name}"))
    for table, of in ((Order.__table__, "id"), (OrderLine.__table__, "order_id")):
        taken = {
            "id": f"id + {BASE} * k", "order_id": f"order_id + {BASE} * k", "number": "k || '.' || number",
            "vendor_id": f"(vendor_id - 1 + k * {LEAST}) % {vendors} + 1",
            "product_id": f"(product_id - 1 + k * {LEAST}) % {vendors} + 1",
        }  # fmt: skip
        columns = ", ".join(column.name for column in table.c)
        copied = ", ".join(taken.get(column.name, column.name) for column in table.c)
        copies = f"WITH RECURSIVE c(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM c WHERE k < {times - 1})"
        base = f"FROM {table.name} CROSS JOIN c WHERE {of} <= {BASE - WAITING}"
        if times > 1:
            session.execute(text(f"INSERT INTO {table.name} ({columns}) {copies} SELECT {copied} {base}"))
    for _, statement in indexes:
        session.execute(text(statement))


def _people(now: datetime, office_id: int) -> dict[str, int]:
    hashed = passwords.hash_password(PASSWORD)
    rows = [{"email": f"{r}@bench.test", "name": r, "password_hash": hashed, "created_at": now} for r in ROLES]
    people = dict(zip(ROLES, insert_ids(UserAccount, rows), strict=True))
    hats = [
        {"user_id": user_id, "role": role, "office_id": office_id, "place_key": place_key(office_id=office_id),
         "valid_from": local_day(now), "created_at": now}
        for role, user_id in people.items()
    ]  # fmt: skip
    insert_rows(Hat, hats)
    return people


def _package(office_id: int, people: dict[str, int], now: datetime) -> dict[str, Any]:
    return {"rup_code": f"5{office_id:07d}", "name": "Makan minum rapat", "office_id": office_id,
            "account_code": "5.1.02.01.01.0052", "year": local_day(now).year, "pagu": 10**15, "reserved": 10**14,
            "realised": 0, "state": "with_pp", "ppk_id": people["ppk"], "pp_id": people["pp"], "imported_at": now,
            "version": 1}  # fmt: skip


def _vendor(n: int, now: datetime) -> dict[str, Any]:
    return {"name": f"Dapur {n}", "slug": f"dapur-{n}", "kecamatan_code": GAMBIR, "created_at": now, "version": 1}


def _product(vendor_id: int, now: datetime) -> dict[str, Any]:
    return {"vendor_id": vendor_id, "category_code": "snack-kotak", "name": "Snack kotak", "slug": "snack-kotak",
            "price": 18_500, "state": "published", "created_at": now, "updated_at": now, "version": 1}  # fmt: skip


def _orders(
    count: int, grounds: list[tuple[int, int]], makers: list[tuple[int, int]], pp_id: int, now: datetime
) -> Iterator[tuple[dict[str, Any], int]]:
    since, each = now - timedelta(days=730), timedelta(days=725) / count
    for n in range(count):
        # The last forty stand at the first office; the other open ones are elsewhere, whatever the size of the city.
        here = n >= count - WAITING
        open_elsewhere = n % 50 == 0 and n % len(grounds) != 0
        state = "arrived" if here else _OPEN[n // 50 % len(_OPEN)] if open_elsewhere else "closed"
        office_id, package_id = grounds[0 if here else n % len(grounds)]
        vendor_id, product_id = makers[n % len(makers)]
        at = since + each * n
        order = {
            "id": n + 1, "number": f"{n:07d}/SP/BENCH", "state": state, "office_id": office_id, "package_id": package_id,
            "account_code": "5.1.02.01.01.0052", "vendor_id": vendor_id, "vendor_name": "Dapur", "vendor_kecamatan": GAMBIR,
            "purpose": "Rapat koordinasi", "deliver_address": "Kantor", "deliver_kecamatan": GAMBIR, "deliver_at": at,
            "total": 18_500 * 30, "shipping": 0, "placed_by": pp_id, "placed_at": at, "confirmed_at": at,
            "arrived_at": at, "received_at": at, "due_at": None if state == "closed" else now + timedelta(hours=n % 90),
            "relaxed": [], "version": 1,
        }  # fmt: skip
        yield order, product_id


def _line(order_id: int, product_id: int, amount: int) -> dict[str, Any]:
    return {"order_id": order_id, "product_id": product_id, "product_version": 1, "product_name": "Snack kotak",
            "category_code": "snack-kotak", "unit": "kotak", "list_price": 18_500, "unit_price": 18_500, "quantity": 30,
            "amount": amount, "evidence": "none", "tkdn_bp": 0, "bmp_bp": 0, "pdn": True, "umk": True, "halal": False,
            "took_stock": False, "took_capacity": False, "note": ""}  # fmt: skip
