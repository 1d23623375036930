"""Mail: in the reader's language, after the commit, once, and never with a forged header."""

from __future__ import annotations

import smtplib
from email import message_from_bytes, policy

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from sqlalchemy import select

from shop.accounts import mail
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.outbox.posting import Handlers, drain
from tests.accounts.people_makers import NOW, make_user

pytestmark = pytest.mark.usefixtures("shop")


@pytest.fixture
def translations(tmp_path):
    folder = tmp_path / "translations" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="en")
    catalogue.add("Pesanan %(number)s tiba", "Order %(number)s has arrived")
    catalogue.add("Halo %(name)s,", "Hello %(name)s,")
    with (folder / "messages.mo").open("wb") as handle:
        write_mo(handle, catalogue)
    return tmp_path / "translations"


def post_to(*user_ids, subject="Pesanan %(number)s tiba", body="Pesanan %(number)s menunggu Anda.", **params):
    with unit_of_work():
        return mail.notify(user_ids, subject, body, NOW, **{"number": "0412", **params})


def kept(settings):
    files = sorted((settings.var / "mail").glob("*.eml"))
    return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]


def test_each_reader_gets_the_own_language(settings, translations):
    first = make_user()
    second = make_user("ann@example.org", "Ann", nrk=None, locale="en")
    closed = make_user("tutup@example.org", nrk=None, active=False)
    assert post_to(first, second, closed, first, 999) == 2
    assert drain(Handlers({}, {"mail": mail.mail_handler(settings, translations)}), NOW) == 2
    found = {m["To"]: m for m in kept(settings)}
    assert found["sari@jakarta.go.id"]["Subject"] == "Pesanan 0412 tiba"
    assert found["ann@example.org"]["Subject"] == "Order 0412 has arrived"
    assert found["ann@example.org"].get_content().startswith("Hello Ann,")
    assert session.scalars(select(OutboxMessage)).all() == []


def test_no_mail_without_the_change_it_speaks_of():
    user_id = make_user()
    with pytest.raises(RuntimeError), unit_of_work():
        mail.notify([user_id], "x", "y", NOW)
        raise RuntimeError
    assert session.scalars(select(OutboxMessage)).all() == []


def test_handing_over_twice_makes_one_file(settings, translations):
    post_to(make_user())
    payloads = list(session.scalars(select(OutboxMessage.payload)))
    handler = mail.mail_handler(settings, translations)
    handler(payloads, NOW)
    handler(payloads, NOW)
    assert len(kept(settings)) == 1


def test_nothing_typed_by_people_reaches_a_header(settings, translations):
    post_to(
        make_user(name="Sari\r\nBcc: semua@example.org"),
        number="1\r\nBcc: semua@example.org",
        subject="%(number)s\nX: y",
    )
    drain(Handlers({}, {"mail": mail.mail_handler(settings, translations)}), NOW)
    (message,) = kept(settings)
    assert message["Bcc"] is None
    assert message["X"] is None


class Server:
    def __init__(self, refuse=None):
        self.refuse, self.sent = refuse, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def send_message(self, message):
        if self.refuse and message["To"].startswith("sari"):
            raise smtplib.SMTPRecipientsRefused({message["To"]: (self.refuse, b"no")})
        self.sent.append(message["To"])


@pytest.mark.parametrize(("code", "left"), [(None, 0), (550, 0), (451, 2)])
def test_the_server_refusing_for_good_is_dropped_and_for_now_is_kept(settings, translations, monkeypatch, code, left):
    server = Server(code)
    monkeypatch.setattr(mail, "_connect", lambda _url: server)
    post_to(make_user(), make_user("ann@example.org", nrk=None))
    settings.smtp_url = "smtp://localhost"
    drain(Handlers({}, {"mail": mail.mail_handler(settings, translations)}), NOW)
    assert len(session.scalars(select(OutboxMessage)).all()) == left
    assert ("ann@example.org" in server.sent) == (left == 0)
