"""Rate limits of single doors. Memory is per process; lock-outs that must last live in the database."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=[], storage_uri="memory://", strategy="fixed-window")


def init_app(app: Flask) -> None:
    """Hold the limits of the doors that carry one, and spare all others the looking.

    Known to the application beforehand, the limiter does not hook itself into every request: that is for limits of
    doors that name none, which we do not have. A door with a limit checks it itself when it is called.
    """
    app.extensions["limiter"] = {limiter}
    limiter.init_app(app)
