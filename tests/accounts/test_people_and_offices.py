"""Accounts are made once, in one spelling; offices are loaded as often as one likes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from shop.accounts import offices, passwords, people
from shop.accounts.models import Office, UserAccount
from shop.base.actor import SYSTEM
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound
from shop.db import session, unit_of_work
from shop.reference import files
from shop.reference.files import OfficeRow
from tests.accounts.people_makers import NOW, PASSWORD, make_hat, make_region, make_user, worn

pytestmark = [pytest.mark.usefixtures("shop"), pytest.mark.blank]  # they make regions of their own
SARI = {"email": "Sari@Jakarta.GO.ID", "name": " Sari  <b>W</b>\x00", "nrk": "12 34.56", "password": PASSWORD}


def create(actor=SYSTEM, **more):
    new = people.prepare_user(**{**SARI, **more})
    with unit_of_work():
        return people.create_user(actor, new, NOW)


def test_a_new_account_is_kept_in_one_spelling():
    assert people.is_empty()
    user = session.get(UserAccount, create())
    assert (user.email, user.nrk, user.name) == ("sari@jakarta.go.id", "123456", "Sari <b>W</b>")
    assert passwords.verify(user.password_hash, PASSWORD)
    assert not people.is_empty()
    assert people.find_user("SARI@jakarta.go.id") == people.find_user("123456") == user.id
    with pytest.raises(NotFound):
        people.find_user("999")


@pytest.mark.parametrize("taken", [{"nrk": "77777"}, {"email": "lain@jakarta.go.id"}])
def test_email_and_nrk_belong_to_one_person(taken):
    create()
    with pytest.raises(Conflict):
        create(**taken)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "bukan surel"}, "email"),
        ({"email": "a@b@c"}, "email"),
        ({"email": "x" * 400 + "@a.id"}, "email"),
        ({"email": ""}, "email"),
        ({"nrk": "12AB34"}, "nrk"),
        ({"nrk": "1" * 21}, "nrk"),
        ({"nrk": "٣٤٥٦٧"}, "nrk"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"locale": "jv"}, "locale"),
        ({"password": "pendek"}, "password"),
    ],
)
def test_wrong_input_is_named(wrong, field):
    with pytest.raises(Invalid) as caught:
        create(**wrong)
    assert caught.value.faults[0].field == field


def test_only_who_manages_people_makes_and_closes_accounts():
    user_id = make_user()
    make_hat(user_id, "auditor")
    with pytest.raises(Forbidden):
        create(worn(user_id), email="baru@jakarta.go.id", nrk=None)
    with pytest.raises(Forbidden), unit_of_work():
        people.close_user(worn(user_id), user_id, NOW)


def test_a_person_chooses_the_language():
    user_id = make_user()
    actor = worn(user_id)
    with unit_of_work():
        people.choose_language(actor, "en")
    assert session.get(UserAccount, user_id).locale == "en"
    with pytest.raises(Invalid), unit_of_work():
        people.choose_language(actor, "'; DROP TABLE")


def rows(*more):
    return [
        OfficeRow("KEL-2", "Kelurahan Cideng", "kelurahan", "KEC-1", "31.71.01", needs_checking=False),
        OfficeRow("KEC-1", "Kecamatan Gambir", "kecamatan", None, "31.71.01", needs_checking=False),
        *more,
    ]


def load(given):
    with unit_of_work():
        count = offices.load_offices(given)
    return count.added, count.changed, count.unchanged


def test_offices_are_loaded_with_parents_in_any_order_and_a_second_time_changes_nothing():
    make_region()
    assert load(rows()) == (2, 0, 0)
    assert load(rows()) == (0, 0, 2)
    child = offices.office_by_code("KEL-2")
    assert session.get(Office, child.id).parent_id == offices.office_by_code("KEC-1").id
    assert load([replace(rows()[0], name="Kelurahan Cideng Baru", parent=None), rows()[1]]) == (0, 1, 1)
    assert offices.office_names([child.id, 0]) == {child.id: "Kelurahan Cideng Baru"}
    assert offices.office_names([]) == {}


def test_an_unknown_parent_loads_nothing():
    make_region()
    with pytest.raises(Invalid, match="KEC-9"):
        load(rows(OfficeRow("X", "X", "dinas", "KEC-9", "31.71.01", needs_checking=True)))
    assert session.scalar(select(func.count()).select_from(Office)) == 0


def test_our_own_office_file_loads_and_a_relaxed_office_stays_relaxed():
    from shop.reference import loading

    with unit_of_work():
        loading.load_all(session, NOW)
        offices.load_offices(files.offices())
    user_id = make_user()
    code = files.offices()[0].code
    with unit_of_work():
        office = session.get(Office, offices.office_by_code(code).id)
        office.relaxed_duties, office.relaxed_by, office.relaxed_at, office.relaxed_reason = (
            True,
            user_id,
            NOW,
            "x" * 20,
        )
    assert load(files.offices()) == (0, 0, len(files.offices()))
    assert offices.office_by_code(code).relaxed_duties
    assert offices.office_by_code(code).code == code
    with pytest.raises(NotFound):
        offices.office_by_code("tidak ada")
    with pytest.raises(NotFound):
        offices.office(2**40)
