"""Tables of people: offices (OPD), accounts, the hats a person wears, access tokens, and failed sign-ins."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from shop.accounts.permissions import OFFICE_ROLES, VENDOR_ROLES, Role
from shop.db import Base, Id, Rupiah, UtcDateTime

LOCALES: Final = ("id", "en")


class Office(Base):
    """A government office (OPD, sudin, kecamatan, kelurahan, sekolah…) that orders and pays from its own budget."""

    __tablename__ = "office"
    __table_args__ = (
        # Separation of duties may be relaxed only openly: a relaxed office always shows who, when and why.
        CheckConstraint(
            "NOT relaxed_duties OR (relaxed_reason IS NOT NULL AND relaxed_at IS NOT NULL AND relaxed_by IS NOT NULL)",
            name="relaxed_openly",
        ),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(Id, ForeignKey("office.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    npwp: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """As it stands on papers; its PA/KPA writes it, with the NPWP and the PPTK."""
    pptk_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Pejabat Pelaksana Teknis Kegiatan: signs kuitansi on paper and has no work to do here."""
    pptk_nip: Mapped[str] = mapped_column(String(18), default="", server_default="")
    relaxed_duties: Mapped[bool] = mapped_column(Boolean, default=False)
    relaxed_reason: Mapped[str | None] = mapped_column(Text)
    relaxed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    relaxed_by: Mapped[int | None] = mapped_column(Id, ForeignKey("user_account.id"))
    approval_above: Mapped[int | None] = mapped_column(Rupiah)
    """Orders above this many rupiah need a yes of the package's PPK before they are sent; empty: none does."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    version: Mapped[int] = mapped_column(Integer, default=1)

    # Two PA/KPA of one office must not overwrite each other's decision about duties.
    __mapper_args__: dict[str, Any] = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class UserAccount(Base):
    """One person. What the person may do lies in the hats, not here.

    `epoch` is carried by every session; raising it signs the person out everywhere.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        # Sign-in looks the address up casefolded; a second spelling of one address would be a second person.
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("notify_by IN ('', 'sms', 'whatsapp')", name="notify_by"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    nrk: Mapped[str | None] = mapped_column(String(20), unique=True)
    """Nomor Registrasi Kepegawaian of a DKI officer; producers have none."""
    nip: Mapped[str | None] = mapped_column(String(18))
    """Nomor Induk Pegawai, 18 digits: official papers name officers with it."""
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    locale: Mapped[str] = mapped_column(String(5), default="id")
    phone: Mapped[str] = mapped_column(String(20), default="")
    """Mobile number in E.164 (`+628…`), shown masked."""
    notify_by: Mapped[str] = mapped_column(String(10), default="")
    """What rings when a mail stays unread: nothing, `sms` or `whatsapp`."""
    failed_attempts: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    epoch: Mapped[int] = mapped_column(Integer, default=1)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


def _place_key(context: DefaultExecutionContext) -> str:
    values = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return place_key(**{name: values.get(name) for name in ("office_id", "vendor_id", "region_code", "outlet_code")})


def place_key(
    *,
    office_id: int | None = None,
    vendor_id: int | None = None,
    region_code: str | None = None,
    outlet_code: str | None = None,
) -> str:
    """Return where a hat is valid as one string: NULLs never equal each other, so they cannot make a key unique."""
    return f"o{office_id or ''}/v{vendor_id or ''}/r{region_code or ''}/g{outlet_code or ''}"


def _among(roles: frozenset[Role]) -> str:
    return ", ".join(f"'{role.value}'" for role in sorted(roles))


class Hat(Base):
    """A role worn by a person at a place, from a day until a day (both inclusive, Jakarta days)."""

    __tablename__ = "hat"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "place_key"),  # the same hat twice would show twice in the switcher
        # An officer without an office would order from nobody's budget.
        CheckConstraint(
            f"role NOT IN ({_among(OFFICE_ROLES)}) OR office_id IS NOT NULL", name="office_role_has_office"
        ),
        # A producer without a business would see every business's orders or none.
        CheckConstraint(
            f"role NOT IN ({_among(VENDOR_ROLES)}) OR vendor_id IS NOT NULL", name="vendor_role_has_vendor"
        ),
        # A kecamatan curator judges the products of one kecamatan only.
        CheckConstraint(
            f"role <> '{Role.CURATOR_KECAMATAN.value}' OR region_code IS NOT NULL", name="curator_has_region"
        ),
        # Nobody sits on both sides of an order with one hat.
        CheckConstraint("office_id IS NULL OR vendor_id IS NULL", name="one_side"),
        Index("ix_hat_office_role", "office_id", "role"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    office_id: Mapped[int | None] = mapped_column(Id, ForeignKey("office.id"))
    vendor_id: Mapped[int | None] = mapped_column(Id, ForeignKey("vendor.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    outlet_code: Mapped[str | None] = mapped_column(String(40))
    place_key: Mapped[str] = mapped_column(String(120), default=_place_key)
    """Filled by itself on insert; never write it."""
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    for_user_id: Mapped[int | None] = mapped_column(Id)
    """Whose place is taken with this hat (delegating.py); such a hat carries the delegation in its `place_key`."""


class Delegation(Base):
    """One officer takes another's place in one role, from a day until a day (both inclusive, Jakarta days)."""

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("absent_id <> deputy_id", name="not_oneself"),
        CheckConstraint("until_day >= from_day", name="days"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        Index("ix_delegation_office", "office_id", "until_day"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int] = mapped_column(Id, ForeignKey("office.id"))
    role: Mapped[str] = mapped_column(String(40))
    absent_id: Mapped[int] = mapped_column(Id, ForeignKey("user_account.id"))
    deputy_id: Mapped[int] = mapped_column(Id, ForeignKey("user_account.id"))
    hat_id: Mapped[int | None] = mapped_column(Id, ForeignKey("hat.id"))
    """The hat the deputy wears meanwhile."""
    from_day: Mapped[date] = mapped_column(Date)
    until_day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[int] = mapped_column(Id, ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was withdrawn before its last day."""
    ended_by: Mapped[int | None] = mapped_column(Id, ForeignKey("user_account.id"))


class AccessToken(Base):
    """A personal access token for the HTTP contract. Only its hash is kept; the text is shown once."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user_account.id"), index=True)
    hat_id: Mapped[int | None] = mapped_column(Id, ForeignKey("hat.id"))
    """The one hat this token wears; empty: any hat of its owner."""
    name: Mapped[str] = mapped_column(String(80))
    prefix: Mapped[str] = mapped_column(String(12))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginFailure(Base):
    """Failed tries under a name nobody has. Locked like a real account, or the lock would tell which names exist.

    Only a keyed hash of what was typed is kept: people type passwords into the name field.
    """

    __tablename__ = "login_failure"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    failed_attempts: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
