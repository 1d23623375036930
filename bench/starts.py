"""How long `dev run` takes until the first page answers: on nothing, and on what the first start left."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
from pathlib import Path

from bench.machine import HOST, ROOT, environment, free_port
from bench.table import Row


def run(folder: Path) -> list[Row]:
    """Start twice and stop as Ctrl-C does. Installing the libraries is not part of it."""
    return [
        Row("first start, small demo, until it answers", _start(folder), "s", 10.0),
        Row("second start, until it answers", _start(folder), "s", 3.0),
    ]


def _start(folder: Path) -> float:
    port = free_port()
    # `dev run` first looks whether the libraries are installed, then becomes this very command.
    installed = (ROOT / ".venv/installed.json").exists()
    command = [str(ROOT / "dev"), "run"] if installed else ["-P", "-m", "shop.start", "--demo", "small"]
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command, "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL,
                               env=environment(folder, SHOP_DEMO="small"))  # fmt: skip
    try:
        while process.poll() is None and time.perf_counter() - begun < 120:
            try:
                line = http.client.HTTPConnection(HOST, port, timeout=30)
                line.request("GET", "/")
                if line.getresponse().status == 200:
                    return time.perf_counter() - begun
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("the shop did not start")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
