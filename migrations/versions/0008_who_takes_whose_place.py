"""An officer on leave is replaced for some days; large orders need a yes, line by line, at prices that hold meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
ADDED = (
    ("hat", "for_user_id", ID),
    ("office", "approval_above", sa.BigInteger()),
    ("purchase_order", "placed_for", ID),
    ("purchase_order", "received_for", ID),
)
"""Columns that are empty for everything that is there: no table is copied."""


def key_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    for table, column, kind in ADDED:
        op.add_column(table, sa.Column(column, kind, nullable=True))
    op.create_table(
        "delegation",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("absent_id", ID, nullable=False),
        sa.Column("deputy_id", ID, nullable=False),
        sa.Column("hat_id", ID, nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.CheckConstraint("absent_id <> deputy_id", name=op.f("ck_delegation_not_oneself")),
        sa.CheckConstraint("until_day >= from_day", name=op.f("ck_delegation_days")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_delegation_ended")),
        key_to("delegation", "office_id", "office"),
        key_to("delegation", "absent_id", "user_account"),
        key_to("delegation", "deputy_id", "user_account"),
        key_to("delegation", "hat_id", "hat"),
        key_to("delegation", "made_by", "user_account"),
        key_to("delegation", "ended_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_office", "delegation", ["office_id", "until_day"])
    op.create_table(
        "approval_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("package_id", ID, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("deliver_address", sa.String(300), nullable=False),
        sa.Column("deliver_kecamatan", sa.String(13), nullable=False),
        sa.Column("deliver_at", MOMENT, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("shipping", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_for", ID, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("answered_by", ID, nullable=True),
        sa.Column("answered_for", ID, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("risk_note", sa.String(500), nullable=False),
        sa.Column("order_ids", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'answered', 'refused', 'sent', 'expired', 'withdrawn')",
            name=op.f("ck_approval_request_state"),
        ),
        sa.CheckConstraint(
            "shipping >= 0 AND shipping < total", name=op.f("ck_approval_request_shipping_below_total")
        ),
        sa.CheckConstraint(
            "answered_by IS NULL OR (answered_by <> asked_by AND answered_at IS NOT NULL)",
            name=op.f("ck_approval_request_not_ones_own"),
        ),
        key_to("approval_request", "office_id", "office"),
        key_to("approval_request", "package_id", "budget_package"),
        sa.ForeignKeyConstraint(
            ["deliver_kecamatan"], ["region.code"], name=op.f("fk_approval_request_deliver_kecamatan_region")
        ),
        key_to("approval_request", "asked_by", "user_account"),
        key_to("approval_request", "answered_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_request")),
        sa.UniqueConstraint("asked_by", "key", name=op.f("uq_approval_request_asked_by_key")),
    )
    op.create_index("ix_approval_request_office", "approval_request", ["office_id", "id"])
    op.create_index("ix_approval_request_turn", "approval_request", ["office_id", "state", "due_at"])
    op.create_index("ix_approval_request_due", "approval_request", ["state", "due_at"])
    op.create_table(
        "approval_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("product_name", sa.String(200), nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("vendor_name", sa.String(160), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("answer", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.CheckConstraint("quantity > 0 AND unit_price > 0", name=op.f("ck_approval_line_positive")),
        sa.CheckConstraint("answer IN ('', 'approved', 'refused')", name=op.f("ck_approval_line_answer")),
        sa.CheckConstraint("(answer = 'refused') = (reason <> '')", name=op.f("ck_approval_line_refused_with_reason")),
        key_to("approval_line", "request_id", "approval_request"),
        key_to("approval_line", "product_id", "product"),
        key_to("approval_line", "vendor_id", "vendor"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_line")),
    )
    op.create_index("ix_approval_line_request", "approval_line", ["request_id"])


def downgrade() -> None:
    for table in ("approval_line", "approval_request", "delegation"):
        op.drop_table(table)
    for table, column, _ in reversed(ADDED):
        op.drop_column(table, column)
