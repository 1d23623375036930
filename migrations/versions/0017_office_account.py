"""The bank account an office's autodebet takes from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
STANDS = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "office_account",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("bank", sa.String(60), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("holder", sa.String(160), nullable=False),
        sa.Column("set_by", ID, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= set_at", name=op.f("ck_office_account_ended_later")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_account_office_id_office")),
        sa.ForeignKeyConstraint(["set_by"], ["user_account.id"], name=op.f("fk_office_account_set_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_account")),
        comment="number is shown masked on every screen",
    )
    live = {"sqlite_where": STANDS, "postgresql_where": STANDS}
    op.create_index("uq_office_account_live", "office_account", ["office_id"], unique=True, **live)
    op.create_index("ix_office_account_office", "office_account", ["office_id", "id"])


def downgrade() -> None:
    op.drop_table("office_account")
