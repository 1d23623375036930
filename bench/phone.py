"""A producer's pages on an old phone and a slow line: seconds until one can read and tap, in a throttled Chromium."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.machine import HOST, Server
from bench.synth import seeded
from bench.table import Row, median, spread

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SLOWDOWN = 6
LINE = 400_000 / 8
"""Bytes a second in either direction."""
LATENCY = 400
"""Milliseconds to and fro, as the developer tools' slow 3G has it."""
TIMES = 3
PATHS = ("/meja", "/pesanan/masuk", "/produk-saya/1", "/usaha", "/usaha/dokumen", "/perkembangan")
OWNER = "dapur-nyak-dian.v0001@demo.test"
PASSWORD = "kue-rangi-hangat"
MOST_KB = 100.0
_IDLE = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))"


def run(folder: Path) -> list[Row]:
    """Seed the small demo and open each page with an empty cache and again with a full one."""
    from playwright.sync_api import sync_playwright

    seeded(folder)
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with Server("wsgi:app", folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        rows = [row for at in PATHS for row in _page(browser, server, at)]
        browser.close()
    return rows


def _page(browser: Browser, server: Server, path: str) -> list[Row]:
    first, again, weights = [], [], []
    for _ in range(TIMES):
        with _phone(browser, server) as (page, weighed):
            first.append(_open(page, path))
            weights.append(sum(weighed.values()) / 1000)
            again.append(_open(page, path))
    note = f"{spread(first)}; with a full cache {median(again):.2f} ({spread(again)})"
    return [
        Row(f"{path} on a slow phone", median(first), "s", None, note),
        Row("  its weight without photos", median(weights), "kB", MOST_KB),
    ]


@contextmanager
def _phone(browser: Browser, server: Server) -> Iterator[tuple[Page, dict[str, int]]]:
    """Give a phone that is signed in, its cache empty, and what it has transferred by address."""
    context = browser.new_context(
        base_url=f"http://{HOST}:{server.port}", viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True
    )
    page, weighed = context.new_page(), dict[str, int]()
    page.goto("/masuk")
    form = page.locator("main form").first
    form.get_by_label("NRK atau e-mail").fill(OWNER)
    form.get_by_label("Kata sandi").fill(PASSWORD)
    form.get_by_role("button", name="Masuk").click()
    page.wait_for_load_state("networkidle")
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.clearBrowserCache")
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    speed = {"offline": False, "latency": LATENCY, "downloadThroughput": LINE, "uploadThroughput": LINE}
    line.send("Network.emulateNetworkConditions", speed)

    def note(request: Any) -> None:
        sizes = request.sizes()
        if "/foto/" not in request.url and not request.url.startswith("data:"):
            weighed[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]

    page.on("requestfinished", note)
    yield page, weighed
    context.close()


def _open(page: Page, path: str) -> float:
    begun = time.perf_counter()
    answer = page.goto(path, wait_until="load")
    page.evaluate(_IDLE)
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{path}: {answer and answer.status}")
    return time.perf_counter() - begun
