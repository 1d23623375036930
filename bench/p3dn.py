"""What the P3DN ledger costs at two sizes: totals and breakdowns, pages of lines, posting an order, proving it all.

Run: .venv/bin/python bench/p3dn.py [lines …] [--keep DIR]      (default 50000 500000; five millions take some minutes)

Times are CPU of this process. Both sizes ask the same city of bench/p3dn_city.py the same questions. What a small ledger has
not had yet is told as its number of groups: a ratio compares only answers of the same length.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask

from bench.p3dn_city import DINAS, MEAL, OFFICES, PAPER, VENDORS, lay
from bench.table import Row, print_table
from shop.base.actor import SYSTEM
from shop.db import db, session, tune, unit_of_work
from shop.orders import facts as order_facts
from shop.orders import states
from shop.p3dn.faces import GROUPS
from shop.p3dn.posting import settle
from shop.p3dn.reading import lines
from shop.p3dn.rules import Fact, line_measures
from shop.p3dn.totals import Filters, totals
from shop.p3dn.verify import verify

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SIZES = (50_000, 500_000)
TOTAL_GOAL, PAGE_GOAL, VERIFY_GOAL = 50.0, 20.0, 50_000
DAYS = {"year": {"year": 2025}, "part": {"start": date(2024, 2, 14), "end": date(2025, 5, 20)}, "all": {}}
AREAS = {
    "city": {},
    "account": {"account_code": MEAL},
    "largest office": {"office_id": 1},
    "middle office": {"office_id": 175},
    "office and account": {"office_id": 1, "account_code": MEAL},
    "100 offices": {"office_ids": DINAS},
    "100 offices, account": {"office_ids": DINAS, "account_code": MEAL},
}
WALKS = {
    "all": ({}, {}),
    "vendor": ({}, {"vendor": "1500"}),
    "kecamatan": ({}, {"kecamatan": "31.72.02"}),
    "category": ({}, {"category": "rak-07"}),
    "channel": ({}, {"channel": "competition"}),
    "evidence": ({}, {"evidence": "certified"}),
    "account": ({"account_code": PAPER}, {}),
    "account, category": ({"account_code": MEAL}, {"category": "rak-07"}),
    "account, channel": ({"account_code": PAPER}, {"channel": "competition"}),
    "account, nothing there": ({"account_code": MEAL}, {"kecamatan": "31.79.99"}),
    "account, vendor": ({"account_code": MEAL}, {"vendor": "1"}),
    "quarter": ({}, {"quarter": "2025-Q3"}),
    "office": ({"office_id": 1}, {}),
    "office, account": ({"office_id": 1, "account_code": PAPER}, {}),
    "office, vendor": ({"office_id": 1}, {"vendor": "3999"}),
    "office, category, account": ({"office_id": 1, "account_code": MEAL}, {"category": "rak-07"}),
    "office, nothing there": ({"office_id": 1}, {"category": "x"}),
    "planned, nowhere": ({}, {"measure": "planned"}),
    "office, planned": ({"office_id": 1}, {"measure": "planned"}),
    "office, certified": ({"office_id": 1}, {"measure": "pdn_certified"}),
    "umk of a vendor without": ({}, {"vendor": "3", "measure": "umk_value"}),
    "100 offices": ({"office_ids": DINAS}, {}),
    "100 offices, vendor": ({"office_ids": DINAS}, {"vendor": "1500"}),
    "100 offices, account": ({"office_ids": DINAS, "account_code": PAPER}, {}),
    "100 offices, category": ({"office_ids": DINAS}, {"category": "rak-07"}),
    "100 offices, channel": ({"office_ids": DINAS}, {"channel": "competition"}),
    "two small offices": ({"office_ids": (698, 699)}, {}),
    "two small offices, nothing there": ({"office_ids": (698, 699)}, {"kecamatan": "x"}),
}


@dataclass
class Seen:
    """What one size showed."""

    totals: dict[str, dict[str, tuple[float, int]]] = field(default_factory=dict)
    """By area and days, then by breakdown: CPU in ms, and groups of the answer."""
    pages: dict[str, float] = field(default_factory=dict)
    settling: tuple[float, float] = (0.0, 0.0)
    laying: float = 0.0
    proved: int = 0
    proving: float = 0.0
    held: float = 0.0


def run(folder: Path, sizes: Sequence[int] = SIZES) -> list[Row]:
    """Lay both ledgers, ask both, and tell the large one's times beside the goals and the small one's."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {size: measure(folder / f"{size}.sqlite3", size) for size in sizes}
    few, many = found[min(sizes)], found[max(sizes)]
    rows = [Row(f"laying {size:,} ledger lines", seen.laying, "s") for size, seen in found.items() if seen.laying]
    for area, answers in many.totals.items():
        worst = max(answers, key=lambda group: answers[group][0])
        ratios = {g: ms / few.totals[area][g][0] for g, (ms, n) in answers.items() if n == few.totals[area][g][1]}
        steepest = max(ratios, key=lambda group: ratios[group])
        note = f"by {worst}, {answers[worst][1]} groups; ratio {ratios[steepest]:.2f} at most (by {steepest})"
        rows.append(Row(f"total: {area}", answers[worst][0], "ms", TOTAL_GOAL, note))
    for name, took in many.pages.items():
        rows.append(Row(f"lines: {name}", took, "ms", PAGE_GOAL, f"{few.pages[name]:.2f} of the small ledger"))
    for at, name in enumerate(("accepting", "paying")):
        note = f"{few.settling[at]:.2f} of the small ledger"
        rows.append(Row(f"posting: {name} an order of two lines", many.settling[at], "ms", None, note))
    for size, seen in found.items():
        rate, note = seen.proved / seen.proving, f"{seen.proving:.0f} s of CPU, {seen.held:.0f} MB more at most"
        rows.append(Row(f"verify {size:,}: lines a second", rate, "/s", None, f"{note}; goal {VERIFY_GOAL:,}"))
    return rows


