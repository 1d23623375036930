"""What became of an office: the names it carried before, and into which other it went."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, UtcDateTime, keep_append_only


class OfficeName(Base):
    """A name an office carried until a day; from that day on the next one, or the one in `office`, is right."""

    __tablename__ = "office_name"
    __table_args__ = (UniqueConstraint("office_id", "until_day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(String(200))
    until_day: Mapped[date] = mapped_column()
    """The first Jakarta day on which it was not the name any more."""
    decree: Mapped[str] = mapped_column(String(80))
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfficeMerger(Base):
    """That an office went into another: it orders nothing any more, and what it bought stays under its own code."""

    __tablename__ = "office_merger"
    __table_args__ = (
        CheckConstraint("office_id <> into_id", "not_into_itself"),
        Index("ix_office_merger_into", "into_id"),
    )

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True, autoincrement=False)
    into_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    on_day: Mapped[date] = mapped_column()
    """The first Jakarta day on which it is part of the other."""
    decree: Mapped[str] = mapped_column(String(80))
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


keep_append_only(OfficeName.__table__)  # type: ignore[arg-type]
keep_append_only(OfficeMerger.__table__)  # type: ignore[arg-type]
