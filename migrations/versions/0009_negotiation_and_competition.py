"""An office bargains with one producer, or asks several for sealed bids."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db
from shop.db import append_only, not_append_only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = shop.db.UtcDateTime(timezone=True)
APPEND_ONLY = ("negotiation_offer", "competition_bid")


def _to(table: str, column: str, target: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.{key}"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    op.create_table(
        "negotiation",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("package_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("vendor_name", sa.String(160), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("opened_by", ID, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("waiting_since", MOMENT, nullable=False),
        sa.Column("turn_due", MOMENT, nullable=False),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_words", sa.String(500), nullable=False),
        sa.Column("record_number", sa.String(60), nullable=False),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open_vendor', 'open_buyer', 'agreed', 'declined', 'withdrawn', 'expired')",
            name=op.f("ck_negotiation_state"),
        ),
        sa.CheckConstraint(
            "state <> 'agreed' OR (valid_until IS NOT NULL AND record_number <> '')",
            name=op.f("ck_negotiation_agreed_has_record"),
        ),
        _to("negotiation", "office_id", "office"),
        _to("negotiation", "package_id", "budget_package"),
        _to("negotiation", "vendor_id", "vendor"),
        _to("negotiation", "opened_by", "user_account"),
        _to("negotiation", "ended_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiation")),
    )
    op.create_index("ix_negotiation_office", "negotiation", ["office_id", "state", "id"])
    op.create_index("ix_negotiation_vendor", "negotiation", ["vendor_id", "state", "id"])
    op.create_index("ix_negotiation_due", "negotiation", ["state", "turn_due"])
    op.create_table(
        "negotiation_offer",
        sa.Column("id", ID, nullable=False),
        sa.Column("negotiation_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("deliver_address", sa.String(300), nullable=False),
        sa.Column("deliver_kecamatan", sa.String(13), nullable=False),
        sa.Column("deliver_at", MOMENT, nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_by_name", sa.String(200), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("side IN ('buyer', 'vendor')", name=op.f("ck_negotiation_offer_side")),
        sa.CheckConstraint("total > 0", name=op.f("ck_negotiation_offer_total_positive")),
        _to("negotiation_offer", "negotiation_id", "negotiation"),
        _to("negotiation_offer", "deliver_kecamatan", "region", "code"),
        _to("negotiation_offer", "made_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiation_offer")),
        sa.UniqueConstraint("negotiation_id", "number", name=op.f("uq_negotiation_offer_negotiation_id_number")),
    )
    op.create_table(
        "competition",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("package_id", ID, nullable=False),
        sa.Column("category_code", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("deliver_address", sa.String(300), nullable=False),
        sa.Column("deliver_kecamatan", sa.String(13), nullable=False),
        sa.Column("deliver_at", MOMENT, nullable=False),
        sa.Column("deadline", MOMENT, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("extended_at", MOMENT, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("open_words", sa.String(500), nullable=False),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_words", sa.String(500), nullable=False),
        sa.Column("record_number", sa.String(60), nullable=False),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('collecting', 'short', 'opened', 'awarded', 'closed')", name=op.f("ck_competition_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('opened', 'awarded') OR opened_at IS NOT NULL",
            name=op.f("ck_competition_opened_has_moment"),
        ),
        sa.CheckConstraint(
            "state <> 'awarded' OR (valid_until IS NOT NULL AND record_number <> '')",
            name=op.f("ck_competition_award_has_record"),
        ),
        _to("competition", "office_id", "office"),
        _to("competition", "package_id", "budget_package"),
        _to("competition", "category_code", "category", "code"),
        _to("competition", "deliver_kecamatan", "region", "code"),
        _to("competition", "made_by", "user_account"),
        _to("competition", "ended_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition")),
    )
    op.create_index("ix_competition_office", "competition", ["office_id", "state", "id"])
    op.create_index("ix_competition_due", "competition", ["state", "deadline"])
    op.create_table(
        "competition_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("competition_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("need", sa.String(300), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("won_vendor_id", ID, nullable=True),
        sa.Column("won_price", sa.BigInteger(), nullable=True),
        sa.Column("ranking", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_competition_line_quantity_positive")),
        sa.CheckConstraint("ceiling IS NULL OR ceiling > 0", name=op.f("ck_competition_line_ceiling_positive")),
        sa.CheckConstraint(
            "(won_vendor_id IS NULL) = (won_price IS NULL)", name=op.f("ck_competition_line_won_whole")
        ),
        _to("competition_line", "competition_id", "competition"),
        _to("competition_line", "won_vendor_id", "vendor"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_line")),
        sa.UniqueConstraint("competition_id", "position", name=op.f("uq_competition_line_competition_id_position")),
    )
    op.create_table(
        "competition_invite",
        sa.Column("competition_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("vendor_name", sa.String(160), nullable=False),
        sa.Column("why", sa.String(10), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.CheckConstraint("why IN ('able', 'added')", name=op.f("ck_competition_invite_why")),
        _to("competition_invite", "competition_id", "competition"),
        _to("competition_invite", "vendor_id", "vendor"),
        sa.PrimaryKeyConstraint("competition_id", "vendor_id", name=op.f("pk_competition_invite")),
    )
    op.create_index("ix_competition_invite_vendor", "competition_invite", ["vendor_id", "competition_id"])
    op.create_table(
        "competition_bid",
        sa.Column("id", ID, nullable=False),
        sa.Column("competition_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(60), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _to("competition_bid", "competition_id", "competition"),
        _to("competition_bid", "vendor_id", "vendor"),
        _to("competition_bid", "made_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_bid")),
        sa.UniqueConstraint(
            "competition_id", "vendor_id", "number", name=op.f("uq_competition_bid_competition_id_vendor_id_number")
        ),
    )
    for table in APPEND_ONLY:
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in APPEND_ONLY:
        for statement in not_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
    for table in (
        "competition_bid", "competition_invite", "competition_line", "competition", "negotiation_offer", "negotiation",
    ):
        op.drop_table(table)
