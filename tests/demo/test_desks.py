"""The small demo as it is filled: every new thing waits for somebody in it, and all that is kept is true."""

from __future__ import annotations

from sqlalchemy import func, select

from shop.accounts.models import Delegation, Office
from shop.addenda.models import Addendum
from shop.approvals.models import ApprovalRequest
from shop.background import handlers
from shop.db import session, unit_of_work
from shop.handover.models import Complaint, Receipt
from shop.negotiation.models import Competition, Negotiation
from shop.orders.models_basket import SavedBasket
from shop.outbox.models import OutboxMessage


def test_a_newcomer_finds_one_of_each_and_nothing_kept_differs(app):
    run = app.test_cli_runner().invoke
    run(args=["reference", "load"], catch_exceptions=False)
    seeded = run(args=["demo", "seed", "small"], catch_exceptions=False)
    assert seeded.exit_code == 0, seeded.output
    verified = run(args=["kept", "verify"], catch_exceptions=False)
    assert [line.split()[1] for line in verified.output.splitlines()] == ["0"] * 5, verified.output
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
        ):
            assert session.scalar(select(func.count()).select_from(kind).where(where)) == 1, kind
