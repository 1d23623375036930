"""What arrived and was refused, BAP and BAST, photos, complaints, and ratings with their kept counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db
from shop.db import append_only, not_append_only

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
PAPER = "handover_paper"


def upgrade() -> None:
    # With a default of the database's own: no order is rewritten for them.
    op.add_column("purchase_order", sa.Column("asked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_purchase_order_office_due", "purchase_order", ["office_id", "state", "due_at"])
    op.add_column("order_line", sa.Column("refused", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "rating_count",
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.Column("stamped", sa.Integer(), nullable=False),
        sa.Column("on_time", sa.Integer(), nullable=False),
        sa.Column("as_ordered", sa.Integer(), nullable=False),
        sa.Column("packed", sa.Integer(), nullable=False),
        sa.Column("tasted", sa.Integer(), nullable=False),
        sa.Column("tasty", sa.Integer(), nullable=False),
        sa.CheckConstraint("subject IN ('vendor', 'product')", name=op.f("ck_rating_count_subject")),
        sa.PrimaryKeyConstraint("subject", "subject_id", name=op.f("pk_rating_count")),
    )
    op.create_table(
        "complaint",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("opened_by", ID, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("answer_words", sa.String(length=1000), nullable=False),
        sa.Column("answered_by", ID, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("escalated_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("outcome_words", sa.String(length=1000), nullable=False),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'decided') = (outcome <> '')", name=op.f("ck_complaint_decided_with_outcome")),
        sa.CheckConstraint(
            "kind IN ('not_arrived', 'late', 'short', 'quality', 'unpaid', 'other')", name=op.f("ck_complaint_kind")
        ),
        sa.CheckConstraint("side IN ('office', 'vendor')", name=op.f("ck_complaint_side")),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'escalated', 'settled', 'withdrawn', 'decided')",
            name=op.f("ck_complaint_state"),
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["user_account.id"], name=op.f("fk_complaint_answered_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["user_account.id"], name=op.f("fk_complaint_ended_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_complaint_office_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["user_account.id"], name=op.f("fk_complaint_opened_by")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_complaint_order_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_complaint_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    op.create_index("ix_complaint_due", "complaint", ["state", "due_at"], unique=False)
    op.create_index("ix_complaint_office", "complaint", ["office_id", "id"], unique=False)
    op.create_index("ix_complaint_order", "complaint", ["order_id"], unique=False)
    op.create_index("ix_complaint_state", "complaint", ["state", "id"], unique=False)
    op.create_index("ix_complaint_vendor", "complaint", ["vendor_id", "id"], unique=False)
    op.create_table(
        "handover_paper",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('BAP', 'BAST')", name=op.f("ck_handover_paper_kind")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_handover_paper_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_paper")),
        sa.UniqueConstraint("number", name=op.f("uq_handover_paper_number")),
        sa.UniqueConstraint("order_id", "kind", name=op.f("uq_handover_paper_order_id_kind")),
    )
    op.create_table(
        "rating",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("minutes_late", sa.Integer(), nullable=True),
        sa.Column("as_ordered", sa.Boolean(), nullable=False),
        sa.Column("packed", sa.Boolean(), nullable=False),
        sa.Column("tasty", sa.Boolean(), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("minutes_late >= 0", name=op.f("ck_rating_not_early")),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_rating_by")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_rating_order_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_rating_vendor_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_rating")),
    )
    op.create_index("ix_rating_vendor", "rating", ["vendor_id", "at"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place_number", sa.Integer(), nullable=True),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("by", ID, nullable=True),
        sa.Column("for_id", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("answer_by", MOMENT, nullable=True),
        sa.Column("answered_by", ID, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answer_words", sa.String(length=500), nullable=False),
        sa.CheckConstraint("choice IN ('complete', 'replace', 'adjust', 'later')", name=op.f("ck_receipt_choice")),
        sa.CheckConstraint("state <> 'waiting' OR answer_by IS NOT NULL", name=op.f("ck_receipt_waiting_has_an_end")),
        sa.CheckConstraint(
            "state IN ('recorded', 'waiting', 'agreed', 'disputed', 'withdrawn')", name=op.f("ck_receipt_state")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["user_account.id"], name=op.f("fk_receipt_answered_by")),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_receipt_by")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_receipt_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_receipt_order_id_number")),
    )
    op.create_index("ix_receipt_waiting", "receipt", ["state", "answer_by"], unique=False)
    op.create_table(
        "signing",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("signed_by", ID, nullable=True),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("answer_by", MOMENT, nullable=False),
        sa.Column("answered_by", ID, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint("answered_at IS NOT NULL OR answered_by IS NULL", name=op.f("ck_signing_answered")),
        sa.ForeignKeyConstraint(["answered_by"], ["user_account.id"], name=op.f("fk_signing_answered_by")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_signing_order_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["user_account.id"], name=op.f("fk_signing_signed_by")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_signing_vendor_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_signing")),
    )
    op.create_index("ix_signing_due", "signing", ["answered_at", "answer_by"], unique=False)
    op.create_index("ix_signing_vendor", "signing", ["vendor_id", "answered_at", "answer_by"], unique=False)
    op.create_table(
        "handover_photo",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("moment", sa.String(length=10), nullable=False),
        sa.Column("receipt_id", ID, nullable=True),
        sa.Column("complaint_id", ID, nullable=True),
        sa.Column("line_id", ID, nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("moment IN ('delivery', 'receipt', 'complaint')", name=op.f("ck_handover_photo_moment")),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_handover_photo_by")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_handover_photo_complaint_id")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_handover_photo_order_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_handover_photo_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_photo")),
        sa.UniqueConstraint("order_id", "key", name=op.f("uq_handover_photo_order_id_key")),
    )
    op.create_table(
        "receipt_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=30), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("short", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.CheckConstraint("expected = received + short + refused", name=op.f("ck_receipt_line_all_told")),
        sa.CheckConstraint("received >= 0 AND short >= 0 AND refused >= 0", name=op.f("ck_receipt_line_not_negative")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_line_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_line")),
    )
    op.create_index("ix_receipt_line_receipt", "receipt_line", ["receipt_id"], unique=False)
    for statement in append_only(PAPER, op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in not_append_only(PAPER, op.get_bind().dialect.name):
        op.execute(statement)
    for table in (
        "receipt_line",
        "handover_photo",
        "signing",
        "receipt",
        "rating",
        "handover_paper",
        "complaint",
        "rating_count",
    ):
        op.drop_table(table)
    op.drop_column("order_line", "refused")
    op.drop_index("ix_purchase_order_office_due", "purchase_order")
    op.drop_column("purchase_order", "asked")
