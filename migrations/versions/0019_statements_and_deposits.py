"""Bank statements and what their rows were taken for; deposits of taxes and numbers of slips."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUPIAH = sa.BigInteger()
MOMENT = shop.db.UtcDateTime(timezone=True)
HELD = sa.text("undone_at IS NULL")
STANDS = sa.text("reversed_at IS NULL")
REVERSED = sa.text("reversed_at IS NOT NULL")


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    _statements()
    _matches()
    _deposits()


def _statements() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("loaded_by", ID, nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        _to("bank_statement", "office_id", "office"),
        _to("bank_statement", "loaded_by", "user_account"),
        _key("bank_statement", "id"),
    )
    op.create_index("ix_bank_statement_office", "bank_statement", ["office_id", "id"])
    op.create_table(
        "bank_row",
        sa.Column("id", ID, nullable=False),
        sa.Column("statement_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("way", sa.String(3), nullable=False),
        sa.Column("amount", RUPIAH, nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_row_amount_positive")),
        sa.CheckConstraint("way IN ('out', 'in')", name=op.f("ck_bank_row_way")),
        _to("bank_row", "statement_id", "bank_statement"),
        _to("bank_row", "office_id", "office"),
        sa.UniqueConstraint("office_id", "fingerprint", name=op.f("uq_bank_row_office_id_fingerprint")),
        _key("bank_row", "id"),
    )
    op.create_index("ix_bank_row_open", "bank_row", ["office_id", "matched", "id"])
    op.create_index("ix_bank_row_statement", "bank_row", ["statement_id"])


def _matches() -> None:
    op.create_table(
        "bank_proposal",
        sa.Column("row_id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("expected", RUPIAH, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('order', 'payment', 'deposit', 'refund')", name=op.f("ck_bank_proposal_kind")),
        _to("bank_proposal", "row_id", "bank_row"),
        _key("bank_proposal", "row_id", "kind", "target_id"),
    )
    op.create_table(
        "bank_match",
        sa.Column("id", ID, nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("matched_by", ID, nullable=False),
        sa.Column("matched_at", MOMENT, nullable=False),
        sa.Column("undone_by", ID, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.CheckConstraint("kind IN ('order', 'payment', 'deposit', 'refund')", name=op.f("ck_bank_match_kind")),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_bank_match_undone")),
        _to("bank_match", "row_id", "bank_row"),
        _to("bank_match", "matched_by", "user_account"),
        _to("bank_match", "undone_by", "user_account"),
        _key("bank_match", "id"),
    )
    held = {"unique": True, "sqlite_where": HELD, "postgresql_where": HELD}
    op.create_index("uq_bank_match_row", "bank_match", ["row_id"], **held)
    op.create_index("uq_bank_match_target", "bank_match", ["subject", "target_id"], **held)
    op.create_index("ix_bank_match_row", "bank_match", ["row_id"])


def _deposits() -> None:
    op.create_table(
        "tax_deposit",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("amount", RUPIAH, nullable=False),
        sa.Column("ntpn", sa.String(16), nullable=False),
        sa.Column("deposited_on", sa.Date(), nullable=False),
        sa.Column("deposited_month", sa.Integer(), nullable=False),
        sa.Column("proof_key", sa.String(100), nullable=False),
        sa.Column("proof_name", sa.String(200), nullable=False),
        sa.Column("recorded_by", ID, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("reversed_by", ID, nullable=True),
        sa.Column("reversed_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_tax_deposit_amount_positive")),
        sa.CheckConstraint("(reversed_at IS NULL) = (reversed_by IS NULL)", name=op.f("ck_tax_deposit_reversed")),
        _to("tax_deposit", "office_id", "office"),
        _to("tax_deposit", "recorded_by", "user_account"),
        _to("tax_deposit", "reversed_by", "user_account"),
        _key("tax_deposit", "id"),
    )
    op.create_index(
        "uq_tax_deposit_ntpn", "tax_deposit", ["ntpn"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
    )
    op.create_index("ix_tax_deposit_office", "tax_deposit", ["office_id", "month", "code"])
    op.create_index("ix_tax_deposit_month", "tax_deposit", ["month", "code"])
    op.create_index("ix_tax_deposit_day", "tax_deposit", ["office_id", "deposited_on"])
    op.create_index(
        "ix_tax_deposit_reversed", "tax_deposit", ["deposited_month"], sqlite_where=REVERSED, postgresql_where=REVERSED
    )
    op.create_table(
        "tax_slip",
        sa.Column("line_id", ID, nullable=False),
        sa.Column("tax", sa.String(3), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("noted_by", ID, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.CheckConstraint("tax IN ('ppn', 'pph')", name=op.f("ck_tax_slip_tax")),
        _to("tax_slip", "line_id", "order_tax"),
        _to("tax_slip", "noted_by", "user_account"),
        _key("tax_slip", "line_id", "tax"),
    )


def downgrade() -> None:
    for table in ("tax_slip", "tax_deposit", "bank_match", "bank_proposal", "bank_row", "bank_statement"):
        op.drop_table(table)
