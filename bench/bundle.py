"""An SPJ bundle of a hundred orders, in process: memory it grows by, processor time an order, largest piece handed on.

`python bench/bundle.py [ORDERS]`. The orders are made as tests make them: paid, with proof, tax kept back and photos.
"""

from __future__ import annotations

import hashlib
import io
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import current_app
from PIL import Image

from shop.app import create_app
from shop.base.clock import local_day, utc_now
from shop.catalog.photos import KeptPhoto
from shop.db import session, unit_of_work
from shop.documents import bundling, pieces
from shop.handover import photos
from shop.orders import paying
from shop.papers.pdf import Paper
from shop.settings import Settings
from tests import databases, makers

GOAL_MB = 150
"""From the issue: a bundle of 100 orders grows the process by less."""


def main(orders: int) -> int:
    """Make the orders, bundle them in both forms, print; 1 when the goal is missed."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        url = f"sqlite:///{folder}/shop.sqlite3"
        databases.blank_schema(url, Path(folder))
        settings = Settings(var=Path(folder), database_url=url, secret_key="bench", testing=True, worker=False)
        with create_app(settings).app_context():
            ids = _made(orders)
            return max(_measured(make, ids) for make in (bundling.as_zip, bundling.as_pdf))


def _made(orders: int) -> list[int]:
    with unit_of_work():
        makers.make_reference()
        crew = makers.make_crew(pagu=500_000_000)
        makers.make_papers_complete(crew)
        product = makers.make_product(crew.vendor, price=30_000)
    return [_paid(crew, product, number) for number in range(orders)]


def _paid(crew: makers.Crew, product: object, number: int) -> int:
    files, now = current_app.extensions["files"], makers.WHEN
    with unit_of_work():
        order = makers.make_received_order(crew, now, (product, 110))
        session.flush()
        paper = Paper(f"Bukti {number}", now)
        paper.heading(f"Bukti {number}")
        proof = paying.Proof(f"TRF-{number}", local_day(now), files.put(paper.content(), "pdf"), "bukti.pdf")
        paying.pay(crew.bendahara, order.id, order.version, proof, now)
        for shade in range(2):
            photos.keep(crew.ppk, order.id, "receipt", _shot(number * 2 + shade), now)
        return order.id


def _shot(number: int) -> photos.Shot:
    picture = Image.effect_noise((1280, 960), 20 + number % 60).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=60)
    stem = hashlib.sha256(out.getvalue()).hexdigest()
    for width in (photos.WIDTH, photos.SMALL):
        current_app.extensions["files"].put(out.getvalue(), "webp", key=photos.stored(stem, width))
    return photos.Shot(KeptPhoto(stem, 1280, 960))


def _measured(make: object, ids: list[int]) -> int:
    about = bundling.About("Berkas SPJ", [], "Bench", utc_now(), "https://toko.contoh")
    list(make(about, [pieces.of_one(ids[0], utc_now(), for_vendor=False)], current_app.extensions["files"]))  # warm
    before, begun, cpu = _resident(), time.perf_counter(), time.process_time()
    size = largest = 0
    peak = before
    for piece in make(about, _folders(ids), current_app.extensions["files"]):
        size, largest, peak = size + len(piece), max(largest, len(piece)), max(peak, _resident())
    grown = peak - before
    print(
        f"{make.__name__}: {len(ids)} orders, {size / 1e6:.1f} MB, grew {grown:.0f} MB (goal {GOAL_MB}), largest piece "
        f"{largest / 1e3:.0f} kB, {1000 * (time.process_time() - cpu) / len(ids):.0f} ms CPU an order, "
        f"{time.perf_counter() - begun:.1f} s; peak of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB"
    )
    return int(grown > GOAL_MB)


def _folders(ids: list[int]) -> Iterator[pieces.Folder]:
    for place, order_id in enumerate(ids, 1):
        yield pieces.of_one(order_id, utc_now(), for_vendor=False, place=place)
        session.rollback()


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
