"""Reads one sheet of a workbook in a process of its own: a file made to exhaust memory ends that process and not the shop.

The reader believes numbers in the file (how many texts there are, how far cells reach) before it looks, asks for that much
memory, and ends its whole process when there is none. Run by path with the sheet's name; the workbook comes on standard
input and rows go out as JSON. Nothing of ours is imported here.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

Value = str | float | bool | date | datetime | time | timedelta
Plain = str | float | bool
_MEMORY: Final = 1024 * 1024 * 1024
"""Bytes of address space: four times what the largest sheet let through needs."""
_SECONDS: Final = 30


def rows_apart(content: bytes, name: str) -> list[list[Plain]]:
    """Return the cells of a sheet from its first row and column on, days as text; the reading happens in a child.

    Raises ValueError when the child gave up, whatever the reason.
    """
    try:
        answer = subprocess.run(  # noqa: S603 - our own file, the name as an argument
            [sys.executable, "-I", __file__, name], input=content, capture_output=True, timeout=2 * _SECONDS, check=True
        )
    except (subprocess.SubprocessError, ValueError) as fault:
        raise ValueError("the sheet cannot be read") from fault
    found: list[list[Plain]] = json.loads(answer.stdout)
    return found


def day_text(value: date | datetime | time | timedelta) -> str:
    """Return a day or time as it would be typed; midnight is only a day."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _bounded() -> None:
    try:
        import resource
    except ImportError:  # on Windows: nothing to hold the child to
        return
    for what, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _SECONDS), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))


def _main(name: str) -> int:
    _bounded()
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())) as book:
            rows: list[list[Value]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, MemoryError):
        return 1
    json.dump([[v if isinstance(v, str | float | bool) else day_text(v) for v in row] for row in rows], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]))
