"""The Stripe-compatible gateway: payments, refunds and events as frozen values. Knows nothing of orders.

Amounts cross this line in rupiah: the gateway counts rupiah in hundredths (IDR is not one of its zero-decimal
currencies), twelve digits at most. Card data never passes here: payers give it to the gateway alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from shop.clients import stripe_errors as errors
from shop.clients.stripe_http import Account, Patience, call

__all__ = [
    "MOST_RUPIAH",
    "Account",
    "Event",
    "Intent",
    "Patience",
    "Refund",
    "Stripe",
    "intent_of",
    "read_event",
    "to_minor",
]

MOST_RUPIAH: Final = 9_999_999_999
"""Largest amount of one payment: twelve digits of hundredths, less the hundredths themselves."""
CURRENCY: Final = "idr"
_PAGE: Final = 100
_MOST_PAGES: Final = 20


def to_minor(rupiah: int) -> int:
    """Return rupiah in the gateway's hundredths. Raises ValueError outside 1 to Rp 9,999,999,999.

    >>> to_minor(150_000)
    15000000
    """
    if not 1 <= rupiah <= MOST_RUPIAH:
        raise ValueError(f"not an amount for the gateway: {rupiah}")
    return rupiah * 100


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment as the gateway has it now. `amount` and `received` are hundredths, as sent: compare, do not round.

    `received` is None where the server does not tell it.

    `status`: requires_payment_method, requires_confirmation, requires_action, processing, requires_capture, canceled,
    succeeded. `decline` is the gateway's word for the last refusal; `next_url` where the payer must go on.
    """

    id: str
    status: str
    amount: int
    received: int | None
    currency: str
    created: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)
    decline: str = ""
    next_url: str = ""

    @property
    def is_paid(self) -> bool:
        """Tell whether the money is there."""
        return self.status == "succeeded"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back. `status`: pending, requires_action, succeeded, failed, canceled; `amount` in hundredths."""

    id: str
    status: str
    amount: int
    intent_id: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """What a webhook told: only which thing changed. The thing itself is fetched anew."""

    id: str
    type: str
    object_kind: str
    object_id: str
    intent_id: str


class Stripe:
    """One account at the gateway. Every method raises `stripe_errors`; after `Unknown` look the thing up first."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def create(self, rupiah: int, metadata: Mapping[str, str], key: str, *, method: str = "") -> Intent:
        """Create a payment; with `method` (a token of the gateway, never a card) confirm it in the same call."""
        form = {"amount": str(to_minor(rupiah)), "currency": CURRENCY, **_nested("metadata", metadata)}
        if method:
            form |= {"payment_method": method, "confirm": "true"}
        return _intent(self._post("/v1/payment_intents", form, key))

    def retrieve(self, intent_id: str) -> Intent:
        """Return a payment as it stands now."""
        return _intent(self._get(_path("/v1/payment_intents", intent_id)))

    def confirm(self, intent_id: str, key: str) -> Intent:
        """Confirm a payment that waits for it."""
        return _intent(self._post(_path("/v1/payment_intents", intent_id, "confirm"), {}, key))

    def cancel(self, intent_id: str, key: str) -> Intent:
        """Cancel a payment that was not charged. Raises Refused when it is too late for that."""
        return _intent(self._post(_path("/v1/payment_intents", intent_id, "cancel"), {}, key))

    def find(self, name: str, value: str, since: datetime) -> Intent | None:
        """Return the newest payment made since then whose metadata says so; one that was paid comes before others.

        Walks the list instead of searching: the gateway's search lags behind by up to an hour, and compatible servers
        have none.
        """
        found = [i for i in self.walk(since) if i.metadata.get(name) == value]
        return max(found, key=lambda i: (i.is_paid, i.status != "canceled", i.created), default=None)

    def walk(self, since: datetime) -> Iterator[Intent]:
        """Yield payments made since then. Raises Unreadable when there are more than two thousand."""
        form = {"created[gte]": str(int(since.timestamp()))}
        try:
            yield from (_intent(one) for one in self._list("/v1/payment_intents", form))
        except errors.Refused as fault:
            if fault.status != 400:  # noqa: PLR2004 - a compatible server that cannot select by day
                raise
            intents = (_intent(one) for one in self._list("/v1/payment_intents", {}))
            yield from (i for i in intents if int(i.created.timestamp()) >= int(since.timestamp()))

    def refund(self, intent_id: str, rupiah: int, metadata: Mapping[str, str], key: str) -> Refund:
        """Send money back. The caller holds the sum: compatible servers let more go back than came."""
        form = {"payment_intent": intent_id, "amount": str(to_minor(rupiah)), **_nested("metadata", metadata)}
        return _refund(self._post("/v1/refunds", form, key))

    def retrieve_refund(self, refund_id: str) -> Refund:
        """Return a refund as it stands now."""
        return _refund(self._get(_path("/v1/refunds", refund_id)))

    def refunds(self, intent_id: str) -> list[Refund]:
        """Return every refund of a payment."""
        return [_refund(one) for one in self._list("/v1/refunds", {"payment_intent": intent_id})]

    def _list(self, path: str, form: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        after: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = self._get(path, {**form, "limit": str(_PAGE), **after})
            rows = page.get("data")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise errors.Unreadable("not a list")
            yield from rows
            if not page.get("has_more") or not rows:
                return
            after = {"starting_after": _text(rows[-1], "id")}
        raise errors.Unreadable("the list does not end")

    def _get(self, path: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        return call(self._account, "GET", path, form or {})

    def _post(self, path: str, form: Mapping[str, str], key: str) -> dict[str, Any]:
        return call(self._account, "POST", path, form, key)


def read_event(body: object) -> Event | None:
    """Return what a webhook's JSON names, None when it is not an event. Nothing else of it is believed."""
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
        return None
    thing = body["data"].get("object")
    if not isinstance(thing, dict) or not all(isinstance(body.get(name), str) for name in ("id", "type")):
        return None
    kind, thing_id = str(thing.get("object", "")), str(thing.get("id", ""))
    intent = thing_id if kind == "payment_intent" else _id_of(thing.get("payment_intent"))
    return Event(body["id"], body["type"], kind, thing_id, intent)


def intent_of(fault: errors.Declined) -> Intent | None:
    """Return the payment a refusal carried along, None when it did not (compatible servers do not)."""
    return _intent(fault.intent) if fault.intent else None


def _intent(body: Mapping[str, Any]) -> Intent:
    if body.get("object") != "payment_intent":
        raise errors.Unreadable("not a payment")
    error, action = _mapping(body.get("last_payment_error")), _mapping(body.get("next_action"))
    url = _mapping(action.get("redirect_to_url")).get("url")
    return Intent(
        _text(body, "id"),
        _text(body, "status"),
        _number(body, "amount"),
        _number(body, "amount_received") if body.get("amount_received") is not None else None,
        _text(body, "currency").lower(),
        datetime.fromtimestamp(_number(body, "created"), UTC),
        _metadata(body),
        str(error.get("decline_code") or error.get("code") or "")[:60],
        url[:500] if isinstance(url, str) and url.startswith("https://") else "",
    )


def _refund(body: Mapping[str, Any]) -> Refund:
    if body.get("object") != "refund":
        raise errors.Unreadable("not a refund")
    intent = _id_of(body.get("payment_intent"))
    status = str(body.get("status") or "pending")
    return Refund(_text(body, "id"), status, _number(body, "amount"), intent, _metadata(body))


def _path(*parts: str) -> str:
    return "/".join((parts[0], *(quote(part, safe="") for part in parts[1:])))


def _nested(name: str, values: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}[{key}]": value for key, value in values.items()}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _metadata(body: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value)[:500] for key, value in _mapping(body.get("metadata")).items()}


def _id_of(value: object) -> str:
    """Return the id of a thing that is given as an id or whole, as `expand` does."""
    return str(_mapping(value).get("id") or "") if isinstance(value, dict) else str(value or "")


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 255:  # noqa: PLR2004 - as long as the gateway's ids can be
        raise errors.Unreadable(f"no {name}")
    return value


def _number(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**13:
        raise errors.Unreadable(f"no {name}")
    return value
