"""Who orders does not receive, who receives does not pay; an exception only openly."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from shop.accounts import duties
from shop.accounts.models import Office
from shop.audit.trail import history
from shop.base.errors import Forbidden, Invalid, NotFound, SeparationOfDuties, Stale, WrongState
from shop.db import db, session, unit_of_work
from tests.accounts.people_makers import NOW, make_hat, make_office, make_officer, worn

ANA, BUDI, CICI = 1, 2, 3
REASON = "Kelurahan hanya punya dua pegawai, PPK merangkap Pejabat Pengadaan."


@pytest.mark.parametrize(
    ("earlier", "step", "who", "word"),
    [
        ({"place": ANA}, "receive", ANA, "memesan"),
        ({"place": BUDI, "receive": ANA}, "pay", ANA, "menerima"),
        ({"place": ANA, "receive": BUDI}, "pay", ANA, "memesan"),
    ],
)
def test_the_same_person_is_refused_in_plain_words(earlier, step, who, word):
    with pytest.raises(SeparationOfDuties, match=f"Anda yang {word}"):
        duties.check_apart(False, who, earlier, step)
    assert duties.check_apart(True, who, earlier, step) is True


@pytest.mark.parametrize("relaxed", [False, True])
def test_three_people_never_meet_the_rule(relaxed):
    assert duties.check_apart(relaxed, ANA, {}, "place") is False
    assert duties.check_apart(relaxed, BUDI, {"place": ANA}, "receive") is False
    assert duties.check_apart(relaxed, CICI, {"place": ANA, "receive": BUDI}, "pay") is False
    assert duties.check_apart(relaxed, CICI, {"place": None, "receive": None}, "pay") is False


@pytest.mark.parametrize(("earlier", "step"), [({"order": ANA}, "receive"), ({}, "recieve")])
def test_a_misspelt_duty_is_a_fault_of_the_program(earlier, step):
    with pytest.raises(ValueError, match="unknown duty"):
        duties.check_apart(False, ANA, earlier, step)


def relax(actor, office_id, reason=REASON):
    with unit_of_work():
        duties.relax_duties(actor, office_id, reason, NOW)


@pytest.mark.usefixtures("shop")
def test_relaxing_and_restoring_are_on_the_record():
    user_id, office_id = make_officer()
    actor = worn(user_id)
    relax(actor, office_id, f"  {REASON}\n\x00<script>alert(1)</script> ")
    office = session.get(Office, office_id)
    assert (office.relaxed_duties, office.relaxed_by, office.relaxed_at) == (True, user_id, NOW)
    assert office.relaxed_reason == f"{REASON} <script>alert(1)</script>"
    with pytest.raises(WrongState):
        relax(actor, office_id)
    with unit_of_work():
        duties.restore_duties(actor, office_id, NOW)
    assert session.get(Office, office_id).relaxed_duties is False
    with pytest.raises(WrongState), unit_of_work():
        duties.restore_duties(actor, office_id, NOW)
    rows = history("office", office_id)
    assert [row.verb for row in rows] == ["accounts.duties_relaxed", "accounts.duties_restored"]
    assert rows[0].data["reason"].startswith(REASON)
    assert [row.id for row in duties.duties_history(actor)] == [rows[1].id, rows[0].id]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("reason", ["", "   ", "karena perlu", "x" * 19, "\x00" * 30, "x" * 1001])
def test_a_reason_of_twenty_characters_is_owed(reason):
    user_id, office_id = make_officer()
    actor = worn(user_id)
    with pytest.raises(Invalid) as caught:
        relax(actor, office_id, reason)
    assert caught.value.faults[0].field == "reason"
    assert not session.get(Office, office_id).relaxed_duties


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("role", ["ppk", "pp", "bendahara"])
def test_only_pa_kpa_may_relax(role):
    user_id, office_id = make_officer(role)
    with pytest.raises(Forbidden):
        relax(worn(user_id), office_id)


@pytest.mark.usefixtures("shop")
def test_another_office_is_not_there():
    user_id, _ = make_officer()
    with pytest.raises(NotFound):
        relax(worn(user_id), make_office("OPD-0002", "Dinas Kesehatan"))


@pytest.mark.usefixtures("shop")
def test_the_database_knows_no_silent_relaxation():
    _, office_id = make_officer()
    with pytest.raises(IntegrityError), unit_of_work():
        session.get(Office, office_id).relaxed_duties = True


@pytest.mark.usefixtures("shop")
def test_the_second_of_two_decisions_is_stale():
    user_id, office_id = make_officer()
    make_hat(user_id, "ppk", office_id=office_id)
    with pytest.raises(Stale), unit_of_work():
        office = session.get(Office, office_id)
        session.execute(db.text("UPDATE office SET version = version + 1"))
        office.npwp = "00"
