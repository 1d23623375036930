"""The small demo as it is filled: every new thing waits for somebody in it, and all that is kept is true."""

from __future__ import annotations

from sqlalchemy import func, select

from shop.accounts.models import Delegation, Office
from shop.addenda.models import Addendum
from shop.approvals.models import ApprovalRequest
from shop.background import handlers
from shop.base.clock import local_day, utc_now
from shop.db import session, unit_of_work
from shop.handover.models import Complaint, Receipt
from shop.negotiation.models import Competition, Negotiation
from shop.orders.models_basket import SavedBasket
from shop.outbox.models import OutboxMessage
from shop.payments.models import OfficeAccount, PaymentRequest
from shop.treasury import remit_lists
from shop.treasury.models import ClaimPledge
from shop.treasury.models_bank import BankStatement
from shop.vendors.models import Vendor


def test_a_newcomer_finds_one_of_each_and_nothing_kept_differs(app):
    run = app.test_cli_runner().invoke
    run(args=["reference", "load"], catch_exceptions=False)
    seeded = run(args=["demo", "seed", "small"], catch_exceptions=False)
    assert seeded.exit_code == 0, seeded.output
    verified = run(args=["kept", "verify"], catch_exceptions=False)
    assert [line.split()[1] for line in verified.output.splitlines()] == ["0"] * 8, verified.output
    assert run(args=["p3dn", "verify"]).exit_code == 0
    with app.app_context():
        # The people are told of it: nothing that was said of an order fails in the worker of a running demo.
        inside = handlers(app).inside
        with unit_of_work():
            for message in session.scalars(select(OutboxMessage).where(OutboxMessage.kind.in_(inside))).all():
                inside[message.kind]([message.payload], message.posted_at)
        for kind, where in (
            (SavedBasket, SavedBasket.shared),
            (Office, Office.approval_above.is_not(None)),
            (ApprovalRequest, ApprovalRequest.state == "waiting"),
            (Delegation, Delegation.role == "ppk"),
            (Negotiation, Negotiation.state == "open_vendor"),
            (Competition, Competition.state == "collecting"),
            (Addendum, Addendum.answer == ""),
            (Receipt, Receipt.choice == "replace"),
            (Complaint, Complaint.state == "open"),
            (PaymentRequest, PaymentRequest.state == "asked"),
            (ClaimPledge, ClaimPledge.withdrawn_at.is_(None)),
            (BankStatement, BankStatement.kept > 2),
        ):
            assert session.scalar(select(func.count()).select_from(kind).where(where)) == 1, kind
        assert session.scalar(select(func.count()).select_from(OfficeAccount)) == 3
        assert session.scalar(select(func.count()).select_from(Vendor).where(Vendor.qris != "")) == 4
        # What is late is the exception: one tax of one period, half deposited.
        today = local_day(utc_now())
        late = [due for due in remit_lists.dues(None, 201901, today.year * 100 + 12) if due.is_late(today)]
        assert len(late) <= 1, late
