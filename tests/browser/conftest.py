"""Fixtures of the browser tests: one real server and one Chromium for all of them, a fresh visitor for each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from shop.settings import ROOT
from tests.browser.serving import Shop, inside, running_chromium, running_shop
from tests.browser.visiting import LAPTOP, Visitor
from tests.browser.watching import Watch

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser

    from shop.base.actor import Actor

_HERE = Path(__file__).parent
Open = Callable[..., Visitor]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of these."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.sqlite_only)  # the server is the embedded shop, whatever --db says


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Shop with the small demo. After all tests its ledger must still agree, and its log must hold no traceback."""
    with running_shop(tmp_path_factory.mktemp("shop")) as started:
        yield started
        assert ": 0 selisih" in started.command("p3dn", "verify")
    said = started.log.read_text()
    assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def app(shop: Shop) -> Iterator[Flask]:
    """Application on the running shop's data, for preparing and looking; it really is the present here."""
    from shop.db import db

    made = inside(shop)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Browser; each visitor has a context of its own in it."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def shots() -> Path:
    """Folder of the pictures taken on the way: BROWSER_SHOTS, or var/screenshots."""
    folder = Path(os.environ.get("BROWSER_SHOTS") or ROOT / "var" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def visit(shop: Shop, app: Flask, chromium: Browser, shots: Path) -> Iterator[Open]:
    """Open a browser for somebody: `visit()` for a stranger, `visit(actor)` for a person already signed in.

    At the end of the test nothing may have been complained about in any of them.
    """
    watch, opened = Watch(), []

    def open_one(who: Actor | None = None, size: tuple[int, int] = LAPTOP, **options: Any) -> Visitor:
        visitor = Visitor(chromium, shop.url, shots, watch, size, **options)
        opened.append(visitor)
        if who is not None:
            visitor.carry(app, who)
        return visitor

    yield open_one
    for visitor in opened:
        visitor.context.close()
    assert watch.complaints == []
