"""Targets of offices, what the rules noticed about them, and when they were judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db
from shop.db import append_only, not_append_only

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
LIVE = sa.text("superseded_at IS NULL")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    op.create_table(
        "p3dn_target",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pdn_bp", sa.Integer(), nullable=False),
        sa.Column("umk_bp", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("set_by", ID, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.CheckConstraint("pdn_bp BETWEEN 0 AND 10000", name=op.f("ck_p3dn_target_pdn_share")),
        sa.CheckConstraint("umk_bp BETWEEN 0 AND 10000", name=op.f("ck_p3dn_target_umk_share")),
        sa.CheckConstraint("commitment IS NULL OR commitment > 0", name=op.f("ck_p3dn_target_commitment_positive")),
        _to("p3dn_target", "office_id", "office"),
        _to("p3dn_target", "set_by", "user_account"),
        sa.UniqueConstraint("year", "office_id", "version", name=op.f("uq_p3dn_target_year_office_id_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p3dn_target")),
    )
    for statement in append_only("p3dn_target", op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "p3dn_alert",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", ID, nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("note", sa.String(300), nullable=False),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name=op.f("ck_p3dn_alert_acknowledged")
        ),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= raised_at", name=op.f("ck_p3dn_alert_superseded_later")
        ),
        _to("p3dn_alert", "office_id", "office"),
        _to("p3dn_alert", "acknowledged_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p3dn_alert")),
    )
    op.create_index(
        "uq_p3dn_alert_live", "p3dn_alert", ["office_id", "year", "rule"], unique=True, sqlite_where=LIVE,
        postgresql_where=LIVE,
    )  # fmt: skip
    op.create_index("ix_p3dn_alert_office", "p3dn_alert", ["office_id", "year", "id"])
    op.create_table(
        "p3dn_judged",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("office_id", ID, nullable=False),
        _to("p3dn_judged", "office_id", "office"),
        sa.PrimaryKeyConstraint("month", "office_id", name=op.f("pk_p3dn_judged")),
    )


def downgrade() -> None:
    for statement in not_append_only("p3dn_target", op.get_bind().dialect.name):
        op.execute(statement)
    for table in ("p3dn_judged", "p3dn_alert", "p3dn_target"):
        op.drop_table(table)
