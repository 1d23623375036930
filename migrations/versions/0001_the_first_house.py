"""The first house: people, budgets, producers, catalogue, orders, ledger, trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db
from shop.db import append_only, not_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = ("audit_entry", "ledger_entry")
"""Tables that the database itself keeps from being rewritten."""


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "account_code",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("parent_code", sa.String(length=16), nullable=False),
        sa.Column("parent_name", sa.String(length=160), nullable=False),
        sa.Column("msme", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.CheckConstraint("kind IN ('operasi', 'modal')", name=op.f("ck_account_code_kind_known")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_account_code")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_actor", ["user_id", "id"], unique=False)
        batch_op.create_index("ix_audit_entry_subject", ["subject_kind", "subject_id", "id"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("entries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "category",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("parent_code", sa.String(length=40), nullable=True),
        sa.Column("name_id", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("industrial", sa.Boolean(), nullable=False),
        sa.Column("art", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('food', 'goods', 'service')", name=op.f("ck_category_kind")),
        sa.ForeignKeyConstraint(["parent_code"], ["category.code"], name=op.f("fk_category_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category")),
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.CheckConstraint("kind IN ('public', 'cuti_bersama')", name=op.f("ck_holiday_kind_known")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "kbli",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=1), nullable=False),
        sa.Column("msme", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_kbli")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("line_id", sa.BigInteger(), nullable=True),
        sa.Column("package_id", sa.BigInteger(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("account_code", sa.String(length=30), nullable=False),
        sa.Column("kecamatan_code", sa.String(length=16), nullable=False),
        sa.Column("vendor_id", sa.BigInteger(), nullable=True),
        sa.Column("category_code", sa.String(length=60), nullable=False),
        sa.Column("evidence", sa.String(length=16), nullable=False),
        sa.Column("tkdn_bp", sa.Integer(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("paid_total", sa.BigInteger(), nullable=False),
        sa.Column("pdn_value", sa.BigInteger(), nullable=False),
        sa.Column("pdn_certified", sa.BigInteger(), nullable=False),
        sa.Column("tkdn_weighted", sa.BigInteger(), nullable=False),
        sa.Column("umk_value", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "planned <> 0 OR committed <> 0 OR paid_total <> 0 OR pdn_value <> 0 OR pdn_certified <> 0 OR tkdn_weighted <> 0 OR umk_value <> 0 OR orders <> 0 OR lines <> 0",
            name=op.f("ck_ledger_entry_says_something"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entry_account", ["account_code", "day", "id"], unique=False)
        batch_op.create_index("ix_ledger_entry_day", ["day", "id"], unique=False)
        batch_op.create_index("ix_ledger_entry_evidence", ["evidence", "day", "id"], unique=False)
        batch_op.create_index("ix_ledger_entry_kecamatan", ["kecamatan_code", "day", "id"], unique=False)
        batch_op.create_index("ix_ledger_entry_office", ["office_id", "day", "id"], unique=False)
        batch_op.create_index("ix_ledger_entry_source", ["source", "id"], unique=False)
        batch_op.create_index("ix_ledger_entry_vendor", ["vendor_id", "day", "id"], unique=False)

    op.create_table(
        "login_failure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_login_failure_key_hash")),
    )
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_failure_last_at"), ["last_at"], unique=False)

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("posted_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed_at", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_message_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("failed_at IS NULL"),
            postgresql_where=sa.text("failed_at IS NULL"),
        )

    op.create_table(
        "p3dn_total",
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("dim", sa.String(length=10), nullable=False),
        sa.Column("office_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_code", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=30), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("paid_total", sa.BigInteger(), nullable=False),
        sa.Column("pdn_value", sa.BigInteger(), nullable=False),
        sa.Column("pdn_certified", sa.BigInteger(), nullable=False),
        sa.Column("tkdn_weighted", sa.BigInteger(), nullable=False),
        sa.Column("umk_value", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("period", "dim", "office_id", "account_code", "key", name=op.f("pk_p3dn_total")),
        postgresql_with={"fillfactor": "80"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("parent_code", sa.String(length=13), nullable=True),
        sa.Column("postal_code", sa.String(length=5), nullable=True),
        sa.CheckConstraint(
            "level IN ('provinsi', 'kota', 'kecamatan', 'kelurahan')", name=op.f("ck_region_level_known")
        ),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name=op.f("fk_region_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.create_index("ix_region_parent_code", ["parent_code"], unique=False)

    op.create_table(
        "rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("confidence", sa.String(length=1), nullable=False),
        sa.Column("recorded_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("confidence IN ('H', 'M', 'L')", name=op.f("ck_rule_confidence_known")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_rule_span_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sa.UniqueConstraint("key", "valid_from", name=op.f("uq_rule_key_valid_from")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nrk", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("last_login_at", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("nrk", name=op.f("uq_user_account_nrk")),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("region_code", sa.String(length=13), nullable=True),
        sa.Column("npwp", sa.String(length=20), nullable=True),
        sa.Column("relaxed_duties", sa.Boolean(), nullable=False),
        sa.Column("relaxed_reason", sa.Text(), nullable=True),
        sa.Column("relaxed_at", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("relaxed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "NOT relaxed_duties OR (relaxed_reason IS NOT NULL AND relaxed_at IS NOT NULL AND relaxed_by IS NOT NULL)",
            name=op.f("ck_office_relaxed_openly"),
        ),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_office_not_own_parent")),
        sa.ForeignKeyConstraint(["parent_id"], ["office.id"], name=op.f("fk_office_parent_id")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_office_region_code")),
        sa.ForeignKeyConstraint(["relaxed_by"], ["user_account.id"], name=op.f("fk_office_relaxed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("code", name=op.f("uq_office_code")),
    )
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_office_region_code"), ["region_code"], unique=False)

    op.create_table(
        "placement_key",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("order_ids", sa.JSON(), nullable=False),
        sa.Column("made_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_placement_key_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_key")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_placement_key_user_id_key")),
    )
    op.create_table(
        "vendor",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("size", sa.String(length=20), nullable=False),
        sa.Column("legal_form", sa.String(length=20), nullable=False),
        sa.Column("pkp", sa.Boolean(), nullable=False),
        sa.Column("kecamatan_code", sa.String(length=13), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("nib", sa.String(length=13), nullable=True),
        sa.Column("npwp", sa.String(length=16), nullable=True),
        sa.Column("bank_name", sa.String(length=60), nullable=False),
        sa.Column("bank_account", sa.String(length=40), nullable=False),
        sa.Column("closed_weekdays", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('jakpreneur', 'umkm')", name=op.f("ck_vendor_kind")),
        sa.CheckConstraint("size IN ('mikro', 'kecil', 'menengah')", name=op.f("ck_vendor_size")),
        sa.CheckConstraint("state IN ('active', 'paused', 'suspended')", name=op.f("ck_vendor_state")),
        sa.ForeignKeyConstraint(["kecamatan_code"], ["region.code"], name=op.f("fk_vendor_kecamatan_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor")),
        sa.UniqueConstraint("nib", name=op.f("uq_vendor_nib")),
        sa.UniqueConstraint("slug", name=op.f("uq_vendor_slug")),
        comment="bank_account and identity numbers are shown masked on every screen",
    )
    with op.batch_alter_table("vendor", schema=None) as batch_op:
        batch_op.create_index("ix_vendor_kecamatan", ["kecamatan_code"], unique=False)

    op.create_table(
        "budget_package",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rup_code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_code", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("pagu", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("realised", sa.BigInteger(), nullable=False),
        sa.Column("mak", sa.String(length=120), nullable=False),
        sa.Column("fund_source", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(length=60), nullable=False),
        sa.Column("pdn", sa.Boolean(), nullable=False),
        sa.Column("umk", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ppk_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pp_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("imported_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('available', 'with_ppk', 'with_pp')", name=op.f("ck_budget_package_state")),
        sa.CheckConstraint("pagu > 0", name=op.f("ck_budget_package_pagu_positive")),
        sa.CheckConstraint("reserved + realised <= pagu", name=op.f("ck_budget_package_never_over_pagu")),
        sa.CheckConstraint("reserved >= 0 AND realised >= 0", name=op.f("ck_budget_package_use_not_negative")),
        sa.ForeignKeyConstraint(["account_code"], ["account_code.code"], name=op.f("fk_budget_package_account_code")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_budget_package_office_id")),
        sa.ForeignKeyConstraint(["pp_id"], ["user_account.id"], name=op.f("fk_budget_package_pp_id")),
        sa.ForeignKeyConstraint(["ppk_id"], ["user_account.id"], name=op.f("fk_budget_package_ppk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_package")),
        sa.UniqueConstraint("rup_code", "year", name=op.f("uq_budget_package_rup_code_year")),
    )
    with op.batch_alter_table("budget_package", schema=None) as batch_op:
        batch_op.create_index("ix_budget_package_office", ["office_id", "year", "state"], unique=False)
        batch_op.create_index("ix_budget_package_pp", ["pp_id", "state"], unique=False)
        batch_op.create_index("ix_budget_package_ppk", ["ppk_id", "state"], unique=False)

    op.create_table(
        "hat",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("vendor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("region_code", sa.String(length=13), nullable=True),
        sa.Column("outlet_code", sa.String(length=40), nullable=True),
        sa.Column("place_key", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("created_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role <> 'curator_kecamatan' OR region_code IS NOT NULL", name=op.f("ck_hat_curator_has_region")
        ),
        sa.CheckConstraint(
            "role NOT IN ('bendahara', 'pa_kpa', 'pp', 'ppk') OR office_id IS NOT NULL",
            name=op.f("ck_hat_office_role_has_office"),
        ),
        sa.CheckConstraint(
            "role NOT IN ('vendor_owner', 'vendor_staff') OR vendor_id IS NOT NULL",
            name=op.f("ck_hat_vendor_role_has_vendor"),
        ),
        sa.CheckConstraint("office_id IS NULL OR vendor_id IS NULL", name=op.f("ck_hat_one_side")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_hat_office_id")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_hat_region_code")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_hat_user_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_hat_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hat")),
        sa.UniqueConstraint("user_id", "role", "place_key", name=op.f("uq_hat_user_id_role_place_key")),
    )
    with op.batch_alter_table("hat", schema=None) as batch_op:
        batch_op.create_index("ix_hat_office_role", ["office_id", "role"], unique=False)
        batch_op.create_index(batch_op.f("ix_hat_region_code"), ["region_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_hat_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hat_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "number_sequence",
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_number_sequence_office_id")),
        sa.PrimaryKeyConstraint("office_id", "kind", "year", name=op.f("pk_number_sequence")),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("vendor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("ingredients", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=30), nullable=False),
        sa.Column("min_order", sa.Integer(), nullable=False),
        sa.Column("serves", sa.Integer(), nullable=True),
        sa.Column("weight_gram", sa.Integer(), nullable=True),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("daily_capacity", sa.Integer(), nullable=True),
        sa.Column("lead_time_hours", sa.Integer(), nullable=False),
        sa.Column("halal", sa.Boolean(), nullable=False),
        sa.Column("pdn", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_ref", sa.String(length=80), nullable=True),
        sa.Column("created_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published', 'paused', 'archived')", name=op.f("ck_product_state")),
        sa.CheckConstraint("daily_capacity IS NULL OR daily_capacity > 0", name=op.f("ck_product_capacity_positive")),
        sa.CheckConstraint("min_order >= 1", name=op.f("ck_product_min_order")),
        sa.CheckConstraint("price > 0", name=op.f("ck_product_price_positive")),
        sa.CheckConstraint("stock IS NULL OR stock >= 0", name=op.f("ck_product_stock_not_negative")),
        sa.ForeignKeyConstraint(["category_code"], ["category.code"], name=op.f("fk_product_category_code")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_product_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_product_source_source_ref")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index("ix_product_category", ["category_code", "state"], unique=False)
        batch_op.create_index("ix_product_vendor", ["vendor_id", "state"], unique=False)

    op.create_table(
        "access_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["hat_id"], ["hat.id"], name=op.f("fk_access_token_hat_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_access_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_token_token_hash")),
    )
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "capacity_day",
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.CheckConstraint("booked >= 0", name=op.f("ck_capacity_day_booked_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_capacity_day_product_id")),
        sa.PrimaryKeyConstraint("product_id", "day", name=op.f("pk_capacity_day")),
    )
    with op.batch_alter_table("capacity_day", schema=None) as batch_op:
        batch_op.create_index("ix_capacity_day_day", ["day"], unique=False)

    op.create_table(
        "cart_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("seen_price", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("added_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_cart_line_quantity_positive")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_cart_line_office_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_cart_line_product_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_cart_line_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_line")),
        sa.UniqueConstraint(
            "user_id", "office_id", "product_id", name=op.f("uq_cart_line_user_id_office_id_product_id")
        ),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("tkdn_bp", sa.Integer(), nullable=False),
        sa.Column("bmp_bp", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('certified', 'self_declared')", name=op.f("ck_certificate_kind")),
        sa.CheckConstraint("bmp_bp BETWEEN 0 AND 1500", name=op.f("ck_certificate_bmp_cap")),
        sa.CheckConstraint("tkdn_bp BETWEEN 0 AND 10000", name=op.f("ck_certificate_tkdn_range")),
        sa.CheckConstraint("valid_until >= issued_on", name=op.f("ck_certificate_valid_after_issue")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_certificate_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_product", ["product_id", "valid_until"], unique=False)
        batch_op.create_index("ix_certificate_valid_until", ["valid_until"], unique=False)

    op.create_table(
        "package_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("package_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("file_key", sa.String(length=100), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("added_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('kak', 'hps', 'spec')", name=op.f("ck_package_document_kind")),
        sa.ForeignKeyConstraint(["added_by"], ["user_account.id"], name=op.f("fk_package_document_added_by")),
        sa.ForeignKeyConstraint(["package_id"], ["budget_package.id"], name=op.f("fk_package_document_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_document")),
    )
    with op.batch_alter_table("package_document", schema=None) as batch_op:
        batch_op.create_index("ix_package_document_package", ["package_id"], unique=False)

    op.create_table(
        "price_tier",
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("min_quantity", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("min_quantity > 1", name=op.f("ck_price_tier_min_quantity")),
        sa.CheckConstraint("price > 0", name=op.f("ck_price_tier_price_positive")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_price_tier_product_id")),
        sa.PrimaryKeyConstraint("product_id", "min_quantity", name=op.f("pk_price_tier")),
    )
    op.create_table(
        "product_photo",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_photo_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_photo")),
    )
    with op.batch_alter_table("product_photo", schema=None) as batch_op:
        batch_op.create_index("ix_product_photo_product", ["product_id", "position"], unique=False)

    op.create_table(
        "purchase_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("package_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_code", sa.String(length=30), nullable=False),
        sa.Column("vendor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("vendor_name", sa.String(length=160), nullable=False),
        sa.Column("vendor_kecamatan", sa.String(length=13), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("deliver_address", sa.String(length=300), nullable=False),
        sa.Column("deliver_kecamatan", sa.String(length=13), nullable=False),
        sa.Column("deliver_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("placed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("placed_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("received_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("paid_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("paid_at", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("due_at", shop.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("relaxed", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('sent', 'confirmed', 'refused', 'expired', 'cancelled', 'on_the_way', 'arrived', 'received', 'paid', 'closed')",
            name=op.f("ck_purchase_order_state"),
        ),
        sa.CheckConstraint("headcount IS NULL OR headcount > 0", name=op.f("ck_purchase_order_headcount_positive")),
        sa.CheckConstraint("total > 0", name=op.f("ck_purchase_order_total_positive")),
        sa.ForeignKeyConstraint(
            ["deliver_kecamatan"], ["region.code"], name=op.f("fk_purchase_order_deliver_kecamatan")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_purchase_order_office_id")),
        sa.ForeignKeyConstraint(["package_id"], ["budget_package.id"], name=op.f("fk_purchase_order_package_id")),
        sa.ForeignKeyConstraint(["paid_by"], ["user_account.id"], name=op.f("fk_purchase_order_paid_by")),
        sa.ForeignKeyConstraint(["placed_by"], ["user_account.id"], name=op.f("fk_purchase_order_placed_by")),
        sa.ForeignKeyConstraint(["received_by"], ["user_account.id"], name=op.f("fk_purchase_order_received_by")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_purchase_order_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_order_number")),
    )
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.create_index("ix_purchase_order_due", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_purchase_order_office", ["office_id", "id"], unique=False)
        batch_op.create_index("ix_purchase_order_office_state", ["office_id", "state", "id"], unique=False)
        batch_op.create_index("ix_purchase_order_package", ["package_id"], unique=False)
        batch_op.create_index("ix_purchase_order_vendor", ["vendor_id", "id"], unique=False)
        batch_op.create_index("ix_purchase_order_vendor_state", ["vendor_id", "state", "id"], unique=False)

    op.create_table(
        "order_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_version", sa.Integer(), nullable=False),
        sa.Column("product_name", sa.String(length=200), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=30), nullable=False),
        sa.Column("list_price", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("evidence", sa.String(length=20), nullable=False),
        sa.Column("tkdn_bp", sa.Integer(), nullable=False),
        sa.Column("bmp_bp", sa.Integer(), nullable=False),
        sa.Column("certificate_number", sa.String(length=80), nullable=True),
        sa.Column("certificate_until", sa.Date(), nullable=True),
        sa.Column("pdn", sa.Boolean(), nullable=False),
        sa.Column("umk", sa.Boolean(), nullable=False),
        sa.Column("halal", sa.Boolean(), nullable=False),
        sa.Column("took_stock", sa.Boolean(), nullable=False),
        sa.Column("took_capacity", sa.Boolean(), nullable=False),
        sa.CheckConstraint("evidence IN ('certified', 'self_declared', 'none')", name=op.f("ck_order_line_evidence")),
        sa.CheckConstraint("amount = quantity * unit_price", name=op.f("ck_order_line_amount_recomputable")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_quantity_positive")),
        sa.CheckConstraint(
            "tkdn_bp BETWEEN 0 AND 10000 AND bmp_bp BETWEEN 0 AND 1500", name=op.f("ck_order_line_shares")
        ),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_order_line_unit_price_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_order_line_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_order_line_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index("ix_order_line_order", ["order_id"], unique=False)
        batch_op.create_index("ix_order_line_product", ["product_id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("proof_key", sa.String(length=100), nullable=False),
        sa.Column("proof_name", sa.String(length=200), nullable=False),
        sa.Column("withheld", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", shop.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount_positive")),
        sa.CheckConstraint("withheld >= 0 AND withheld < amount", name=op.f("ck_payment_withheld_below_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_payment_order_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_payment_recorded_by")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_payment")),
    )
    for table in APPEND_ONLY:
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Go back."""
    for table in APPEND_ONLY:
        for statement in not_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_table("payment")
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_index("ix_order_line_product")
        batch_op.drop_index("ix_order_line_order")

    op.drop_table("order_line")
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.drop_index("ix_purchase_order_vendor_state")
        batch_op.drop_index("ix_purchase_order_vendor")
        batch_op.drop_index("ix_purchase_order_package")
        batch_op.drop_index("ix_purchase_order_office_state")
        batch_op.drop_index("ix_purchase_order_office")
        batch_op.drop_index("ix_purchase_order_due")

    op.drop_table("purchase_order")
    with op.batch_alter_table("product_photo", schema=None) as batch_op:
        batch_op.drop_index("ix_product_photo_product")

    op.drop_table("product_photo")
    op.drop_table("price_tier")
    with op.batch_alter_table("package_document", schema=None) as batch_op:
        batch_op.drop_index("ix_package_document_package")

    op.drop_table("package_document")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_valid_until")
        batch_op.drop_index("ix_certificate_product")

    op.drop_table("certificate")
    op.drop_table("cart_line")
    with op.batch_alter_table("capacity_day", schema=None) as batch_op:
        batch_op.drop_index("ix_capacity_day_day")

    op.drop_table("capacity_day")
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_token_user_id"))

    op.drop_table("access_token")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_index("ix_product_vendor")
        batch_op.drop_index("ix_product_category")

    op.drop_table("product")
    op.drop_table("number_sequence")
    with op.batch_alter_table("hat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hat_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_hat_user_id"))
        batch_op.drop_index(batch_op.f("ix_hat_region_code"))
        batch_op.drop_index("ix_hat_office_role")

    op.drop_table("hat")
    with op.batch_alter_table("budget_package", schema=None) as batch_op:
        batch_op.drop_index("ix_budget_package_ppk")
        batch_op.drop_index("ix_budget_package_pp")
        batch_op.drop_index("ix_budget_package_office")

    op.drop_table("budget_package")
    with op.batch_alter_table("vendor", schema=None) as batch_op:
        batch_op.drop_index("ix_vendor_kecamatan")

    op.drop_table("vendor")
    op.drop_table("placement_key")
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_region_code"))
        batch_op.drop_index(batch_op.f("ix_office_parent_id"))

    op.drop_table("office")
    op.drop_table("user_account")
    op.drop_table("rule")
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.drop_index("ix_region_parent_code")

    op.drop_table("region")
    op.drop_table("p3dn_total")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_message_due",
            sqlite_where=sa.text("failed_at IS NULL"),
            postgresql_where=sa.text("failed_at IS NULL"),
        )

    op.drop_table("outbox_message")
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_failure_last_at"))

    op.drop_table("login_failure")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entry_vendor")
        batch_op.drop_index("ix_ledger_entry_source")
        batch_op.drop_index("ix_ledger_entry_office")
        batch_op.drop_index("ix_ledger_entry_kecamatan")
        batch_op.drop_index("ix_ledger_entry_evidence")
        batch_op.drop_index("ix_ledger_entry_day")
        batch_op.drop_index("ix_ledger_entry_account")

    op.drop_table("ledger_entry")
    op.drop_table("kbli")
    op.drop_table("holiday")
    op.drop_table("category")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_subject")
        batch_op.drop_index("ix_audit_entry_actor")

    op.drop_table("audit_entry")
    op.drop_table("account_code")
