"""What a line counts and the odd cases: basis, corrections, merged offices, packages that vanish, others' figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUPIAH = sa.BigInteger()
MOMENT = shop.db.UtcDateTime(timezone=True)
BASIS = "paid_gross_incl_tax_excl_shipping"
GROWING = ("order_line_correction", "office_name", "office_merger", "external_figure")


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _check(table: str, name: str, words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(words, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    # Every order so far was placed under the one basis there was.
    op.add_column("purchase_order", sa.Column("value_basis", sa.String(60), nullable=False, server_default=BASIS))
    op.add_column("purchase_order", sa.Column("corrected", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("order_line", sa.Column("counted", RUPIAH, nullable=True))
    op.add_column("budget_package", sa.Column("announced", RUPIAH, nullable=True))
    _corrections()
    _offices()
    _figures()
    dialect = op.get_bind().dialect.name
    for table in GROWING:
        for statement in shop.db.append_only(table, dialect):
            op.execute(statement)


def _corrections() -> None:
    name = "order_line_correction"
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.String(20), nullable=False),
        sa.Column("tkdn_bp", sa.Integer(), nullable=False),
        sa.Column("pdn", sa.Boolean(), nullable=False),
        sa.Column("umk", sa.Boolean(), nullable=False),
        sa.Column("certificate_number", sa.String(80), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("document", sa.String(80), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _check(name, "number_positive", "number > 0"),
        _check(name, "share", "tkdn_bp BETWEEN 0 AND 10000"),
        _check(name, "evidence", "evidence IN ('certified', 'self_declared', 'none')"),
        _check(
            name,
            "certified_by_a_paper",
            "evidence <> 'certified' OR (certificate_number <> '' AND issued_on <= valid_until)",
        ),
        _to(name, "order_id", "purchase_order"),
        _to(name, "line_id", "order_line"),
        _to(name, "made_by", "user_account"),
        sa.UniqueConstraint("line_id", "number", name=op.f(f"uq_{name}_line_id_number")),
        _key(name, "id"),
    )
    op.create_index("ix_order_line_correction_order", name, ["order_id"])


def _offices() -> None:
    op.create_table(
        "office_name",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("decree", sa.String(80), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _to("office_name", "office_id", "office"),
        _to("office_name", "made_by", "user_account"),
        sa.UniqueConstraint("office_id", "until_day", name=op.f("uq_office_name_office_id_until_day")),
        _key("office_name", "id"),
    )
    op.create_table(
        "office_merger",
        sa.Column("office_id", ID, nullable=False, autoincrement=False),
        sa.Column("into_id", ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("decree", sa.String(80), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _check("office_merger", "not_into_itself", "office_id <> into_id"),
        _to("office_merger", "office_id", "office"),
        _to("office_merger", "into_id", "office"),
        _to("office_merger", "made_by", "user_account"),
        _key("office_merger", "office_id"),
    )
    op.create_index("ix_office_merger_into", "office_merger", ["into_id"])


def _figures() -> None:
    name = "external_figure"
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("system", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("planned", RUPIAH, nullable=True),
        sa.Column("realised", RUPIAH, nullable=True),
        sa.Column("stated_bp", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("confidence", sa.String(1), nullable=False),
        sa.Column("entered_by", ID, nullable=True),
        sa.Column("entered_at", MOMENT, nullable=False),
        _check(name, "says_something", "planned IS NOT NULL OR realised IS NOT NULL OR stated_bp IS NOT NULL"),
        _check(name, "not_negative", "planned >= 0 AND realised >= 0 AND stated_bp >= 0"),
        _check(name, "confidence_known", "confidence IN ('H', 'M', 'L')"),
        _key(name, "id"),
    )
    op.create_index("ix_external_figure_year", name, ["year", "id"])


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in GROWING:
        for statement in shop.db.not_append_only(table, dialect):
            op.execute(statement)
        op.drop_table(table)
    for table, column in (
        ("budget_package", "announced"),
        ("order_line", "counted"),
        ("purchase_order", "corrected"),
        ("purchase_order", "value_basis"),
    ):
        op.drop_column(table, column)