def measure(path: Path, count: int) -> Seen:
    """Return every figure for a ledger of `count` lines, laid unless it is there."""
    app, seen, fresh = Flask("bench"), Seen(), not path.exists()
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{path}"
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
        if fresh:
            seen.laying = lay(count)
        for area, given in AREAS.items():
            for name, days in DAYS.items():
                seen.totals[f"{area}, {name}"] = {
                    group or "nothing": ask(Filters(**given, **days), group) for group in (None, *GROUPS)
                }
        for name, (given, keys) in WALKS.items():
            filters = Filters(**given)
            cursor = lines(filters, keys).next
            pages = [None, cursor] if cursor else [None]
            seen.pages[name] = max(cpu_ms(lambda f=filters, k=keys, c=c: lines(f, k, cursor=c)) for c in pages)
        seen.settling = settle_cpu_ms()
        prove(seen)
        session.remove()
        db.engine.dispose()
    return seen


def ask(filters: Filters, group: str | None) -> tuple[float, int]:
    """Return CPU milliseconds and groups of one answer."""
    return cpu_ms(lambda: totals(filters, group, now=NOW)), len(totals(filters, group, now=NOW).rows)


def cpu_ms(work: Callable[[], object], times: int = 5) -> float:
    """Return the median CPU of `work` in milliseconds, after one warm-up."""
    work()
    took = []
    for _ in range(times):
        start = time.process_time()
        work()
        took.append((time.process_time() - start) * 1000)
    return statistics.median(took)


def settle_cpu_ms(orders: int = 400) -> tuple[float, float]:
    """Return CPU milliseconds of accepting and of paying an order of two lines; nothing of it stays."""
    took = {False: 0.0, True: 0.0}
    with unit_of_work():
        for paid in (False, True):
            dice = random.Random(2)
            asked = [(f"order:{10**8 + n}", order(10**8 + n, dice, paid=paid)) for n in range(orders)]
            start = time.process_time()
            for source, wanted in asked:
                settle(SYSTEM, source, wanted, NOW)
            took[paid] = (time.process_time() - start) / orders * 1000
        session.rollback()
    return took[False], took[True]


def order(number: int, dice: random.Random, *, paid: bool) -> list[Fact]:
    """Return two lines of one new order."""
    office, vendor = dice.randint(1, OFFICES), dice.randint(1, VENDORS)
    return [
        Fact(f"line:{number * 2 + i}", number, number * 2 + i, office, office, MEAL, "31.72.02", vendor, "rak-07", "certified",
             4_000, line_measures(value=dice.randint(10_000, 2_000_000), pdn=True, umk=True, evidence="certified",
                                  tkdn_bp=4_000, committed=True, paid=paid, first=i == 0), "basket")
        for i in (0, 1)
    ]  # fmt: skip


def prove(seen: Seen) -> None:
    """Verify the whole ledger against its orders, and note the CPU and the memory that took."""
    session.remove()
    Path("/proc/self/clear_refs").write_text("5")  # the most memory held is counted from here
    before, start = memory("VmRSS"), time.process_time()
    marks: dict[str, float] = {}
    report = verify(
        order_facts.statements(states.standing),
        progress=lambda step, _done: marks.__setitem__(step, time.process_time() - start),
    )
    seen.proving, seen.proved, seen.held = time.process_time() - start, report.entries, memory("VmHWM") - before
    print("verify, seconds of CPU until the end of each step:", {step: round(took, 1) for step, took in marks.items()})
    if not report.ok:
        msg = f"the laid ledger is not sound: {report.differences[:2]}"
        raise SystemExit(msg)


def memory(what: str) -> float:
    """Return a figure of this process in MB."""
    status = Path("/proc/self/status").read_text().split(f"{what}:")[1]
    return int(status.split()[0]) / 1024


def main() -> None:
    """Print what was measured beside its goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--keep", type=Path, help="a folder for the laid ledgers, to be used again next time")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        print_table(run(asked.keep or Path(scratch), asked.sizes))


if __name__ == "__main__":
    main()
