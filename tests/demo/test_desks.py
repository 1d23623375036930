"""The small demo as it is filled: every new thing waits for somebody in it, and all that is kept is true."""

from __future__ import annotations

from sqlalchemy import func, select

from shop.accounts.models import Delegation, Office
from shop.addenda.models import Addendum
from shop.approvals.models import ApprovalRequest
from shop.db import session
from shop.handover.models import Complaint, Receipt
from shop.negotiation.models import Competition, Negotiation
from shop.orders.models_basket import SavedBasket


def test_a_newcomer_finds_one_of_each_and_nothing_kept_differs(app):
    run = app.test_cli_runner().invoke
    run(args=["reference", "load"], catch_exceptions=False)
    seeded = run(args=["demo", "seed", "small"], catch_exceptions=False)
    assert seeded.exit_code == 0, seeded.output
    verified = run(args=["kept", "verify"], catch_exceptions=False)
    assert [line.split()[1] for line in verified.output.splitlines()] == ["0"] * 5, verified.output
    assert run(args=["p3dn", "verify"]).exit_code == 0
    with app.app_context():
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
