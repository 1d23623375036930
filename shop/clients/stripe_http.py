"""One call to the gateway over requests: bounded in time and size, tried again by the rule of the official client.

The rule (stripe-python `_http_client._should_retry`): the header `Stripe-Should-Retry` decides; without it a broken line, a
timeout, 409 and everything from 500 on is tried again, 429 and other refusals are not. Each try carries the same
Idempotency-Key, so that the gateway does once what it is asked twice.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import requests
from requests.auth import AuthBase
from requests.exceptions import RequestException, SSLError
from urllib3.exceptions import HTTPError

from shop.clients import stripe_errors as errors

_MOST_BYTES: Final = 2 * 1024 * 1024
"""Largest answer we read; a full page of a hundred payments has about 300 kB."""
_PAUSE_FIRST, _PAUSE_MOST, _PAUSE_ASKED_MOST = 0.5, 5.0, 20.0
_sleep: Final = time.sleep
_CONFLICT: Final = 409
_BROKEN: Final = 500


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for the line, for the next bytes and for one whole answer; and how often to try again."""

    connect: float = 5.0
    read: float = 20.0
    whole: float = 30.0
    tries_more: int = 2


@dataclass(frozen=True, slots=True)
class Account:
    """Where the gateway is and who we are there. The key is never shown, logged or put into an error."""

    base: str
    secret_key: str = field(repr=False)
    patience: Patience = Patience()


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    raw: bytes


class _Bearer(AuthBase):
    """Given as `auth`, so that a .netrc of the machine does not take its place."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def call(account: Account, method: str, path: str, form: Mapping[str, str], key: str = "") -> dict[str, Any]:
    """Return the gateway's JSON object. `key` is the Idempotency-Key, needed for everything but GET.

    Raises one of `stripe_errors`. What raises `Unknown` may have happened: look it up before doing anything else.
    """
    if method != "GET" and not key:
        raise ValueError("a call that changes something needs an Idempotency-Key")
    with requests.Session() as line:
        line.trust_env = False  # no proxy and no .netrc that nobody told us of
        for tried in range(account.patience.tries_more + 1):
            answer = None
            try:
                answer = _once(line, account, method, path, form, key)
                found = _read(answer)
            except errors.StripeFault as fault:
                if tried == account.patience.tries_more or not _again(fault, answer):
                    raise
                _sleep(_pause(tried, answer))
            else:
                return found
    raise AssertionError("unreachable")  # pragma: no cover - the last try returns or raises


def _once(
    line: requests.Session, account: Account, method: str, path: str, form: Mapping[str, str], key: str
) -> _Answer:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if key:
        headers["Idempotency-Key"] = key
    sent = {"params": form} if method == "GET" else {"data": form}
    patience = account.patience
    ends = time.monotonic() + patience.whole
    try:
        with line.request(
            method,
            account.base.rstrip("/") + path,
            headers=headers,
            auth=_Bearer(account.secret_key),
            timeout=(patience.connect, patience.read),
            allow_redirects=False,
            stream=True,
            **sent,  # type: ignore[arg-type]
        ) as response:
            return _Answer(response.status_code, response.headers, _bounded(response, ends))
    except SSLError:
        raise errors.Unreadable("the gateway's certificate cannot be trusted") from None
    except (RequestException, HTTPError) as fault:
        # By kind only: the text of the fault may repeat the address with what was sent.
        raise errors.Unreachable(f"no answer: {type(fault).__name__}") from None


def _bounded(response: requests.Response, ends: float) -> bytes:
    raw = bytearray()
    # What is there, not a full piece: who drips bytes must meet the end of our time.
    while piece := response.raw.read1(65_536, decode_content=True):
        raw += piece
        if len(raw) > _MOST_BYTES:
            raise errors.Unreadable("the answer is too large", status=response.status_code)
        if time.monotonic() > ends:
            raise errors.Unreachable("the answer does not end", status=response.status_code)
    return bytes(raw)


def _again(fault: errors.StripeFault, answer: _Answer | None) -> bool:
    if answer is None:
        return isinstance(fault, errors.Unreachable)
    said = answer.headers.get("Stripe-Should-Retry", "").lower()
    if said in {"true", "false"}:
        return said == "true"
    return answer.status == _CONFLICT or answer.status >= _BROKEN


def _pause(tried: int, answer: _Answer | None) -> float:
    """Return seconds to wait: growing and uneven, or as long as the gateway asks within bounds."""
    asked = answer.headers.get("Retry-After", "") if answer else ""
    if asked.isascii() and asked.isdigit() and int(asked[:6]) <= _PAUSE_ASKED_MOST:
        return max(_PAUSE_FIRST, float(asked))
    grown: float = min(_PAUSE_FIRST * 2**tried, _PAUSE_MOST)
    return max(_PAUSE_FIRST, grown * (1 + random.random()) / 2)  # noqa: S311 - spreads tries, guards nothing


def _read(answer: _Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.raw)
    except (ValueError, RecursionError):
        body = None
    request_id = answer.headers.get("Request-Id", "")[:100]
    if not isinstance(body, dict) or (answer.status >= 400 and not isinstance(body.get("error"), dict)):  # noqa: PLR2004
        kind = errors.Unreachable if answer.status >= _BROKEN else errors.Unreadable
        raise kind("not an answer of the gateway", status=answer.status, request_id=request_id)
    if answer.status == 200:  # noqa: PLR2004
        return body
    error = body.get("error")
    raise _fault(answer.status, error if isinstance(error, dict) else {}, request_id)


def _fault(status: int, error: Mapping[str, Any], request_id: str) -> errors.StripeFault:
    """Return what a refusal means. By status first: compatible servers are free with `type`."""
    code = str(error.get("decline_code") or error.get("code") or "")[:60]
    said = str(error.get("message") or error.get("type") or "")[:300]
    told: dict[str, Any] = {"status": status, "code": code, "request_id": request_id}
    if error.get("type") == "idempotency_error":
        in_use = status == _CONFLICT  # the first call is still running: its outcome is not known
        return errors.Unreachable(said, **told) if in_use else errors.KeyReused(said, **told)
    if status == 402 or error.get("type") == "card_error":  # noqa: PLR2004 - Payment Required
        intent = error.get("payment_intent")
        return errors.Declined(said, intent=intent if isinstance(intent, dict) else None, **told)
    kinds = {401: errors.BadKey, 403: errors.BadKey, 404: errors.NoSuchThing, 429: errors.TooOften}
    if status in kinds:
        return kinds[status](said, **told)
    if status == _CONFLICT or status >= _BROKEN:
        return errors.Unreachable(said, **told)
    return errors.Refused(said, **told) if status >= 400 else errors.Unreadable(said, **told)  # noqa: PLR2004
