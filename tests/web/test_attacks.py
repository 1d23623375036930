"""What an attacker tries: other people's things by number, other people's browsers, markup that stays, and the locks themselves."""

from __future__ import annotations

import re
import threading
from contextvars import Context

import pytest
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import JSON, String, Text, func, select, text, update

from shop.accounts import signing_in
from shop.accounts.models import LoginFailure, UserAccount
from shop.accounts.people import close_user
from shop.audit.models import AuditEntry
from shop.base.actor import SYSTEM
from shop.base.errors import TooMany, Unauthenticated
from shop.catalog import indexing
from shop.db import Base, not_append_only, session, unit_of_work
from shop.orders import paying
from tests import makers
from tests.accounts.people_makers import PASSWORD, make_user
from tests.browsing import Person
from tests.web.test_fuzz import addresses, doors

MARK = '"><s>x'
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def strangers(city):
    """Everybody of the other office and the other producer, who has no business with the city's orders."""
    others = city.others
    return {
        "pa_kpa": others.pa,
        "ppk": others.ppk,
        "pp": others.pp,
        "bendahara": others.bendahara,
        "vendor_owner": others.producer,
    }


def test_by_number_nobody_reaches_what_is_not_theirs(city, now):
    """Every address with a number in it, called by people of another office and another producer, with the right permission."""
    city.app.config["WTF_CSRF_ENABLED"] = False
    with unit_of_work():
        from shop.accounts import tokens

        bearers = {
            role: tokens.create_token(SYSTEM, "uji", now, user_id=actor.user_id)
            for role, actor in strangers(city).items()
        }
    before = fingerprint()
    own = {  # the own basket and tokens, months and steps of the own business or office, events open to every producer;
        # the figures of the whole city, which every office may read: what stands in the address is the form of the file
        "facilities.join", "facilities.leave", "facilities.declare",
        "basket.change", "basket.swap", "accounts.revoke_token", "growth.month_form", "growth.declare_month",
        "growth.show_statement", "growth.print_statement", "growth.statement_pdf", "vendors.step_page", "vendors.save_step",
        "treasury.month", "treasury_remit.show", "treasury_remit.record", "treasury_remit.list_csv", "treasury_remit.list_xlsx",
        "reports_outlook.ending_file", "reports_outlook.opportunities_file",
    }  # fmt: skip
    tried = 0
    for rule, methods, _roles in doors(city):
        guard = city.app.view_functions[rule.endpoint].__guard__
        if guard.kind == "public" or not rule.arguments or rule.endpoint in own:
            continue
        for role, actor in strangers(city).items():
            for path in addresses(city, rule):
                for method in methods:
                    person = Person(city.app, actor)
                    more = (
                        {"data": {"version": "1", "state": "paused", "name": "x", "user_id": actor.user_id}}
                        if method == "POST"
                        else {}
                    )
                    if path.startswith("/api/"):
                        more = {"json": {"version": 1}} if method == "POST" else {}
                        more["headers"] = {"Authorization": f"Bearer {bearers[role]}"}
                    answer = person._open(method, path, **more)
                    assert answer.status_code in {403, 404}, (role, method, path, answer.status_code)
                    assert city.crew.rup_code not in answer.text
                    tried += 1
    assert tried > 100
    assert fingerprint() == before


def fingerprint():
    """Return what must not change: how often each versioned thing was touched, and how much there is of everything else."""
    session.rollback()
    quiet = {"access_token", "alembic_version"}
    return {
        name: session.execute(select(func.count()).select_from(table)).scalar()
        for name, table in Base.metadata.tables.items()
        if name not in quiet
    } | {
        name: session.execute(select(func.sum(table.c.version)).select_from(table)).scalar()
        for name, table in Base.metadata.tables.items()
        if "version" in table.c
    }


def test_lists_show_only_what_is_ones_own(city):
    for role, actor in strangers(city).items():
        person = Person(city.app, actor)
        for path in ("/meja", "/pesanan", "/paket", "/produk-saya", "/keranjang", "/kirim/selesai?pesanan=1,2,3"):
            answer = person._open("GET", path)
            assert answer.status_code in {200, 403, 404}
            for secret in (city.crew.rup_code, city.crew.vendor.name if role == "vendor_owner" else city.crew.rup_code):
                assert secret not in answer.text, (role, path)


