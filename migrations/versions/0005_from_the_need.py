"""From the need: producers have a record, offices spread their orders, and what was typed once is carried along."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
COUNTS = ("answered", "refused", "expired", "delivered", "on_time", "late_minutes")


def upgrade() -> None:
    op.create_table(
        "vendor_record",
        sa.Column("vendor_id", ID, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.CheckConstraint(
            "delivered >= 0 AND on_time >= 0 AND late_minutes >= 0", name=op.f("ck_vendor_record_not_negative")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_vendor_record_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("vendor_id", name=op.f("pk_vendor_record")),
    )
    op.create_table(
        "office_choice",
        sa.Column("office_id", ID, nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=False),
        sa.CheckConstraint("chosen >= 0", name=op.f("ck_office_choice_chosen_not_negative")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_choice_office_id_office")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_office_choice_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("office_id", "quarter", "vendor_id", name=op.f("pk_office_choice")),
    )
    op.create_table(
        "carried_need",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("deliver_at", MOMENT, nullable=False),
        sa.Column("deliver_kecamatan", sa.String(13), nullable=False),
        sa.Column("deliver_address", sa.String(300), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_carried_need_user_id_user_account")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_carried_need_office_id_office")),
        sa.ForeignKeyConstraint(
            ["deliver_kecamatan"], ["region.code"], name=op.f("fk_carried_need_deliver_kecamatan_region")
        ),
        sa.PrimaryKeyConstraint("user_id", "office_id", name=op.f("pk_carried_need")),
    )
    # The need is looked for along these: a window of a shelf from a number on, and a shelf from the cheapest on.
    op.create_index("ix_product_shelf", "product", ["category_code", "state", "id"])
    op.create_index("ix_product_shelf_price", "product", ["category_code", "state", "price", "id"])
    op.drop_index("ix_product_category", "product")


def downgrade() -> None:
    op.create_index("ix_product_category", "product", ["category_code", "state"])
    op.drop_index("ix_product_shelf_price", "product")
    op.drop_index("ix_product_shelf", "product")
    op.drop_table("carried_need")
    op.drop_table("office_choice")
    op.drop_table("vendor_record")
