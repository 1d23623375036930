"""Measure everything that is asked over HTTP, in one run, and print one table. See README.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import curation, desk, funnel, imports, money, p3dn, phone, placing, sheet, starts, synth, tax
from bench.machine import ROOT, Server, environment
from bench.pages import Pair
from bench.placing import Desk, Program
from bench.questions import Stock
from bench.table import Row, median, print_table, spread
from shop.base.clock import JAKARTA, utc_now

PARTS = ("pages", "orders", "import", "sheet", "start", "curation", "funnel", "desk", "phone", "tax", "money", "p3dn")
SEARCH_GOALS = {10_000: 3.0, 100_000: 4.0}
FLOOR = "bench.floor:app"


def main(arguments: Sequence[str]) -> int:
    """Lay out, measure, print. Returns 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; all when none is said")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="catalogues to lay out")
    parser.add_argument("--lines", type=int, nargs="+", default=p3dn.SIZES, help="ledgers to lay out; up to 5000000")
    parser.add_argument("--titles", type=Path, help="a real CSV to import instead of an invented one")
    parser.add_argument("--keep", type=Path, help="a folder for the laid out catalogues, to be used again next time")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    parts, rows = asked.parts or PARTS, list[Row]()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        home = asked.keep or Path(scratch)
        for size in asked.sizes if {"pages", "orders"} & set(parts) else ():
            print(f"laying out {size:,} products …", flush=True)
            took = synth.lay(home / str(size), size)
            print(f"  {took:.0f} s", flush=True)
            rows += measure(home / str(size), size, parts, last=size == asked.sizes[-1])
        for part, run in {
            "import": lambda: imports.run(Path(scratch) / "import", asked.titles),
            "sheet": lambda: sheet.run(Path(scratch) / "sheet"),
            "start": lambda: starts.run(Path(scratch) / "start"),
            "curation": lambda: curation.run(Path(scratch) / "curation"),
            "funnel": lambda: funnel.run(Path(scratch) / "funnel"),
            "desk": lambda: desk.run(home / "desk"),
            "tax": tax.run,
            "money": lambda: money.run(Path(scratch) / "money"),
            "p3dn": lambda: p3dn.run(home / "p3dn", asked.lines),
            "phone": lambda: phone.run(Path(scratch) / "phone"),
        }.items():
            if part in parts:
                rows += run()
    print_table(rows)
    return int(any(row.verdict == "MISSED" for row in rows))


def measure(var: Path, size: int, parts: Sequence[str], *, last: bool) -> list[Row]:
    """Return the rows of one catalogue: pages at each size, memory and orders at the largest."""
    rows: list[Row] = []
    with Server(FLOOR, var, "/") as floor:
        with Server("wsgi:app", var) as shop:
            pair, stock = Pair(floor, shop), Stock(var)
            empty = shop.memory()["VmRSS"]
            if "pages" in parts:
                rows += pages(pair, stock, size)
                rows += memory(shop, empty, size, goal=300.0 if size >= 100_000 else None)
            if "orders" in parts and last:
                rows += crowd(shop, stock, var)
            pair.floor_ms()
            rows.insert(0, Row(f"the floor beside {size:,} products", median(pair.seen), "ms", None, spread(pair.seen)))
        if "orders" in parts and last:
            rows += orders(floor, var)
    return rows


def pages(pair: Pair, stock: Stock, size: int) -> list[Row]:
    """Measure what visitors ask for most."""
    return [
        pair.page(f"search page, {size:,} products", stock.searches("/katalog"), SEARCH_GOALS.get(size)),
        pair.page(f"product page, {size:,} products", stock.products(), 2.5),
        pair.page(f"search at the JSON door, {size:,} products", stock.searches("/api/v1/products"), None),
    ]


def memory(shop: Server, before: float, size: int, goal: float | None) -> list[Row]:
    """Tell what the worker holds after all those pages."""
    held = shop.memory()
    note = f"{before:.0f} MB when it began, {held['VmHWM']:.0f} MB at most"
    return [Row(f"memory of the worker, {size:,} products", held["VmRSS"], "MB", goal, note)]


def crowd(shop: Server, stock: Stock, var: Path) -> list[Row]:
    """Let eight buyers order at once, the shop's own background work included."""
    desks = [Desk(shop, buyer) for buyer in stock.buyers(placing.BUYERS)]
    purchases = Stock(var).purchases(utc_now().astimezone(JAKARTA))
    rows = placing.race(desks, purchases, stock)
    # The same person twice: two windows, one session each.
    same = [desk for buyer in stock.buyers(2) for desk in (Desk(shop, buyer), Desk(shop, buyer))]
    return [*rows, placing.twice(same, purchases, stock, f"bench-twice-{utc_now().timestamp()}")]


def orders(floor: Server, var: Path) -> list[Row]:
    """Measure the CPU of an order: until it is acknowledged, and with all that follows in the background."""
    rows: list[Row] = []
    for worker, note, goal in (("0", "", 12.0), ("1", ", with its mails", None)):
        with Server("wsgi:app", var, SHOP_WORKER=worker) as shop:
            stock = Stock(var)
            buyer = stock.buyers(placing.BUYERS + 1)[-1]
            purchases = Stock(var).purchases(utc_now().astimezone(JAKARTA))
            desk, program = Desk(shop, buyer), Program(shop, buyer, token(var, buyer.email))
            rows += placing.cpu(Pair(floor, shop), desk, program, purchases, note, goal)
    return rows


def token(var: Path, email: str) -> str:
    """Make an access token as an operator does."""
    app = ["-m", "flask", "--app", f"{ROOT / 'shop/cli.py'}:command_line_app"]
    command = [sys.executable, "-P", *app, "tokens", "create", "--email", email, "--name", "bench"]
    done = subprocess.run(command, cwd=ROOT, env=environment(var), capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
