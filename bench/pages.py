"""Pages over HTTP: CPU a request as a multiple of the floor, floor and page asked in turns so that drift cancels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from bench.asking import Client
from bench.machine import Server
from bench.table import Row, median, spread

ROUNDS = 15
BATCH = 60
WARM = 600


class Pair:
    """The floor and the shop side by side."""

    def __init__(self, floor: Server, shop: Server) -> None:
        self.floor, self.shop = floor, shop
        self._floor, self._shop = Client(floor), Client(shop)
        self._floor.get_all(["/"] * WARM)
        self.seen: list[float] = []

    def floor_ms(self) -> float:
        """Milliseconds of CPU of one floor page, now."""
        begun = self.floor.cpu()
        self._floor.get_all(["/"] * BATCH)
        self.seen.append((self.floor.cpu() - begun) / BATCH * 1000)
        return self.seen[-1]

    def ratios(self, work: Callable[[], int], rounds: int = ROUNDS) -> tuple[list[float], list[float]]:
        """Return ratios to the floor and milliseconds of CPU of each round; `work` says how many things it did."""
        ratios, costs = [], []
        for _ in range(rounds):
            before = self.floor_ms()
            begun = self.shop.cpu()
            done = work()
            costs.append((self.shop.cpu() - begun) / done * 1000)
            ratios.append(costs[-1] / median([before, self.floor_ms()]))
        return ratios, costs

    def page(self, what: str, addresses: Iterator[str], goal: float | None) -> Row:
        """Measure pages that are all different, after others of their kind have warmed the process."""
        self._shop.get_all(islice(addresses, WARM))
        size = 0

        def work() -> int:
            nonlocal size
            size += self._shop.get_all(islice(addresses, BATCH))
            return BATCH

        ratios, costs = self.ratios(work)
        kilobytes = size / ROUNDS / BATCH / 1000
        note = f"{spread(ratios)}; {median(costs):.2f} ms CPU, {kilobytes:.0f} kB a page"
        return Row(what, median(ratios), "x", goal, note)
