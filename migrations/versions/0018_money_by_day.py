"""Postings of a party by day, what is owed to a producer by deadline, and claims that a producer offers to a bank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
LIVE = sa.text("withdrawn_at IS NULL")


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_claim_pledge_{column}_{target}"))


def upgrade() -> None:
    op.create_index("ix_purchase_order_vendor_due", "purchase_order", ["vendor_id", "state", "due_at"])
    op.create_index("ix_money_posting_office_day", "money_posting", ["office_id", "day", "id"])
    op.create_index("ix_money_posting_vendor_day", "money_posting", ["vendor_id", "day", "id"])
    op.create_table(
        "claim_pledge",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("bank", sa.String(80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("offered_by", ID, nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("withdrawn_by", ID, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_claim_pledge_withdrawn_by_somebody")
        ),
        _to("order_id", "purchase_order"),
        _to("office_id", "office"),
        _to("vendor_id", "vendor"),
        _to("offered_by", "user_account"),
        _to("withdrawn_by", "user_account"),
        sa.UniqueConstraint("code", name=op.f("uq_claim_pledge_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_pledge")),
    )
    op.create_index(
        "uq_claim_pledge_live", "claim_pledge", ["order_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_index("ix_claim_pledge_order", "claim_pledge", ["order_id", "id"])
    op.create_index("ix_claim_pledge_vendor", "claim_pledge", ["vendor_id", "withdrawn_at", "id"])


def downgrade() -> None:
    op.drop_table("claim_pledge")
    op.drop_index("ix_money_posting_vendor_day", "money_posting")
    op.drop_index("ix_money_posting_office_day", "money_posting")
    op.drop_index("ix_purchase_order_vendor_due", "purchase_order")
