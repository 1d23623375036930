"""Somebody on leave is replaced for some days: a hat without signing in anew, both names told, duties kept apart for both."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from shop.accounts import delegating
from shop.accounts.delegating import Leave
from shop.accounts.hats import actor_of
from shop.accounts.models import Delegation, Hat, UserAccount
from shop.audit import trail
from shop.base.errors import Forbidden, Invalid, NotFound, SeparationOfDuties, WrongState
from shop.db import session, unit_of_work
from shop.orders import delivering, paying, receiving
from shop.orders.confirming import confirm
from shop.orders.models import Order
from shop.orders.paying import Proof
from shop.orders.placing import place_order
from shop.outbox.models import OutboxMessage
from tests import makers

if TYPE_CHECKING:
    from shop.base.actor import Actor

TODAY = date(2026, 11, 20)


@pytest.fixture
def crew(app):
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew()
        yield made


def officer(crew, role):
    with unit_of_work():
        return makers.make_actor(role, office_id=crew.office_id)


def leave(absent, deputy, first=0, last=4, reason="Cuti tahunan"):
    return Leave(absent.hat_id, deputy.user_id, TODAY + timedelta(days=first), TODAY + timedelta(days=last), reason)


def replace(by, absent, deputy, now, first=0, last=4):
    with unit_of_work():
        return delegating.delegate(by, leave(absent, deputy, first, last), now)


def as_deputy(deputy, day=TODAY) -> Actor | None:
    """Return the deputy wearing the hat of the one replaced, None when there is none on that day."""
    session.rollback()
    found = actor_of(deputy.user_id, day)
    hat = next((hat for hat in found[1] if hat.for_user_id), None)
    return actor_of(deputy.user_id, day, hat.hat_id)[0] if hat else None


def faults(by, asked, now):
    with pytest.raises(Invalid) as refused, unit_of_work():
        delegating.delegate(by, asked, now)
    return {fault.field for fault in refused.value.faults}


def test_the_colleague_wears_the_hat_on_those_days_and_on_no_other(crew, now, statements):
    deputy = officer(crew, "pp")
    replace(crew.pp, crew.pp, deputy, now, first=1, last=3)
    for days, worn in ((0, False), (1, True), (3, True), (4, False)):
        assert (as_deputy(deputy, TODAY + timedelta(days=days)) is not None) is worn
    actor = as_deputy(deputy, TODAY + timedelta(days=2))
    assert (actor.role, actor.for_user_id, actor.for_name) == ("pp", crew.pp.user_id, crew.pp.name)
    with statements() as seen:
        actor_of(deputy.user_id, TODAY + timedelta(days=2))
    assert len(seen) == 1
    session.rollback()
    told = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "mail")).one()
    assert told["to"] == session.get_one(UserAccount, deputy.user_id).email
    with unit_of_work():
        session.get_one(UserAccount, crew.pp.user_id).active = False
    assert as_deputy(deputy, TODAY + timedelta(days=2)) is None  # nobody replaces somebody who is gone


def test_withdrawing_ends_it_at_once_and_once(crew, now):
    deputy, other = officer(crew, "pp"), officer(crew, "bendahara")
    made = replace(crew.pa, crew.pp, deputy, now)  # the PA/KPA, for somebody who fell ill
    assert as_deputy(deputy)
    with pytest.raises(Forbidden), unit_of_work():
        delegating.withdraw(other, made, now)
    with unit_of_work():
        delegating.withdraw(crew.pp, made, now)
    assert as_deputy(deputy) is None
    with pytest.raises(WrongState), unit_of_work():
        delegating.withdraw(crew.pp, made, now)
    verbs = [row.verb for row in trail.history("office", crew.office_id)]
    assert verbs == ["accounts.delegated", "accounts.delegation_withdrawn"]
    replace(crew.pp, crew.pp, deputy, now)  # the days are free again


def test_what_is_no_delegation_is_refused_with_its_reason(crew, now):
    deputy, third = officer(crew, "pp"), officer(crew, "ppk")
    with unit_of_work():
        stranger = makers.make_crew()
    assert faults(crew.pp, leave(crew.pp, crew.pp), now) == {"deputy_id"}
    assert faults(crew.pp, leave(crew.pp, stranger.pp), now) == {"deputy_id"}
    assert faults(crew.pp, Leave(crew.pp.hat_id, 2**62, TODAY, TODAY, "Sakit keras"), now) == {"deputy_id"}
    assert faults(crew.pp, leave(crew.pp, deputy, -1, 1, " "), now) == {"from_day", "reason"}
    assert faults(crew.pp, leave(crew.pp, deputy, 2, 1), now) == {"until_day"}
    assert faults(crew.pp, leave(crew.pp, deputy, 0, 90), now) == {"until_day"}
    with pytest.raises(Forbidden), unit_of_work():
        delegating.delegate(deputy, leave(crew.pp, deputy), now)  # only the PA/KPA for others
    with pytest.raises(NotFound), unit_of_work():
        delegating.delegate(stranger.pa, leave(crew.pp, deputy), now)
    replace(crew.pp, crew.pp, deputy, now)
    assert faults(crew.pp, leave(crew.pp, third, 4, 6), now) == {"from_day"}  # these days are taken
    worn = as_deputy(deputy)
    assert faults(worn, leave(worn, third), now) == {"hat_id"}  # the hat of a deputy goes no further
    assert faults(crew.pa, leave(deputy, third, 2, 2), now) == {"hat_id"}  # nor does who replaces go on leave
    assert faults(crew.ppk, leave(crew.ppk, crew.pp, 1, 1), now) == {"deputy_id"}  # nor does who is away replace
    session.rollback()
    assert len(session.scalars(select(Delegation)).all()) == 1


def test_a_hat_that_is_taken_away_takes_its_deputy_along(crew, now):
    from shop.accounts.granting import revoke_hat
    from shop.base.actor import SYSTEM

    deputy = officer(crew, "pp")
    replace(crew.pp, crew.pp, deputy, now)
    with unit_of_work():
        revoke_hat(SYSTEM, crew.pp.hat_id, now)
    assert as_deputy(deputy) is None
    assert session.scalar(select(Hat.id).where(Hat.user_id == deputy.user_id, Hat.for_user_id.is_(None)))


def to_arrival(crew, order_id, now):
    with unit_of_work():
        order = session.get_one(Order, order_id)
        confirm(crew.producer, order.id, order.version, now)
        session.flush()
        delivering.ship(crew.producer, order.id, order.version, now)
        session.flush()
        delivering.arrive(crew.producer, order.id, order.version, now)


def placed(crew, actor, now, key="kunci-deputi-1"):
    with unit_of_work():
        product = makers.make_product(crew.vendor)
        order_id = place_order(actor, makers.make_wish(crew, (product, 10)), key, now).order_ids[0]
    to_arrival(crew, order_id, now)
    return session.get_one(Order, order_id)


def test_the_whole_road_is_walked_by_deputies_and_the_page_tells_both_names(crew, now, person):
    """Place for the PP, receive for the PPK, pay for the bendahara: three people who replace three others."""
    pp, ppk, payer = (officer(crew, role) for role in ("pp", "ppk", "bendahara"))
    for absent, deputy in ((crew.pp, pp), (crew.ppk, ppk), (crew.bendahara, payer)):
        replace(absent, absent, deputy, now)
    buyer, checker, treasurer = as_deputy(pp), as_deputy(ppk), as_deputy(payer)
    assert "/paket/" in person(buyer).get("/paket?saya=1").text  # the packages of the one replaced
    order = placed(crew, buyer, now)
    assert (order.placed_by, order.placed_for) == (pp.user_id, crew.pp.user_id)
    assert f'/pesanan/{order.id}"' in person(checker).get("/meja").text
    version = order.version
    with pytest.raises(Forbidden, match="Hanya PPK paket ini"), unit_of_work():
        receiving.receive(ppk, order.id, version, now)  # without the hat of the one replaced it is not his turn
    with unit_of_work():
        receiving.receive(checker, order.id, version, now)
    with unit_of_work():
        version = session.get_one(Order, order.id).version
        paying.pay(treasurer, order.id, version, Proof("TRF-1", TODAY), now)
    session.rollback()
    assert session.get_one(Order, order.id).state == "paid"
    page = person(crew.pa).get(f"/pesanan/{order.id}").text
    for deputy, absent in ((pp, crew.pp), (ppk, crew.ppk), (payer, crew.bendahara)):
        assert f"{deputy.name} menggantikan {absent.name}" in page


def test_duties_stay_apart_for_the_deputy_and_for_the_one_replaced(crew, now):
    """Who ordered in somebody's place neither receives nor pays, and neither does the one replaced."""
    two_hats = officer(crew, "pp")
    with unit_of_work():
        also_ppk = makers.make_actor("ppk", office_id=crew.office_id, user_id=two_hats.user_id)
        also_payer = makers.make_actor("bendahara", office_id=crew.office_id, user_id=crew.pp.user_id)
    replace(crew.pp, crew.pp, two_hats, now)
    order = placed(crew, as_deputy(two_hats), now)
    with unit_of_work():
        makers_package(crew).ppk_id = also_ppk.user_id
    version = order.version
    with pytest.raises(SeparationOfDuties, match="Anda yang memesan"), unit_of_work():
        receiving.receive(also_ppk, order.id, version, now)
    with unit_of_work():
        makers_package(crew).ppk_id = crew.ppk.user_id
    with unit_of_work():
        receiving.receive(crew.ppk, order.id, version, now)
    version = session.get_one(Order, order.id).version
    with pytest.raises(SeparationOfDuties, match="atas nama Anda"), unit_of_work():
        paying.pay(also_payer, order.id, version, Proof("TRF-1", TODAY), now)  # ordered in his name
    # The receiver's own deputy pays: refused too, for what the one replaced did is the deputy's.
    payer = officer(crew, "bendahara")
    with unit_of_work():
        receiver_pays = makers.make_actor("bendahara", office_id=crew.office_id, user_id=crew.ppk.user_id)
    replace(crew.pa, receiver_pays, payer, now)
    with pytest.raises(SeparationOfDuties, match="yang Anda gantikan"), unit_of_work():
        paying.pay(as_deputy(payer), order.id, version, Proof("TRF-1", TODAY), now)
    with unit_of_work():
        paying.pay(payer, order.id, version, Proof("TRF-1", TODAY), now)


