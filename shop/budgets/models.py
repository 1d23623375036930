"""A RUP package is the lawful ground of an order: announced, assigned, and never overspent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime, keep_append_only


def left_of(pagu: int, announced: int | None, used: int) -> int:
    """Return what may still be ordered, rupiah: nothing below zero when the plan shrank below what was ordered.

    >>> left_of(100, None, 60), left_of(100, 70, 60), left_of(100, 40, 60)
    (40, 10, 0)
    """
    return max((pagu if announced is None else min(pagu, announced)) - used, 0)


class Package(Base):
    """One package of the procurement plan (RUP, announced in SiRUP) of one office and year."""

    __tablename__ = "budget_package"
    __table_args__ = (
        UniqueConstraint("rup_code", "year"),
        CheckConstraint("pagu > 0", "pagu_positive"),
        CheckConstraint("state IN ('available', 'with_ppk', 'with_pp')", "state"),
        CheckConstraint("reserved >= 0 AND realised >= 0", "use_not_negative"),
        # The last judge against overspending: whatever the code above believes, the database refuses.
        CheckConstraint("reserved + realised <= pagu", "never_over_pagu"),
        Index("ix_budget_package_office", "office_id", "year", "state"),
        Index("ix_budget_package_pp", "pp_id", "state"),
        Index("ix_budget_package_ppk", "ppk_id", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    rup_code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(300))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    account_code: Mapped[str] = mapped_column(ForeignKey("account_code.code"))
    year: Mapped[int] = mapped_column(Integer)
    pagu: Mapped[int] = mapped_column(Rupiah)
    reserved: Mapped[int] = mapped_column(Rupiah, default=0)
    """Rupiah bound by orders that are sent and not yet paid."""
    realised: Mapped[int] = mapped_column(Rupiah, default=0)
    """Rupiah paid."""
    announced: Mapped[int | None] = mapped_column(Rupiah)
    """What SiRUP announces now where that is not `pagu`: less than was ordered already, 0 when the package is gone."""
    mak: Mapped[str] = mapped_column(String(120), default="")
    fund_source: Mapped[str] = mapped_column(String(40), default="APBD")
    method: Mapped[str] = mapped_column(String(60), default="E-Purchasing")
    pdn: Mapped[bool] = mapped_column(default=True)
    umk: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(20), default="available")
    ppk_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    pp_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def left(self) -> int:
        """Rupiah that may still be ordered."""
        return left_of(self.pagu, self.announced, self.reserved + self.realised)


class PackageDocument(Base):
    """KAK, HPS or specification that the PPK attached before handing the package on."""

    __tablename__ = "package_document"
    __table_args__ = (
        CheckConstraint("kind IN ('kak', 'hps', 'spec')", "kind"),
        Index("ix_package_document_package", "package_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("budget_package.id"))
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    file_key: Mapped[str | None] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    amount: Mapped[int | None] = mapped_column(Rupiah)
    """The HPS value in rupiah, when this is one."""
    added_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UnitCeiling(Base):
    """The highest price of one portion or one unit from a day on. Only grows: a later row takes the place of an earlier."""

    __tablename__ = "unit_ceiling"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_positive"),
        CheckConstraint("per IN ('person', 'unit')", "per"),
        CheckConstraint("confidence IN ('H', 'M', 'L')", "confidence_known"),
        Index("ix_unit_ceiling_subject", "subject", "from_day"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(String(40))
    """`meal`, `snack`, or the code of a category."""
    per: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int] = mapped_column(Rupiah)
    from_day: Mapped[date] = mapped_column()
    source: Mapped[str] = mapped_column(String(200))
    confidence: Mapped[str] = mapped_column(String(1))
    reason: Mapped[str] = mapped_column(String(300))
    set_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """None for what came with the installation."""
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


keep_append_only(UnitCeiling.__table__)  # type: ignore[arg-type]
