"""The ledger, which only grows, and the totals kept beside it in the same transaction.

No foreign keys on purpose: the rooms that own orders, packages and vendors lie above this one, and an entry is a
photograph that must stay readable and summable whatever happens to the row it was taken of.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, BasisPoints, Id, Rupiah, UtcDateTime, keep_append_only

_ASIDE: Final = ("vendor_id", "category_code", "kecamatan_code", "evidence", "channel")


class LedgerEntry(Base):
    """One difference: what a key counts from now on, minus what it counted before. Never updated, never deleted."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint(
            "planned <> 0 OR committed <> 0 OR paid_total <> 0 OR pdn_value <> 0 OR pdn_certified <> 0"
            " OR tkdn_weighted <> 0 OR umk_value <> 0 OR orders <> 0 OR lines <> 0",
            name="says_something",  # an entry of nine zeroes would be noise that still has to be explained
        ),
        # Settling asks what one source holds.
        Index("ix_ledger_entry_source", "source", "id"),
        # Pages of lines walk (day, id) under each filter, so that no page sorts. What stands behind that order is what else
        # may be asked with it: lines that do not count are passed over in the index, without a look into the table.
        Index("ix_ledger_entry_day", "day", "id"),
        Index("ix_ledger_entry_office", "office_id", "day", "id", *_ASIDE, "account_code"),
        Index("ix_ledger_entry_account", "account_code", "day", "id"),
        Index("ix_ledger_entry_kecamatan", "kecamatan_code", "day", "id", "account_code"),
        Index("ix_ledger_entry_vendor", "vendor_id", "day", "id"),
        Index("ix_ledger_entry_category", "category_code", "day", "id", "account_code"),
        Index("ix_ledger_entry_channel", "channel", "day", "id", "account_code"),
        Index("ix_ledger_entry_evidence", "evidence", "day", "id", "account_code"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    """Who stated the facts: `order:12` or `package:5`."""
    key: Mapped[str] = mapped_column(String(40))
    """Which statement of that source: `line:31` or `package:5`."""
    day: Mapped[date] = mapped_column(Date)
    """The Jakarta day the difference counts on."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    """Whose act caused it; empty when the process itself acted."""
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    line_id: Mapped[int | None] = mapped_column(BigInteger)
    package_id: Mapped[int] = mapped_column(BigInteger)
    office_id: Mapped[int] = mapped_column(BigInteger)
    account_code: Mapped[str] = mapped_column(String(30))
    kecamatan_code: Mapped[str] = mapped_column(String(16))
    vendor_id: Mapped[int | None] = mapped_column(BigInteger)
    category_code: Mapped[str] = mapped_column(String(60))
    evidence: Mapped[str] = mapped_column(String(16))
    tkdn_bp: Mapped[int] = mapped_column(BasisPoints)
    channel: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """How the order was placed; empty for plans, and for what was entered before this was noted."""
    planned: Mapped[int] = mapped_column(Rupiah)
    committed: Mapped[int] = mapped_column(Rupiah)
    paid_total: Mapped[int] = mapped_column(Rupiah)
    pdn_value: Mapped[int] = mapped_column(Rupiah)
    pdn_certified: Mapped[int] = mapped_column(Rupiah)
    tkdn_weighted: Mapped[int] = mapped_column(Rupiah)
    umk_value: Mapped[int] = mapped_column(Rupiah)
    orders: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[int] = mapped_column(BigInteger)


class P3dnTotal(Base):
    """One kept sum of the ledger: a period, a breakdown (`dim`), its filters, and the group (`key`).

    Filters left open are office_id 0 and account_code ''. Which rows exist is decided in faces.py alone.
    The key starts with the period: all rows written today lie side by side, whatever the size of the table.
    """

    __tablename__ = "p3dn_total"
    __table_args__ = (
        # The few hottest rows are updated by every payment: leave room so that PostgreSQL updates them in place.
        {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": "80"}},
    )

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    dim: Mapped[str] = mapped_column(String(10), primary_key=True)
    office_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_code: Mapped[str] = mapped_column(String(30), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    planned: Mapped[int] = mapped_column(Rupiah)
    committed: Mapped[int] = mapped_column(Rupiah)
    paid_total: Mapped[int] = mapped_column(Rupiah)
    pdn_value: Mapped[int] = mapped_column(Rupiah)
    pdn_certified: Mapped[int] = mapped_column(Rupiah)
    tkdn_weighted: Mapped[int] = mapped_column(Rupiah)
    umk_value: Mapped[int] = mapped_column(Rupiah)
    orders: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[int] = mapped_column(BigInteger)


keep_append_only(LedgerEntry.__table__)  # type: ignore[arg-type]
