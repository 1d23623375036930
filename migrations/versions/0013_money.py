"""The books, the taxes an order was paid by, and payments through channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUPIAH = sa.BigInteger()
MOMENT = shop.db.UtcDateTime(timezone=True)
LIVE = sa.text("state IN ('opened', 'asked', 'approved', 'processing')")
FROZEN = ("money_posting", "money_transfer", "order_tax")


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _rupiah(*names: str) -> list[sa.Column]:
    return [sa.Column(name, RUPIAH, nullable=False) for name in names]


def upgrade() -> None:
    _books()
    _taxes()
    _payments()
    op.add_column("payment", sa.Column("channel", sa.String(20), nullable=False, server_default="transfer"))
    op.create_index("ix_purchase_order_pair", "purchase_order", ["office_id", "vendor_id", "placed_at"])
    for table in FROZEN:
        for statement in shop.db.append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
    # What was paid before there was a counter counts in it.
    year = "CAST(strftime('%Y', p.paid_on) AS INTEGER)" if op.get_bind().dialect.name == "sqlite" else "EXTRACT(YEAR FROM p.paid_on)::int"
    op.execute(
        f"INSERT INTO vendor_turnover (vendor_id, year, paid) SELECT o.vendor_id, {year}, SUM(p.amount)"
        f" FROM payment p JOIN purchase_order o ON o.id = p.order_id GROUP BY o.vendor_id, {year}"
    )


def _books() -> None:
    op.create_table(
        "money_posting",
        sa.Column("id", ID, nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("by", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _to("money_posting", "office_id", "office"),
        _to("money_posting", "by", "user_account"),
        sa.UniqueConstraint("source", "name", name=op.f("uq_money_posting_source_name")),
        _key("money_posting", "id"),
    )
    op.create_index("ix_money_posting_office", "money_posting", ["office_id", "id"])
    op.create_index("ix_money_posting_vendor", "money_posting", ["vendor_id", "id"])
    op.create_table(
        "money_transfer",
        sa.Column("id", ID, nullable=False),
        sa.Column("posting_id", ID, nullable=False),
        sa.Column("debit", sa.String(40), nullable=False),
        sa.Column("credit", sa.String(40), nullable=False),
        sa.Column("amount", RUPIAH, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_money_transfer_amount_positive")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_money_transfer_two_accounts")),
        _to("money_transfer", "posting_id", "money_posting"),
        _key("money_transfer", "id"),
    )
    op.create_index("ix_money_transfer_posting", "money_transfer", ["posting_id"])
    op.create_table(
        "money_sum",
        sa.Column("party", sa.String(6), nullable=False),
        sa.Column("party_id", ID, nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        *_rupiah("debit", "credit"),
        sa.CheckConstraint("party IN ('city', 'office', 'vendor')", name=op.f("ck_money_sum_party")),
        _key("money_sum", "party", "party_id", "month", "account"),
    )


def _taxes() -> None:
    op.create_table(
        "order_tax",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        *_rupiah("dpp", "ppn"),
        sa.Column("ppn_remitted_by", sa.String(10), nullable=False),
        *_rupiah("pbjt"),
        sa.Column("pph_code", sa.String(24), nullable=False),
        *_rupiah("pph_base"),
        sa.Column("pph_bp", sa.Integer(), nullable=False),
        *_rupiah("pph"),
        sa.Column("pph_remitted_by", sa.String(10), nullable=False),
        *_rupiah("gross", "seller_receives", "remit_treasurer", "remit_platform", "stamp"),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('goods', 'catering', 'service')", name=op.f("ck_order_tax_kind")),
        sa.CheckConstraint("gross = dpp + ppn + pbjt", name=op.f("ck_order_tax_gross")),
        sa.CheckConstraint(
            "gross = seller_receives + remit_treasurer + remit_platform", name=op.f("ck_order_tax_nothing_lost")
        ),
        _to("order_tax", "order_id", "purchase_order"),
        _to("order_tax", "office_id", "office"),
        _to("order_tax", "vendor_id", "vendor"),
        sa.UniqueConstraint("order_id", "kind", name=op.f("uq_order_tax_order_id_kind")),
        _key("order_tax", "id"),
    )
    op.create_index("ix_order_tax_office", "order_tax", ["office_id", "month", "id"])
    op.create_index("ix_order_tax_vendor", "order_tax", ["vendor_id", "month", "id"])
    op.create_index("ix_order_tax_month", "order_tax", ["month", "pph_code", "id"])
    op.create_table(
        "vendor_turnover",
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        *_rupiah("paid"),
        _to("vendor_turnover", "vendor_id", "vendor"),
        _key("vendor_turnover", "vendor_id", "year"),
    )


def _payments() -> None:
    op.create_table(
        "payment_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("vendor_id", ID, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        *_rupiah("amount"),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("external_id", sa.String(100), nullable=False),
        sa.Column("external_state", sa.String(40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("opened_by", ID, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("next_check_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_request_amount_positive")),
        sa.CheckConstraint(
            "channel IN ('transfer', 'autodebet', 'kkpd', 'qris', 'gateway')", name=op.f("ck_payment_request_channel")
        ),
        sa.CheckConstraint(
            "state IN ('opened', 'asked', 'approved', 'processing', 'succeeded', 'failed', 'cancelled', 'rejected')",
            name=op.f("ck_payment_request_state"),
        ),
        _to("payment_request", "order_id", "purchase_order"),
        _to("payment_request", "office_id", "office"),
        _to("payment_request", "vendor_id", "vendor"),
        _to("payment_request", "opened_by", "user_account"),
        _to("payment_request", "decided_by", "user_account"),
        _key("payment_request", "id"),
    )
    live = {"sqlite_where": LIVE, "postgresql_where": LIVE}
    op.create_index("uq_payment_request_live", "payment_request", ["order_id"], unique=True, **live)
    op.create_index("uq_payment_request_key", "payment_request", ["key"], unique=True)
    op.create_index("ix_payment_request_order", "payment_request", ["order_id", "id"])
    op.create_index("ix_payment_request_office", "payment_request", ["office_id", "state", "id"])
    op.create_index("ix_payment_request_external", "payment_request", ["external_id"])
    op.create_index("ix_payment_request_check", "payment_request", ["next_check_at", "id"])
    op.create_table(
        "payment_refund",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        *_rupiah("amount"),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("external_id", sa.String(100), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("asked_by", ID, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_refund_amount_positive")),
        sa.CheckConstraint("state IN ('pending', 'succeeded', 'failed')", name=op.f("ck_payment_refund_state")),
        _to("payment_refund", "request_id", "payment_request"),
        _to("payment_refund", "asked_by", "user_account"),
        _key("payment_refund", "id"),
    )
    op.create_index("ix_payment_refund_request", "payment_refund", ["request_id", "id"])
    op.create_index("uq_payment_refund_key", "payment_refund", ["key"], unique=True)
    op.create_table(
        "gateway_event",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("object_id", sa.String(100), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("odd", sa.String(300), nullable=False),
        _key("gateway_event", "id"),
    )
    op.create_index("ix_gateway_event_object", "gateway_event", ["object_id"])
    op.create_index("ix_gateway_event_odd", "gateway_event", ["odd", "received_at"])


def downgrade() -> None:
    for table in FROZEN:
        for statement in shop.db.not_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_index("ix_purchase_order_pair", "purchase_order")
    op.drop_column("payment", "channel")
    for table in (
        "gateway_event", "payment_refund", "payment_request", "vendor_turnover", "order_tax", "money_sum",
        "money_transfer", "money_posting",
    ):
        op.drop_table(table)
