"""What can go wrong between us and the gateway. The room that pays turns these into sentences for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class StripeFault(Exception):  # noqa: N818 - a tree of what happened, named after it
    """Root. `code` is the gateway's word, `request_id` what its support asks for. Neither holds a key or card data."""

    def __init__(self, message: str, *, status: int = 0, code: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.request_id = status, code, request_id


class Unknown(StripeFault):
    """No answer that can be believed: it may have happened or not. Never try again under another key; look it up."""


class Unreachable(Unknown):
    """The line broke, time ran out, or the gateway failed or was at it, on every try."""


class Unreadable(Unknown):
    """Something answered, but not as the gateway does: HTML, broken JSON, another address, far too much."""


class Refused(StripeFault):
    """The gateway understood and said no; nothing was charged."""


class Declined(Refused):
    """The bank or the card's issuer said no. `intent` is the payment as the gateway then has it, when it sent it along."""

    def __init__(self, message: str, *, intent: Mapping[str, Any] | None = None, **told: Any) -> None:
        super().__init__(message, **told)
        self.intent = intent


class BadKey(Refused):
    """Our secret key is not (any longer) good, or may not do this."""


class NoSuchThing(Refused):
    """The gateway does not know this id."""


class KeyReused(Refused):
    """Our Idempotency-Key was used for something else: a fault of ours; the first call stands."""


class TooOften(Refused):
    """Too many calls; this one did nothing. Later it may."""
