"""The programme's funnel with 1,000 and with 50,000 producers: CPU a page, both servers asked in turns."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.asking import Client
from bench.machine import Server
from bench.synth import blank
from bench.table import Row, median, spread
from shop.accounts import passwords
from shop.accounts.models import Hat, UserAccount, place_key
from shop.base.clock import local_day, utc_now
from shop.db import db, session, unit_of_work
from shop.demo.rows import insert_ids, insert_rows
from shop.programme import counting
from shop.programme.models import FACILITIES, FacilityRecord
from shop.reference import regions
from shop.vendors.models import Vendor

SIZES = (1_000, 50_000)
GOAL = 1.5
ROUNDS = 9
BATCH = 10
WARM = 30
EMAIL = "programme@bench.test"
PASSWORD = "corong-diukur-sekarang"
REACHED = (100, 62, 55, 52, 16, 12, 2)
"""Per cent of the producers with each facility, as the whole programme had them in 2021."""


def run(folder: Path) -> list[Row]:
    """Lay both programmes out and compare their pages."""
    for size in SIZES:
        lay(folder / str(size), size)
    rows = []
    with Server("wsgi:app", folder / str(SIZES[0])) as few, Server("wsgi:app", folder / str(SIZES[1])) as many:
        pairs = [(server, Client(server)) for server in (few, many)]
        for _server, client in pairs:
            client.sign_in(EMAIL, PASSWORD)
        year = local_day(utc_now()).year
        for name, path in (
            ("funnel", "/program/corong"),
            ("funnel of a year", f"/program/corong?periode={year}"),
            ("producers behind a number", "/program/corong/produsen?tahap=P2"),
            ("producers that are stuck", "/program/corong/produsen?tahap=stuck"),
            ("producers of the programme", "/program/produsen"),
        ):
            ratios, costs = _ratios(pairs, path)
            note = f"{spread(ratios)}; {median(costs):.2f} ms CPU a page with {SIZES[1]:,}"
            rows.append(Row(f"{name}, {SIZES[1]:,} to {SIZES[0]:,}", median(ratios), "x", GOAL, note))
    return rows


def _ratios(pairs: list[tuple[Server, Client]], path: str) -> tuple[list[float], list[float]]:
    for _server, client in pairs:
        client.get_all([path] * WARM)
    ratios, costs = [], []
    for _ in range(ROUNDS):
        spent = []
        for server, client in pairs:
            begun = server.cpu()
            client.get_all([path] * BATCH)
            spent.append((server.cpu() - begun) / BATCH * 1000)
        ratios.append(spent[1] / spent[0])
        costs.append(spent[1])
    return ratios, costs


def lay(folder: Path, count: int) -> None:
    """Register `count` producers over all kecamatan and three years, each with the facilities chance gives it."""
    app, now, rng = blank(folder), utc_now(), Random(count)
    today, since = local_day(now), now - timedelta(days=1_100)
    with app.app_context():
        with unit_of_work():
            places = [row.code for row in regions.kecamatan(session)]
            vendors = insert_ids(
                Vendor,
                [
                    {"name": f"Dapur {n}", "slug": f"dapur-{n}", "kecamatan_code": places[n % len(places)],
                     "created_at": since, "version": 1}
                    for n in range(count)
                ],
            )  # fmt: skip
            rows: list[dict[str, Any]] = [
                {"vendor_id": vendor_id, "facility": facility, "from_day": today - timedelta(days=rng.randrange(1_000)),
                 "recorded_at": now}
                for vendor_id in vendors
                for facility, share in zip(FACILITIES, REACHED, strict=True)
                if rng.randrange(100) < share
            ]  # fmt: skip
            insert_rows(FacilityRecord, rows)
            counting.recount(now)
            account = {"email": EMAIL, "name": "Programme", "password_hash": passwords.hash_password(PASSWORD)}
            (user_id,) = insert_ids(UserAccount, [account | {"created_at": now}])
            hat = {"user_id": user_id, "role": "programme", "place_key": place_key(), "valid_from": today}
            insert_rows(Hat, [hat | {"created_at": now}])
        session.remove()
        db.engine.dispose()
