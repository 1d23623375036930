"""Tables from basket to order: baskets saved by name, the need carried along, the places and papers sent with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime


class OrderPlace(Base):
    """One of several places of an order. An order for one place has none: its own address says where."""

    __tablename__ = "order_place"
    __table_args__ = (UniqueConstraint("order_id", "number"), CheckConstraint("number > 0", "number_positive"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    number: Mapped[int] = mapped_column(Integer)
    """From 1; the first is the order's own address."""
    address: Mapped[str] = mapped_column(String(300))
    kecamatan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    contact: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it is wanted there; None: when the order is."""


class OrderPlaceLine(Base):
    """How much of a line goes to a place. The pieces of all places are the pieces of the line."""

    __tablename__ = "order_place_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity_positive"),
        Index("ix_order_place_line_line", "line_id"),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("order_place.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id", ondelete="CASCADE"), primary_key=True)
    quantity: Mapped[int] = mapped_column(Integer)


class OrderAttachment(Base):
    """A paper that explains an order. Without an order it waits in somebody's basket to be sent along."""

    __tablename__ = "order_attachment"
    __table_args__ = (
        CheckConstraint("kind IN ('invitation', 'attendance', 'terms', 'other')", "kind"),
        Index("ix_order_attachment_order", "order_id"),
        Index("ix_order_attachment_waiting", "added_by", "office_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_order.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str] = mapped_column(String(20))
    file_key: Mapped[str] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(200))
    added_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SavedBasket(Base):
    """A basket kept under a name; with a headcount it is a template that grows and shrinks with the people."""

    __tablename__ = "saved_basket"
    __table_args__ = (
        UniqueConstraint("user_id", "office_id", "name"),
        CheckConstraint("headcount IS NULL OR headcount > 0", "headcount_positive"),
        Index("ix_saved_basket_office", "office_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(200), default="")
    headcount: Mapped[int | None] = mapped_column(Integer)
    shared: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SavedBasketLine(Base):
    """One product of a saved basket, with the list price of the day it was saved."""

    __tablename__ = "saved_basket_line"
    __table_args__ = (CheckConstraint("quantity > 0", "quantity_positive"),)

    basket_id: Mapped[int] = mapped_column(ForeignKey("saved_basket.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(300), default="")
    seen_price: Mapped[int] = mapped_column(Rupiah)


class CarriedNeed(Base):
    """The need an officer last chose for in an office: the form for sending begins with it, so that nobody types twice."""

    __tablename__ = "carried_need"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    headcount: Mapped[int] = mapped_column(Integer)
    deliver_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deliver_kecamatan: Mapped[str] = mapped_column(String(13), ForeignKey("region.code"))
    deliver_address: Mapped[str] = mapped_column(String(300), default="")
    purpose: Mapped[str] = mapped_column(String(200), default="")
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
