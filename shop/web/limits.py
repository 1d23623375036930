"""Rate limits of single doors, and how long a form may be.

Memory of rates is per process; lock-outs that must last live in the database.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

FORM_BYTES: Final = 512 * 1024
"""Most bytes of a form without files. A basket of fifty lines with notes has 50,000; a million empty fields take seconds."""

limiter = Limiter(get_remote_address, default_limits=[], storage_uri="memory://", strategy="fixed-window")


class BoundedRequest(Request):
    """A request whose form fields are held to `FORM_BYTES`: werkzeug reads such a body whole, whatever its length."""

    @property
    def max_content_length(self) -> int | None:
        """Most bytes this body may have."""
        most = super().max_content_length
        if self.mimetype == "application/x-www-form-urlencoded":
            return min(most or FORM_BYTES, FORM_BYTES)
        return most

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value


def init_app(app: Flask) -> None:
    """Hold the limits of the doors that carry one, and spare all others the looking.

    Known to the application beforehand, the limiter does not hook itself into every request: that is for limits of
    doors that name none, which we do not have. A door with a limit checks it itself when it is called.
    """
    app.request_class = BoundedRequest
    app.extensions["limiter"] = {limiter}
    limiter.init_app(app)
