"""Year-end of one city: the pages of money with 1,000 and with 100,000 orders in one month; statements and CPU a page.

The orders lie at 300 offices; the measured one has its share. Rows are written as `books.posting` writes them, and the
kept sums are counted anew by the books' own recount.
"""

from __future__ import annotations

import contextvars
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, select

from bench import synth
from bench.table import Row, median, spread
from shop.accounts.models import Hat, Office, UserAccount, place_key
from shop.base.clock import local_day, utc_now
from shop.books import verify
from shop.books.accounts import BANK, EXPENSE, PAYABLE, withheld
from shop.books.models import MoneyPosting, MoneyTransfer
from shop.budgets.models import Package
from shop.db import db, session, unit_of_work
from shop.demo.rows import insert_ids
from shop.orders.models import Order
from shop.orders.owing import source
from shop.vendors.models import Vendor

SIZES = (1_000, 100_000)
GOAL = 1.5
ROUNDS = 15
BATCH = 4
WARM = 5
OFFICES = 300
VENDORS = 50
UNPAID = 20
"""One order in so many is received and not paid; the others are paid, so that their money has moved twice."""
_CHUNK = 10_000
PAGES = {
    "money of an office": ("bendahara", "/uang"),
    "money of the city": ("auditor", "/uang"),
    "a month's entries": ("bendahara", "/uang/{month}"),
    "what is owed": ("bendahara", "/uang/belum-dibayar"),
    "claims of a producer": ("vendor_owner", "/tagihan"),
}


