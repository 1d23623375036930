"""The queue of a curator with 20 and with 20,000 waiting listings: CPU a page, both servers asked in turns."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from bench.asking import Client
from bench.machine import Server
from bench.synth import blank
from bench.table import Row, median, spread
from shop.accounts import passwords
from shop.accounts.models import Hat, UserAccount, place_key
from shop.base.clock import local_day, utc_now
from shop.catalog.models import Product
from shop.curation.models import CurationCase
from shop.db import db, session, unit_of_work
from shop.demo.rows import insert_ids, insert_rows
from shop.vendors.models import Vendor

SIZES = (20, 20_000)
GOAL = 1.5
ROUNDS = 15
BATCH = 40
WARM = 200
GAMBIR = "31.71.01"
PASSWORD = "kurasi-diukur-sekarang"
HATS = {"curator_kecamatan": GAMBIR, "curator_province": None}


def run(folder: Path) -> list[Row]:
    """Lay both queues out and compare their first page, for either hat."""
    for size in SIZES:
        lay(folder / str(size), size)
    rows = []
    with Server("wsgi:app", folder / str(SIZES[0])) as few, Server("wsgi:app", folder / str(SIZES[1])) as many:
        for role in HATS:
            ratios, costs = _ratios(few, many, role)
            note = f"{spread(ratios)}; {median(costs):.2f} ms CPU a page with {SIZES[1]:,}"
            rows.append(Row(f"queue of {role}, {SIZES[1]:,} to {SIZES[0]}", median(ratios), "x", GOAL, note))
    return rows


def _ratios(few: Server, many: Server, role: str) -> tuple[list[float], list[float]]:
    pairs = [(server, Client(server)) for server in (few, many)]
    for _server, client in pairs:
        client.sign_in(f"{role}@bench.test", PASSWORD)
        client.get_all(["/kurasi"] * WARM)
    ratios, costs = [], []
    for _ in range(ROUNDS):
        spent = []
        for server, client in pairs:
            begun = server.cpu()
            client.get_all(["/kurasi"] * BATCH)
            spent.append((server.cpu() - begun) / BATCH * 1000)
        ratios.append(spent[1] / spent[0])
        costs.append(spent[1])
    return ratios, costs


def lay(folder: Path, count: int) -> None:
    """Let `count` listings wait in Gambir and as many at the province, fifty of a producer, handed in over two years."""
    app, now = blank(folder), utc_now()
    since = now - timedelta(days=730)
    with app.app_context():
        with unit_of_work():
            vendors = insert_ids(
                Vendor,
                [
                    {
                        "name": f"Dapur {n}",
                        "slug": f"dapur-{n}",
                        "kecamatan_code": GAMBIR,
                        "created_at": since,
                        "version": 1,
                    }
                    for n in range(max(1, count // 50))
                ],
            )
            for state in ("kecamatan", "province"):
                _wait(vendors, count, state, since)
            _people(now)
        session.remove()
        db.engine.dispose()


def _wait(vendors: list[int], count: int, state: str, since: datetime) -> None:
    each = timedelta(days=720) / count
    products = [
        {
            "vendor_id": vendors[n % len(vendors)],
            "category_code": "kue-basah",
            "name": f"Kue {n}",
            "slug": f"kue-{n}",
            "price": 10_000,
            "state": "submitted",
            "created_at": since,
            "updated_at": since,
            "version": 1,
        }
        for n in range(count)
    ]
    ids = insert_ids(Product, products)
    insert_rows(
        CurationCase,
        [
            {
                "product_id": product_id,
                "vendor_id": row["vendor_id"],
                "kecamatan_code": GAMBIR,
                "round": 1,
                "state": state,
                "content": {"name": row["name"], "category_code": "kue-basah", "photos": []},
                "recheck": False,
                "lane": "food",
                "submitted_at": since,
                "waiting_since": since + each * n,
                "version": 1,
            }
            for n, (product_id, row) in enumerate(zip(ids, products, strict=True))
        ],
    )


def _people(now: datetime) -> None:
    password_hash = passwords.hash_password(PASSWORD)
    accounts = [
        {"email": f"{role}@bench.test", "name": role, "password_hash": password_hash, "created_at": now}
        for role in HATS
    ]
    insert_rows(
        Hat,
        [
            {
                "user_id": user_id,
                "role": role,
                "region_code": region,
                "place_key": place_key(region_code=region),
                "valid_from": local_day(now),
                "created_at": now,
            }
            for user_id, (role, region) in zip(insert_ids(UserAccount, accounts), HATS.items(), strict=True)
        ],
    )
