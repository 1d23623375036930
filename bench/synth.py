"""A scratch installation of any size, the same on every machine: producers, offers, offices, packages, people.

Names, prices and papers come from the demo city's own vocabulary, district by district: each block of 6,000 offers is
made from a seed of its own, as one demo city is, and all blocks together go through the demo's way into the database.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import shutil
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from flask.cli import ScriptInfo
from flask_migrate import upgrade

from shop import cli
from shop.app import create_app
from shop.base.clock import local_day, utc_now
from shop.catalog import indexing
from shop.db import db, session, unit_of_work
from shop.demo import filling, goods, offices, producers
from shop.demo.city import categories
from shop.demo.shapes import DemoCity, DemoOffice, DemoProduct, DemoVendor
from shop.reference import files
from shop.settings import ROOT, Settings

if TYPE_CHECKING:
    from flask import Flask

BLOCK = 6_000
PER_VENDOR = 5
PAGU = 9_000_000_000_000
"""Rupiah of every package: what is measured is ordering, not running out of money."""
_DONE = "synth.txt"


def blank(folder: Path) -> Flask:
    """Return an application on a migrated database in `folder`, with reference data and without a worker."""
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(Settings(var=folder, secret_key="bench" * 8, worker=False))
    cli.init_app(app)
    with app.app_context():
        logging.disable(logging.INFO)
        upgrade(directory=str(ROOT / "migrations"))
        logging.disable(logging.NOTSET)
        with contextlib.redirect_stdout(io.StringIO()):
            app.cli.main(["reference", "load"], "flask", standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))
    return app


def seeded(folder: Path) -> None:
    """Fill `folder` with the small demo, as `dev run --demo small` does."""
    app = blank(folder)
    with app.app_context():
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            app.cli.main(
                ["demo", "seed", "small"], "flask", standalone_mode=False, obj=ScriptInfo(create_app=lambda: app)
            )
        session.remove()
        db.engine.dispose()


def lay(folder: Path, count: int) -> float:
    """Fill `folder` with `count` offers and their index; seconds it took, few when they lie there already."""
    if kept(folder, str(count)):
        return _freshen(folder)
    begun = time.perf_counter()
    app = blank(folder)
    with app.app_context():
        now = utc_now()
        with unit_of_work():
            filling.fill(city(count, local_day(now)), now)
        indexing.rebuild(app.extensions["search"], now)
        app.extensions["search"].close()
        session.remove()
        db.engine.dispose()
    finish(folder, str(count))
    return time.perf_counter() - begun


def kept(folder: Path, what: str) -> bool:
    """Tell whether `what` lies in `folder` from an earlier run; otherwise the folder is emptied."""
    done = folder / _DONE
    if done.exists() and done.read_text() == f"{what} {_fingerprint()}":
        return True
    shutil.rmtree(folder, ignore_errors=True)
    return False


def finish(folder: Path, what: str) -> None:
    """Say that `what` is laid out completely in `folder`, for `kept`."""
    (folder / _DONE).write_text(f"{what} {_fingerprint()}")


def _freshen(folder: Path) -> float:
    """Build a kept index anew when word rules have changed: the shop would do it in the background, while measured."""
    begun = time.perf_counter()
    app = create_app(Settings(var=folder, secret_key="bench" * 8, worker=False))
    engine = app.extensions["search"]
    with app.app_context():
        if engine.needs_rebuild:
            indexing.rebuild(engine, utc_now())
        engine.close()
        session.remove()
        db.engine.dispose()
    return time.perf_counter() - begun


def _fingerprint() -> str:
    """Name the tables as they are today: a kept catalogue of yesterday's tables is laid out anew."""
    content = b"".join(file.read_bytes() for file in sorted((ROOT / "migrations/versions").glob("*.py")))
    return hashlib.sha256(content).hexdigest()[:16]


def city(count: int, today: date) -> DemoCity:
    """Return a city of `count` offers with 120 offices and rich packages, without any order."""
    vendors, products = catalogue(count, today)
    seats = tuple(_by_code(seat) for seat in offices.offices(Random("bench/offices"), "city", files.offices()))
    packages = [replace(p, pagu=PAGU) for p in offices.packages(Random("bench/packages"), seats, (today.year,))]
    return DemoCity("city", today, categories(), vendors, products, seats, tuple(packages), ())


def _by_code(seat: DemoOffice) -> DemoOffice:
    """Give people addresses by the office's code: long names of offices begin alike."""
    people = (replace(p, email=f"{p.roles[-1]}.{seat.code}@demo.test".lower()) for p in seat.people)
    return replace(seat, people=tuple(people))


def catalogue(count: int, today: date) -> tuple[tuple[DemoVendor, ...], tuple[DemoProduct, ...]]:
    """Return producers and `count` offers; keys say the block they are from."""
    tree = {row.code: row for row in categories()}
    vendors: list[DemoVendor] = []
    products: list[DemoProduct] = []
    for block in range(-(-count // BLOCK)):
        wanted = min(BLOCK, count - len(products))
        sellers = producers.vendors(Random(f"bench/{block}/v"), max(50, wanted // PER_VENDOR), files.regions(), today)
        offers = goods.products(Random(f"bench/{block}/p"), wanted, sellers, tree, today)
        products += (replace(o, key=f"b{block}{o.key}", vendor=f"b{block}{o.vendor}") for o in offers)
        vendors += (replace(seller, key=f"b{block}{seller.key}") for seller in sellers)
    return tuple(vendors), tuple(products)
