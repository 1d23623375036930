"""Whether a webhook is from the gateway: `Stripe-Signature` over the raw body, by any of our secrets."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

TOLERANCE_SECONDS: Final = 300
"""Age at which a signature is still good, and how far a clock may run before ours. The official client does not look
ahead; we do, or a signature dated far in the future would be good for ever."""
_LONGEST: Final = 4_000


class BadSignature(Exception):  # noqa: N818 - named after what was met
    """Not from the gateway, or too old or too new; the message says which, for the log and not for the sender."""


def check(raw: bytes, header: str, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless one `v1` of the header signs exactly these bytes by one of the secrets, just now.

    Several `v1` and several secrets are good: that is how a secret is changed. Other schemes (`v0`) are not looked at.
    """
    moment, signatures = _taken_apart(header)
    if abs(int(now.timestamp()) - int(moment)) > TOLERANCE_SECONDS:
        raise BadSignature("too old or from the future")
    signed = moment.encode() + b"." + raw
    good = False
    for secret in filter(None, secrets):
        expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()
        for given in signatures:
            good |= hmac.compare_digest(expected, given)
    if not good:
        raise BadSignature("no signature fits")


def _taken_apart(header: str) -> tuple[str, list[bytes]]:
    if len(header) > _LONGEST:
        raise BadSignature("header too long")
    parts = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    # Twelve digits reach the year 33658; longer ones are only work for us.
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdigit()) or len(moments[0]) > 12:  # noqa: PLR2004
        raise BadSignature("no moment")
    return moments[0], [value.encode() for name, _, value in parts if name == "v1"]
