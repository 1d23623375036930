"""A price can be promised to an office: approved, bargained for, or won in a competition."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "price_promise",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("valid_until", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_order_id", ID, nullable=True),
        sa.CheckConstraint("quantity > 0 AND unit_price > 0", name=op.f("ck_price_promise_positive")),
        sa.CheckConstraint(
            "source IN ('approval', 'negotiation', 'competition')", name=op.f("ck_price_promise_source")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_price_promise_office_id_office")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_price_promise_product_id_product")),
        sa.ForeignKeyConstraint(
            ["used_order_id"], ["purchase_order.id"], name=op.f("fk_price_promise_used_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_promise")),
        sa.UniqueConstraint("source", "source_id", "product_id", name=op.f("uq_price_promise_source_source_id_product_id")),
    )
    op.create_index("ix_price_promise_office", "price_promise", ["office_id", "id"])
    op.create_index("ix_price_promise_order", "price_promise", ["used_order_id"])


def downgrade() -> None:
    op.drop_table("price_promise")
