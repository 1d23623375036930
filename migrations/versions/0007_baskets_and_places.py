"""Baskets kept by name, several places for one order, papers that go with it, and lines put in place of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("cart_line", sa.Column("instead_of", ID, nullable=True))
    _places()
    _attachments()
    _saved()


def _places() -> None:
    op.create_table(
        "order_place",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("kecamatan_code", sa.String(13), nullable=False),
        sa.Column("contact", sa.String(120), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("at", MOMENT, nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_order_place_number_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_order_place_order_id_purchase_order")),
        sa.ForeignKeyConstraint(["kecamatan_code"], ["region.code"], name=op.f("fk_order_place_kecamatan_code_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_place")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_order_place_order_id_number")),
    )
    op.create_table(
        "order_place_line",
        sa.Column("place_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_place_line_quantity_positive")),
        sa.ForeignKeyConstraint(["place_id"], ["order_place.id"], name=op.f("fk_order_place_line_place_id_order_place")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_line.id"], name=op.f("fk_order_place_line_line_id_order_line"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", "line_id", name=op.f("pk_order_place_line")),
    )
    op.create_index("ix_order_place_line_line", "order_place_line", ["line_id"])


def _attachments() -> None:
    op.create_table(
        "order_attachment",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("file_key", sa.String(100), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("added_by", ID, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('invitation', 'attendance', 'terms', 'other')", name=op.f("ck_order_attachment_kind")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_attachment_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_order_attachment_office_id_office")),
        sa.ForeignKeyConstraint(
            ["added_by"], ["user_account.id"], name=op.f("fk_order_attachment_added_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_attachment")),
    )
    op.create_index("ix_order_attachment_order", "order_attachment", ["order_id"])
    op.create_index("ix_order_attachment_waiting", "order_attachment", ["added_by", "office_id", "order_id"])


def _saved() -> None:
    op.create_table(
        "saved_basket",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.CheckConstraint("headcount IS NULL OR headcount > 0", name=op.f("ck_saved_basket_headcount_positive")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_saved_basket_user_id_user_account")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_saved_basket_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_basket")),
        sa.UniqueConstraint("user_id", "office_id", "name", name=op.f("uq_saved_basket_user_id_office_id_name")),
    )
    op.create_index("ix_saved_basket_office", "saved_basket", ["office_id", "id"])
    op.create_table(
        "saved_basket_line",
        sa.Column("basket_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("seen_price", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_saved_basket_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["basket_id"], ["saved_basket.id"], name=op.f("fk_saved_basket_line_basket_id_saved_basket"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_saved_basket_line_product_id_product")),
        sa.PrimaryKeyConstraint("basket_id", "product_id", name=op.f("pk_saved_basket_line")),
    )


def downgrade() -> None:
    for table in ("saved_basket_line", "saved_basket", "order_attachment", "order_place_line", "order_place"):
        op.drop_table(table)
    op.drop_column("cart_line", "instead_of")