def makers_package(crew):
    from shop.budgets.models import Package

    return session.get_one(Package, crew.package_id)


def test_the_page_keeps_what_was_typed_and_shows_the_hat_without_signing_in(crew, now, person, statements):
    deputy = officer(crew, "ppk")
    page = person(crew.pp)
    wrong = page.post(
        "/delegasi",
        {
            "hat_id": crew.pp.hat_id,
            "deputy_id": "9" * 30,
            "from_day": "kemarin",
            "until_day": "2026-11-24",
            "reason": "Umrah",
        },
        422,
    ).text
    assert 'href="#f-deputy_id"' in wrong
    assert 'href="#f-from_day"' in wrong
    assert 'value="Umrah"' in wrong
    before = person(deputy).get("/meja").text
    assert "menggantikan" not in before
    sent = {
        "hat_id": crew.pp.hat_id, "deputy_id": deputy.user_id, "from_day": "2026-11-20", "until_day": "2026-11-24",
        "reason": "Cuti tahunan",
    }  # fmt: skip
    page.post("/delegasi", sent)
    after = person(deputy).get("/meja").text
    assert f"Pejabat Pengadaan (menggantikan {crew.pp.name})" in after
    assert f"{deputy.name} menggantikan {crew.pp.name}" in page.get("/delegasi").text
    assert "sudah ada penggantinya" in page.post("/delegasi", sent, 422).text
    session.rollback()
    made = session.scalars(select(Delegation.id)).one()
    with unit_of_work():
        stranger = makers.make_crew()
    person(stranger.pa).post(f"/delegasi/{made}/tarik", {}, 404)
    assert crew.pp.name not in person(stranger.pa).get("/delegasi").text
    person(crew.producer).get("/delegasi", 403)
    with statements() as few:
        page.get("/delegasi")
    with unit_of_work():
        for number in range(20):
            session.add(
                Delegation(office_id=crew.office_id, role="pp", absent_id=crew.pp.user_id, deputy_id=deputy.user_id,
                           from_day=date(2026, 1, 1), until_day=date(2026, 1, 2 + number), reason="Cuti",
                           made_by=crew.pa.user_id, made_at=now)
            )  # fmt: skip
    session.rollback()
    with statements() as many:
        assert page.get("/delegasi").text.count('<li class="panel') == 21
    assert len(few) == len(many) <= 8, many
    page.post(f"/delegasi/{made}/tarik")
    page.post(f"/delegasi/{made}/tarik", {}, 409)
    assert "menggantikan" not in person(deputy).get("/meja").text


