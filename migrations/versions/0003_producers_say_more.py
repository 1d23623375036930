"""Rows that were there say more: who a producer is and how it pays tax, what a listing holds, delivery of an order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

import shop.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)

# Constraints that change: (before, after); an empty side means there is none.
CHECKS = {
    "user_account": {"notify_by": ("", "notify_by IN ('', 'sms', 'whatsapp')")},
    "vendor": {
        "state": (
            "state IN ('active', 'paused', 'suspended')",
            "state IN ('registering', 'active', 'paused', 'suspended')",
        ),
        "tax_paper": ("", "tax_paper IN ('none', 'sk_pp55', 'decl_500m')"),
        "declaration_has_year": ("", "tax_paper <> 'decl_500m' OR tax_paper_year IS NOT NULL"),
        "hours": ("", "(opens_at IS NULL) = (closes_at IS NULL) AND (opens_at IS NULL OR opens_at < closes_at)"),
    },
    "product": {
        "state": (
            "state IN ('draft', 'published', 'paused', 'archived')",
            "state IN ('draft', 'submitted', 'published', 'paused', 'archived')",
        )
    },
    "purchase_order": {
        "state": (
            "state IN ('sent', 'confirmed', 'refused', 'expired', 'cancelled', 'on_the_way', 'arrived', 'received',"
            " 'paid', 'closed')",
            "state IN ('sent', 'confirmed', 'ready', 'refused', 'expired', 'cancelled', 'on_the_way', 'arrived',"
            " 'received', 'paid', 'closed')",
        ),
        "shipping_below_total": ("", "shipping >= 0 AND shipping < total"),
    },
}
# (name, type, may be empty, what rows that are there get)
COLUMNS = {
    "user_account": (
        ("phone", sa.String(20), False, ""),
        ("notify_by", sa.String(10), False, ""),
    ),
    "vendor": (
        ("turnover_class", sa.String(20), False, ""),
        ("kbli_code", sa.String(5), True, None),
        ("owner_name", sa.String(160), False, ""),
        ("nik", sa.String(16), True, None),
        ("bank_holder", sa.String(160), False, ""),
        ("tax_paper", sa.String(10), False, "none"),
        ("tax_paper_number", sa.String(80), False, ""),
        ("tax_paper_from", sa.Date(), True, None),
        ("tax_paper_until", sa.Date(), True, None),
        ("tax_paper_year", sa.Integer(), True, None),
        ("opens_at", sa.Integer(), True, None),
        ("closes_at", sa.Integer(), True, None),
        ("registered_at", MOMENT, True, None),
    ),
    "product": (
        ("attributes", sa.JSON(), False, "{}"),
        ("allergens", sa.JSON(), False, "[]"),
        ("variant_of", ID, True, None),
        ("variant_label", sa.String(60), False, ""),
        ("sold_out", sa.Boolean(), False, sa.false()),
        ("checked_on", sa.Date(), True, None),
        ("tkdn_none", sa.Boolean(), False, sa.false()),
    ),
    "product_photo": (),
    "certificate": (
        ("issuer", sa.String(160), False, ""),
        ("file_key", sa.String(100), False, ""),
        ("file_name", sa.String(200), False, ""),
        ("worksheet_id", ID, True, None),
        ("added_by", ID, True, None),
        ("added_at", MOMENT, True, None),
    ),
    "purchase_order": (
        ("shipping", sa.BigInteger(), False, "0"),
        ("seen_at", MOMENT, True, None),
        ("ready_at", MOMENT, True, None),
    ),
}
POINTERS = {
    "vendor": {"kbli_code": ("kbli", "code")},
    "product": {"variant_of": ("product", "id")},
    "certificate": {"worksheet_id": ("tkdn_worksheet", "id"), "added_by": ("user_account", "id")},
}
INDEXES = {
    "vendor": {"ix_vendor_state": ["state", "id"]},
    "product": {"ix_product_variant": ["variant_of"]},
    "product_photo": {"ix_product_photo_key": ["key"]},
}


def bring(batch: BatchOperations, table: str, old: int, new: int) -> None:
    """Bring the constraints of a table from one side to the other."""
    for name, sides in CHECKS.get(table, {}).items():
        if sides[old]:
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        if sides[new]:
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), sides[new])


def upgrade() -> None:
    """Go forward."""
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            for name, kind, empty, default in columns:
                batch.add_column(sa.Column(name, kind, nullable=empty, server_default=default))
            bring(batch, table, 0, 1)
            for name, names in INDEXES.get(table, {}).items():
                batch.create_index(name, names)
            for name, (target, key) in POINTERS.get(table, {}).items():
                batch.create_foreign_key(op.f(f"fk_{table}_{name}"), target, [name], [key])


def downgrade() -> None:
    """Go back: what only the newer house knows becomes what comes nearest."""
    op.execute("UPDATE product SET state = 'draft' WHERE state = 'submitted'")
    op.execute("UPDATE vendor SET state = 'suspended' WHERE state = 'registering'")
    op.execute("UPDATE purchase_order SET state = 'confirmed' WHERE state = 'ready'")
    for table, columns in reversed(COLUMNS.items()):
        with op.batch_alter_table(table) as batch:
            for name in POINTERS.get(table, {}):
                batch.drop_constraint(op.f(f"fk_{table}_{name}"), type_="foreignkey")
            for name in INDEXES.get(table, {}):
                batch.drop_index(name)
            bring(batch, table, 1, 0)
            for name, *_ in columns:
                batch.drop_column(name)
