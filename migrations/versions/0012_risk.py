"""What the risk rules noticed about orders, and what the office says to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
LIVE = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "risk_flag",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("rule_from", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= raised_at", name=op.f("ck_risk_flag_superseded_later")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_risk_flag_order_id_purchase_order")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_risk_flag_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_flag")),
    )
    live = {"sqlite_where": LIVE, "postgresql_where": LIVE}
    op.create_index("uq_risk_flag_order_rule", "risk_flag", ["order_id", "rule"], unique=True, **live)
    op.create_index("ix_risk_flag_rule", "risk_flag", ["rule", "order_id"], **live)
    op.create_index("ix_risk_flag_office", "risk_flag", ["office_id", "order_id", "rule"], **live)
    op.create_index("ix_risk_flag_month", "risk_flag", ["month", "order_id", "rule"], **live)
    op.create_index("ix_risk_flag_order", "risk_flag", ["order_id", "id"])
    op.create_table(
        "risk_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("written_by", ID, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("before_sending", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_risk_note_order_id_purchase_order")),
        sa.ForeignKeyConstraint(["written_by"], ["user_account.id"], name=op.f("fk_risk_note_written_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_note")),
    )
    op.create_index("ix_risk_note_order", "risk_note", ["order_id", "id"])


def downgrade() -> None:
    op.drop_table("risk_note")
    op.drop_table("risk_flag")
