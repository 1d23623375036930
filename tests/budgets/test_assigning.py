"""Disposition: PA/KPA to PPK to Pejabat Pengadaan, with the papers that must be there, and nobody else's people."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Hat
from shop.base.errors import Forbidden, Invalid, NotFound, Stale
from shop.budgets.assigning import Paper, assign_pp, assign_ppk, attach
from shop.budgets.models import Package, PackageDocument
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from tests import makers

KEY = "0" * 64 + ".pdf"


@pytest.fixture
def fresh(crew):
    """A package that nobody has been given yet."""
    with unit_of_work():
        office = session.get_one(makers.Office, crew.office_id)
        made = makers.make_package(office, crew.ppk, crew.pp, state="available", ppk_id=None, pp_id=None).id
    session.rollback()
    return made


def row(package_id):
    session.rollback()
    return session.get_one(Package, package_id)


def hand(verb, actor, package_id, to, now, version=None):
    found = row(package_id).version if version is None else version
    with unit_of_work():
        verb(actor, package_id, to.user_id, found, now)


def paper(crew, package_id, now, kind="kak", **more):
    with unit_of_work():
        attach(
            crew.ppk,
            package_id,
            Paper(kind, more.pop("title", "KAK rapat"), more.pop("file_key", KEY), "kak.pdf", **more),
            now,
        )


def test_from_pa_to_ppk_to_pp(crew, fresh, now):
    hand(assign_ppk, crew.pa, fresh, crew.ppk, now)
    assert (row(fresh).state, row(fresh).ppk_id, row(fresh).pp_id) == ("with_ppk", crew.ppk.user_id, None)
    paper(crew, fresh, now)
    hand(assign_pp, crew.ppk, fresh, crew.pp, now)
    assert (row(fresh).state, row(fresh).pp_id, row(fresh).version) == ("with_pp", crew.pp.user_id, 3)
    told = session.scalars(
        select(OutboxMessage.payload).where(OutboxMessage.kind == "budgets.news").order_by(OutboxMessage.id)
    ).all()
    assert [(t["user_id"], t["event"]) for t in told] == [
        (crew.ppk.user_id, "assigned_ppk"),
        (crew.pp.user_id, "assigned_pp"),
    ]


def test_without_a_kak_nothing_is_handed_on(crew, fresh, now):
    hand(assign_ppk, crew.pa, fresh, crew.ppk, now)
    paper(crew, fresh, now, "spec")
    with pytest.raises(Invalid, match="KAK"):
        hand(assign_pp, crew.ppk, fresh, crew.pp, now)
    assert row(fresh).state == "with_ppk"


@pytest.mark.parametrize(("pagu", "needed"), [(100_000_000, False), (100_000_001, True)])
def test_above_a_hundred_million_an_hps_is_needed(crew, fresh, now, pagu, needed):
    with unit_of_work():
        session.get_one(Package, fresh).pagu = pagu
    hand(assign_ppk, crew.pa, fresh, crew.ppk, now)
    paper(crew, fresh, now)
    if needed:
        with pytest.raises(Invalid, match="HPS"):
            hand(assign_pp, crew.ppk, fresh, crew.pp, now)
        paper(crew, fresh, now, "hps", amount=99_000_000)
    hand(assign_pp, crew.ppk, fresh, crew.pp, now)
    assert row(fresh).state == "with_pp"


def test_only_people_of_the_own_office_who_wear_the_role_today(crew, strangers, fresh, now):
    for wrong in (strangers.ppk, crew.pp, crew.producer):
        with pytest.raises(Invalid, match="kantor Anda"):
            hand(assign_ppk, crew.pa, fresh, wrong, now)
    with unit_of_work():
        session.get_one(Hat, crew.ppk.hat_id).valid_until = makers.local_day(makers.WHEN)
    with pytest.raises(Invalid, match="kantor Anda"):
        hand(assign_ppk, crew.pa, fresh, crew.ppk, now)
    assert row(fresh).state == "available"


def test_somebody_elses_package_is_not_there(crew, strangers, fresh, now):
    for verb, actor in ((assign_ppk, strangers.pa), (assign_pp, strangers.ppk)):
        with pytest.raises(NotFound):
            hand(verb, actor, fresh, strangers.ppk, now)
    with pytest.raises(NotFound), unit_of_work():
        attach(strangers.ppk, fresh, Paper("kak", "KAK", KEY), now)


def test_another_ppk_of_the_same_office_may_neither_attach_nor_hand_on(crew, fresh, now):
    with unit_of_work():
        other = makers.make_actor("ppk", office_id=crew.office_id)
    hand(assign_ppk, crew.pa, fresh, crew.ppk, now)
    with pytest.raises(Forbidden), unit_of_work():
        attach(other, fresh, Paper("kak", "KAK rapat", KEY), now)
    with pytest.raises(Forbidden):
        hand(assign_pp, other, fresh, crew.pp, now)


def test_each_step_belongs_to_one_role(crew, fresh, now):
    for actor in (crew.ppk, crew.pp, crew.bendahara):
        with pytest.raises(Forbidden):
            hand(assign_ppk, actor, fresh, crew.ppk, now)
    for actor in (crew.pa, crew.pp, crew.bendahara):
        with pytest.raises(Forbidden):
            hand(assign_pp, actor, fresh, crew.pp, now)


def test_a_package_can_be_given_to_somebody_else_at_any_time(crew, now):
    with unit_of_work():
        other = makers.make_actor("ppk", office_id=crew.office_id)
    session.rollback()
    hand(assign_ppk, crew.pa, crew.package_id, other, now)
    found = row(crew.package_id)
    assert (found.state, found.ppk_id, found.pp_id) == ("with_ppk", other.user_id, None)
    with pytest.raises(Forbidden):
        hand(assign_pp, crew.ppk, crew.package_id, crew.pp, now)


def test_a_stale_screen_changes_nothing(crew, fresh, now):
    seen = row(fresh).version
    hand(assign_ppk, crew.pa, fresh, crew.ppk, now)
    with pytest.raises(Stale):
        hand(assign_ppk, crew.pa, fresh, crew.ppk, now, version=seen)
    assert row(fresh).version == seen + 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "lain"}, "kind"),
        ({"title": "x"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"file_key": None}, "file"),
        ({"kind": "hps"}, "amount"),
        ({"kind": "hps", "amount": 0}, "amount"),
        ({"kind": "hps", "amount": 10**15}, "amount"),
    ],
)
def test_a_paper_without_substance_is_refused(crew, now, wrong, field):
    with pytest.raises(Invalid) as refusal:
        paper(crew, crew.package_id, now, **wrong)
    assert refusal.value.faults[0].field == field
    session.rollback()
    assert session.scalar(select(func.count()).select_from(PackageDocument)) == 0


def test_twenty_papers_and_no_more(crew, now):
    for _ in range(20):
        paper(crew, crew.package_id, now)
    with pytest.raises(Invalid, match="20"):
        paper(crew, crew.package_id, now)
