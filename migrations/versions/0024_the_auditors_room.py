"""The auditor's room: runs of verification, samples, notes and their answers, and who exported what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUPIAH = sa.BigInteger()
MOMENT = shop.db.UtcDateTime(timezone=True)
RUNNING = sa.text("ended_at IS NULL")
KEPT = (
    "verify_step", "audit_sample", "audit_sample_item", "sample_verdict", "audit_note", "audit_answer", "export_record",
    "export_end",
)  # fmt: skip


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _check(table: str, name: str, words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(words, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.create_index("ix_purchase_order_placed", "purchase_order", ["placed_at", "id"])
    _runs()
    _samples()
    _notes()
    _exports()
    for table in KEPT:
        for statement in shop.db.append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def _runs() -> None:
    op.create_table(
        "verify_run",
        sa.Column("id", ID, nullable=False),
        sa.Column("turn", sa.Integer(), server_default="1", nullable=False),
        sa.Column("asked_by", ID, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(10), nullable=False),
        _check("verify_run", "outcome", "outcome IN ('', 'same', 'different', 'broken_off')"),
        _check("verify_run", "ended", "(outcome = '') = (ended_at IS NULL)"),
        _to("verify_run", "asked_by", "user_account"),
        _key("verify_run", "id"),
    )
    op.create_index(
        "uq_verify_run_turn", "verify_run", ["turn"], unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    op.create_table(
        "verify_step",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("checked", ID, nullable=False),
        sa.Column("found", ID, nullable=False),
        sa.Column("milliseconds", ID, nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        _check("verify_step", "not_negative", "checked >= 0 AND found >= 0 AND milliseconds >= 0"),
        _to("verify_step", "run_id", "verify_run"),
        _key("verify_step", "run_id", "step"),
    )


def _samples() -> None:
    op.create_table(
        "audit_sample",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("above", RUPIAH, nullable=True),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("population", ID, nullable=False),
        sa.Column("population_sum", RUPIAH, nullable=False),
        sa.Column("population_hash", sa.String(64), nullable=False),
        sa.Column("interval", RUPIAH, nullable=True),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.Column("drawn_by", ID, nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=False),
        _check("audit_sample", "method", "method IN ('simple', 'strata', 'unit', 'top')"),
        _check("audit_sample", "positive", "size > 0 AND population > 0 AND population_sum > 0"),
        _to("audit_sample", "drawn_by", "user_account"),
        _key("audit_sample", "id"),
    )
    op.create_table(
        "audit_sample_item",
        sa.Column("sample_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("total", RUPIAH, nullable=False),
        sa.Column("stratum", sa.String(20), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        _check("audit_sample_item", "hits_positive", "hits > 0"),
        _to("audit_sample_item", "sample_id", "audit_sample"),
        _to("audit_sample_item", "order_id", "purchase_order"),
        _key("audit_sample_item", "sample_id", "order_id"),
    )
    op.create_index("ix_audit_sample_item_order", "audit_sample_item", ["order_id"])
    op.create_table(
        "sample_verdict",
        sa.Column("id", ID, nullable=False),
        sa.Column("sample_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("error", RUPIAH, nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("given_by", ID, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        _check("sample_verdict", "verdict", "verdict IN ('right', 'wrong')"),
        _check("sample_verdict", "error", "error >= 0 AND (verdict = 'wrong' OR error = 0)"),
        _to("sample_verdict", "sample_id", "audit_sample"),
        _to("sample_verdict", "order_id", "purchase_order"),
        _to("sample_verdict", "given_by", "user_account"),
        _key("sample_verdict", "id"),
    )
    op.create_index("ix_sample_verdict_item", "sample_verdict", ["sample_id", "order_id", "id"])


def _notes() -> None:
    op.create_table(
        "audit_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject_kind", sa.String(10), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("supersedes", ID, nullable=True),
        sa.Column("written_by", ID, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        _check("audit_note", "subject_kind", "subject_kind IN ('order', 'line', 'office', 'vendor')"),
        _check("audit_note", "audience", "audience IN ('draft', 'auditors', 'office')"),
        _check("audit_note", "office_is_asked_on_an_order", "audience <> 'office' OR order_id IS NOT NULL"),
        _to("audit_note", "order_id", "purchase_order"),
        _to("audit_note", "supersedes", "audit_note"),
        _to("audit_note", "written_by", "user_account"),
        sa.UniqueConstraint("supersedes", name=op.f("uq_audit_note_supersedes")),
        _key("audit_note", "id"),
    )
    op.create_index("ix_audit_note_subject", "audit_note", ["subject_kind", "subject_id", "id"])
    op.create_index("ix_audit_note_order", "audit_note", ["order_id", "id"])
    op.create_index("ix_audit_note_writer", "audit_note", ["written_by", "id"])
    op.create_table(
        "audit_answer",
        sa.Column("note_id", ID, nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("answered_by", ID, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        _to("audit_answer", "note_id", "audit_note"),
        _to("audit_answer", "answered_by", "user_account"),
        _key("audit_answer", "note_id"),
    )


def _exports() -> None:
    op.create_table(
        "export_record",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("assignment", sa.String(100), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        _to("export_record", "user_id", "user_account"),
        _key("export_record", "id"),
    )
    op.create_table(
        "export_end",
        sa.Column("export_id", ID, nullable=False),
        sa.Column("rows", ID, nullable=False),
        sa.Column("bytes", ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        _check("export_end", "not_negative", "rows >= 0 AND bytes >= 0"),
        _to("export_end", "export_id", "export_record"),
        _key("export_end", "export_id"),
    )


def downgrade() -> None:
    for table in reversed(KEPT):
        for statement in shop.db.not_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
        op.drop_table(table)
    op.drop_table("verify_run")
    op.drop_index("ix_purchase_order_placed", "purchase_order")
