"""A gateway that others made, as a process of its own on loopback: real HTTP, and signatures that are not ours."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

KEY, SECRET = "sk_test_only_for_tests", "whsec_of_localstripe"
# Its own command listens on every interface; this one on loopback alone.
_SERVER = "import sys; from aiohttp import web; from localstripe.server import app; web.run_app(app, host='127.0.0.1', port=int(sys.argv[1]), print=None)"  # fmt: skip


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextlib.contextmanager
def running(folder: Path, port: int = 0) -> Iterator[str]:
    """Start it, on a given port or a free one; yield its address."""
    pytest.importorskip("aiohttp", reason="localstripe is not installed")
    port = port or free_port()
    process = subprocess.Popen([sys.executable, "-c", _SERVER, str(port)], env={"TMPDIR": str(folder)})
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(400):
            try:
                requests.delete(f"{url}/_config/data", timeout=2)
                break
            except requests.ConnectionError:
                threading.Event().wait(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def tell(url: str, address: str) -> None:
    """Let it send its signed webhooks to an address."""
    config = {"url": address, "secret": SECRET}
    requests.post(f"{url}/_config/webhooks/ours", json=config, timeout=5).raise_for_status()


def pay(url: str, intent_id: str) -> None:
    """Be the payer at the gateway: choose a means of paying, and say yes."""
    at = f"{url}/v1/payment_intents/{intent_id}"
    for path, form in ((at, {"payment_method": "pm_card_visa"}), (f"{at}/confirm", {})):
        requests.post(path, data=form, auth=(KEY, ""), timeout=5).raise_for_status()
