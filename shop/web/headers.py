"""Headers of every answer: strict CSP without inline anything, no sniffing, no framing."""

from __future__ import annotations

import uuid
from typing import Final

from flask import Flask, Response, g, request

from shop.settings import Settings
from shop.web.language import COOKIE, LANGUAGES

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FIXED: Final = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)


def init_app(app: Flask, settings: Settings) -> None:
    """Add the headers after every request, and remember the language somebody switched to."""
    fixed = (*_FIXED, ("Strict-Transport-Security", "max-age=31536000")) if settings.https_only else _FIXED

    @app.before_request
    def _name() -> None:
        g.request_id = uuid.uuid4().hex[:12]

    @app.after_request
    def _add(response: Response) -> Response:
        for name, value in fixed:
            response.headers.add(name, value)
        if response.mimetype == "text/html" and "Cache-Control" not in response.headers:
            # Pages differ by person, hat and language: never let a shared machine's cache keep one.
            response.headers.add("Cache-Control", "no-store" if "actor" in g and g.actor.user_id else "no-cache")
        chosen = request.args.get("lang")
        if chosen in LANGUAGES:
            response.set_cookie(
                COOKIE, chosen, max_age=31_536_000, samesite="Lax", httponly=True, secure=settings.https_only
            )
        return response