def run(folder: Path, sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """Lay both cities out and compare their pages in turns."""
    cities = [City(folder / str(size), size) for size in sizes]
    rows = []
    for name, (role, path) in PAGES.items():
        asked = path.format(month=local_day(utc_now()).isoformat()[:7])
        counts = [city.statements(role, asked) for city in cities]
        seen = [[city.cpu(role, asked) for city in cities] for _ in range(ROUNDS)]
        ratios = [many / few for few, many in seen]
        note = f"{spread(ratios)}; {median([s[1] for s in seen]):.2f} ms CPU, {counts[0]} and {counts[1]} statements"
        rows.append(Row(f"{name}, {sizes[1]:,} to {sizes[0]:,}", median(ratios), "x", GOAL, note))
    return rows


class City:
    """A city with so many orders in its last month, and the pages of its people."""

    def __init__(self, folder: Path, count: int) -> None:
        """Lay it out in `folder`."""
        self.app: Flask = synth.blank(folder)
        with self.app.app_context(), unit_of_work():
            self.people = _lay(count, utc_now())
        with self.app.app_context():
            self.engine = db.engine

    def get(self, role: str, path: str) -> None:
        """Open a page as somebody with this role."""
        client, token = self.app.test_client(), "0" * 40
        user_id, hat_id = self.people[role]
        with client.session_transaction() as kept:
            kept.update({"_user_id": f"{user_id}:1", "hat": hat_id, "csrf_token": token})
        answer = contextvars.Context().run(client.get, path)
        if answer.status_code != 200:
            msg = f"{path}: {answer.status_code}"
            raise RuntimeError(msg)

    def statements(self, role: str, path: str) -> int:
        """Return how many statements a page takes, after it has been opened before."""
        for _ in range(WARM):
            self.get(role, path)
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(self.engine, "before_cursor_execute", note)
        self.get(role, path)
        event.remove(self.engine, "before_cursor_execute", note)
        return len(seen)

    def cpu(self, role: str, path: str) -> float:
        """Return CPU milliseconds a page."""
        begun = time.process_time()
        for _ in range(BATCH):
            self.get(role, path)
        return (time.process_time() - begun) / BATCH * 1000


def _lay(count: int, now: datetime) -> dict[str, tuple[int, int]]:
    offices = list(session.scalars(select(Office.id).order_by(Office.id).limit(OFFICES)))
    people = {"bendahara": _person("bendahara", now, office_id=offices[0]), "auditor": _person("auditor", now)}
    buyer = people["bendahara"][0]
    grounds = insert_ids(Package, [_package(office, buyer, now) for office in offices])
    vendors = insert_ids(
        Vendor, [{"name": f"Dapur {n}", "slug": f"dapur-{n}", "kecamatan_code": "31.71.01", "created_at": now, "version": 1} for n in range(VENDORS)]
    )  # fmt: skip
    people["vendor_owner"] = _person("vendor_owner", now, vendor_id=vendors[0])
    for start in range(1, count + 1, _CHUNK):
        numbers = range(start, min(start + _CHUNK, count + 1))
        orders = [_order(n, offices, grounds, vendors, buyer, now) for n in numbers]
        session.execute(insert(Order.__table__), orders)
        _post(orders, now)
    verify.recount()
    return people


def _post(orders: list[dict[str, Any]], now: datetime) -> None:
    postings, transfers = [], []
    for order in orders:
        told = {"source": source(order["id"]), "office_id": order["office_id"], "vendor_id": order["vendor_id"],
                "day": local_day(now), "channel": "", "by": None, "at": now}  # fmt: skip
        made = order["id"] * 2
        postings.append(told | {"id": made, "name": "due"})
        transfers.append((made, EXPENSE, PAYABLE, order["total"]))
        if order["state"] == "closed":
            kept = order["total"] // 100
            postings.append(told | {"id": made + 1, "name": "paid", "channel": "transfer"})
            transfers += [
                (made + 1, PAYABLE, BANK, order["total"] - kept),
                (made + 1, PAYABLE, withheld("PPH22"), kept),
            ]
    session.execute(insert(MoneyPosting.__table__), postings)
    rows = [dict(zip(("posting_id", "debit", "credit", "amount"), row, strict=True)) for row in transfers]
    session.execute(insert(MoneyTransfer.__table__), rows)


def _order(
    number: int, offices: list[int], grounds: list[int], vendors: list[int], buyer: int, now: datetime
) -> dict[str, Any]:
    # The first office is the same size in both cities: what it sees must not cost more because the city is larger.
    at = 0 if number <= 100 else 1 + number % (len(offices) - 1)
    # So is what the first producer sees.
    maker = vendors[number % len(vendors) if number <= SIZES[0] else 1 + number % (len(vendors) - 1)]
    unpaid = number % UNPAID == 0
    return {
        "id": number, "number": f"{number}/SP", "state": "received" if unpaid else "closed", "office_id": offices[at],
        "package_id": grounds[at], "account_code": "5.1.02.01.01.0052", "vendor_id": maker,
        "vendor_name": f"Dapur {maker}", "vendor_kecamatan": "31.71.01", "purpose": "Rapat",
        "deliver_address": "Jl. Medan Merdeka 1", "deliver_kecamatan": "31.71.01", "deliver_at": now,
        "total": 500_000 + number % 1_000, "shipping": 0, "placed_by": buyer, "placed_at": now, "received_at": now,
        "due_at": now + timedelta(days=3 - number % 40) if unpaid else None, "asked": False, "relaxed": [], "version": 5,
    }  # fmt: skip


def _person(role: str, now: datetime, **place: int) -> tuple[int, int]:
    account = {"email": f"{role}@bench.test", "name": role, "password_hash": "-", "created_at": now}
    (user_id,) = insert_ids(UserAccount, [account])
    hat = {"user_id": user_id, "role": role, "place_key": place_key(**place), **place}
    return user_id, insert_ids(Hat, [hat | {"valid_from": local_day(now), "created_at": now}])[0]


def _package(office_id: int, buyer: int, now: datetime) -> dict[str, Any]:
    return {"rup_code": f"5{office_id:07d}", "name": "Makan minum rapat", "office_id": office_id,
            "account_code": "5.1.02.01.01.0052", "year": local_day(now).year, "pagu": 10**15, "reserved": 0,
            "realised": 0, "state": "with_pp", "ppk_id": buyer, "pp_id": buyer, "imported_at": now}  # fmt: skip
