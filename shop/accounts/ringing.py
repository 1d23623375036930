"""Ringing a person who does not read mail: SMS or WhatsApp as each has chosen, else mail again. One door for providers.

Without a provider each message becomes a file under `var/messages`, or a line of the log; a real provider is a
web address that takes JSON (docs/operating.md). A number is never logged whole.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit

import structlog
from babel.support import NullTranslations, Translations
from sqlalchemy import select

from shop.accounts import mail
from shop.accounts.models import UserAccount
from shop.accounts.people import locked
from shop.audit.trail import record
from shop.base.actor import Actor
from shop.base.codes import one_line, random_key
from shop.base.errors import Invalid, NotFound
from shop.base.numbers import mask, mobile_number
from shop.db import session
from shop.outbox.posting import Handler, post
from shop.settings import Settings

log = structlog.get_logger(__name__)

KIND: Final = "ring"
CHANNELS: Final[Mapping[str, str]] = {"": "E-mail saja", "sms": "SMS", "whatsapp": "WhatsApp"}
"""What may be chosen beside mail, with msgids."""
_TIMEOUT_SECONDS: Final = 10
_LONGEST: Final = 300
_LATER: Final = frozenset({408, 425, 429})
"""Answers of a provider after which trying again helps, beside all 5xx."""


@dataclass(frozen=True, slots=True)
class Message:
    """One short message. `key` is the same on every try, so that a provider can drop the second."""

    key: str
    channel: str
    to: str
    text: str


Sender = Callable[[Message], None]


def choose(actor: Actor, phone: str, notify_by: str, now: datetime) -> None:
    """Keep one's own number and what rings. Raises Invalid for a wrong number, or a channel without a number."""
    actor.require("accounts:profile:edit")
    if actor.user_id is None:
        raise NotFound
    if notify_by not in CHANNELS:
        raise Invalid.at("notify_by", "Pilih salah satu dari daftar.")
    user = locked(actor.user_id)
    number = "" if not phone.strip() else user.phone if one_line(phone) == mask(user.phone) else mobile_number(phone)
    if notify_by and not number:
        raise Invalid.at("phone", "Isi nomor HP supaya kami bisa menghubungi Anda.")
    user.phone, user.notify_by = number, notify_by
    record(actor, "accounts.ring_chosen", "user", user.id, now, by=notify_by)


def ring(user_ids: Iterable[int], subject: str, body: str, now: datetime, **params: object) -> int:
    """Post one short message to each active person over the chosen channel, mail for the others; returns how many.

    `subject` (mail only) and `body` are msgids, `params` plain values without identity numbers.
    """
    ids = set(user_ids)
    rows = session.execute(
        select(UserAccount.id, UserAccount.phone, UserAccount.notify_by, UserAccount.locale)
        .where(UserAccount.id.in_(ids), UserAccount.active, UserAccount.phone != "", UserAccount.notify_by != "")
        .order_by(UserAccount.id)
    ).all()
    for row in rows:
        said = {"channel": row.notify_by, "to": row.phone, "locale": row.locale, "body": body, "params": params}
        post(KIND, {"key": random_key(12), **said}, now)
    return len(rows) + mail.notify(ids - {row.id for row in rows}, subject, body, now, **params)


def ring_handler(settings: Settings, translations: Path) -> Handler:
    """Return the outbox handler of kind `ring`; `translations` is the folder of compiled catalogues."""
    send = sender_of(settings)

    def handle(payloads: Sequence[dict[str, Any]], _now: datetime) -> None:
        for payload in payloads:
            send(compose(payload, translations))

    return handle


def compose(payload: Mapping[str, Any], translations: Path) -> Message:
    """Return the message in its reader's language, on one line and short."""
    words: NullTranslations = Translations.load(str(translations), [str(payload.get("locale", "id"))])
    text, params = words.gettext(payload["body"]), payload.get("params") or {}
    text = one_line(text % params if params else text)[:_LONGEST]
    return Message(str(payload["key"]), str(payload["channel"]), str(payload["to"]), text)


def sender_of(settings: Settings) -> Sender:
    """Return what carries messages away: the provider's address, the log, or files under `var/messages`."""
    if settings.message_url:
        return lambda message: _post(message, settings.message_url, settings.message_token)
    if settings.message_console:
        return lambda m: log.info("message", channel=m.channel, to=mask(m.to), text=m.text)
    return lambda message: _keep(message, settings.var / "messages")


def _keep(message: Message, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{re.sub(r'[^A-Za-z0-9_-]', '_', message.key)}.txt"
    path.write_text(f"{message.channel} {message.to}\n{message.text}\n", encoding="utf-8")
    path.chmod(0o600)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A provider that answers with another address would carry the token there."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow nothing."""


def _post(message: Message, url: str, token: str) -> None:
    """Hand a message to the provider. What it refuses for good is logged and dropped; the rest raises and is tried again."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError("SHOP_MESSAGE_URL must begin with http:// or https://")
    body = {"key": message.key, "channel": message.channel, "to": message.to, "text": message.text}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 - checked above
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=_TIMEOUT_SECONDS):
            pass
    except HTTPError as fault:
        fault.close()
        if fault.code >= 500 or fault.code in _LATER:  # noqa: PLR2004 - 5xx of HTTP
            raise
        log.warning("message refused", to=mask(message.to), status=fault.code)
