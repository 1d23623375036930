"""What the P3DN ledger costs: a total at ten thousand and at a million lines, and the CPU of one settlement.

Run: .venv/bin/python bench/p3dn.py [lines …]      (default 10000 1000000; a million takes a few minutes to lay down)
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from sqlalchemy import func, insert, select

from shop.base.actor import SYSTEM
from shop.db import Base, db, session, tune, unit_of_work
from shop.p3dn.faces import GROUPS
from shop.p3dn.models import LedgerEntry, P3dnTotal
from shop.p3dn.posting import kept, ledger, settle
from shop.p3dn.reading import lines
from shop.p3dn.rules import MEASURES, Fact, line_measures
from shop.p3dn.totals import Filters, totals
from shop.p3dn.verify import rebuild_totals

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
FIRST = date(2024, 1, 1)
DAYS = 1050
OFFICES, ACCOUNTS, VENDORS, KECAMATAN = 100, 10, 300, 44  # few enough that even the small ledger has every group
QUESTIONS = {
    "all, no grouping": (Filters(), None),
    "year by vendor": (Filters(year=2026), "vendor"),
    "year by office": (Filters(year=2026), "office"),
    "all by month": (Filters(), "month"),
    "17 Nov to 3 Feb by kecamatan": (Filters(start=date(2024, 11, 17), end=date(2025, 2, 3)), "kecamatan"),
    "one office and account by vendor": (Filters(year=2025, office_id=7, account_code="5.1.02.01.01.0003"), "vendor"),
}


def facts(number: int, dice: random.Random, *, paid: bool = True) -> list[Fact]:
    """Return two lines of one order."""
    vendor = dice.randint(1, VENDORS)
    office, account = dice.randint(1, OFFICES), f"5.1.02.01.01.{dice.randint(1, ACCOUNTS):04d}"
    evidence = dice.choice(("certified", "self_declared", "none"))
    return [
        Fact(f"line:{number * 2 + i}", number, number * 2 + i, office, office, account, f"31.71.{vendor % KECAMATAN:02d}",
             vendor, "makanan", evidence, 4_000,
             line_measures(value=dice.randint(10_000, 2_000_000), pdn=True, umk=True, evidence=evidence, tkdn_bp=4_000,
                           committed=True, paid=paid, first=i == 0))
        for i in (0, 1)
    ]  # fmt: skip


def rows(count: int) -> Iterator[dict[str, object]]:
    """Yield ledger entries of `count` paid lines, days in order."""
    dice = random.Random(1)
    for number in range(count // 2):
        day = FIRST + timedelta(days=number * DAYS * 2 // count)
        for fact in facts(number, dice):
            yield {
                "source": f"order:{number}", "key": fact.key, "day": day, "at": NOW, "user_id": None,
                "order_id": fact.order_id, "line_id": fact.line_id, "package_id": fact.package_id,
                "office_id": fact.office_id, "account_code": fact.account_code, "kecamatan_code": fact.kecamatan_code,
                "vendor_id": fact.vendor_id, "category_code": fact.category_code, "evidence": fact.evidence,
                "tkdn_bp": fact.tkdn_bp, **dict(zip(MEASURES, fact.measures.as_tuple(), strict=True)),
            }  # fmt: skip


def lay(count: int) -> float:
    """Fill the blank ledger and sum it; return the seconds that took."""
    start, batch = time.perf_counter(), []
    with unit_of_work():
        for row in rows(count):
            batch.append(row)
            if len(batch) == 5000:
                session.execute(insert(ledger), batch)
                batch.clear()
        if batch:
            session.execute(insert(ledger), batch)
        rebuild_totals()
    return time.perf_counter() - start


def median_ms(work: Callable[[], object], times: int = 15) -> float:
    """Return the median wall time of `work` in milliseconds, after one warm-up."""
    work()
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


def settle_cpu_us(orders: int = 400) -> tuple[float, float]:
    """Return CPU microseconds of committing and of paying an order of two lines, all inside one unit of work."""
    took = {False: 0.0, True: 0.0}
    with unit_of_work():
        for paid in (False, True):
            dice = random.Random(2)
            asked = [(f"order:{10**8 + n}", facts(10**8 + n, dice, paid=paid)) for n in range(orders)]
            settle(SYSTEM, "order:0", [], NOW)
            start = time.process_time()
            for source, wanted in asked:
                settle(SYSTEM, source, wanted, NOW)
            took[paid] = (time.process_time() - start) / orders * 1e6
    return took[False], took[True]


def measure(count: int, folder: str) -> dict[str, float]:
    """Return every figure for a ledger of `count` lines."""
    app = Flask("bench")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder}/{count}.sqlite3"
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
        Base.metadata.create_all(db.engine, tables=[LedgerEntry.__table__, P3dnTotal.__table__])
        found = {"laid down (s)": lay(count)}
        for name, (filters, group_by) in QUESTIONS.items():
            assert group_by is None or group_by in GROUPS
            found[f"{name} (ms)"] = median_ms(lambda f=filters, g=group_by: totals(f, g, now=NOW))
        found["first page of lines (ms)"] = median_ms(lambda: lines(Filters(year=2026)))
        found["page of one office's lines (ms)"] = median_ms(lambda: lines(Filters(office_id=9), {"evidence": "none"}))
        found["kept rows"] = session.execute(select(func.count()).select_from(kept)).scalar_one()
        committing, paying = settle_cpu_us()
        found["settle: commit 2 lines (CPU µs)"] = committing
        found["settle: pay 2 lines (CPU µs)"] = paying
        session.remove()
        db.engine.dispose()
        found["database (MB)"] = Path(f"{folder}/{count}.sqlite3").stat().st_size / 1e6
    return found


def main() -> None:
    """Print one column per size, and the ratio of the last to the first."""
    sizes = [int(given) for given in sys.argv[1:]] or [10_000, 1_000_000]
    with tempfile.TemporaryDirectory() as folder:
        columns = [measure(size, folder) for size in sizes]
    print(f"{'lines':38}" + "".join(f"{size:>14,}" for size in sizes) + f"{'ratio':>9}")
    for name in columns[0]:
        numbers = [column[name] for column in columns]
        print(f"{name:38}" + "".join(f"{n:>14,.2f}" for n in numbers) + f"{numbers[-1] / numbers[0]:>9.2f}")


if __name__ == "__main__":
    main()
