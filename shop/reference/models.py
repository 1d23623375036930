"""Tables of facts that others decide: regions, account codes, KBLI, holidays, and rules with their dates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, Session, mapped_column, scoped_session

from shop.db import Base, Id, UtcDateTime

AnySession: TypeAlias = Session | scoped_session[Any]
"""The session of a request (scoped) or a plain one: reading facts works with both."""


class Region(Base):
    """An administrative region of Jakarta by its Kemendagri code, e.g. `31.71.01` = Kecamatan Gambir.

    Kabupaten Administrasi Kepulauan Seribu has level `kota`: it stands on the same step as the five cities.
    """

    __tablename__ = "region"
    __table_args__ = (
        # A fifth level would fall through every filter by level.
        CheckConstraint("level IN ('provinsi', 'kota', 'kecamatan', 'kelurahan')", name="level_known"),
        Index("ix_region_parent_code", "parent_code"),
    )

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(10))
    parent_code: Mapped[str | None] = mapped_column(String(13), ForeignKey("region.code"))
    postal_code: Mapped[str | None] = mapped_column(String(5))


class AccountCode(Base):
    """A budget account (kode rekening, Permendagri 90/2019 as updated by Kepmendagri 050-5889/2021)."""

    __tablename__ = "account_code"
    __table_args__ = (
        # 5.2 is capital spending: a 5.1 package may never buy with it.
        CheckConstraint("kind IN ('operasi', 'modal')", name="kind_known"),
    )

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    parent_code: Mapped[str] = mapped_column(String(16))
    parent_name: Mapped[str] = mapped_column(String(160))
    msme: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(8))


class Kbli(Base):
    """A line of business (KBLI 2020, Peraturan BPS 2/2020); here those that small producers register under."""

    __tablename__ = "kbli"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(1))
    msme: Mapped[bool]


class Holiday(Base):
    """A closed day beside Saturday and Sunday. A name ending in `(perkiraan)` is not decreed yet."""

    __tablename__ = "holiday"
    __table_args__ = (CheckConstraint("kind IN ('public', 'cuti_bersama')", name="kind_known"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(120))


class Rule(Base):
    """The value of one rule for a span of days: `valid_from` counts, `valid_to` does not (half-open), None = still."""

    __tablename__ = "rule"
    __table_args__ = (
        UniqueConstraint("key", "valid_from"),
        # An empty span would hide a rule without anybody noticing.
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="span_not_empty"),
        # High, medium, low: a rule of low confidence says so on screen.
        CheckConstraint("confidence IN ('H', 'M', 'L')", name="confidence_known"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    value: Mapped[Any] = mapped_column(JSON, nullable=False)
    source: Mapped[str] = mapped_column(String(200))
    confidence: Mapped[str] = mapped_column(String(1))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Set on the page by the programme, not read from our file: loading the file never takes it away."""
    closed_before: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Ended the open span before it, which is open again when this one is withdrawn."""
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")


class RuleVersion(Base):
    """One row that changes with every change of the rules: who changes them holds it, who keeps them in memory looks at it.

    Drawn by chance and not counted: a count taken back with its transaction would come again with other rules.
    """

    __tablename__ = "rule_version"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(String(32))