def test_papers_in_the_store_are_nobodys_photo(city):
    files = city.app.extensions["files"]
    keys = [files.put(PDF, "pdf"), files.put(b"secret", "webp"), files.put(b"png", "png")]
    for key in (
        *keys,
        f"../{keys[0]}",
        keys[0].replace(".pdf", "-320.webp"),
        keys[0].upper(),
        "-320.webp",
        f"{'0' * 64}-320.webp/../x",
    ):
        assert city.app.test_client().get(f"/foto/{key}").status_code == 404


TYPED = frozenset(
    {
        "name", "vendor_name", "product_name", "purpose", "deliver_address", "note", "description", "ingredients",
        "title", "file_name", "reference", "proof_name", "unit", "mak", "fund_source", "method", "certificate_number",
        "number", "issuer", "address", "about", "story", "alt", "phone", "office_name", "prefix", "brand",
        "words", "need", "reason", "contact", "open_words", "end_words", "answer_words", "outcome_words", "contents",
        "why", "made_by_name", "vendor", "q", "line", "officer", "office",
        "bank", "holder", "for_name", "odd",
    }
)  # fmt: skip
CHOSEN = {
    ("approval_line", "reason"), ("receipt_line", "reason"), ("competition_line", "reason"), ("vendor_hold", "reason"),
    ("competition_invite", "why"), ("issued_document", "number"), ("money_posting", "name"),
}  # fmt: skip
"""Reasons that are chosen from a list and numbers that we give: constraints of the database hold them."""
FROZEN = {
    "negotiation_offer",
    "competition_bid",
    "comparison_record",
    "handover_paper",
    "issued_document",
    "order_tax",
    "document_signature",
    "product_version",
    "unit_ceiling",
}
"""What only grows, and holds words of people."""


def fill_with_markup():
    """Put markup into every text somebody could have typed, straight in the database, past every check and trigger."""
    changed, dialect = 0, session.get_bind().dialect.name
    for table in Base.metadata.sorted_tables:
        if table.name.startswith(
            ("p3dn", "ledger", "audit", "region", "account_code", "category", "kbli", "policy", "holiday")
        ):
            continue
        if table.name in FROZEN:
            for statement in not_append_only(table.name, dialect):
                session.execute(text(statement))
        for column in table.c:
            if isinstance(column.type, JSON):
                keys = list(table.primary_key)
                for *key, value in session.execute(select(*keys, column)).all():
                    here = [name == part for name, part in zip(keys, key, strict=True)]
                    session.execute(update(table).where(*here).values({column.name: marked(value)}))
            elif (
                column.name in TYPED
                and (table.name, column.name) not in CHOSEN
                and isinstance(column.type, String | Text)
                and not column.unique
                and not column.foreign_keys
            ):
                length = getattr(column.type, "length", None) or 200
                session.execute(update(table).values({column.name: MARK[:length]}))
                changed += 1
    return changed


def marked(value, name=""):
    """Return a JSON value with every text of a typed name replaced by markup."""
    if isinstance(value, dict):
        return {key: marked(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner, name) for inner in value]
    return MARK if isinstance(value, str) and name in TYPED else value


def test_markup_that_stays_is_text_on_every_page_for_everybody(city, now):
    with unit_of_work():
        order = city.orders["received"]
        version = session.execute(text("SELECT version FROM purchase_order WHERE id = :i"), {"i": order}).scalar()
        paying.pay(city.crew.bendahara, order, version, paying.Proof(MARK * 2, makers.local_day(now), "", MARK), now)
    with unit_of_work():
        assert fill_with_markup() > 15
    indexing.rebuild(city.app.extensions["search"], now)
    session.rollback()
    seen = 0
    for rule, methods, roles in doors(city):
        if "GET" not in methods:
            continue
        for role in roles:
            if rule.rule.startswith("/api/"):
                continue  # JSON with nosniff: nobody draws it
            for path in addresses(city, rule):
                person = city.person(role) if role else None
                answer = (
                    person._open("GET", path)
                    if person
                    else Context().run(city.app.test_client().get, path, buffered=True)
                )
                if answer.mimetype == "text/html":
                    assert "<s>x" not in answer.text, (role, path)
                    seen += "&lt;s&gt;x" in answer.text
    assert seen > 20, "the pages did not show the texts at all"
    found = Context().run(
        city.app.test_client().get, "/katalog", query_string={"q": MARK, "category": MARK, "sort": MARK}
    )
    assert "<s>x" not in found.text


