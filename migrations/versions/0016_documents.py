"""Papers as they were issued, signatures, numbering templates, and what papers say of an office and its people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
FROZEN = ("issued_document", "document_signature")


def _points_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    op.add_column("office", sa.Column("address", sa.String(300), nullable=False, server_default=""))
    op.add_column("office", sa.Column("pptk_name", sa.String(200), nullable=False, server_default=""))
    op.add_column("office", sa.Column("pptk_nip", sa.String(18), nullable=False, server_default=""))
    op.add_column("user_account", sa.Column("nip", sa.String(18), nullable=True))
    _templates()
    _documents()
    _signatures()
    dialect = op.get_bind().dialect.name
    for table in FROZEN:
        for statement in shop.db.append_only(table, dialect):
            op.execute(statement)


def _templates() -> None:
    op.create_table(
        "numbering_template",
        sa.Column("office_id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("template", sa.String(120), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _points_to("numbering_template", "office_id", "office"),
        _points_to("numbering_template", "made_by", "user_account"),
        sa.PrimaryKeyConstraint("office_id", "kind", "valid_from", name=op.f("pk_numbering_template")),
    )


def _documents() -> None:
    op.create_table(
        "issued_document",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("vendor_id", ID, nullable=True),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("check_code", sa.String(11), nullable=False),
        sa.Column("issued_by", ID, nullable=True),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("supersedes_id", ID, nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_issued_document_version_counts")),
        sa.CheckConstraint(
            "(version = 1) = (supersedes_id IS NULL)", name=op.f("ck_issued_document_later_supersedes")
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR reason <> ''", name=op.f("ck_issued_document_superseded_with_reason")
        ),
        _points_to("issued_document", "office_id", "office"),
        _points_to("issued_document", "order_id", "purchase_order"),
        _points_to("issued_document", "vendor_id", "vendor"),
        _points_to("issued_document", "issued_by", "user_account"),
        _points_to("issued_document", "supersedes_id", "issued_document"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_document")),
        sa.UniqueConstraint("check_code", name=op.f("uq_issued_document_check_code")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_issued_document_supersedes_id")),
        sa.UniqueConstraint("order_id", "kind", "version", name=op.f("uq_issued_document_order_id_kind_version")),
    )
    numbered = sa.text("kind <> 'bak'")
    op.create_index(
        "uq_issued_document_numbered", "issued_document", ["office_id", "kind", "number", "version"], unique=True,
        sqlite_where=numbered, postgresql_where=numbered,
    )  # fmt: skip
    op.create_index("ix_issued_document_number", "issued_document", ["number", "version"])
    op.create_index("ix_issued_document_office", "issued_document", ["office_id", "id"])
    op.create_index("ix_issued_document_vendor", "issued_document", ["vendor_id", "id"])


def _signatures() -> None:
    op.create_table(
        "document_signature",
        sa.Column("id", ID, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("party", sa.String(20), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("for_name", sa.String(200), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.CheckConstraint("how IN ('account', 'step', 'certified')", name=op.f("ck_document_signature_how")),
        _points_to("document_signature", "document_id", "issued_document"),
        _points_to("document_signature", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_signature")),
        sa.UniqueConstraint("document_id", "party", name=op.f("uq_document_signature_document_id_party")),
    )


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in reversed(FROZEN):
        for statement in shop.db.not_append_only(table, dialect):
            op.execute(statement)
    op.drop_table("document_signature")
    op.drop_table("issued_document")
    op.drop_table("numbering_template")
    op.drop_column("user_account", "nip")
    for column in ("pptk_nip", "pptk_name", "address"):
        op.drop_column("office", column)