def test_a_program_orders_for_the_one_replaced_though_its_owner_wears_the_role_twice(app, crew, now):
    from contextvars import Context

    from shop.accounts import tokens
    from shop.base.actor import SYSTEM

    deputy = officer(crew, "pp")
    replace(crew.pp, crew.pp, deputy, now)
    with unit_of_work():
        token = tokens.create_token(SYSTEM, "uji", now, user_id=deputy.user_id)
        product_id = makers.make_product(crew.vendor).id
    body = {
        "rup_code": crew.rup_code,
        "purpose": "Rapat koordinasi RW",
        "deliver": {"address": "Kantor Kelurahan", "kecamatan": makers.GAMBIR, "at": "2026-11-25T10:00"},
        "lines": [{"product_id": product_id, "quantity": 2}],
        "shown_total": 37_000,
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "kunci-00000001"}
    made = Context().run(app.test_client().post, "/api/v1/orders", json=body, headers=headers)
    assert made.status_code == 201, made.text
    session.rollback()
    order = session.get_one(Order, made.json["id"])
    assert (order.placed_by, order.placed_for) == (deputy.user_id, crew.pp.user_id)


def test_a_deputy_ppk_sees_and_presses_everything_the_ppk_could(crew, person, now):
    from shop.approvals import asking
    from shop.handover import reading as handover
    from shop.orders import actions, reading

    deputy = officer(crew, "pa_kpa")
    replace(crew.ppk, crew.ppk, deputy, now)
    actor = as_deputy(deputy)
    with unit_of_work():
        product = makers.make_product(crew.vendor)
        lines = ((product, 30),)
        sent, confirmed, arrived, paid = (
            make(crew, now, *lines).id
            for make in (
                makers.make_sent_order, makers.make_confirmed_order, makers.make_arrived_order, makers.make_paid_order,
            )
        )  # fmt: skip
        asked = asking.ask(crew.pp, makers.make_wish(crew, *lines), "kunci-izin-0001", now)
    session.rollback()
    for order_id in (sent, confirmed, arrived, paid):
        view = reading.order(reading.scope_of([actor]), order_id)
        for offered in (actions.actions_for, actions.open_actions):
            assert offered(actor, view.case, now) == offered(crew.ppk, view.case, now)
        own, deputed = (handover.part(who, view, now) for who in (crew.ppk, actor))
        assert (own and own.may) == (deputed and deputed.may)
        assert actions.is_my_turn(actor, view.case) == actions.is_my_turn(crew.ppk, view.case)
    assert reading.turn_count(actor) == reading.turn_count(crew.ppk) == 2
    browser = person(actor)
    assert f"/persetujuan/{asked}" in browser.get("/persetujuan").text
    browser.get(f"/persetujuan/{asked}")
    assert browser.get(f"/pesanan/{confirmed}/addendum/baru").status_code == 200
    assert "Periksa per barang" in browser.get(f"/pesanan/{arrived}").text
    browser.get(f"/pesanan/{arrived}/terima")

    def press(verb, order_id, **said):
        session.rollback()
        version = session.get_one(Order, order_id).version
        browser.post(f"/pesanan/{order_id}/{verb}", {"version": version, **said})

    words = {"reason": "event_off", "note": "Acara batal"}
    press("cancel", sent, **words)
    press("pengaduan", arrived, kind="quality", words="Dua kotak tidak seperti contoh")
    press("receive", arrived)
    press("nilai", arrived, as_ordered="ya", packed="ya", tasty="")
    press("close", paid)
    session.rollback()
    order = session.get_one(Order, arrived)
    assert (order.received_by, order.received_for) == (deputy.user_id, crew.ppk.user_id)
