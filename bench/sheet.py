"""A spreadsheet of 5,000 products: read and saved in the background, in a process of its own that tells its memory."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from bench.machine import ROOT, environment
from bench.table import Row

ROWS = 5_000


def run(folder: Path) -> list[Row]:
    """Send an invented sheet twice; the second time every row is already there."""
    command = [sys.executable, "-P", "-m", "bench.sheet", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment(folder), capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    both = told["read"] + told["save"]
    return [
        Row(f"a sheet of {ROWS:,} products, read and saved", both, "s", 15.0, f"reading {told['read']:.1f}, saving {told['save']:.1f}"),
        Row("  the same sheet again, read", told["again"], "s"),
        Row("  memory of that process", told["memory"], "MB", 200.0, f"{told['before']:.0f} MB before"),
        Row("  statements of reading and saving", told["statements"], ""),
    ]  # fmt: skip


def measure(folder: Path) -> dict[str, float]:
    """Lay out a blank shop with one producer, send the sheet and tell seconds, statements and megabytes."""
    from sqlalchemy import event

    from bench import synth
    from shop.accounts.models import UserAccount
    from shop.base.actor import Actor
    from shop.base.clock import utc_now
    from shop.catalog import states, uploading
    from shop.db import db, session, unit_of_work
    from shop.vendors.models import Vendor

    app, now = synth.blank(folder), utc_now()
    with app.app_context():
        files, count = app.extensions["files"], [0]
        with unit_of_work():
            vendor = Vendor(name="Bench", slug="bench", kecamatan_code="31.71.01", created_at=now)
            user = UserAccount(email="bench@contoh.id", name="Bench", password_hash="-", created_at=now)
            session.add_all((vendor, user))
            session.flush()
            who = Actor(user.id, "", "vendor_owner", frozenset({states.MANAGE}), vendor_id=vendor.id)
        content, handle = sheet(), uploading.handler(files, None)
        before = peak()
        event.listen(db.engine, "before_cursor_execute", lambda *_given: count.__setitem__(0, count[0] + 1))

        def step(number: int) -> float:
            begun = time.perf_counter()
            handle([{"upload": number}], utc_now())
            return time.perf_counter() - begun

        def send() -> int:
            with unit_of_work():
                return uploading.receive(who, "bench.xlsx", files.put(content, "xlsx"), utc_now())

        first = send()
        took = {"read": step(first)}
        with unit_of_work():
            uploading.ask_to_save(who, first, utc_now())
        took["save"] = step(first)
        statements = count[0]
        took["again"] = step(send())
        session.remove()
        db.engine.dispose()
    return took | {"memory": peak(), "before": before, "statements": float(statements)}


def sheet() -> bytes:
    """Return the sheet: every column of the template filled."""
    from shop.base.clock import utc_now
    from shop.catalog.sheet_columns import COLUMNS
    from shop.sheets.writing import Book, Cell

    def row(number: int) -> list[Cell]:
        said: dict[str, Cell] = {
            "ref": f"B{number:05d}", "name": f"Kotak rapat {number}", "category_code": "Nasi kotak", "unit": "kotak",
            "price": 20_000 + number, "description": "Nasi, lauk, sayur, sambal, kerupuk, buah potong, air minum. " * 3,
            "halal": True, "pdn": True, "checked_on": utc_now().date(), "tier_from_1": 50, "tier_price_1": 19_000,
            "lead_from_1": 200, "lead_hours_1": 72, "ingredients": "beras, ayam, cabai, bawang, santan",
        }  # fmt: skip
        return [said.get(name) for name in COLUMNS]

    out = io.BytesIO()
    with Book(out, "Bench", utc_now()) as book:
        book.sheet("Produk", list(COLUMNS.values()), map(row, range(ROWS)))
    return out.getvalue()


def peak() -> float:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
