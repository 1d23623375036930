"""Hats: found in one statement, valid by the day, given and taken openly."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, insert
from sqlalchemy.exc import IntegrityError

from shop.accounts import granting, hats
from shop.accounts.models import Hat, Office
from shop.accounts.permissions import GRANTS, Role
from shop.audit.trail import history
from shop.base.actor import SYSTEM
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound
from shop.db import db, session, unit_of_work
from tests.accounts.people_makers import NOW, make_hat, make_office, make_officer, make_region, make_user, worn

pytestmark = [pytest.mark.usefixtures("shop"), pytest.mark.blank]  # they make regions of their own
DAY = date(2026, 11, 20)


def grant(user_id, role, **more):
    with unit_of_work():
        return granting.grant_hat(SYSTEM, user_id, role, NOW, **more)


def test_several_hats_cost_one_statement():
    user_id, office_id = make_officer("pp")
    for role in ("ppk", "pa_kpa", "bendahara"):
        make_hat(user_id, role, office_id=office_id)
    make_hat(user_id, "curator_kecamatan", region_code=make_region())
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_: seen.append(statement))
    found = hats.actor_for(user_id, 1, None, DAY)
    assert len([s for s in seen if s.startswith("SELECT")]) == 1
    assert found is not None
    actor, choices = found
    assert [c.label for c in choices] == [
        "Pejabat Pengadaan · Dinas Pendidikan",
        "PPK · Dinas Pendidikan",
        "PA/KPA · Dinas Pendidikan",
        "Bendahara · Dinas Pendidikan",
        "Kurator kecamatan · Gambir",
    ]
    assert (actor.role, actor.office_id, actor.place_label) == ("pp", office_id, "Dinas Pendidikan")
    assert actor.permissions == GRANTS[Role.PP]


def test_the_chosen_hat_is_worn_and_a_foreign_one_is_not():
    user_id, office_id = make_officer("pp")
    ppk = make_hat(user_id, "ppk", office_id=office_id)
    other = make_hat(make_user("ana@jakarta.go.id", nrk=None), "bendahara", office_id=office_id)
    assert worn(user_id, ppk).role == "ppk"
    assert worn(user_id, other).role == "pp"
    actor, choices = hats.actor_for(user_id, 1, None, DAY)
    assert hats.choose_hat(actor, choices, ppk).hat_id == ppk
    with pytest.raises(NotFound):
        hats.choose_hat(actor, choices, other)


def test_hats_begin_and_end_by_the_day():
    user_id, office_id = make_officer("pp")
    make_hat(user_id, "ppk", office_id=office_id, valid_until=DAY)
    make_hat(user_id, "bendahara", office_id=office_id, valid_from=DAY + timedelta(days=1))

    def on(day):
        return {c.role for c in hats.actor_for(user_id, 1, None, day)[1]}

    assert on(DAY) == {"pp", "ppk"}
    assert on(DAY + timedelta(days=1)) == {"pp", "bendahara"}


def test_an_older_epoch_or_a_stranger_is_nobody():
    user_id = make_user()
    assert hats.actor_for(user_id, 0, None, DAY) is None
    assert hats.actor_for(user_id + 1, 1, None, DAY) is None


def test_a_person_without_hats_may_only_keep_the_account():
    actor, choices = hats.actor_for(make_user(), 1, None, DAY)
    assert (actor.role, choices) == ("none", ())
    assert actor.permissions == hats.HATLESS


def test_a_hat_of_a_closed_office_is_not_offered():
    user_id, office_id = make_officer("pp")
    with unit_of_work():
        session.get(Office, office_id).active = False
    assert worn(user_id).role == "none"


def test_a_vendor_hat_shows_the_business(shop):
    from shop.vendors.models import Vendor

    region, user_id = make_region(), make_user()
    with unit_of_work():
        vendor = Vendor(name="Dapur <b>Bu Rini</b>", slug="dapur", kecamatan_code=region, created_at=NOW)
        session.add(vendor)
        session.flush()
        vendor_id = vendor.id
    grant(user_id, "vendor_owner", vendor_id=vendor_id)
    actor = worn(user_id)
    assert (actor.vendor_id, actor.place_label) == (vendor_id, "Dapur <b>Bu Rini</b>")


def test_the_best_hat_carries_the_permission_at_that_office():
    first = make_office()
    second = make_office("OPD-0002", "Dinas Kesehatan")
    user_id = make_user()
    make_hat(user_id, "bendahara", office_id=first)
    make_hat(user_id, "pp", office_id=first)
    wanted = make_hat(user_id, "pp", office_id=second)
    actor, choices = hats.actor_for(user_id, 1, None, DAY)
    assert hats.best_hat(actor, choices, "orders:order:place").office_id == first
    assert hats.best_hat(actor, choices, "orders:order:place", second).hat_id == wanted
    assert hats.best_hat(actor, choices, "accounts:user:manage") is None


def test_granting_twice_renews_and_revoking_takes_away_at_once():
    user_id, office_id = make_user(), make_office()
    hat_id = grant(user_id, "ppk", office_id=office_id, valid_until=DAY)
    assert grant(user_id, "ppk", office_id=office_id) == hat_id
    assert worn(user_id).hat_id == hat_id
    for _ in range(2):
        with unit_of_work():
            granting.revoke_hat(SYSTEM, hat_id, NOW)
    assert worn(user_id).hat_id is None
    assert [row.verb for row in history("user", user_id)] == [
        "accounts.hat_granted",
        "accounts.hat_granted",
        "accounts.hat_revoked",
    ]


@pytest.mark.parametrize(
    ("role", "field"),
    [("ppk", "office"), ("vendor_staff", "vendor"), ("curator_kecamatan", "region"), ("raja", "role"), ("", "role")],
)
def test_a_hat_needs_its_place(role, field):
    user_id = make_user()
    with pytest.raises(Invalid) as caught:
        grant(user_id, role)
    assert caught.value.faults[0].field == field


def test_only_who_manages_people_gives_hats():
    user_id, office_id = make_officer("pa_kpa")
    with pytest.raises(Forbidden), unit_of_work():
        granting.grant_hat(worn(user_id), user_id, "admin", NOW)
    with pytest.raises(Invalid):
        grant(user_id, "ppk", office_id=office_id, valid_until=DAY - timedelta(days=1))
    with pytest.raises(NotFound):
        grant(user_id + 77, "admin")


@pytest.mark.parametrize("wrong", [{"role": "pp"}, {"role": "vendor_owner"}, {"role": "curator_kecamatan"}])
def test_the_database_refuses_a_hat_without_its_place(wrong):
    user_id = make_user()
    with pytest.raises(IntegrityError), unit_of_work():
        session.execute(insert(Hat).values(user_id=user_id, valid_from=DAY, created_at=NOW, **wrong))


def test_the_database_refuses_the_same_hat_twice():
    user_id = make_user()
    make_hat(user_id, "admin")
    with pytest.raises(Conflict):
        make_hat(user_id, "admin")


def test_holders_are_found_by_role_and_place():
    office_id = make_office()
    first, _ = make_officer("ppk", office_id=office_id, email="b@x.id", name="Budi", nrk="1001")
    second, _ = make_officer("ppk", office_id=office_id, email="a@x.id", name="Ana", nrk="1002")
    make_officer("pp", office_id=office_id, email="c@x.id", nrk="1003")
    assert hats.holders(Role.PPK, DAY, office_id=office_id) == [(second, "Ana"), (first, "Budi")]


def test_the_first_hat_of_a_role_is_found_or_named_missing():
    user_id, office_id = make_officer("pp")
    ppk = make_hat(user_id, "ppk", office_id=office_id)
    assert hats.first_hat_of(user_id, "ppk", DAY) == ppk
    with pytest.raises(NotFound):
        hats.first_hat_of(user_id, "bendahara", DAY)
    with pytest.raises(NotFound):
        hats.first_hat_of(user_id + 9, "ppk", DAY)
