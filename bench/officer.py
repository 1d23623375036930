"""What an officer's pages and an order cost now, beside the same in an older checkout of the shop: CPU, in turns."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice, repeat
from pathlib import Path
from random import Random

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.asking import Client
from bench.machine import ROOT, Server, environment
from bench.placing import Desk
from bench.questions import Buyer, Stock
from bench.table import Row, median, print_table, spread
from shop.base.clock import JAKARTA, utc_now
from shop.demo.logins import PASSWORD

SIZE = 10_000
GOAL = 1.3
ROUNDS = 9
BATCH = 20
WARM = 40
ORDERS = 8
SEARCHED = 30
"""Searches of each officer before orders are measured with a trail: what was seen is judged and frozen with them."""


class Side:
    """One checkout, served on its own catalogue, with an officer who has a basket of two lines and one order."""

    def __init__(self, root: Path, var: Path, **more: str) -> None:
        self.server = Server("wsgi:app", var, root=root, SHOP_WORKER="0", **more)
        self.stock = Stock(var)
        looks, orders, trail = self.stock.buyers(3)
        self.client = Client(self.server)
        self.client.sign_in(looks.email, PASSWORD)
        self.desk = Desk(self.server, orders)
        self.purchases = self.stock.purchases(utc_now().astimezone(JAKARTA))
        first, second = Desk(self.server, looks), next(self.purchases)
        first.put(second)
        self.order = first.send(second)[0]
        first.put(next(self.purchases))
        self.seasoned = self._with_trail(trail)
        self.used: list[float] = []

    def _with_trail(self, buyer: Buyer) -> Desk:
        client = Client(self.server)
        client.sign_in(buyer.email, PASSWORD)
        client.get_all(islice(self.stock.searches("/katalog"), SEARCHED))
        return Desk(self.server, buyer)

    def spend(self, work: Callable[[], int]) -> float:
        """Return milliseconds of CPU for each thing that `work` says it did."""
        begun = self.server.cpu()
        done = work()
        return (self.server.cpu() - begun) / done * 1000

    def pages(self, addresses: Iterator[str]) -> Callable[[], int]:
        """Return work that asks for the next addresses."""

        def work() -> int:
            self.client.get_all(islice(addresses, BATCH))
            return BATCH

        return work

    def orders(self, desk: Desk) -> list[float]:
        """Send orders one by one, the basket filled outside the measure; milliseconds of each."""
        spent = []
        for purchase in islice(self.purchases, ORDERS):
            desk.put(purchase)
            spent.append(self.spend(lambda sent=purchase: len(desk.send(sent))))
        return spent


def addresses(side: Side) -> dict[str, Iterator[str]]:
    """Return what is asked of both, the same on either side; searches and products never twice."""
    return {
        "search of an officer": side.stock.searches("/katalog"),
        "product page of an officer": side.stock.products(),
        "basket of two lines": repeat("/keranjang"),
        "checkout of two lines": repeat("/kirim"),
        "page of an order": repeat(f"/pesanan/{side.order}"),
        "desk": repeat("/meja"),
    }


def comparing(side: Side) -> Iterator[str]:
    """Yield comparisons of four products of one shelf, none twice."""
    chance, shelves = Random("bench/officer"), dict[str, list[int]]()
    for number, shelf in side.stock.rows("SELECT id, category_code FROM product WHERE state = 'published' ORDER BY id"):
        shelves.setdefault(shelf, []).append(number)
    while True:
        held = chance.choice([ids for ids in shelves.values() if len(ids) > 4])
        yield "/banding?" + "&".join(f"produk={number}" for number in chance.sample(held, 4))


def run(before: tuple[Path, Path], after: tuple[Path, Path]) -> list[Row]:
    """Serve both (checkout, folder of its catalogue) and compare them page by page."""
    old, new = Side(*before), Side(*after)
    try:
        rows = [
            _row(what, old.pages(asked), new.pages(addresses(new)[what]), old, new)
            for what, asked in addresses(old).items()
        ]
        desk = _row("", old.pages(repeat("/meja")), new.pages(comparing(new)), old, new)
        rows.append(Row("comparison of four, to the desk before", desk.value, "x", None, desk.note))
        for what, name in (("an order without a trail", "desk"), ("an order after thirty searches", "seasoned")):
            _orders(old, new, name)
            ratios, costs = zip(*(_orders(old, new, name) for _ in range(5)), strict=True)
            rows.append(Row(what, median(ratios), "x", GOAL, f"{spread(ratios)}; {_told(costs)}"))
            print(rows[-1], flush=True)
        return rows
    finally:
        old.server.stop()
        new.server.stop()


def _orders(old: Side, new: Side, name: str) -> tuple[float, tuple[float, float]]:
    was, now = (median(side.orders(getattr(side, name))) for side in (old, new))
    return now / was, (was, now)


def _row(what: str, ask_old: Callable[[], int], ask_new: Callable[[], int], old: Side, new: Side) -> Row:
    for _ in range(WARM // BATCH):
        ask_old(), ask_new()
    costs = [(old.spend(ask_old), new.spend(ask_new)) for _ in range(ROUNDS)]
    ratios = [now / was for was, now in costs]
    print(f"{what}: {_told(costs)}", flush=True)
    return Row(what, median(ratios), "x", GOAL, f"{spread(ratios)}; {_told(costs)}")


def _told(costs: list[tuple[float, float]] | tuple[tuple[float, float], ...]) -> str:
    return f"{median([was for was, _ in costs]):.2f} -> {median([now for _, now in costs]):.2f} ms CPU"


def lay(root: Path, var: Path) -> None:
    """Let a checkout lay out its own catalogue, by its own tables."""
    code = f"from pathlib import Path; from bench import synth; synth.lay(Path({str(var)!r}), {SIZE})"
    subprocess.run([sys.executable, "-P", "-c", code], cwd=root, env=environment(var, root=root), check=True)


def main() -> None:
    """Lay out what is not kept, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("beside", type=Path, help="another checkout of this repository, as `git worktree add` makes it")
    parser.add_argument("--keep", type=Path, help="a folder for the laid out catalogues, to be used again next time")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-officer-") as scratch:
        home = asked.keep or Path(scratch)
        sides = [(asked.beside.resolve(), home / "before"), (ROOT, home / "after")]
        for root, var in sides:
            begun = time.perf_counter()
            lay(root, var)
            print(f"{root.name}: laid out in {time.perf_counter() - begun:.0f} s", flush=True)
        print_table(run(*sides))


if __name__ == "__main__":
    main()
