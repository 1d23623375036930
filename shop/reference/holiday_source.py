"""Makes data/holidays.csv from the `holidays` package. Run by hand when a new decree is out; the app reads the CSV.

    python -m shop.reference.holiday_source 2024 2028

Rows whose source is not this package (typed from the joint decree, SKB 3 Menteri) are kept as they are.
"""

from __future__ import annotations

import csv
import sys
from datetime import UTC, date, datetime
from importlib.metadata import version

import holidays as package

from shop.reference import files
from shop.reference.files import DATA, HolidayRow

_MARK = "holidays "


def generated(first: int, last: int, today: date) -> tuple[HolidayRow, ...]:
    """Return public holidays and cuti bersama of the years `first` to `last`, as the package knows them."""
    years = range(first, last + 1)
    public = package.country_holidays("ID", years=years, categories=("public",), language="id")
    both = package.country_holidays("ID", years=years, categories=("public", "government"), language="id")
    source = f"{_MARK}{version('holidays')}, {today.isoformat()}"
    return tuple(
        HolidayRow(day, name, "public" if day in public else "cuti_bersama", source)
        for day, name in sorted(both.items())
    )


def write(first: int, last: int, today: date) -> int:
    """Write the CSV and return the number of its rows."""
    path = DATA / "holidays.csv"
    by_hand = [r for r in files.holidays() if not r.source.startswith(_MARK)] if path.exists() else []
    taken = {r.day for r in by_hand}
    rows = sorted([*by_hand, *(r for r in generated(first, last, today) if r.day not in taken)], key=lambda r: r.day)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("day", "name", "kind", "source"))
        out.writerows((r.day.isoformat(), r.name, r.kind, r.source) for r in rows)
    return len(rows)


if __name__ == "__main__":
    sys.stdout.write(f"{write(int(sys.argv[1]), int(sys.argv[2]), datetime.now(UTC).date())} rows\n")
