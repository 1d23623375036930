"""The background thread of an embedded shop: drains the outbox and calls the periodic work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import structlog
from flask import Flask

from shop.base.clock import utc_now
from shop.db import session
from shop.outbox.posting import Handlers, drain, nudge

_EVERY: Final = 30
"""Seconds between two looks at deadlines, however often the outbox is nudged meanwhile."""
log = structlog.get_logger(__name__)

Periodic = Callable[[datetime], object]
"""Called about every half minute with the moment; opens its own unit of work."""


class Worker(threading.Thread):
    """One daemon thread a process. Stopping it loses nothing: what was not done is still in the outbox."""

    def __init__(self, app: Flask, handlers: Handlers, periodic: Sequence[Periodic]) -> None:
        super().__init__(name="outbox", daemon=True)
        self._app, self._handlers, self._periodic = app, handlers, periodic
        self._stopping = threading.Event()

    def run(self) -> None:
        """Drain when nudged or every few seconds; look at deadlines every half minute."""
        due = time.monotonic()
        while not self._stopping.is_set():
            periodic = time.monotonic() >= due
            with self._app.app_context():
                self._once(periodic=periodic)
            due = time.monotonic() + _EVERY if periodic else due
            nudge.wait(timeout=3)
            nudge.clear()

    def _once(self, *, periodic: bool) -> None:
        # Each by itself: deadlines are looked at although the index cannot be written, and the other way round.
        for work in (self._drain, *(self._periodic if periodic else ())):
            try:
                work(utc_now())
            except Exception:
                log.exception("background work failed; it is tried again")
            session.rollback()

    def _drain(self, now: datetime) -> None:
        while drain(self._handlers, now):
            now = utc_now()

    def stop(self) -> None:
        """Ask the thread to end after its present round and wait shortly for it."""
        self._stopping.set()
        nudge.set()
        self.join(timeout=5)
