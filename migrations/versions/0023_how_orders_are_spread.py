"""Pictures of how orders are spread over producers, and the producers that never sold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "spread_picture",
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("as_of", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ledger_until", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_spread_picture")),
    )
    op.create_table(
        "spread_unsold",
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("kecamatan_code", sa.String(16), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_spread_unsold_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("vendor_id", name=op.f("pk_spread_unsold")),
    )
    op.create_index("ix_spread_unsold_kecamatan", "spread_unsold", ["kecamatan_code", "vendor_id"])


def downgrade() -> None:
    op.drop_table("spread_unsold")
    op.drop_table("spread_picture")
