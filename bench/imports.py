"""Importing a catalogue from CSV: 14,370 titles with their index, by the very command an operator types."""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from bench import synth
from bench.machine import ROOT, environment
from bench.table import Row
from shop.base.clock import local_day, utc_now

TITLES = 14_370
_HEAD = ("id", "judul", "kategori", "kategori_asal", "harga_idr", "harga_min", "harga_maks", "n_varian", "relevan_umkm",
         "sensitif", "kota", "tahun", "sumber")  # fmt: skip


def write_titles(target: Path, count: int = TITLES) -> None:
    """Write a CSV of invented titles in the shape of public product lists: quotes, commas and all."""
    today = local_day(utc_now())
    vendors, products = synth.catalogue(count, today)
    towns = {
        vendor.key: f"Jakarta {('Pusat', 'Utara', 'Barat', 'Selatan', 'Timur')[i % 5]}"
        for i, vendor in enumerate(vendors)
    }
    with target.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(_HEAD)
        for number, offer in enumerate(products):
            title = f'{offer.name} "{number % 97} cm"' if number % 40 == 0 else f"{offer.name} {number % 977}"
            words = (offer.category, f"Toko > {offer.category}, {offer.unit}")
            writer.writerow([f"{number:012x}", title, *words, offer.price, offer.price, offer.price, 1, 1, 0,
                             towns[offer.vendor], today.year, "bench"])  # fmt: skip


def run(folder: Path, titles: Path | None) -> list[Row]:
    """Import into a blank installation, then the same file again, which must change nothing."""
    app = synth.blank(folder)
    target = titles or folder / "titles.csv"
    if titles is None:
        write_titles(target)
    rows = [_import(target, folder, "import of a catalogue with its index", 30.0)]
    rows.append(_import(target, folder, "  the same file again", None))
    from shop.db import db, session

    with app.app_context():
        session.remove()
        db.engine.dispose()
    return rows


def _import(target: Path, folder: Path, what: str, goal: float | None) -> Row:
    command = [
        sys.executable,
        "-P",
        "-m",
        "flask",
        "--app",
        f"{ROOT / 'shop/cli.py'}:command_line_app",
        "catalog",
        "import",
    ]
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*command, str(target)], cwd=ROOT, env=environment(folder), capture_output=True, text=True, check=False
    )
    took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = (done.stdout.strip() or done.stderr.strip() or "nothing said").splitlines()[-1]
    if done.returncode:
        raise RuntimeError(f"import ended with {done.returncode}: {done.stderr[-2000:]}")
    return Row(what, took, "s", goal, f"{used:.1f} s CPU, load {os.getloadavg()[0]:.0f}; {said[:60]}")
