"""Bargaining and competing. Offers and bids only grow: what somebody once wrote can be read for ever, and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime, keep_append_only


class Negotiation(Base):
    """Bargaining of one office with one producer, about one delivery."""

    __tablename__ = "negotiation"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open_vendor', 'open_buyer', 'agreed', 'declined', 'withdrawn', 'expired')", "state"
        ),
        # Whoever agreed has a price that holds until a moment and a record with a number.
        CheckConstraint("state <> 'agreed' OR (valid_until IS NOT NULL AND record_number <> '')", "agreed_has_record"),
        Index("ix_negotiation_office", "office_id", "state", "id"),
        Index("ix_negotiation_vendor", "vendor_id", "state", "id"),
        Index("ix_negotiation_due", "state", "turn_due"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    package_id: Mapped[int] = mapped_column(ForeignKey("budget_package.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    vendor_name: Mapped[str] = mapped_column(String(160))
    purpose: Mapped[str] = mapped_column(String(200))
    opened_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime)
    turn_due: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until when the side whose turn it is may answer."""
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_words: Mapped[str] = mapped_column(String(500), default="")
    record_number: Mapped[str] = mapped_column(String(60), default="")
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when the office may order at the agreed price."""
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class NegotiationOffer(Base):
    """One version of what is on the table: lines, place and time, and who put it there. Only grows."""

    __tablename__ = "negotiation_offer"
    __table_args__ = (
        UniqueConstraint("negotiation_id", "number"),
        CheckConstraint("side IN ('buyer', 'vendor')", "side"),
        CheckConstraint("total > 0", "total_positive"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    negotiation_id: Mapped[int] = mapped_column(ForeignKey("negotiation.id"))
    number: Mapped[int] = mapped_column(Integer)
    side: Mapped[str] = mapped_column(String(10))
    deliver_address: Mapped[str] = mapped_column(String(300))
    deliver_kecamatan: Mapped[str] = mapped_column(ForeignKey("region.code"))
    deliver_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """{product_id, name, unit, quantity, unit_price, list_price, contents, why}; rupiah, as they stood that moment."""
    total: Mapped[int] = mapped_column(Rupiah)
    words: Mapped[str] = mapped_column(String(500), default="")
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_by_name: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Competition(Base):
    """One sealed request to several producers: what is needed, where and when, and until when they may bid."""

    __tablename__ = "competition"
    __table_args__ = (
        CheckConstraint("state IN ('collecting', 'short', 'opened', 'awarded', 'closed')", "state"),
        CheckConstraint("state NOT IN ('opened', 'awarded') OR opened_at IS NOT NULL", "opened_has_moment"),
        CheckConstraint("state <> 'awarded' OR (valid_until IS NOT NULL AND record_number <> '')", "award_has_record"),
        Index("ix_competition_office", "office_id", "state", "id"),
        Index("ix_competition_due", "state", "deadline"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    package_id: Mapped[int] = mapped_column(ForeignKey("budget_package.id"))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    purpose: Mapped[str] = mapped_column(String(200))
    need: Mapped[str] = mapped_column(Text, default="")
    deliver_address: Mapped[str] = mapped_column(String(300))
    deliver_kecamatan: Mapped[str] = mapped_column(ForeignKey("region.code"))
    deliver_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    """Bids are taken up to this moment and read by nobody before it."""
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    extended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From here on the office reads the bids; NULL means sealed, whatever the clock says."""
    open_words: Mapped[str] = mapped_column(String(500), default="")
    """Why it was opened although fewer producers bid than the rule wants."""
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_words: Mapped[str] = mapped_column(String(500), default="")
    record_number: Mapped[str] = mapped_column(String(60), default="")
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CompetitionLine(Base):
    """One thing that is needed, and who won it for how much, with the reason."""

    __tablename__ = "competition_line"
    __table_args__ = (
        UniqueConstraint("competition_id", "position"),
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("ceiling IS NULL OR ceiling > 0", "ceiling_positive"),
        CheckConstraint("(won_vendor_id IS NULL) = (won_price IS NULL)", "won_whole"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    position: Mapped[int] = mapped_column(Integer)
    need: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(String(30))
    ceiling: Mapped[int | None] = mapped_column(Rupiah)
    """The highest rupiah for one unit; told to the producers."""
    won_vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendor.id"))
    won_price: Mapped[int | None] = mapped_column(Rupiah)
    ranking: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """All bids for this line as they stood when the winner was chosen (`ranking.Entry`): a later hold changes no rank."""
    reason: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str] = mapped_column(String(500), default="")


class CompetitionInvite(Base):
    """One producer that was asked."""

    __tablename__ = "competition_invite"
    __table_args__ = (
        CheckConstraint("why IN ('able', 'added')", "why"),
        Index("ix_competition_invite_vendor", "vendor_id", "competition_id"),
    )

    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    vendor_name: Mapped[str] = mapped_column(String(160))
    why: Mapped[str] = mapped_column(String(10))
    """Found able by the catalogue, or added by the officer."""
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CompetitionBid(Base):
    """One version of a producer's sealed bid; the highest number counts. Only grows: replacing and withdrawing add a row."""

    __tablename__ = "competition_bid"
    __table_args__ = (UniqueConstraint("competition_id", "vendor_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    number: Mapped[int] = mapped_column(Integer)
    withdrawn: Mapped[bool] = mapped_column()
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """{line, product_id, name, unit, unit_price, list_price, note, why, evidence, tkdn_bp}; only lines that are bid for."""
    salt: Mapped[str] = mapped_column(String(60))
    """Random, so that nobody finds the price by trying out which one gives the seal."""
    seal: Mapped[str] = mapped_column(String(64))
    """SHA-256 of content and salt; it stands in the trail from the moment of bidding."""
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


keep_append_only(NegotiationOffer.__table__)  # type: ignore[arg-type]
keep_append_only(CompetitionBid.__table__)  # type: ignore[arg-type]
