"""Rules that the programme sets on a page, and one row that tells every process when rules change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
    )
    op.execute("INSERT INTO rule_version (id, token) VALUES (1, 'migrated')")
    op.add_column("rule", sa.Column("edited", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("rule", sa.Column("closed_before", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("rule", sa.Column("reason", sa.String(300), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("reason", "closed_before", "edited"):
        op.drop_column("rule", name)
    op.drop_table("rule_version")
