"""Who helps which producer with what, when. Facilities are a set with dates, not a ladder (only registration is compulsory)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime

FACILITIES: Final = ("P1", "P2", "P3", "P4", "P5", "P6", "P7")
"""7 PAS: pendaftaran, pelatihan, pendampingan, perizinan, pemasaran, pelaporan keuangan, permodalan (Pergub 2/2020)."""
_FACILITY_CHECK: Final = "facility IN ('P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7')"


class Guidance(Base):
    """Who looks after a producer now: the responsible agency (SKPD pengampu) and the mentor (pendamping)."""

    __tablename__ = "guidance"
    __table_args__ = (Index("ix_guidance_agency", "agency_id"), Index("ix_guidance_mentor", "mentor_id"))

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    since: Mapped[date] = mapped_column()


class FacilityRecord(Base):
    """That a producer received a facility. The same facility may come again; it may be still going on."""

    __tablename__ = "facility_record"
    __table_args__ = (
        CheckConstraint(_FACILITY_CHECK, "facility"),
        CheckConstraint("until_day IS NULL OR until_day >= from_day", "ends_after_start"),
        UniqueConstraint("vendor_id", "facility", "from_day"),
        Index("ix_facility_record_vendor", "vendor_id", "facility"),
        Index("ix_facility_record_funnel", "facility", "from_day", "vendor_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    facility: Mapped[str] = mapped_column(String(2))
    from_day: Mapped[date] = mapped_column()
    until_day: Mapped[date | None] = mapped_column()
    note: Mapped[str] = mapped_column(String(300), default="")
    event_id: Mapped[int | None] = mapped_column(ForeignKey("programme_event.id"))
    """The class or fair through which it came."""
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """None when the shop noticed it itself: registered, first product published, first statement printed."""
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol


class Collaborator(Base):
    """A partner of the programme: university, community, company, or a start-up support organisation."""

    __tablename__ = "collaborator"
    __table_args__ = (
        CheckConstraint("kind IN ('university', 'community', 'company', 'startup_support')", "kind"),
        UniqueConstraint("name"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(500), default="")
    site: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Event(Base):
    """A class, fair, business matching or Jumat Beli Lokal, open to producers (of one kecamatan or of all)."""

    __tablename__ = "programme_event"
    __table_args__ = (
        CheckConstraint("kind IN ('training', 'exhibition', 'matching', 'jbl')", "kind"),
        CheckConstraint("until_day >= from_day", "ends_after_start"),
        CheckConstraint("places IS NULL OR places > 0", "places_positive"),
        Index("ix_programme_event_day", "from_day", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(160))
    about: Mapped[str] = mapped_column(Text, default="")
    from_day: Mapped[date] = mapped_column()
    until_day: Mapped[date] = mapped_column()
    place: Mapped[str] = mapped_column(String(200), default="")
    kecamatan_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    collaborator_id: Mapped[int | None] = mapped_column(ForeignKey("collaborator.id"))
    places: Mapped[int | None] = mapped_column(Integer)
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol


class Participation(Base):
    """A producer at an event: signed up, was there, and what it sold there by its own statement."""

    __tablename__ = "event_participation"
    __table_args__ = (
        CheckConstraint("declared_sales IS NULL OR declared_sales >= 0", "sales_not_negative"),
        Index("ix_event_participation_vendor", "vendor_id", "event_id"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("programme_event.id"), primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    signed_up_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attended: Mapped[bool | None] = mapped_column()
    """None until somebody has said so."""
    declared_sales: Mapped[int | None] = mapped_column(Rupiah)


class EventOffice(Base):
    """An office that came to a business matching: its later orders with producers met there count as its result."""

    __tablename__ = "event_office"

    event_id: Mapped[int] = mapped_column(ForeignKey("programme_event.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)


class HelpOffer(Base):
    """Help a partner or agency offers (KSBB UMKM): facilities, a loan, or training. Government only brokers."""

    __tablename__ = "help_offer"
    __table_args__ = (
        CheckConstraint("kind IN ('facility', 'loan', 'training')", "kind"),
        CheckConstraint("places > 0", "places_positive"),
        Index("ix_help_offer_kind", "kind", "until_day"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(160))
    detail: Mapped[str] = mapped_column(String(500), default="")
    amount: Mapped[int | None] = mapped_column(Rupiah)
    """Most of a loan, or worth of what is given; None when it has no price."""
    collaborator_id: Mapped[int | None] = mapped_column(ForeignKey("collaborator.id"))
    kecamatan_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    category_kind: Mapped[str] = mapped_column(String(10), default="")
    """For food, goods or service only; empty for all."""
    places: Mapped[int] = mapped_column(Integer, default=1)
    until_day: Mapped[date] = mapped_column()
    added_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HelpNeed(Base):
    """Help a producer asks for."""

    __tablename__ = "help_need"
    __table_args__ = (
        CheckConstraint("kind IN ('facility', 'loan', 'training')", "kind"),
        Index("ix_help_need_vendor", "vendor_id", "id"),
        Index("ix_help_need_open", "closed_at", "kind"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(160))
    detail: Mapped[str] = mapped_column(String(500), default="")
    amount: Mapped[int | None] = mapped_column(Rupiah)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HelpMatch(Base):
    """An offer brought together with a need by the programme; the producer answers."""

    __tablename__ = "help_match"
    __table_args__ = (
        UniqueConstraint("offer_id", "need_id"),
        CheckConstraint("answer IN ('', 'taken', 'declined')", "answer"),
        Index("ix_help_match_need", "need_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("help_offer.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("help_need.id"))
    matched_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    matched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(String(10), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FunnelMember(Base):
    """What one producer is counted for in the funnel now: the held side of `counting`, which writes wanted minus held."""

    __tablename__ = "funnel_member"
    __table_args__ = (Index("ix_funnel_member_stuck", "stuck_since", "vendor_id"),)

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    kecamatan_code: Mapped[str] = mapped_column(String(13))
    """Where it is counted; empty while it is not."""
    reached: Mapped[str] = mapped_column(Text)
    """`period:stage` after `period:stage`, sorted, a blank between."""
    stuck_since: Mapped[date | None] = mapped_column()
    """First day of a licence while it was never marketed."""


class FunnelCount(Base):
    """Producers of a kecamatan that reached a stage in a period: a kept sum, so that the funnel never reads producers.

    Bounded by the calendar: kecamatan × stages × periods. The key begins with what a page asks for.
    """

    __tablename__ = "funnel_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    stage: Mapped[str] = mapped_column(String(10), primary_key=True)
    kecamatan_code: Mapped[str] = mapped_column(String(13), primary_key=True)
    producers: Mapped[int] = mapped_column(Integer)


class FunnelTarget(Base):
    """How many producers should reach a facility in a year, in one kecamatan or (empty) in the whole city."""

    __tablename__ = "funnel_target"
    __table_args__ = (
        CheckConstraint(_FACILITY_CHECK, "facility"),
        CheckConstraint("producers >= 0", "producers_not_negative"),
    )

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    facility: Mapped[str] = mapped_column(String(2), primary_key=True)
    kecamatan_code: Mapped[str] = mapped_column(String(13), primary_key=True, default="")
    producers: Mapped[int] = mapped_column(Integer)
    set_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
