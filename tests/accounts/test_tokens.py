"""Access tokens: shown once, found by their hash in one statement, ended at any time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from shop.accounts import keeping_safe, people, tokens
from shop.accounts.models import AccessToken
from shop.base.actor import ANYONE, SYSTEM
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound
from shop.db import db, session, unit_of_work
from tests.accounts.people_makers import NOW, make_hat, make_office, make_officer, make_user, worn

pytestmark = pytest.mark.usefixtures("shop")


def issue(actor, name="SIMDA", **more):
    with unit_of_work():
        return tokens.create_token(actor, name, NOW, **more)


def test_a_token_speaks_for_its_owner_in_one_statement():
    user_id, office_id = make_officer("ppk")
    make_hat(user_id, "pp", office_id=office_id)
    text = issue(worn(user_id))
    assert text.startswith("eoj_")
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_: seen.append(statement))
    actor, choices = tokens.actor_for_token(text, NOW)
    assert len([s for s in seen if s.startswith("SELECT")]) == 1
    assert (actor.user_id, {c.role for c in choices}) == (user_id, {"ppk", "pp"})


def test_the_text_is_nowhere_in_the_database():
    text = issue(worn(make_user()))
    row = session.scalars(select(AccessToken)).one()
    assert text.startswith(row.prefix)
    assert text not in str(vars(row))
    assert len(row.prefix) == 12


def test_a_bound_token_wears_its_hat_only_and_nothing_when_that_is_over():
    user_id, office_id = make_officer("ppk")
    pp = make_hat(user_id, "pp", office_id=office_id, valid_until=date(2026, 11, 30))
    text = issue(worn(user_id), hat_id=pp)
    actor, choices = tokens.actor_for_token(text, NOW)
    assert (actor.role, [c.hat_id for c in choices]) == ("pp", [pp])
    actor, choices = tokens.actor_for_token(text, NOW + timedelta(days=11))
    assert (actor.role, choices) == ("none", ())


@pytest.mark.parametrize(
    "text", ["", "eoj_", "eoj_tidakada", "Bearer eoj_x", "eoj_" + "x" * 10_000, "eoj_\x00", "eoj_é"]
)
def test_an_unknown_token_is_nobody(text):
    assert tokens.actor_for_token(text, NOW) is None


def test_revoked_over_and_closed_tokens_are_nobody():
    user_id = make_user()
    actor = worn(user_id)
    text = issue(actor, days=30)
    assert tokens.actor_for_token(text, NOW + timedelta(days=29)) is not None
    assert tokens.actor_for_token(text, NOW + timedelta(days=31)) is None
    token_id = tokens.tokens_of(actor, NOW)[0].id
    for _ in range(2):
        with unit_of_work():
            tokens.revoke_token(actor, token_id, NOW)
    assert tokens.actor_for_token(text, NOW) is None
    assert tokens.tokens_of(actor, NOW) == []
    other = issue(actor)
    with unit_of_work():
        people.close_user(SYSTEM, user_id, NOW)
    assert tokens.actor_for_token(other, NOW) is None


def test_sign_out_everywhere_leaves_tokens_unless_asked():
    actor = worn(make_user())
    text = issue(actor)
    with unit_of_work():
        keeping_safe.sign_out_everywhere(actor, NOW)
    assert tokens.actor_for_token(text, NOW) is not None
    with unit_of_work():
        keeping_safe.sign_out_everywhere(actor, NOW, tokens_too=True)
    assert tokens.actor_for_token(text, NOW) is None


def test_somebody_elses_token_is_not_there():
    owner, other = worn(make_user()), worn(make_user("ana@jakarta.go.id", nrk=None))
    issue(owner)
    token_id = tokens.tokens_of(owner, NOW)[0].id
    with pytest.raises(NotFound), unit_of_work():
        tokens.revoke_token(other, token_id, NOW)
    with pytest.raises(NotFound), unit_of_work():
        tokens.revoke_token(other, 2**62, NOW)


def test_tokens_are_made_for_oneself_or_by_who_manages_people():
    user_id, office_id = make_officer("ppk")
    other = make_user("ana@jakarta.go.id", nrk=None)
    with pytest.raises(Forbidden):
        issue(worn(user_id), user_id=other)
    with pytest.raises(NotFound):
        issue(worn(user_id), hat_id=make_hat(other, "bendahara", office_id=office_id))
    with pytest.raises(NotFound):
        issue(ANYONE)
    assert tokens.actor_for_token(issue(SYSTEM, user_id=other), NOW)[0].user_id == other


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \x00\n "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"days": 0}, "days"),
        ({"days": -1}, "days"),
        ({"days": 10**9}, "days"),
    ],
)
def test_wrong_input_is_named(wrong, field):
    actor = worn(make_user())
    with pytest.raises(Invalid) as caught:
        issue(actor, **wrong)
    assert caught.value.faults[0].field == field


def test_there_is_an_end_to_tokens():
    actor = worn(make_user())
    for _ in range(tokens.MAX_LIVE):
        issue(actor)
    with pytest.raises(Conflict):
        issue(actor)


def test_last_use_is_due_at_most_hourly():
    text = issue(worn(make_user()))
    found = tokens.bearer(text, NOW)
    assert found.note_due
    with unit_of_work():
        tokens.note_use(found.token_id, NOW)
    assert not tokens.bearer(text, NOW + timedelta(minutes=59)).note_due
    assert tokens.bearer(text, NOW + timedelta(minutes=61)).note_due


def test_an_office_hat_survives_a_second_office():
    user_id = make_user()
    for code in ("OPD-0001", "OPD-0002"):
        make_hat(user_id, "pp", office_id=make_office(code, code))
    actor, choices = tokens.actor_for_token(issue(worn(user_id)), NOW)
    assert [c.place_label for c in choices] == ["OPD-0001", "OPD-0002"]
    assert actor.place_label == "OPD-0001"
