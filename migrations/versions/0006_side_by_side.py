"""Choosing leaves a record: ceilings, what was seen and why this one, prices really paid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db
from shop.db import append_only, not_append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
APPEND_ONLY = ("unit_ceiling", "comparison_record")


def upgrade() -> None:
    op.create_table(
        "unit_ceiling",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("per", sa.String(10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("confidence", sa.String(1), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("set_by", ID, nullable=True),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_unit_ceiling_amount_positive")),
        sa.CheckConstraint("per IN ('person', 'unit')", name=op.f("ck_unit_ceiling_per")),
        sa.CheckConstraint("confidence IN ('H', 'M', 'L')", name=op.f("ck_unit_ceiling_confidence_known")),
        sa.ForeignKeyConstraint(["set_by"], ["user_account.id"], name=op.f("fk_unit_ceiling_set_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_ceiling")),
    )
    op.create_index("ix_unit_ceiling_subject", "unit_ceiling", ["subject", "from_day"])
    _choosing()
    _prices()
    for table in APPEND_ONLY:
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def _choosing() -> None:
    op.create_table(
        "choice_trail",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("ranked", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('search', 'need', 'compare', 'product')", name=op.f("ck_choice_trail_kind")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_choice_trail_user_id_user_account")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_choice_trail_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice_trail")),
    )
    op.create_index("ix_choice_trail_person", "choice_trail", ["user_id", "office_id", "id"])
    op.create_index("ix_choice_trail_at", "choice_trail", ["at"])
    op.create_table(
        "comparison_record",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_comparison_record_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user_account.id"], name=op.f("fk_comparison_record_made_by_user_account")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_comparison_record")),
    )
    op.create_table(
        "choice_count",
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_choice_count_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("vendor_id", "month", "outcome", name=op.f("pk_choice_count")),
    )


def _prices() -> None:
    op.create_table(
        "paid_price",
        sa.Column("line_id", ID, nullable=False, autoincrement=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("category_code", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        sa.Column("kecamatan_code", sa.String(13), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_paid_price_order_id_purchase_order")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_paid_price")),
    )
    op.create_index("ix_paid_price_order", "paid_price", ["order_id"])
    op.create_table(
        "price_count",
        sa.Column("category_code", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        sa.Column("kecamatan_code", sa.String(13), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.CheckConstraint("lines >= 0", name=op.f("ck_price_count_lines_not_negative")),
        sa.PrimaryKeyConstraint(
            "category_code", "unit", "kecamatan_code", "month", "price", name=op.f("pk_price_count")
        ),
    )


def downgrade() -> None:
    for table in APPEND_ONLY:
        for statement in not_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
    for table in ("price_count", "paid_price", "choice_count", "comparison_record", "choice_trail", "unit_ceiling"):
        op.drop_table(table)
