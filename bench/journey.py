"""How many actions, and how long: an officer from sign-in to sent, by mouse and by keyboard alone.

Run: .venv/bin/python bench/journey.py

The shop as `dev run` starts it, with the small demo, and an installed Chromium. The steps are those of
tests/browser/test_officer_journey.py, walked without a pause: a person adds the time to read and to type.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.table import median
from tests.browser.hands import Keyboard, Mouse, order_again, order_from_need
from tests.browser.serving import inside, running_chromium, running_shop
from tests.browser.stage import PURPOSE, let_sign_in, set_scene

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TIMES = 5
MOST = 12
"""Actions from sign-in to sent: the goal of the officer's desk."""
Walk = Callable[[Mouse, str], None]
WALKS: dict[str, Walk] = {
    "a repeat order of meeting food": lambda hands, email: order_again(hands, email, PURPOSE),
    "the same, from the need": lambda hands, email: order_from_need(hands, email, 25),
}


def main() -> int:
    """Walk each journey some times each way and print medians. Returns 1 when one takes too many actions."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, running_shop(Path(folder)) as shop:
        scene = set_scene(inside(shop))
        scene.order()
        email, most = let_sign_in(scene, scene.pp), 0
        with running_chromium() as browser:
            print(f"{'from sign-in to sent':32} {'by':9} {'actions':>8} {'Tabs':>5} {'seconds':>8} {'server ms':>10}")
            for name, walk in WALKS.items():
                for kind in (Mouse, Keyboard):
                    runs = [run(browser, shop.url, kind, walk, email) for _ in range(TIMES)]
                    actions, stops = (int(max(column)) for column in list(zip(*runs, strict=True))[:2])
                    seconds, server = (median(list(column)) for column in list(zip(*runs, strict=True))[2:])
                    most = max(most, actions)
                    by = kind.__name__.lower()
                    print(f"{name:32} {by:9} {actions:8} {stops:5} {seconds:8.1f} {server:10.0f}", flush=True)
    print(f"at most {MOST} actions: {'yes' if most <= MOST else 'MISSED'}")
    return int(most > MOST)


def run(browser: Browser, url: str, kind: type[Mouse], walk: Walk, email: str) -> tuple[float, float, float, float]:
    """Walk once in a fresh browser: actions, stops of Tab, seconds of wall time, milliseconds waited for the server."""
    # No smooth scrolling: at each stop of Tab the focus is looked for at once.
    context = browser.new_context(
        base_url=url, viewport={"width": 1280, "height": 860}, locale="id-ID", reduced_motion="reduce"
    )
    page = context.new_page()
    waited = _waits(page)
    hands, begun = kind(page), time.perf_counter()
    walk(hands, email)
    seconds = time.perf_counter() - begun
    page.wait_for_load_state("networkidle")
    context.close()
    return hands.actions, hands.stops, seconds, sum(waited)


def _waits(page: Page) -> list[float]:
    """Collect of every request, pages and their parts, the milliseconds from asking to the first byte of the answer."""
    found: list[float] = []

    def note(request: Any) -> None:
        timing = request.timing
        if timing["requestStart"] >= 0 and timing["responseStart"] >= timing["requestStart"]:
            found.append(timing["responseStart"] - timing["requestStart"])

    page.on("requestfinished", note)
    return found


if __name__ == "__main__":
    sys.exit(main())
