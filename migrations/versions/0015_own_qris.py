"""The QRIS code of a producer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vendor", sa.Column("qris", sa.String(512), nullable=False, server_default=""))
    op.add_column("vendor", sa.Column("qris_nmid", sa.String(15), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("vendor", "qris_nmid")
    op.drop_column("vendor", "qris")
