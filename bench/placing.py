"""Orders over HTTP: CPU from the basket to the acknowledged, durable order, and eight buyers at once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from bench.asking import Answer, Client
from bench.machine import Server
from bench.pages import Pair
from bench.questions import Buyer, Purchase, Stock
from bench.table import Row, median, spread
from shop.demo.logins import PASSWORD

BUYERS = 8
ROUNDS = 9
BATCH = 12
EACH = 15
"""Orders of each buyer in one round of the race."""
RACES = 5
_PLACE = [
    ("purpose", "Rapat koordinasi"),
    ("deliver.address", "Jl. Melati No. 1, lantai 3"),
    ("deliver.kecamatan", "31.71.01"),
]


class Desk:
    """One buyer at the shop's own pages."""

    def __init__(self, server: Server, buyer: Buyer) -> None:
        self.buyer, self._client, self._sent = buyer, Client(server), 0
        self._client.sign_in(buyer.email, PASSWORD)

    def put(self, purchase: Purchase) -> None:
        """Fill the basket."""
        for product, quantity in purchase.lines:
            answer = self._client.form("/keranjang", [("product_id", str(product)), ("quantity", str(quantity))])
            if answer.status != 303:
                raise RuntimeError(f"not into the basket: {answer.status} {answer.body[:1500]!r}")

    def send(self, purchase: Purchase, key: str = "") -> list[int]:
        """Send the basket as the checkout form does and return the orders that were made."""
        self._sent += 1
        fields = [("key", key or f"bench-{self.buyer.user_id}-{time.time_ns()}-{self._sent}"), *_PLACE]
        fields += [("package_id", str(self.buyer.package_id)), ("shown_total", str(purchase.total))]
        fields += [("deliver.at", purchase.at), ("headcount", "20"), ("act", "send")]
        for product, quantity in purchase.lines:
            fields += [("product_id", str(product)), ("quantity", str(quantity)), ("note", ""), ("seen_price", "1")]
            # Said beforehand, in case something better was seen or it is imported: nobody here reads the questions.
            fields += [(f"reason-{product}", "quality"), (f"import-{product}", "Tidak ada yang dalam negeri")]
        return _made(self._client.form("/kirim", fields))


def _made(answer: Answer) -> list[int]:
    if answer.status != 303:
        main = answer.body.decode().partition("<main")[2]
        raise RuntimeError(f"not sent: {answer.status} {main[:1500]}")
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return [int(number) for number in query["pesanan"][0].split(",")]


class Program:
    """One buyer at the JSON door."""

    def __init__(self, server: Server, buyer: Buyer, token: str) -> None:
        self._client, self._buyer, self._token, self._sent = Client(server), buyer, token, 0

    def send(self, purchase: Purchase) -> None:
        """Place one order."""
        self._sent += 1
        body = {
            "rup_code": self._buyer.rup_code, "purpose": "Rapat koordinasi", "headcount": 20,
            "deliver": {"address": "Jl. Melati No. 1, lantai 3", "kecamatan": "31.71.01", "at": purchase.at},
            "lines": [{"product_id": product, "quantity": quantity} for product, quantity in purchase.lines],
            "shown_total": purchase.total,
        }  # fmt: skip
        key = f"bench-api-{time.time_ns()}-{self._sent}"
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        answer = self._client.ask("POST", "/api/v1/orders", json.dumps(body), headers)
        if answer.status != 201:
            raise RuntimeError(f"not placed: {answer.status} {answer.body[:1500]!r}")


def cpu(
    pair: Pair, desk: Desk, program: Program, purchases: Iterator[Purchase], note: str, goal: float | None
) -> list[Row]:
    """Measure what sending costs the worker; the baskets are filled beforehand, outside the measure."""
    rows = []
    sends: Sequence[tuple[str, Callable[[Purchase], object], bool]] = (
        ("an order from the basket page", desk.send, True), ("an order at the JSON door", program.send, False),
    )  # fmt: skip
    for what, send, basket in sends:
        ratios, costs = [], []
        for _ in range(ROUNDS):
            before, used = pair.floor_ms(), 0.0
            for purchase in islice(purchases, BATCH):
                if basket:
                    desk.put(purchase)
                begun = pair.shop.cpu()
                send(purchase)
                used += pair.shop.cpu() - begun
            costs.append(used / BATCH * 1000)
            ratios.append(costs[-1] / median([before, pair.floor_ms()]))
        rows.append(Row(f"{what}{note}", median(ratios), "x", goal, f"{spread(ratios, 1)}; {median(costs):.2f} ms CPU"))
    return rows


def race(desks: Sequence[Desk], purchases: Iterator[Purchase], stock: Stock) -> list[Row]:
    """Let eight buyers send at once, and one buyer the same number, in turns; then count what became of it."""
    (before,) = stock.rows("SELECT count(*), (SELECT count(*) FROM placement_key) FROM purchase_order")
    together, alone, made = [], [], list[int]()
    for _ in range(RACES):
        wanted = list(islice(purchases, BUYERS * EACH * 2))
        begun = time.perf_counter()
        for purchase in wanted[: BUYERS * EACH]:
            made += desks[0].send(purchase)
        alone.append(time.perf_counter() - begun)
        shares = [wanted[BUYERS * EACH :][seat::BUYERS] for seat in range(BUYERS)]
        begun = time.perf_counter()
        with ThreadPoolExecutor(BUYERS) as pool:
            for orders in pool.map(_send_all, desks, shares):
                made += orders
        together.append(time.perf_counter() - begun)
    (after,) = stock.rows("SELECT count(*), (SELECT count(*) FROM placement_key) FROM purchase_order")
    sent = RACES * BUYERS * EACH * 2
    ratios = [t / a for t, a in zip(together, alone, strict=True)]
    speed = f"{BUYERS * EACH / median(together):.0f} against {BUYERS * EACH / median(alone):.0f} orders/s"
    return [
        Row("eight buyers at once, wall time against one", median(ratios), "x", 1.0, f"{spread(ratios)}; {speed}"),
        Row("  orders lost", sent - len(set(made)), "", 0, f"{sent} sent, none refused"),
        Row("  orders too many", after[0] - before[0] - sent, "", 0, f"{after[1] - before[1]} keys kept"),
    ]


def _send_all(desk: Desk, share: Sequence[Purchase]) -> list[int]:
    return [number for purchase in share for number in desk.send(purchase)]


def twice(desks: Sequence[Desk], purchases: Iterator[Purchase], stock: Stock, name: str) -> Row:
    """Send every key twice in the same instant, from two connections, and count the orders that should not be."""
    (before,) = stock.rows("SELECT count(*) FROM purchase_order")
    pairs = list(zip(desks[::2], desks[1::2], strict=True))
    differing = 0
    for number, purchase in enumerate(islice(purchases, 40)):
        one, other = pairs[number % len(pairs)]
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(lambda desk, p=purchase, n=number: desk.send(p, f"{name}-{n}"), (one, other))
        differing += first != second
    (after,) = stock.rows("SELECT count(*) FROM purchase_order")
    surplus = after[0] - before[0] - 40 + differing
    return Row("  orders doubled by a double click", surplus, "", 0, "40 keys, each sent twice at once")