def test_a_spreadsheet_does_not_run_what_people_typed(city, now):
    with unit_of_work():
        for table in ("order_line", "purchase_order"):
            column = "product_name" if table == "order_line" else "vendor_name"
            session.execute(text(f"UPDATE {table} SET {column} = :evil"), {"evil": '=HYPERLINK("http://evil")'})
    answer = Context().run(city.app.test_client().get, "/p3dn/baris.csv?year=2026", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    cells = [
        cell.strip('"')
        for line in answer.text.splitlines()[1:]
        for cell in re.split(r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", line)
    ]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-(?!\d)", cell)]


def signed_in_client(app):
    client = app.test_client()
    page = Context().run(client.get, "/masuk").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    answer = Context().run(
        client.post, "/masuk", data={"csrf_token": token, "identifier": "123456", "password": PASSWORD}
    )
    assert answer.status_code == 302, answer.text
    return client, token


def test_signing_in_begins_a_new_session_and_the_old_form_token_is_void(app):
    with app.app_context():
        make_user()
        session.remove()
    client = app.test_client()
    with client.session_transaction() as planted:
        planted.update({"_user_id": "999:1", "hat": 999, "planted": "yes", "csrf_token": "0" * 40})
    stale = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("0" * 40)
    answer = Context().run(
        client.post, "/masuk", data={"csrf_token": stale, "identifier": "123456", "password": PASSWORD}
    )
    assert answer.status_code == 302
    with client.session_transaction() as kept:
        assert "planted" not in kept
        assert kept["_user_id"] != "999:1"
    refused = Context().run(client.post, "/keluar", data={"csrf_token": stale})
    assert refused.status_code == 400


@pytest.mark.parametrize("value", ["1", "1:", ":1", "1:1:1", "-1:1", "1:999", "999:1", "1.0:1", "", "None", "1:1'--"])
def test_only_a_whole_and_current_session_counts(app, value):
    """Even with the key of the cookie an odd user id opens nothing; without it nothing counts at all."""
    with app.app_context():
        make_user()
        session.remove()
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = value
    assert Context().run(client.get, "/profil").status_code == 302


def test_a_cookie_signed_with_another_key_is_nobodys(app):
    with app.app_context():
        make_user()
        session.remove()
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    other = type(app)("other")
    other.secret_key = "somebody else's"
    forged = SecureCookieSessionInterface().get_signing_serializer(other)
    for maker, status in ((serializer, 200), (forged, 302)):
        client = app.test_client()
        client.set_cookie("eorder_session", maker.dumps({"_user_id": "1:1", "hat": None}))
        assert Context().run(client.get, "/profil").status_code == status
    client.set_cookie("eorder_session", "x" * 4000)
    assert Context().run(client.get, "/profil").status_code == 302


def test_the_cookies_of_a_session_are_out_of_reach_for_scripts_and_other_sites(app):
    with app.app_context():
        make_user()
        session.remove()
    client, _token = signed_in_client(app)
    cookie = client.get_cookie("eorder_session")
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_an_account_that_was_closed_has_neither_session_nor_token(city, now):
    pp, token = city.person("pp"), city.tokens["pp"]
    pp.get("/meja")
    with unit_of_work():
        close_user(SYSTEM, city.crew.pp.user_id, now)
    session.rollback()
    pp.get("/meja", 302)
    pp.post("/keranjang", {"product_id": city.product_id, "quantity": 1}, 401)
    answer = Context().run(city.app.test_client().get, "/api/v1/orders", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_what_a_form_does_not_ask_for_is_not_taken(city):
    """Mass assignment: extra fields of a form change nothing, extra fields of a body are refused."""
    pp = city.person("pp")
    extra = {
        "role": "admin",
        "active": "1",
        "epoch": "99",
        "office_id": "99",
        "password_hash": "x",
        "user_id": "1",
        "email": "x@y.z",
    }
    before = session.execute(select(UserAccount.__table__).where(UserAccount.id == city.crew.pp.user_id)).one()
    pp.post("/profil/bahasa", {"locale": "en", **extra}, 302)
    session.rollback()
    after = session.execute(select(UserAccount.__table__).where(UserAccount.id == city.crew.pp.user_id)).one()
    assert {n for n in before._fields if getattr(before, n) != getattr(after, n)} <= {"locale"}
    owner = city.person("vendor_owner")
    owner.post(
        f"/produk-saya/{city.product_id}/tentang",
        {"version": "1", "vendor_id": str(city.others.vendor.id), "pdn": "0", "slug": "x"},
        422,
    )
    body = {"version": 1, "office_id": 1}
    answer = Context().run(
        city.app.test_client().post,
        f"/api/v1/orders/{city.orders['sent']}/confirm",
        json=body,
        headers={"Authorization": f"Bearer {city.tokens['vendor_owner']}"},
    )
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "office_id")


def at_once(app, work, workers=8):
    """Run work(number) in threads that start together; return what they raised unforeseen."""
    start, faults = threading.Barrier(workers), []

    def run(number):
        with app.app_context():
            try:
                start.wait(timeout=30)
                work(number)
            except Exception as fault:  # noqa: BLE001 - told to the test, which runs in another thread
                faults.append(repr(fault))
            finally:
                session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return faults


@pytest.mark.parametrize("who", ["123456", "nobody@contoh.id"])
def test_many_guesses_at_once_are_still_only_so_many_guesses(app, settings, now, who):
    with app.app_context():
        make_user()
        session.remove()
    heard = []

    def guess(number):
        for _ in range(3):
            try:
                attempt = signing_in.examine(who, f"tebakan {number}", now, settings)
            except TooMany as busy:
                heard.append(busy)
                continue
            with unit_of_work():
                outcome = signing_in.settle(attempt, now, settings)
            heard.append(outcome.error)

    assert at_once(app, guess) == []
    assert len(heard) == 24
    assert sum(isinstance(error, Unauthenticated) for error in heard) == settings.login_attempts - 1
    with app.app_context():
        locks = session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.verb == "accounts.sign_in_locked")
        )
        assert locks == 1
        table = UserAccount if who == "123456" else LoginFailure
        assert session.scalar(select(table.locked_until)) > now
        right = signing_in.examine(who, PASSWORD, now, settings)
        with unit_of_work():
            assert isinstance(signing_in.settle(right, now, settings), signing_in.Refused)
        session.remove()


