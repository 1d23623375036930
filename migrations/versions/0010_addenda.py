"""Both sides can change an order they agreed on; how an office pays is kept by year."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
OPEN = sa.text("answer = ''")


def upgrade() -> None:
    op.create_table(
        "addendum",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signed_number", sa.Integer(), nullable=True),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("answer_by", MOMENT, nullable=False),
        sa.Column("answer", sa.String(10), nullable=False),
        sa.Column("answered_by", ID, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answer_words", sa.String(500), nullable=False),
        sa.CheckConstraint("side IN ('office', 'vendor')", name=op.f("ck_addendum_side")),
        sa.CheckConstraint(
            "answer IN ('', 'accepted', 'declined', 'withdrawn', 'lapsed')", name=op.f("ck_addendum_answer")
        ),
        sa.CheckConstraint("(answer = '') = (answered_at IS NULL)", name=op.f("ck_addendum_answered")),
        sa.CheckConstraint("(signed_number IS NOT NULL) = (answer = 'accepted')", name=op.f("ck_addendum_numbered")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_addendum_order_id_purchase_order")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_addendum_office_id_office")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_addendum_vendor_id_vendor")),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_addendum_made_by_user_account")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["user_account.id"], name=op.f("fk_addendum_answered_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addendum")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_addendum_order_id_number")),
    )
    op.create_index("uq_addendum_open", "addendum", ["order_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_addendum_due", "addendum", ["answer", "answer_by"])
    op.create_index("ix_addendum_office", "addendum", ["office_id", "answer"])
    op.create_index("ix_addendum_vendor", "addendum", ["vendor_id", "answer"])
    op.create_table(
        "office_payment_record",
        sa.Column("office_id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("in_time", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "in_time >= 0 AND late >= 0 AND working_days >= 0", name=op.f("ck_office_payment_record_not_negative")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_payment_record_office_id_office")),
        sa.PrimaryKeyConstraint("office_id", "year", name=op.f("pk_office_payment_record")),
    )


def downgrade() -> None:
    op.drop_table("office_payment_record")
    op.drop_table("addendum")
