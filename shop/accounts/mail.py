"""Mail: words are chosen when it is posted, translated and sent when the outbox hands it over.

Without a mail server each mail becomes a file under `var/mail`, so that a demo shows what would have been sent.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import structlog
from babel.support import NullTranslations, Translations

from shop.accounts.people import addresses
from shop.base.codes import one_line, random_key
from shop.outbox.posting import Handler, post
from shop.settings import Settings

log = structlog.get_logger(__name__)

KIND: Final = "mail"
_TIMEOUT_SECONDS: Final = 20
_NOT_FILE: Final = re.compile(r"[^A-Za-z0-9_-]")


def notify(user_ids: Iterable[int], subject: str, body: str, now: datetime, **params: object) -> int:
    """Post one mail to each active person, each in the own language, and return how many.

    `subject` and `body` are msgids; `params` fill their placeholders after translation and must be plain values.
    """
    people = addresses(user_ids)
    for person in people:
        post(
            KIND,
            {
                "key": random_key(12),
                "to": person.email,
                "name": person.name,
                "locale": person.locale,
                "subject": subject,
                "body": body,
                "params": params,
            },
            now,
        )
    return len(people)


def mail_handler(settings: Settings, translations: Path) -> Handler:
    """Return the outbox handler of kind `mail`; `translations` is the folder of compiled catalogues."""

    def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
        messages = [compose(payload, settings.mail_from, translations, now) for payload in payloads]
        if settings.smtp_url:
            _send(messages, settings.smtp_url)
        else:
            _keep(messages, [str(payload["key"]) for payload in payloads], settings.var / "mail")

    return handle


def compose(payload: dict[str, Any], sender: str, translations: Path, now: datetime) -> EmailMessage:
    """Return the mail in its reader's language. Line breaks never reach a header."""
    words: NullTranslations = Translations.load(str(translations), [str(payload.get("locale", "id"))])
    params = dict(payload.get("params") or {})
    if params.get("reason"):  # chosen from a list of msgids
        params["reason"] = words.gettext(params["reason"])
    if params.get("points"):  # a list, each point of sentences that are msgids
        params["points"] = "\n".join("- " + ". ".join(map(words.gettext, point)) for point in params["points"])
    message = EmailMessage()
    message["From"] = sender
    message["To"] = str(payload["to"])
    message["Subject"] = one_line(_filled(words.gettext(payload["subject"]), params))[:200]
    message["Date"] = format_datetime(now)
    # The same key on every try: a mail repeated after a crash is seen as one by the reader's program.
    message["Message-ID"] = f"<{payload['key']}@eorder-jakpreneur>"
    message["Auto-Submitted"] = "auto-generated"
    greeting = _filled(words.gettext("Halo %(name)s,"), {"name": one_line(str(payload.get("name", "")))})
    message.set_content(f"{greeting}\n\n{_filled(words.gettext(payload['body']), params)}\n\n-- \ne-Order Jakpreneur\n")
    return message


def _filled(text: str, params: dict[str, Any]) -> str:
    return text % params if params else text


def _keep(messages: Sequence[EmailMessage], keys: Sequence[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for message, key in zip(messages, keys, strict=True):
        path = folder / f"{_NOT_FILE.sub('_', key)}.eml"
        path.write_bytes(message.as_bytes())
        path.chmod(0o600)


def _send(messages: Sequence[EmailMessage], url: str) -> None:
    """Hand every mail to the server. An address that it refuses is logged and dropped: trying again will not help."""
    with _connect(url) as server:
        for message in messages:
            try:
                server.send_message(message)
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as fault:
                if _will_pass(fault):
                    raise
                log.warning("mail refused", message_id=message["Message-ID"], fault=type(fault).__name__)


def _will_pass(fault: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> bool:
    if isinstance(fault, smtplib.SMTPDataError):
        return fault.smtp_code < 500  # noqa: PLR2004 - 4xx of SMTP: later it may work
    return any(code < 500 for code, _ in fault.recipients.values())  # noqa: PLR2004


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, secure = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=_TIMEOUT_SECONDS, context=secure)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=_TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=secure)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
