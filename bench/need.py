"""Starting from the need, 100,000 products of 30,000 producers over 5,000 of 1,500: CPU a search, in one process, in turns."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import select

from bench import synth
from bench.table import Row, median, print_table, spread
from shop.accounts.models import Office
from shop.app import create_app
from shop.base.actor import Actor
from shop.base.clock import at_local, local_day, utc_now
from shop.catalog.categories import shelves
from shop.catalog.models import CapacityDay, Certificate, LeadTier, PriceTier, Product
from shop.db import session, unit_of_work
from shop.demo.rows import insert_ids, insert_rows
from shop.orders import track_record
from shop.orders.models import OfficeChoice, VendorRecord
from shop.reference import regions
from shop.settings import Settings
from shop.sourcing import need_search
from shop.sourcing.need import CHEAP, FAIR, NEAR, PUNCTUAL, Need
from shop.vendors.models import ClosedDay, DeliveryArea, Vendor, VendorPaper

if TYPE_CHECKING:
    from flask import Flask

SIZES = ((1_500, 5_000), (30_000, 100_000))
GOAL_MS = 50.0
GOAL_RATIO = 2.0
SEARCHES = 300
WARM = 40
DAYS = 14


def run(folder: Path) -> list[Row]:
    """Lay both catalogues out, ask the same needs of either in turns, and compare."""
    apps = [lay(folder / str(products), vendors, products) for vendors, products in SIZES]
    needs = list(_needs(Random("bench/need"), SEARCHES))
    for app, office in apps:
        _spent(app, office, needs[:WARM])
    few, many = [_spent(app, office, needs) for app, office in apps]
    ratios = [m / f for f, m in zip(few, many, strict=True)]
    top = statistics.quantiles(many, n=20)[-1]
    note = f"median {median(many):.1f} ms, most {max(many):.1f} ms of {SEARCHES} searches"
    return [
        Row("need of an office, 100,000 products, p95", top, "ms", GOAL_MS, note),
        Row("need, 100,000 products to 5,000", median(ratios), "x", GOAL_RATIO, spread(ratios)),
        *(
            Row(f"  of these {order}, p95", statistics.quantiles(of, n=20)[-1], "ms", None, f"{len(of)} searches")
            for order in (FAIR, CHEAP, PUNCTUAL, NEAR)
            if len(of := [ms for need, ms in zip(needs, many, strict=True) if need.order == order]) > 1
        ),
        Row("  of these without anybody, p95", *_nobody(needs, many)),
    ]


def _nobody(needs: list[Need], spent: list[float]) -> tuple[float, str, None, str]:
    hard = [ms for need, ms in zip(needs, spent, strict=True) if need.headcount >= 5_000]
    return statistics.quantiles(hard, n=20)[-1], "ms", None, f"{len(hard)} searches, with what would help"


def _spent(app: Flask, office: int, needs: list[Need]) -> list[float]:
    """Return milliseconds of CPU of each search, each in a session of its own as a request has."""
    who = Actor(1, "Pejabat", "pp", frozenset({"orders:cart:edit"}), office_id=office)
    spent = []
    with app.app_context():
        for need in needs:
            now = utc_now()
            begun = time.process_time()
            need_search.find(who, need, now)
            spent.append((time.process_time() - begun) * 1_000)
            session.remove()
    return spent


def _needs(rng: Random, count: int) -> Any:
    """Yield needs as offices have them: mostly meals for thirty next week, some for tomorrow, some impossible."""
    today = local_day(utc_now())
    places = [row.code for row in _KECAMATAN]
    for number in range(count):
        day = today + timedelta(days=rng.choice((1, 1, 2, 3, 4, 5, 7, 10, 13)))
        need = Need(
            headcount=rng.choice((10, 20, 30, 30, 40, 50, 75, 100, 150, 300)),
            at=at_local(day, datetime.min.time().replace(hour=rng.choice((9, 10, 12, 15)))),
            kecamatan=rng.choice(places),
            shelf=rng.choice(("snack-kotak", "nasi-kotak", "makanan-rapat", "kue-roti", "minuman", "suvenir", "atk")),
            budget=rng.choice((None, None, 20_000, 30_000, 50_000)),
            halal=rng.random() < 0.3,
            order=rng.choice((FAIR, FAIR, FAIR, FAIR, CHEAP, PUNCTUAL, NEAR)),
        )
        if number % 10 == 0:
            need = replace(need, headcount=10_000)
        if number % 7 == 0:
            need = replace(need, avoid=frozenset({"peanut", "shellfish"}))
        yield need


_KECAMATAN: list[Any] = []


def lay(folder: Path, vendors: int, products: int) -> tuple[Flask, int]:
    """Fill a folder with producers who differ in everything a need asks about; return the application and an office."""
    now, rng = utc_now(), Random(f"bench/need/{products}")
    what = f"need {products} {local_day(now)}"  # days off and bookings lie around the day of laying out
    if synth.kept(folder, what):
        app = create_app(Settings(var=folder, secret_key="bench" * 8, worker=False))
        with app.app_context():
            _KECAMATAN[:] = regions.kecamatan(session)
            office = session.scalar(select(OfficeChoice.office_id).limit(1)) or 0
        return app, office
    app = synth.blank(folder)
    with app.app_context(), unit_of_work():
        _KECAMATAN[:] = regions.kecamatan(session)
        makers = _vendors(rng, vendors, now)
        _products(rng, makers, products, now)
        office = session.scalar(Office.__table__.select().with_only_columns(Office.id).limit(1)) or 0
        quarter = track_record.quarter_of(now)
        insert_rows(
            OfficeChoice,
            [{"office_id": office, "quarter": quarter, "vendor_id": v, "chosen": 1} for v in rng.sample(makers, 200)],
        )
    synth.finish(folder, what)
    return app, office


def _vendors(rng: Random, count: int, now: datetime) -> list[int]:
    codes = [row.code for row in _KECAMATAN]
    ids = insert_ids(
        Vendor,
        [
            {
                "name": f"Dapur {n}",
                "slug": f"dapur-{n}",
                "kecamatan_code": rng.choice(codes),
                "state": "active" if rng.random() < 0.95 else "paused",
                "closed_weekdays": rng.choice((0, 0, 64, 96, 1 << rng.randrange(7))),
                "created_at": now,
                "version": 1,
            }
            for n in range(count)
        ],
    )
    today = local_day(now)
    areas = [(v, code) for v in ids if v % 5 < 2 for code in rng.sample(codes, 10)]
    insert_rows(DeliveryArea, [{"vendor_id": v, "kecamatan_code": c, "cost": 15_000} for v, c in areas])
    off = {(v, today + timedelta(days=rng.randrange(DAYS))) for v in ids if v % 8 == 0}
    insert_rows(ClosedDay, [{"vendor_id": v, "day": day, "reason": ""} for v, day in sorted(off)])
    paper = {"kind": "halal", "number": "1", "issued_on": date(2026, 1, 1), "added_at": now}
    insert_rows(VendorPaper, [{"vendor_id": v, **paper} for v in ids if v % 5 > 1])
    insert_rows(
        VendorRecord,
        [
            {
                "vendor_id": v,
                "answered": (n := rng.randrange(1, 60)),
                "refused": rng.randrange(4),
                "expired": 0,
                "delivered": n,
                "on_time": rng.randrange(n // 2, n + 1),
                "late_minutes": 0,
            }
            for v in ids
            if v % 2
        ],
    )
    return ids


def _products(rng: Random, makers: list[int], count: int, now: datetime) -> None:
    known = shelves()
    leaves = [code for code, shelf in known.items() if shelf.parent_code]
    food = [code for code in leaves if known[code].kind == "food"]
    usual = ["snack-kotak", "nasi-kotak", "kue-basah"]
    rows = [
        {
            "vendor_id": rng.choice(makers),
            "category_code": rng.choice(rng.choice((usual, usual, food, leaves))),
            "name": f"Produk {n}",
            "slug": f"produk-{n}",
            "price": rng.randrange(12, 60) * 1_000,
            "unit": "kotak",
            "min_order": rng.choice((1, 5, 10, 20, 30)),
            "serves": rng.choice((None, None, None, 1, 8)),
            "daily_capacity": rng.choice((None, 30, 60, 100, 150, 300)),
            "stock": rng.choice((None, None, None, 50)),
            "lead_time_hours": rng.choice((6, 12, 24, 24, 48, 72)),
            "halal": rng.random() < 0.7,
            "allergens": rng.choice((["none"], ["egg"], ["peanut", "milk"], [])),
            "state": "published",
            "created_at": now,
            "updated_at": now,
            "version": 1,
        }
        for n in range(count)
    ]
    ids = insert_ids(Product, rows)
    today = local_day(now)
    booked = {(p, today + timedelta(days=rng.randrange(DAYS))) for p in rng.sample(ids, count // 4)}
    insert_rows(CapacityDay, [{"product_id": p, "day": day, "booked": rng.randrange(10, 100)} for p, day in booked])
    insert_rows(LeadTier, [{"product_id": p, "min_quantity": 50, "hours": 72} for p in ids if p % 3 == 0])
    insert_rows(PriceTier, [{"product_id": p, "min_quantity": 30, "price": 11_000} for p in ids if p % 5 == 0])
    paper = {"kind": "certified", "number": "1", "tkdn_bp": 4_000, "bmp_bp": 0, "issued_on": date(2026, 1, 1)}
    insert_rows(Certificate, [{"product_id": p, **paper, "valid_until": date(2027, 12, 31)} for p in ids if p % 4 == 0])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="a folder for the laid out catalogues, used again the same day")
    with tempfile.TemporaryDirectory(prefix="bench-need-") as scratch:
        print_table(run(parser.parse_args().keep or Path(scratch)))
