"""The shop as `dev run` starts it, and the Chromium that visits it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, sync_playwright

from shop.settings import ROOT
from tests import localstripe

if TYPE_CHECKING:
    from flask import Flask

_READY = re.compile(r"Siap / ready:\s+(http://127\.0\.0\.1:\d+)/")
_PATIENCE = 60.0
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--disable-default-apps", "--disable-extensions", "--no-first-run", "--mute-audio",
    "--force-color-profile=srgb", "--disable-features=Translate,OptimizationHints,MediaRouter",
)  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """A running shop: where it answers, where its data lies, what it says."""

    url: str
    var: Path
    log: Path
    gateway_port: int
    """Where this shop asks its payment gateway; nobody answers there unless a test starts one."""

    def command(self, *words: str) -> str:
        """Run a command of the application beside the running server, as an operator does; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "flask", "--app", f"{ROOT / 'shop/cli.py'}:command_line_app", *words],
            env=_environment(self.var, self.gateway_port), cwd=self.var, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _environment(var: Path, gateway_port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "PYTEST_"))}
    gateway = {
        "STRIPE_API_BASE": f"http://127.0.0.1:{gateway_port}",
        "SHOP_STRIPE_SECRET_KEY": localstripe.KEY,
        "SHOP_STRIPE_WEBHOOK_SECRETS": localstripe.SECRET,
    }
    own = {"PYTHONPATH": str(ROOT), "FLASK_SKIP_DOTENV": "1", "SHOP_VAR": str(var), "SHOP_DEMO": "small"}
    return {**kept, **own, **gateway}


@contextlib.contextmanager
def running_shop(folder: Path) -> Iterator[Shop]:
    """Start the shop on a free port with the small demo, its worker on, and end it as Ctrl-C does."""
    var, log, gateway_port = folder / "var", folder / "server.log", localstripe.free_port()
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "shop.start", "--port", "0", "--demo", "small"],
            env=_environment(var, gateway_port), cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield Shop(_address(process, log), var, log, gateway_port)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if found := _READY.search(log.read_text()):
            return found[1]
        time.sleep(0.05)
    pytest.fail("the shop did not start:\n" + log.read_text())


@contextlib.contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start the installed Chromium. Without one the tests are skipped, except on the build machine, which must have it."""
    path = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if path is None:
        words = f"no Chromium: none of {', '.join(_CHROMIUMS)} is installed"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


def inside(shop: Shop) -> Flask:
    """Return an application on the data of the running shop, so that a test can prepare things through the verbs."""
    from shop.app import create_app
    from shop.settings import Settings

    secret = (shop.var / "secret_key").read_text().strip()
    return create_app(Settings(var=shop.var, secret_key=secret, demo="small", worker=False))
