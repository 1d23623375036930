"""How long `dev run` takes until the first page answers: on nothing, and on what the first start left."""

from __future__ import annotations

import http.client
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from bench.machine import HOST, ROOT, environment, free_port
from bench.table import Row


def run(folder: Path) -> list[Row]:
    """Start twice and stop as Ctrl-C does. Installing the libraries, and compiling them, is not part of it."""
    compiled = folder.parent / "compiled"
    subprocess.run([sys.executable, "-P", "-c", "import shop.start"], env=_environment(folder), cwd=ROOT, check=True)
    shutil.rmtree(compiled / (ROOT / "shop").relative_to("/"), ignore_errors=True)
    return [
        _start(folder, "first start, small demo, until it answers", 10.0),
        _start(folder, "second start, until it answers", 3.0),
    ]


def _environment(var: Path) -> dict[str, str]:
    """Return an environment that keeps compiled modules, as an installed .venv does, but in the scratch folder."""
    kept = environment(var, SHOP_DEMO="small", PYTHONPYCACHEPREFIX=str(var.parent / "compiled"))
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def _start(folder: Path, what: str, goal: float) -> Row:
    port = free_port()
    # `dev run` first looks whether the libraries are installed, then becomes this very command.
    installed = (ROOT / ".venv/installed.json").exists()
    command = [str(ROOT / "dev"), "run"] if installed else ["-P", "-m", "shop.start", "--demo", "small"]
    begun, took, before = time.perf_counter(), 0.0, resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen([sys.executable, *command, "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL,
                               env=_environment(folder))  # fmt: skip
    try:
        while process.poll() is None and time.perf_counter() - begun < 120:
            try:
                line = http.client.HTTPConnection(HOST, port, timeout=30)
                line.request("GET", "/")
                if line.getresponse().status == 200:
                    took = time.perf_counter() - begun
                    break
            except OSError:
                time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    if not took:
        raise RuntimeError("the shop did not start")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Row(what, took, "s", goal, f"{used:.1f} s CPU from start to end; load {os.getloadavg()[0]:.0f}")
