"""Above the office's limit an order needs a yes, line by line, at prices that hold meanwhile; nobody says it to himself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.accounts import delegating, offices
from shop.accounts.delegating import Leave
from shop.accounts.hats import actor_of
from shop.approvals import answering, asking, expiring, mailing, sending, waiting
from shop.approvals.answering import Verdict
from shop.approvals.models import ApprovalLine, ApprovalRequest
from shop.audit import trail
from shop.base.clock import local_day
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, Reused, SeparationOfDuties, Stale, WrongState
from shop.budgets.models import Package
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.orders.models import Order, OrderLine
from shop.orders.placing import place_order
from shop.outbox.models import OutboxMessage
from tests import makers

YES, NO = Verdict(approved=True), Verdict(False, "price", "Tetangga menjual Rp 15.000")
TOTAL = 30 * 20_000 + 10 * 30_000


@pytest.fixture
def wish(crew, goods):
    return makers.make_wish(crew, (goods[0], 30), (goods[1], 10))


def ask(actor, wish, now, key="minta-00000001"):
    with unit_of_work():
        return asking.ask(actor, wish, key, now)


def lines(request_id):
    session.rollback()
    return session.scalars(
        select(ApprovalLine.id).where(ApprovalLine.request_id == request_id).order_by(ApprovalLine.id)
    ).all()


def version(request_id):
    session.rollback()
    return session.scalar(select(ApprovalRequest.version).where(ApprovalRequest.id == request_id))


def answer(actor, request_id, now, *verdicts, words="", seen=None):
    said = dict(zip(lines(request_id), verdicts, strict=False))
    seen = seen or version(request_id)
    with unit_of_work():
        return answering.answer(actor, request_id, seen, said, words, now)


def send(actor, request_id, now, total=600_000):
    seen = version(request_id)
    with unit_of_work():
        return sending.send(actor, request_id, seen, total, now)


def package(crew):
    session.rollback()
    return session.get_one(Package, crew.package_id)


def mails(event, now):
    """Return every mail there is once the news of one kind were told."""
    with unit_of_work():
        news = list(session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "approvals.news")))
        mailing.handle([x for x in news if x["event"] == event], now)
    return sorted(session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "mail")), key=str)


def test_above_the_limit_nothing_goes_out_without_a_yes_behind_every_line(crew, goods, wish, now):
    with pytest.raises(Conflict) as refused, unit_of_work():
        place_order(crew.pp, wish, "kunci-00000001", now)
    assert (refused.value.kind, refused.value.facts["limit"]) == ("needs-approval", 500_000)
    assert package(crew).reserved == 0
    with unit_of_work():  # below it, as ever
        place_order(crew.pp, makers.make_wish(crew, (goods[0], 25)), "kunci-00000002", now)
    # Cut up in pieces it is no less: neither on the same day nor for the same delivery, by whoever sends it.
    more, later = makers.make_wish(crew, (goods[1], 1)), now + timedelta(days=1)
    other_day = replace(more, delivery=replace(more.delivery, at=more.delivery.at + timedelta(days=1)))
    for piece, at in ((more, now), (more, later), (other_day, now)):
        with pytest.raises(Conflict) as refused, unit_of_work():
            place_order(crew.pp, piece, "kunci-00000004", at)
        assert (refused.value.kind, refused.value.facts) == ("needs-approval", {"limit": 500_000, "total": 530_000})
    with unit_of_work():
        place_order(crew.pp, other_day, "kunci-00000005", later)
    with unit_of_work():
        offices.set_approval_above(crew.pa, None, 500_000, now)
    with unit_of_work():
        place_order(crew.pp, wish, "kunci-00000003", now)


def test_approved_lines_go_out_at_the_kept_price_and_refused_ones_say_why(crew, goods, wish, now):
    request_id = ask(crew.pp, wish, now)
    assert ask(crew.pp, wish, now) == request_id  # two clicks ask once
    with pytest.raises(Reused):
        ask(crew.pp, makers.make_wish(crew, (goods[0], 40)), now)
    assert package(crew).reserved == 0  # nothing is bound meanwhile
    task = waiting.turns(crew.ppk, now)[0]
    assert (task.count, task.link, task.oldest) == (1, "/persetujuan?status=giliran", now)
    assert task.due == now + timedelta(hours=48)
    assert waiting.turns(crew.pp, now) == []
    with unit_of_work():  # the list price rises while the answer is awaited
        session.get_one(Product, goods[0].id).price = 25_000
    answer(crew.ppk, request_id, now + timedelta(hours=40), YES, NO, words="Bolunya kemahalan")
    assert waiting.turns(crew.ppk, now) == []
    assert waiting.turns(crew.pp, now)[0].count == 1
    placed = send(crew.pp, request_id, now + timedelta(hours=47))
    assert send(crew.pp, request_id, now + timedelta(hours=47)).order_ids == placed.order_ids  # the second click
    line = session.scalars(select(OrderLine)).one()
    assert (line.unit_price, line.list_price, line.quantity) == (20_000, 25_000, 30)
    assert package(crew).reserved == 600_000
    refused = session.get_one(ApprovalLine, lines(request_id)[1])
    assert (refused.answer, refused.reason) == ("refused", "price")
    assert [x.verb for x in trail.history("approval", request_id)] == ["ask", "answer", "send"]
    told = mails("answered", now)
    assert (told[0]["params"]["approved"], told[0]["params"]["refused"]) == (1, 1)
    with pytest.raises(WrongState):
        answer(crew.ppk, request_id, now, YES, YES)


def test_nobody_approves_what_he_asked_for_not_even_through_a_deputy(crew, wish, now):
    day = local_day(now)
    with unit_of_work():
        both = makers.make_actor("ppk", office_id=crew.office_id, user_id=crew.pp.user_id)
        deputy = makers.make_actor("bendahara", office_id=crew.office_id)
        session.get_one(Package, crew.package_id).ppk_id = both.user_id
    with pytest.raises(Conflict, match="Anda sendiri PPK"):
        ask(crew.pp, wish, now)
    with unit_of_work():
        session.get_one(Package, crew.package_id).ppk_id = crew.ppk.user_id
    request_id = ask(crew.pp, wish, now)
    # The asker replaces the PPK; and somebody replaces the asker in his other role.
    with unit_of_work():
        delegating.delegate(crew.ppk, Leave(crew.ppk.hat_id, crew.pp.user_id, day, day, "Dinas luar kota"), now)
    as_ppk = worn(crew.pp.user_id, day)
    with pytest.raises(SeparationOfDuties):
        answer(as_ppk, request_id, now, YES, YES)
    with unit_of_work():
        session.get_one(Package, crew.package_id).ppk_id = both.user_id
        delegating.withdraw(crew.ppk, 1, now)
    with unit_of_work():
        delegating.delegate(crew.pa, Leave(both.hat_id, deputy.user_id, day, day, "Dinas luar kota"), now)
    with pytest.raises(SeparationOfDuties):
        answer(worn(deputy.user_id, day), request_id, now, YES, YES)
    assert session.get_one(ApprovalRequest, request_id).state == "waiting"


def worn(user_id, day):
    session.rollback()
    hat = next(hat for hat in actor_of(user_id, day)[1] if hat.for_user_id)
    return actor_of(user_id, day, hat.hat_id)[0]


def test_a_deputy_answers_for_the_ppk_and_both_hear_of_it(crew, wish, now):
    day = local_day(now)
    with unit_of_work():
        deputy = makers.make_actor("bendahara", office_id=crew.office_id)
        delegating.delegate(crew.ppk, Leave(crew.ppk.hat_id, deputy.user_id, day, day, "Cuti tahunan"), now)
    request_id = ask(crew.pp, wish, now)
    assert len({mail["to"] for mail in mails("asked", now) if "Permintaan" in mail["subject"]}) == 2
    answer(worn(deputy.user_id, day), request_id, now, YES, YES)
    found = session.get_one(ApprovalRequest, request_id)
    assert (found.answered_by, found.answered_for) == (deputy.user_id, crew.ppk.user_id)
    send(crew.pp, request_id, now, TOTAL)
    assert session.scalars(select(Order.total)).one() == TOTAL


def test_of_two_answers_one_counts_and_the_other_is_told(crew, wish, now):
    with unit_of_work():
        other = makers.make_actor("ppk", office_id=crew.office_id)
        stranger = makers.make_crew()
    request_id = ask(crew.pp, wish, now)
    seen = version(request_id)
    with pytest.raises(Forbidden, match="Hanya PPK"):
        answer(other, request_id, now, YES, YES)
    with pytest.raises(NotFound):
        answer(stranger.ppk, request_id, now, YES, YES)
    with pytest.raises(Stale):
        answer(crew.ppk, request_id, now, YES, YES, seen=seen + 1)
    answer(crew.ppk, request_id, now, YES, NO)
    with pytest.raises(WrongState, match="sudah dijawab"):
        answer(crew.ppk, request_id, now, NO, NO, seen=seen)
    assert session.get_one(ApprovalLine, lines(request_id)[0]).answer == "approved"


def test_every_line_needs_a_clear_answer_and_a_space_is_no_reason(crew, wish, now):
    request_id = ask(crew.pp, wish, now)
    first, second = lines(request_id)
    for verdicts, fields in (
        ((YES,), {f"line-{second}"}),
        ((Verdict(False, "other", " "), YES), {f"words-{first}"}),
        ((Verdict(False, "", "mahal"), Verdict(False, "\x00")), {f"reason-{first}", f"reason-{second}"}),
    ):
        with pytest.raises(Invalid) as refused:
            answer(crew.ppk, request_id, now, *verdicts)
        assert {fault.field for fault in refused.value.faults} == fields
    assert session.get_one(ApprovalRequest, request_id).state == "waiting"
    answer(crew.ppk, request_id, now, NO, NO)
    with pytest.raises(WrongState):
        send(crew.pp, request_id, now, 0)
    assert session.get_one(ApprovalRequest, request_id).state == "refused"


def test_what_changed_meanwhile_is_told_at_sending_and_the_yes_stays(crew, wish, now):
    request_id = ask(crew.pp, wish, now)
    answer(crew.ppk, request_id, now, YES, NO)
    with unit_of_work():
        other = makers.make_actor("ppk", office_id=crew.office_id)
    for changed in ({"state": "with_ppk", "pp_id": None}, {"ppk_id": other.user_id}):
        before = {name: getattr(package(crew), name) for name in changed}
        with unit_of_work():
            alter(crew, changed)
        with pytest.raises(Conflict) as refused:
            send(crew.pp, request_id, now)
        assert refused.value.kind == "package-changed"
        with unit_of_work():
            alter(crew, before)
    with unit_of_work():
        alter(crew, {"reserved": 19_500_000})
    with pytest.raises(Conflict) as refused:
        send(crew.pp, request_id, now)
    assert refused.value.kind == "pagu-exceeded"
    with pytest.raises(Conflict) as refused, unit_of_work():
        asking.ask(crew.pp, wish, "minta-00000002", now)
    assert refused.value.kind == "pagu-exceeded"
    with unit_of_work():
        alter(crew, {"reserved": 0})
    with pytest.raises(Conflict) as refused:
        send(crew.pp, request_id, now, 599_999)
    assert refused.value.kind == "total-changed"
    assert len(send(crew.pp, request_id, now).order_ids) == 1


def alter(crew, values):
    found = session.get_one(Package, crew.package_id)
    for name, value in values.items():
        setattr(found, name, value)


def test_a_deadline_that_passes_ends_it_and_frees_nothing(crew, wish, now):
    waits, answered = ask(crew.pp, wish, now), ask(crew.pp, wish, now, "minta-00000002")
    answer(crew.ppk, answered, now, YES, YES)
    late = now + timedelta(hours=48, minutes=1)
    with pytest.raises(WrongState, match="Batas waktunya"):
        answer(crew.ppk, waits, late, YES, YES)
    with pytest.raises(WrongState, match="Batas waktunya"):
        send(crew.pp, answered, late, TOTAL)
    assert expiring.expire_due(late) == 2
    assert expiring.expire_due(late) == 0
    session.rollback()
    assert set(session.scalars(select(ApprovalRequest.state))) == {"expired"}
    assert package(crew).reserved == 0
    told = mails("expired", late)
    assert len({mail["to"] for mail in told}) == 2
    assert "tidak terikat" in told[0]["body"]
    with pytest.raises(WrongState), unit_of_work():
        asking.withdraw(crew.pp, waits, version_of(waits), late)


def version_of(request_id):
    return session.scalar(select(ApprovalRequest.version).where(ApprovalRequest.id == request_id))
