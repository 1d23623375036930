"""Two hundred officers order from one producer's last five hundred portions at once: how long it takes, and that it is exact.

Run: .venv/bin/python bench/crowd.py [officers] [portions]      (default 200 500; on SQLite, then on PostgreSQL)

Each officer is of an office of its own, wants 2 to 5 portions, and takes what is left when told that fewer are. The officers
are spread over processes, as gunicorn's workers are, with threads in each.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import func, select

from shop.app import create_app
from shop.base.actor import Actor
from shop.base.errors import Conflict
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.orders.models import Order, OrderLine
from shop.orders.placing import place_order
from shop.orders.wish import Wish
from shop.settings import Settings
from tests import makers
from tests.databases import blank_schema, start_postgres

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PROCESSES = 4
LONGEST = 5
Buyer = tuple[int, Actor, dict[int, Wish]]
Answer = tuple[str, float, int]
"""The last word, the seconds until it came, and how often the database was too busy and one tried again."""


def settings(url: str, var: Path) -> Settings:
    """Return the settings of an installation on this database, without its background work."""
    return Settings(var=var, database_url=url, secret_key="bench" * 8, testing=True, worker=False)


def lay_out(url: str, var: Path, officers: int, portions: int) -> list[Buyer]:
    """Make one producer with so many portions left, and an office with its people for each officer."""
    blank_schema(url, var)
    with create_app(settings(url, var)).app_context(), unit_of_work():
        makers.make_reference()
        vendor = makers.make_vendor()
        product = makers.make_product(vendor, stock=portions, price=20_000)
        crews = [makers.make_crew(vendor) for _ in range(officers)]
        return [
            (number, crew.pp, {n: makers.make_wish(crew, (product, n)) for n in range(1, LONGEST + 1)})
            for number, crew in enumerate(crews)
        ]


def buy(number: int, who: Actor, wishes: dict[int, Wish]) -> Answer:
    """Order until there is an order or nothing left; return the last answer, how long it took, and how often it was busy."""
    begun, wanted, turn, busy = time.perf_counter(), 2 + number % 4, 0, 0
    while True:
        turn += 1
        try:
            with unit_of_work():
                place_order(who, wishes[wanted], f"crowd-{number}-{turn}", NOW)
        except Conflict as conflict:
            if conflict.kind == "busy":
                busy += 1
                continue
            left = conflict.facts["left"]
            wanted = min(wanted, left if isinstance(left, int) else 0)
            if not wanted:
                return conflict.kind, time.perf_counter() - begun, busy
        else:
            return "placed", time.perf_counter() - begun, busy


def work(url: str, var: Path, buyers: list[Buyer], start: Callable[[], object], results: object) -> None:
    """Let the buyers of one process buy, each in a thread, all from the same moment on."""
    app, answers = create_app(settings(url, var)), list[Answer]()
    start()

    def one(buyer: Buyer) -> None:
        with app.app_context():
            try:
                answers.append(buy(*buyer))
            except Exception as fault:  # noqa: BLE001 - counted: it would have been a 500
                answers.append((repr(fault)[:200], 0.0, 0))
            finally:
                session.remove()

    threads = [threading.Thread(target=one, args=(buyer,)) for buyer in buyers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(answers)  # type: ignore[attr-defined]


def crowd(name: str, url: str, var: Path, officers: int, portions: int) -> None:
    """Lay out, let them all in, and print what they heard and what the database says."""
    buyers = lay_out(url, var, officers, portions)
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(PROCESSES + 1), context.Queue()
    helpers = [
        context.Process(target=work, args=(url, var, buyers[seat::PROCESSES], barrier.wait, results))
        for seat in range(PROCESSES)
    ]
    for helper in helpers:
        helper.start()
    barrier.wait()
    begun = time.perf_counter()
    answers = [answer for _ in helpers for answer in results.get()]
    took = time.perf_counter() - begun
    for helper in helpers:
        helper.join()
    waits = sorted(wait for _, wait, _ in answers)
    with create_app(settings(url, var)).app_context():
        sold = session.scalar(select(func.sum(OrderLine.quantity)))
        orders = session.scalar(select(func.count()).select_from(Order))
        left = session.scalar(select(Product.stock))
    print(f"{name}: {officers} officers, {portions} portions: {sold} sold in {orders} orders, {left} left")
    print(
        f"  answered {len(answers)}: {dict(Counter(words for words, _, _ in answers))}, told to try again {sum(n for *_, n in answers)}"
    )
    print(
        f"  all within {took:.1f} s; each waited {waits[len(waits) // 2]:.1f} s in the middle, {waits[-1]:.1f} s at most"
    )


def main(arguments: list[str]) -> None:
    """Run on both databases."""
    officers, portions = [*map(int, arguments), *(200, 500)[len(arguments) :]]
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        crowd("SQLite", f"sqlite:///{var / 'shop.sqlite3'}", var, officers, portions)
    url, stop = start_postgres()
    try:
        with tempfile.TemporaryDirectory() as folder:
            crowd("PostgreSQL", url, Path(folder), officers, portions)
    finally:
        stop()


if __name__ == "__main__":
    main(sys.argv[1:])
