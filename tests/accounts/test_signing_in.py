"""Signing in: both names work, failures count and lock, and nothing tells which names exist."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from shop.accounts import keeping_safe, passwords, people, signing_in
from shop.accounts.models import LoginFailure, UserAccount
from shop.audit.models import AuditEntry
from shop.base.errors import Invalid, TooMany, Unauthenticated
from shop.db import db, session, unit_of_work
from shop.outbox.models import OutboxMessage
from tests.accounts.people_makers import NOW, PASSWORD, make_hat, make_user, worn

pytestmark = pytest.mark.usefixtures("shop")


def sign_in(settings, identifier, password=PASSWORD, now=NOW):
    attempt = signing_in.examine(identifier, password, now, settings)
    with unit_of_work():
        return signing_in.settle(attempt, now, settings)


@pytest.mark.parametrize("identifier", ["123456", " 123 456 ", "sari@jakarta.go.id", "SARI@Jakarta.go.id", "12.34.56"])
def test_nrk_and_email_both_sign_in(settings, identifier):
    user_id = make_user()
    outcome = sign_in(settings, identifier)
    assert isinstance(outcome, signing_in.SignedIn)
    assert (outcome.user_id, outcome.epoch) == (user_id, 1)
    assert session.get(UserAccount, user_id).last_login_at == NOW


def test_unknown_name_wrong_password_and_closed_account_answer_alike(settings):
    make_user()
    make_user("tutup@jakarta.go.id", nrk=None, active=False)
    answers = [
        sign_in(settings, "123456", "salah sekali"),
        sign_in(settings, "999999", PASSWORD),
        sign_in(settings, "siapa@jakarta.go.id"),
        sign_in(settings, "tutup@jakarta.go.id"),
    ]
    assert {(type(a.error), a.error.message) for a in answers} == {(Unauthenticated, signing_in.WRONG)}


def test_known_and_unknown_names_take_the_same_steps(settings, monkeypatch):
    make_user()
    hashed, read = [], []
    real = passwords._HASHER.verify
    monkeypatch.setattr(
        passwords,
        "_HASHER",
        type(
            "Spy",
            (),
            {
                "verify": lambda _s, h, p: hashed.append(h[:30]) or real(h, p),
                "check_needs_rehash": lambda _s, _h: False,
            },
        )(),
    )
    steps = {}
    for who in ("123456", "999999"):
        hashed.clear()
        read.clear()
        listener = lambda _c, _cur, statement, *_: read.append(" ".join(statement.split()))  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        signing_in.examine(who, "salah sekali", NOW, settings)
        event.remove(db.engine, "before_cursor_execute", listener)
        steps[who] = (list(hashed), list(read))
    assert steps["123456"] == steps["999999"]
    assert len(steps["999999"][0]) == 1


@pytest.mark.parametrize("who", ["123456", "999999"])
def test_too_many_failures_lock_known_and_unknown_names_alike(settings, who):
    make_user()
    outcomes = [sign_in(settings, who, "salah sekali") for _ in range(settings.login_attempts)]
    assert [type(o.error) for o in outcomes] == [Unauthenticated] * 4 + [TooMany]
    assert outcomes[-1].error.retry_after <= settings.login_lock_minutes * 60 + 1
    assert isinstance(sign_in(settings, who, PASSWORD).error, TooMany)


def test_the_lock_is_in_the_database_and_ends_by_itself(settings):
    user_id = make_user()
    for _ in range(settings.login_attempts):
        sign_in(settings, "123456", "salah sekali")
    session.remove()
    db.engine.dispose()  # as after a restart: nothing but the file is left
    assert isinstance(sign_in(settings, "sari@jakarta.go.id").error, TooMany)
    later = NOW + timedelta(minutes=settings.login_lock_minutes, seconds=1)
    assert isinstance(sign_in(settings, "123456", now=later), signing_in.SignedIn)
    user = session.get(UserAccount, user_id)
    assert (user.failed_attempts, user.locked_until) == (0, None)


def test_a_right_password_found_while_others_locked_the_account_is_refused(settings):
    make_user()
    early = signing_in.examine("123456", PASSWORD, NOW, settings)
    for _ in range(settings.login_attempts):
        sign_in(settings, "123456", "salah sekali")
    with unit_of_work():
        outcome = signing_in.settle(early, NOW, settings)
    assert isinstance(outcome.error, TooMany)


def test_a_password_changed_during_the_try_is_refused(settings):
    user_id = make_user()
    attempt = signing_in.examine("123456", PASSWORD, NOW, settings)
    actor = worn(user_id)
    change = keeping_safe.prepare_change(actor, PASSWORD, "gerobak biru tua")
    with unit_of_work():
        keeping_safe.apply_change(actor, change, NOW)
    with unit_of_work():
        assert isinstance(signing_in.settle(attempt, NOW, settings), signing_in.Refused)


def test_success_forgets_earlier_failures(settings):
    user_id = make_user()
    for _ in range(settings.login_attempts - 1):
        sign_in(settings, "123456", "salah sekali")
    sign_in(settings, "123456")
    assert session.get(UserAccount, user_id).failed_attempts == 0


def test_the_trail_never_holds_what_was_typed(settings):
    user_id = make_user()
    sign_in(settings, "kata sandi saya diketik di sini", "hunter2 hunter2")
    sign_in(settings, "123456", "hunter2 hunter2")
    rows = session.scalars(select(AuditEntry)).all()
    assert [row.verb for row in rows] == ["accounts.sign_in_failed"] * 2
    assert [row.subject_id for row in rows] == [0, user_id]
    written = " ".join(f"{row.actor} {row.data}" for row in rows) + str(
        session.scalars(select(LoginFailure.key_hash)).all()
    )
    assert "diketik" not in written
    assert "hunter2" not in written


def test_the_owner_of_a_locked_account_gets_mail_and_nobody_else(settings):
    make_user()
    for who in ("123456", "999999"):
        for _ in range(settings.login_attempts):
            sign_in(settings, who, "salah sekali")
    assert [p["to"] for p in session.scalars(select(OutboxMessage.payload))] == ["sari@jakarta.go.id"]


def test_an_outdated_hash_is_renewed_at_sign_in(settings):
    from argon2 import PasswordHasher

    user_id = make_user()
    with unit_of_work():
        session.get(UserAccount, user_id).password_hash = PasswordHasher(
            time_cost=1, memory_cost=8192, parallelism=1
        ).hash(PASSWORD)
    assert isinstance(sign_in(settings, "123456"), signing_in.SignedIn)
    assert not passwords.is_outdated(session.get(UserAccount, user_id).password_hash)
    assert isinstance(sign_in(settings, "123456"), signing_in.SignedIn)


@pytest.mark.parametrize(
    "identifier", ["", "\x00", "x" * 1_000_000, "@" * 300, "' OR 1=1 --", "<script>", "٣٤٥", "\ud800"]
)
def test_strange_names_are_only_wrong(settings, identifier):
    make_user()
    assert isinstance(sign_in(settings, identifier).error, Unauthenticated)


def test_counters_of_unknown_names_are_forgotten_after_days(settings):
    sign_in(settings, "999999")
    with unit_of_work():
        assert signing_in.forget_unknown(NOW + timedelta(days=1)) == 0
        assert signing_in.forget_unknown(NOW + timedelta(days=3)) == 1


def test_changing_the_password_needs_the_old_one_and_raises_the_epoch():
    user_id = make_user()
    actor = worn(user_id)
    with pytest.raises(Invalid) as caught:
        keeping_safe.prepare_change(actor, "bukan ini juga", "gerobak biru tua")
    assert caught.value.faults[0].field == "old_password"
    change = keeping_safe.prepare_change(actor, PASSWORD, "gerobak biru tua")
    with unit_of_work():
        assert keeping_safe.apply_change(actor, change, NOW) == 2
    assert passwords.verify(session.get(UserAccount, user_id).password_hash, "gerobak biru tua")


def test_a_forgotten_password_is_reset_by_who_manages_people_only():
    from shop.base.actor import SYSTEM
    from shop.base.errors import Forbidden

    user_id, other = make_user(), make_user("ana@jakarta.go.id", "Ana", nrk=None)
    make_hat(other, "auditor")
    with pytest.raises(Forbidden):
        keeping_safe.prepare_reset(worn(other), user_id, "gerobak biru tua")
    change = keeping_safe.prepare_reset(SYSTEM, user_id, "gerobak biru tua")
    with unit_of_work():
        keeping_safe.apply_change(SYSTEM, change, NOW)
    assert passwords.verify(session.get(UserAccount, user_id).password_hash, "gerobak biru tua")


def test_a_closed_account_has_no_sessions_left(settings):
    from shop.accounts.hats import actor_for
    from shop.base.actor import SYSTEM

    user_id = make_user()
    assert actor_for(user_id, 1, None, NOW.date()) is not None
    with unit_of_work():
        people.close_user(SYSTEM, user_id, NOW)
    assert actor_for(user_id, 1, None, NOW.date()) is None
    assert actor_for(user_id, 2, None, NOW.date()) is None
    with unit_of_work():
        people.reopen_user(SYSTEM, user_id, NOW)
    assert isinstance(sign_in(settings, "123456"), signing_in.SignedIn)
