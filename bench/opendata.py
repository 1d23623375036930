"""What the download of ledger lines costs: lines a second of CPU and the memory it adds, at a million lines.

Run: .venv/bin/python bench/opendata.py [lines]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from sqlalchemy import insert

import shop.doors  # noqa: F401 - every table
from bench.p3dn import rows
from shop.db import Base, db, session, tune
from shop.opendata import columns, pouring
from shop.opendata.public_files import LEDGER_LINES
from shop.p3dn.posting import ledger


def main(count: int) -> None:
    """Lay a ledger down and pour it out as CSV, JSON lines and packed."""
    with tempfile.TemporaryDirectory() as folder:
        small = Flask("opendata")
        small.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder}/ledger.sqlite3"
        db.init_app(small)
        with small.app_context():
            tune(db.engine)
            Base.metadata.create_all(db.engine)
            batch = []
            for row in rows(count):
                batch.append({**row, "channel": "basket"})
                if len(batch) == 20_000:
                    session.execute(insert(ledger), batch)
                    batch.clear()
            if batch:
                session.execute(insert(ledger), batch)
            session.commit()
            del batch
            for name, pour, year in (
                ("csv", pouring.as_csv, None),
                ("jsonl", pouring.as_json_lines, None),
                ("csv of a year", pouring.as_csv, 2025),
            ):
                before, start, lines = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time(), 0
                for part in pour(
                    LEDGER_LINES, columns.batches(LEDGER_LINES, top=columns.newest(LEDGER_LINES), year=year)
                ):
                    lines += part.count("\n")
                spent = time.process_time() - start
                more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
                print(
                    f"{name}: {lines:,} lines, {lines / spent:,.0f} a second of CPU, peak memory +{more / 1024:.1f} MB"
                )
            session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
