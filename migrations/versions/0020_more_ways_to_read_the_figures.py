"""How an order was placed; indexes for every filter of the lines; and the kept totals laid anew in fewer, other rows."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MEASURES = (
    "planned", "committed", "paid_total", "pdn_value", "pdn_certified", "tkdn_weighted", "umk_value", "orders", "lines",
)  # fmt: skip
ASIDE = ("vendor_id", "category_code", "kecamatan_code", "evidence", "channel")
OLD = {
    "account": ("account_code", "day", "id"),
    "evidence": ("evidence", "day", "id"),
    "kecamatan": ("kecamatan_code", "day", "id"),
    "office": ("office_id", "day", "id"),
    "vendor": ("vendor_id", "day", "id"),
}
NEW = {
    "account": ("account_code", "day", "id"),
    "category": ("category_code", "day", "id", "account_code"),
    "channel": ("channel", "day", "id", "account_code"),
    "evidence": ("evidence", "day", "id", "account_code"),
    "kecamatan": ("kecamatan_code", "day", "id", "account_code"),
    "office": ("office_id", "day", "id", *ASIDE, "account_code"),
    "vendor": ("vendor_id", "day", "id"),
}
OFFICE, VENDOR = "CAST(office_id AS VARCHAR(20))", "COALESCE(CAST(vendor_id AS VARCHAR(20)), '')"
KEYS = {"kecamatan": "kecamatan_code", "vendor": VENDOR, "evidence": "evidence"}
NEW_KEYS = KEYS | {"category": "category_code", "channel": "channel"}
YEAR, MONTH, DAY = 4, 7, 10


def upgrade() -> None:
    for table in ("purchase_order", "ledger_entry"):
        op.add_column(table, sa.Column("channel", sa.String(20), nullable=False, server_default=""))
    _index(OLD, NEW)
    _lay(60)
    for length in (YEAR, MONTH, DAY):
        _sum(_wide(NEW_KEYS), length)
    _sum(_narrow(NEW_KEYS), YEAR)


def downgrade() -> None:
    _index(NEW, OLD)
    _lay(30)
    for length in (YEAR, MONTH, DAY):
        _sum([*_wide(KEYS), *_narrow(KEYS)], length)
    for table in ("ledger_entry", "purchase_order"):
        op.drop_column(table, "channel")


def _index(before: dict[str, tuple[str, ...]], after: dict[str, tuple[str, ...]]) -> None:
    for name, columns in before.items():
        if after.get(name) != columns:
            op.drop_index(f"ix_ledger_entry_{name}", "ledger_entry")
    for name, columns in after.items():
        if before.get(name) != columns:
            op.create_index(f"ix_ledger_entry_{name}", "ledger_entry", list(columns))


def _lay(key_length: int) -> None:
    """Throw the kept totals away and lay an empty table for them: they are nothing but sums of the ledger."""
    op.drop_table("p3dn_total")
    op.create_table(
        "p3dn_total",
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("dim", sa.String(10), nullable=False),
        sa.Column("office_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_code", sa.String(30), nullable=False),
        sa.Column("key", sa.String(key_length), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in MEASURES),
        sa.PrimaryKeyConstraint("period", "dim", "office_id", "account_code", "key", name=op.f("pk_p3dn_total")),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": "80"},
    )


def _wide(keys: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield (dim, office, account, key) of the whole city's sums, as SQL over the ledger."""
    yield "", "0", "''", "''"
    yield "office", "0", "''", OFFICE
    yield "office", "0", "account_code", OFFICE
    yield "account", "0", "''", "account_code"
    for dim, key in keys.items():
        yield dim, "0", "''", key
        yield dim, "0", "account_code", key


def _narrow(keys: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the same of what stands under one office."""
    yield "account", "office_id", "''", "account_code"
    for dim, key in keys.items():
        yield dim, "office_id", "''", key
        yield dim, "office_id", "account_code", key


def _sum(faces: Iterator[tuple[str, str, str, str]] | list[tuple[str, str, str, str]], length: int) -> None:
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in MEASURES)
    some = " OR ".join(f"SUM({name}) <> 0" for name in MEASURES)
    period = f"SUBSTR(CAST(day AS VARCHAR(10)), 1, {length})"
    for dim, office, account, key in faces:
        op.execute(
            f"INSERT INTO p3dn_total (period, dim, office_id, account_code, key, {', '.join(MEASURES)})"  # noqa: S608
            f" SELECT p, '{dim}', o, a, k, {sums} FROM (SELECT {period} AS p, {office} AS o, {account} AS a, {key} AS k,"
            f" {', '.join(MEASURES)} FROM ledger_entry) AS entry GROUP BY p, o, a, k HAVING {some}"
        )
