"""Recompute the public P3DN totals from the public download alone. Python 3.11, standard library only, no network.

    python3 recompute.py totals.json lines.csv

Download totals.json first, then lines.csv or lines.jsonl (the same ?year= for both, or none): the totals say up to which
entry the ledger was read for them (`top`), and later entries are passed over. Increments (?cursor=) may simply be appended:
an entry that comes twice counts once. Exit code: 0 same ("sama"), 1 different ("beda"), 2 unreadable.

What is checked
  1. Every total: the city, and by office, account, kecamatan, producer, category, evidence, channel, month, quarter,
     semester and year. A line is a difference, so a total is the plain sum of its lines.
  2. Every order line by itself: its differences added up must follow the rules at `faults_of` below.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

MEASURES = (
    "planned", "committed", "paid_total", "pdn_value", "pdn_certified", "tkdn_weighted", "umk_value", "orders", "lines",
)  # fmt: skip
DIMENSIONS = ("office", "account", "kecamatan", "vendor", "category", "evidence", "channel")
PROVEN = {"certified", "self_declared"}
GUARDED = ("'=", "'+", "'-", "'@", "'\t", "'\r")  # the CSV puts ' before text that a spreadsheet would run
Line = dict[str, Any]
Totals = dict[str, dict[str, list[int]]]


def groups_of(line: Line) -> dict[str, str]:
    """Return {grouping: key}: in which totals a line counts. Empty keys mean "not ordered yet (plan)"."""
    year, month = str(line["day"])[:4], int(str(line["day"])[5:7])
    return {
        "city": "",
        **{name: str(line.get(name) or "") for name in DIMENSIONS},
        "month": f"{year}-{month:02d}",
        "quarter": f"{year}-Q{(month + 2) // 3}",
        "semester": f"{year}-S{(month + 5) // 6}",
        "year": year,
    }


def totals_of(lines: Iterable[Line]) -> Totals:
    """Return {grouping: {key: nine sums}} of these lines. Groups that come to nothing are left out."""
    found: Totals = {}
    for line in lines:
        numbers = [int(line[name]) for name in MEASURES]
        for grouping, key in groups_of(line).items():
            sums = found.setdefault(grouping, {}).setdefault(key, [0] * len(MEASURES))
            for at, number in enumerate(numbers):
                sums[at] += number
    return {
        grouping: {key: sums for key, sums in by_key.items() if any(sums) or grouping == "city"}
        for grouping, by_key in found.items()
    }


def faults_of(sums: dict[str, int], evidence: str, tkdn_bp: int) -> Iterator[str]:
    """Yield what is wrong with the sums of one order line (or plan) under one set of dimensions."""
    paid, pdn = sums["paid_total"], sums["pdn_value"]
    weighted = (paid * tkdn_bp + 5_000) // 10_000 if evidence in PROVEN else 0  # halves are rounded up
    if min(sums.values()) < 0:
        yield "a sum is below zero"
    if paid not in (0, sums["committed"]):
        yield "paid is neither nothing nor what was ordered"
    if pdn not in (0, paid):
        yield "domestic value is neither nothing nor what was paid"
    if sums["pdn_certified"] != (pdn if evidence == "certified" else 0):
        yield "certified value does not follow from the evidence"
    if sums["tkdn_weighted"] != weighted:
        yield f"TKDN-weighted value should be {weighted}"
    if sums["umk_value"] not in (0, paid):
        yield "value of small producers is neither nothing nor what was paid"
    if sums["lines"] > 1 or sums["orders"] > sums["lines"]:
        yield "an order line counts more than once"


class LineBook:
    """Adds the differences of each order line up, in a temporary file: memory stays flat however many lines there are."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("")
        names = ", ".join(f"{name} INTEGER" for name in MEASURES)
        self._file.execute(f"CREATE TABLE sums (place TEXT PRIMARY KEY, {names}) WITHOUT ROWID")
        self._file.execute("CREATE TABLE seen (id INTEGER PRIMARY KEY, line BLOB)")
        added = ", ".join(f"{name} = {name} + excluded.{name}" for name in MEASURES)
        marks = ", ".join("?" * (len(MEASURES) + 1))
        self._add = f"INSERT INTO sums VALUES ({marks}) ON CONFLICT (place) DO UPDATE SET {added}"  # noqa: S608

    def is_new(self, line: Line) -> bool:
        """Remember an entry by its number. Raises ValueError when the number stands there already and says something else."""
        says = hashlib.sha256(json.dumps([str(v or "") for _, v in sorted(line.items())]).encode()).digest()[:8]
        if self._file.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (int(line["id"]), says)).rowcount:
            return True
        if self._file.execute("SELECT line FROM seen WHERE id = ?", (int(line["id"]),)).fetchone()[0] != says:
            msg = f"entry {line['id']} stands twice and differs"
            raise ValueError(msg)
        return False

    def add(self, line: Line) -> None:
        """Add one line to the sums of its order line; another office, account or evidence is another place."""
        names = ("key", "office", "account", "kecamatan", "vendor", "category", "channel", "evidence", "tkdn_bp")
        place = json.dumps([str(line.get(name) or "") for name in names])
        self._file.execute(self._add, (place, *(int(line[name]) for name in MEASURES)))

    def faults(self) -> Iterator[str]:
        """Yield what is wrong, by order line."""
        for place, *numbers in self._file.execute("SELECT * FROM sums ORDER BY place"):
            key, *_rest, evidence, tkdn_bp = json.loads(place)
            for fault in faults_of(dict(zip(MEASURES, numbers, strict=True)), evidence, int(tkdn_bp or 0)):
                yield f"{key}: {fault}"


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a CSV or JSON-lines file, one at a time."""
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix != ".csv":
            yield from map(json.loads, file)
            return
        for row in csv.DictReader(file, strict=True):
            yield {name: cell[1:] if cell.startswith(GUARDED) else cell for name, cell in row.items()}


def differences(said: Totals, found: Totals) -> Iterator[str]:
    """Yield each total that is not what its lines come to."""
    for grouping, by_key in said.items():
        ours = found.get(grouping, {})
        for key in sorted({*by_key, *ours}):
            one, two = by_key.get(key, [0] * len(MEASURES)), ours.get(key, [0] * len(MEASURES))
            for name, told, summed in zip(MEASURES, one, two, strict=True):
                if told != summed:
                    yield f"{grouping} {key or '(all or plan)'}: {name} is told as {told}, the lines come to {summed}"


def check(totals_path: Path, lines_path: Path) -> str | None:
    """Return the first difference in words; None when everything is the same."""
    told = json.loads(totals_path.read_text(encoding="utf-8"))
    said = {
        g: {key: [row[name] for name in MEASURES] for key, row in rows.items()} for g, rows in told["totals"].items()
    }
    book, count, missing = LineBook(), 0, set(told["missing"])

    def noted() -> Iterator[Line]:
        nonlocal count
        for line in read_lines(lines_path):
            if book.is_new(line) and int(line["id"]) <= told["top"] and int(line["id"]) not in missing:
                count += 1
                book.add(line)
                yield line

    found = totals_of(noted())
    first = next(differences(said, found), None) or next(book.faults(), None)
    if first is None:
        print(f"sama: {count} lines, {sum(map(len, said.values()))} totals, read to entry {told['top']}")
    return first


def main(arguments: list[str]) -> int:
    """Run the check on two local files."""
    if len(arguments) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        first = check(Path(arguments[0]), Path(arguments[1]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as fault:
        sys.stderr.write(f"cannot read: {fault!r}\n")
        return 2
    if first:
        sys.stderr.write(f"beda: {first}\n")
    return 1 if first else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
