"""Ringing: which channel, in which words, through which sender; a number is never told whole."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.error import HTTPError

import pytest
import structlog
from sqlalchemy import select

from shop.accounts import ringing
from shop.accounts.models import UserAccount
from shop.accounts.ringing import Message
from shop.audit.models import AuditEntry
from shop.base.errors import Invalid
from shop.base.numbers import mobile_number
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.settings import Settings
from tests import makers
from tests.browsing import Person

MESSAGE = Message("kunci1", "sms", "+6281234567890", "Pesanan baru")


@pytest.fixture
def cook(app):
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew().producer
        yield made


@pytest.mark.parametrize(
    "text",
    ["0812 3456 7890", "+62 812-3456-7890", "6281234567890", "(0812) 3456.7890", "+62 0812 3456 7890", "812 3456 7890"],
)
def test_one_number_has_one_spelling(text):
    assert mobile_number(text) == "+6281234567890"


@pytest.mark.parametrize(
    "text", ["021 555 1234", "0812", "abc", "+1 202 555 0123", "08123456789012345", "08123456789０"]
)
def test_what_is_no_mobile_number_is_refused_with_an_example(text):
    with pytest.raises(Invalid, match="0812 3456 7890"):
        mobile_number(text)


def test_the_profile_keeps_number_and_channel_and_shows_the_end_only(app, cook):
    browser = Person(app, cook)
    browser.post("/profil/dering", {"phone": "", "notify_by": "sms"}, 422)
    browser.post("/profil/dering", {"phone": "0812 3456 7890", "notify_by": "fax"}, 422)
    browser.post("/profil/dering", {"phone": "0812 3456 7890", "notify_by": "whatsapp"})
    page = browser.get("/profil").text
    assert "•••• 7890" in page
    assert "3456" not in page.split('id="dering"')[1].split("0812 3456 7890")[0]
    browser.post("/profil/dering", {"phone": "•••• 7890", "notify_by": "sms"})
    row = session.execute(select(UserAccount.phone, UserAccount.notify_by).where(UserAccount.id == cook.user_id)).one()
    assert tuple(row) == ("+6281234567890", "sms")
    assert not any("34567890" in json.dumps(data) for data in session.scalars(select(AuditEntry.data)))


def test_who_chose_nothing_gets_mail_and_the_others_ring_in_their_language(app, cook, now):
    with unit_of_work():
        other = makers.make_actor("pp", office_id=makers.make_office().id)
        user = session.get_one(UserAccount, cook.user_id)
        user.phone, user.notify_by, user.locale = "+6281234567890", "sms", "en"
        subject = "Pesanan %(number)s belum dibuka"
        assert ringing.ring([cook.user_id, other.user_id], subject, subject, now, number="12/SP") == 2
    posted = {m.kind: m.payload for m in session.scalars(select(OutboxMessage))}
    assert set(posted) == {"ring", "mail"}
    assert (
        ringing.compose(posted["ring"], Path(app.config["BABEL_TRANSLATION_DIRECTORIES"])).text
        == "Order 12/SP has not been opened"
    )


def test_without_a_provider_a_message_is_a_file_for_the_owner_only(tmp_path):
    ringing.sender_of(Settings(var=tmp_path))(MESSAGE)
    (kept,) = (tmp_path / "messages").iterdir()
    assert kept.read_text() == "sms +6281234567890\nPesanan baru\n"
    assert kept.stat().st_mode & 0o077 == 0


def test_the_console_masks_the_number(tmp_path):
    with structlog.testing.capture_logs() as lines:
        ringing.sender_of(Settings(var=tmp_path, message_console=True))(MESSAGE)
    assert lines[0]["to"] == "•••• 7890"


@pytest.fixture
def provider():
    """A provider on this machine: what it was told, and what it answers."""

    class Stub(BaseHTTPRequestHandler):
        told, answer = [], 200

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            Stub.told.append((self.headers["Authorization"], json.loads(self.rfile.read(length))))
            self.send_response(Stub.answer)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Stub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Stub, f"http://127.0.0.1:{server.server_port}/send"
    server.shutdown()
    server.server_close()


def test_a_provider_gets_json_with_the_token_and_is_tried_again_only_when_that_helps(provider, tmp_path):
    stub, url = provider
    send = ringing.sender_of(Settings(var=tmp_path, message_url=url, message_token="rahasia"))
    send(MESSAGE)
    assert stub.told == [
        ("Bearer rahasia", {"key": "kunci1", "channel": "sms", "to": "+6281234567890", "text": "Pesanan baru"})
    ]
    stub.answer = 400
    with structlog.testing.capture_logs() as lines:
        send(MESSAGE)
    assert "rahasia" not in str(lines)
    assert "34567890" not in str(lines)
    stub.answer = 302
    send(MESSAGE)  # never followed: the token stays here
    for stub.answer in (503, 429):
        with pytest.raises(HTTPError):
            send(MESSAGE)
    with pytest.raises(ValueError, match="http"):
        ringing.sender_of(Settings(var=tmp_path, message_url="file:///etc/hosts"))(MESSAGE)
