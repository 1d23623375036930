"""Orders and their frozen lines. A line is a photograph: nothing in it follows the catalogue afterwards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.db import Base, BasisPoints, Id, Rupiah, UtcDateTime
from shop.p3dn.rules import BASIS


class CartLine(Base):
    """What an officer has put aside, with the price that was shown then."""

    __tablename__ = "cart_line"
    __table_args__ = (
        UniqueConstraint("user_id", "office_id", "product_id"),
        CheckConstraint("quantity > 0", "quantity_positive"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int] = mapped_column(Integer)
    seen_price: Mapped[int] = mapped_column(Rupiah)
    note: Mapped[str] = mapped_column(String(300), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    instead_of: Mapped[int | None] = mapped_column(Id)
    """The product this one was put in place of, so that one press puts it back. No key: it only has to be offered."""


class Order(Base):
    """One surat pesanan: one office, one package, one producer."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        CheckConstraint("total > 0", "total_positive"),
        CheckConstraint("headcount IS NULL OR headcount > 0", "headcount_positive"),
        CheckConstraint("shipping >= 0 AND shipping < total", "shipping_below_total"),
        CheckConstraint(
            "state IN ('sent', 'confirmed', 'ready', 'refused', 'expired', 'cancelled', 'on_the_way', 'arrived', 'received', 'paid', 'closed')",
            "state",
        ),
        Index("ix_purchase_order_office", "office_id", "id"),
        Index("ix_purchase_order_vendor", "vendor_id", "id"),
        Index("ix_purchase_order_due", "state", "due_at"),
        Index("ix_purchase_order_office_state", "office_id", "state", "id"),
        # What waits at one office, the nearest deadline first: without it SQLite walks what waits in the whole city.
        Index("ix_purchase_order_office_due", "office_id", "state", "due_at"),
        Index("ix_purchase_order_vendor_state", "vendor_id", "state", "id"),
        Index("ix_purchase_order_vendor_due", "vendor_id", "state", "due_at"),  # what is owed to one producer, likewise
        Index("ix_purchase_order_package", "package_id"),
        Index("ix_purchase_order_pair", "office_id", "vendor_id", "placed_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    package_id: Mapped[int] = mapped_column(ForeignKey("budget_package.id"))
    account_code: Mapped[str] = mapped_column(String(30))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    vendor_name: Mapped[str] = mapped_column(String(160))
    vendor_kecamatan: Mapped[str] = mapped_column(String(13))
    purpose: Mapped[str] = mapped_column(String(200))
    headcount: Mapped[int | None] = mapped_column(Integer)
    deliver_address: Mapped[str] = mapped_column(String(300))
    deliver_kecamatan: Mapped[str] = mapped_column(ForeignKey("region.code"))
    deliver_at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(20), server_default="")  # how it was placed: p3dn.rules.CHANNELS
    total: Mapped[int] = mapped_column(Rupiah)
    """Lines and delivery: what the office pays and what is bound in its pagu."""
    shipping: Mapped[int] = mapped_column(Rupiah, default=0)
    """Cost of delivery inside `total`; whether it counts in the P3DN figures, `value_basis` says."""
    value_basis: Mapped[str] = mapped_column(String(60), default=BASIS, server_default=BASIS)
    """Name of the basis its lines count on: rule `p3dn.value_basis` of the Jakarta day it was placed, photographed."""
    corrected: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a line of it has entries in `order_line_correction`: the many others need not be asked for any."""
    placed_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody of the producer first opened it: the read receipt."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    placed_for: Mapped[int | None] = mapped_column(Id)
    received_for: Mapped[int | None] = mapped_column(Id)
    """Whose place `placed_by` and `received_by` took under a delegation: duties are kept apart for both."""
    paid_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when the party whose turn it is should have acted."""
    asked: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the producer is asked about something the office found, and so has the turn instead of the PPK."""
    relaxed: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Steps at which one person took two duties because the office has openly relaxed their separation."""
    version: Mapped[int] = mapped_column(Integer)

    lines: Mapped[list[OrderLine]] = relationship(order_by="OrderLine.id", lazy="raise")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class OrderLine(Base):
    """One line, frozen at placing: price, evidence and producer as they were that day."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("unit_price > 0", "unit_price_positive"),
        CheckConstraint("amount = quantity * unit_price", "amount_recomputable"),
        CheckConstraint("tkdn_bp BETWEEN 0 AND 10000 AND bmp_bp BETWEEN 0 AND 1500", "shares"),
        CheckConstraint("evidence IN ('certified', 'self_declared', 'none')", "evidence"),
        Index("ix_order_line_order", "order_id"),
        Index("ix_order_line_product", "product_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    product_version: Mapped[int] = mapped_column(Integer)
    product_name: Mapped[str] = mapped_column(String(200))
    category_code: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(30))
    list_price: Mapped[int] = mapped_column(Rupiah)
    unit_price: Mapped[int] = mapped_column(Rupiah)
    quantity: Mapped[int] = mapped_column(Integer)
    amount: Mapped[int] = mapped_column(Rupiah)
    note: Mapped[str] = mapped_column(String(300), default="")
    evidence: Mapped[str] = mapped_column(String(20))
    tkdn_bp: Mapped[int] = mapped_column(BasisPoints)
    bmp_bp: Mapped[int] = mapped_column(BasisPoints)
    certificate_number: Mapped[str | None] = mapped_column(String(80))
    certificate_until: Mapped[date | None] = mapped_column()
    pdn: Mapped[bool] = mapped_column()
    umk: Mapped[bool] = mapped_column()
    halal: Mapped[bool] = mapped_column()
    took_stock: Mapped[bool] = mapped_column()
    """Whether this line took pieces from a shelf, and so gives them back when the order ends unpaid."""
    took_capacity: Mapped[bool] = mapped_column()
    counted: Mapped[int | None] = mapped_column(Rupiah)
    """Rupiah it counts in the P3DN figures where the order's basis makes that another sum than `amount`."""
    refused: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Pieces that were brought and refused: they left the kitchen, so they never go back on sale."""


class PricePromise(Base):
    """A unit price promised to one office for one product and quantity until a moment: approved, bargained or won."""

    __tablename__ = "price_promise"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_price > 0", "positive"),
        CheckConstraint("source IN ('approval', 'negotiation', 'competition')", "source"),
        UniqueConstraint("source", "source_id", "product_id"),
        Index("ix_price_promise_office", "office_id", "id"),
        Index("ix_price_promise_order", "used_order_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price: Mapped[int] = mapped_column(Rupiah)
    source: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[int] = mapped_column(Integer)
    """Id of the approval request, negotiation or competition behind it."""
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_order_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_order.id"))


class OrderProposal(Base):
    """What a producer proposes instead of a plain yes: another time, smaller quantities, or both. Answered once."""

    __tablename__ = "order_proposal"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("answer IN ('', 'accepted', 'declined', 'withdrawn')", "answer"),
        CheckConstraint("(answer = '') = (answered_at IS NULL)", "answered"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    number: Mapped[int] = mapped_column(Integer)
    deliver_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The proposed moment; None when the time stays."""
    quantities: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """{order line id: proposed quantity}, only lines that change; 0 takes a line out."""
    words: Mapped[str] = mapped_column(String(500), default="")
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Time, lines and total as they stood, so that each version can be read later."""
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(String(10), default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_words: Mapped[str] = mapped_column(String(500), default="")


class OrderReminder(Base):
    """That somebody was told again about an order nobody had opened or answered: each step once."""

    __tablename__ = "order_reminder"

    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfficePaymentRecord(Base):
    """How an office paid in a calendar year (of the payment): kept with each payment, rebuilt from orders and payments."""

    __tablename__ = "office_payment_record"
    __table_args__ = (CheckConstraint("in_time >= 0 AND late >= 0 AND working_days >= 0", "not_negative"),)

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    in_time: Mapped[int] = mapped_column(Integer, default=0)
    """Orders paid within the working days of the rule that stood on the day of their BAST."""
    late: Mapped[int] = mapped_column(Integer, default=0)
    working_days: Mapped[int] = mapped_column(Integer, default=0)
    """Working days from BAST to payment, summed over both: an average needs no second look at the orders."""


class VendorRecord(Base):
    """What became of the orders of one producer, counted by `orders.track_record` as each order moves."""

    __tablename__ = "vendor_record"
    __table_args__ = (CheckConstraint("delivered >= 0 AND on_time >= 0 AND late_minutes >= 0", "not_negative"),)

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    answered: Mapped[int] = mapped_column(Integer, default=0)
    """Orders the producer said yes to."""
    refused: Mapped[int] = mapped_column(Integer, default=0)
    expired: Mapped[int] = mapped_column(Integer, default=0)
    """Orders nobody answered in time."""
    delivered: Mapped[int] = mapped_column(Integer, default=0)
    on_time: Mapped[int] = mapped_column(Integer, default=0)
    """Deliveries that stood there at the asked moment or within the minutes of rule `order.on_time_minutes`."""
    late_minutes: Mapped[int] = mapped_column(Integer, default=0)
    """Minutes past the asked moment, of all deliveries together."""


class OfficeChoice(Base):
    """How many orders one office gave one producer in one quarter: what spreads orders fairly."""

    __tablename__ = "office_choice"
    __table_args__ = (CheckConstraint("chosen >= 0", "chosen_not_negative"),)

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    quarter: Mapped[int] = mapped_column(Integer, primary_key=True)
    """Year and quarter of the placing in Jakarta: 20264 is the last quarter of 2026."""
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    chosen: Mapped[int] = mapped_column(Integer, default=0)


class Payment(Base):
    """What the bendahara recorded: how much, when, by which transfer, with which proof."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_positive"),
        CheckConstraint("withheld >= 0 AND withheld < amount", "withheld_below_amount"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    amount: Mapped[int] = mapped_column(Rupiah)
    paid_on: Mapped[date] = mapped_column()
    reference: Mapped[str] = mapped_column(String(100))
    channel: Mapped[str] = mapped_column(String(20), default="transfer", server_default="transfer")
    proof_key: Mapped[str] = mapped_column(String(100))
    proof_name: Mapped[str] = mapped_column(String(200))
    withheld: Mapped[int] = mapped_column(Rupiah, default=0)
    """What the treasurer kept back, rupiah: as assessed (`order_tax`), or as told with the reason in `note`."""
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