def test_what_was_typed_as_a_password_is_in_no_log_and_on_no_page(app, capfd, caplog):
    with app.app_context():
        make_user()
        session.remove()
    app.config["WTF_CSRF_ENABLED"] = False
    secret = "rahasia-ku-sendiri-17"
    for data in (
        {"identifier": "123456", "password": secret},
        {"identifier": secret, "password": secret},
        {"password": secret},
        {"identifier": "x" * 300, "password": secret},
    ):
        answer = app.test_client().post("/masuk", data=data)
        assert answer.text.count(secret) == (
            1 if data.get("identifier") == secret else 0
        )  # the name typed is kept, the password never
    said = capfd.readouterr()
    assert secret not in said.err + said.out + caplog.text


@pytest.mark.parametrize(
    "words",
    [
        "a" * 240,
        " ".join("abcdefghij"[i % 10] + "xqz" for i in range(60)),
        "nasi " * 48,
        "(" * 240,
        '"' * 240,
        "ñ" * 240,
        "nasi* OR kue~ AND NOT (teh)",
        "a b c d e f g h " * 15,
    ],
)
def test_no_words_keep_the_search_busy(city, words):
    import time

    for path in ("/katalog", "/api/v1/products", "/api/v1/suggest"):
        begun = time.process_time()
        answer = Context().run(city.app.test_client().get, path, query_string={"q": words})
        assert answer.status_code == 200
        assert time.process_time() - begun < 3, path
