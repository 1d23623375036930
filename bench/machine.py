"""Starting gunicorn as the shop does, and reading what its worker costs: CPU and memory from /proc (Linux)."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")


def environment(var: Path, root: Path = ROOT, **more: str) -> dict[str, str]:
    """Return the environment of a program on the installation in `var`; SHOP_ variables of the caller are left out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
    return {**kept, "PYTHONPATH": str(root), "SHOP_VAR": str(var), "SHOP_SECRET_KEY": "bench" * 8, **more}


def free_port() -> int:
    """Return a port of loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Server:
    """One gunicorn with one worker and the committed configuration. `with Server(...) as server:` stops it again."""

    def __init__(self, target: str, var: Path, path: str = "/healthz", root: Path = ROOT, **more: str) -> None:
        self.port = free_port()
        env = environment(var, root, SHOP_BIND=f"{HOST}:{self.port}", SHOP_GUNICORN_LOG="warning", **more)
        command = [sys.executable, "-P", "-m", "gunicorn", "-c", str(root / "gunicorn.conf.py"), target]
        self._master = subprocess.Popen(command, cwd=root, env=env)
        self._wait(path)
        self.worker = next(pid for pid in _children(self._master.pid))

    def _wait(self, path: str) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and self._master.poll() is None:
            try:
                line = http.client.HTTPConnection(HOST, self.port, timeout=10)
                line.request("GET", path)
                if line.getresponse().status == 200:
                    line.close()
                    return
            except OSError:
                pass
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("the server did not answer")

    def cpu(self) -> float:
        """Seconds of CPU, user and system, that all threads of the worker have used."""
        exact = _scheduled(self.worker)
        if exact is not None:
            return exact
        fields = (_PROC / f"{self.worker}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def memory(self) -> dict[str, float]:
        """Megabytes (10^6) of the worker: resident now and at most."""
        rows = dict(row.split(":", 1) for row in (_PROC / f"{self.worker}/status").read_text().splitlines())
        return {name: int(rows[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM")}

    def stop(self) -> None:
        """End the server as Ctrl-C does and wait for it."""
        if self._master.poll() is None:
            self._master.send_signal(signal.SIGTERM)
            try:
                self._master.wait(25)
            except subprocess.TimeoutExpired:
                self._master.kill()
                self._master.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.stop()


def _children(parent: int) -> list[int]:
    found = []
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found.append(int(entry.name))
    return found


def _scheduled(pid: int) -> float | None:
    """Return the same to the nanosecond where the kernel counts it; `stat` counts in hundredths of a second."""
    total = 0
    try:
        for task in (_PROC / f"{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return total / 1e9
