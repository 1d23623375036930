"""Signing in and out. Slow hashing happens outside the transaction; what it found is then noted in a short one.

The door does: `attempt = examine(…)`, then inside a unit of work `outcome = settle(…)`, and after the commit raises
`outcome.error` when it is Refused. A failed try must be counted, so it may not roll its own count back.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Insert, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from shop.accounts import passwords
from shop.accounts.mail import notify
from shop.accounts.models import LoginFailure, UserAccount
from shop.audit.trail import record
from shop.base.actor import ANYONE, Actor
from shop.base.errors import ShopError, TooMany, Unauthenticated
from shop.db import session
from shop.settings import Settings

WRONG: Final = "NRK/e-mail atau kata sandi salah."
LOCKED: Final = "Terlalu banyak percobaan masuk. Coba lagi dalam %(minutes)s menit."
_KEEP_UNKNOWN: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try amounts to: whose account (if anybody's), and whether the password fitted."""

    user_id: int | None
    key_hash: str
    correct: bool
    checked_hash: str = field(default="", repr=False)
    new_hash: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A correct try, noted. The session carries `user_id` and `epoch`."""

    user_id: int
    epoch: int
    name: str
    locale: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused try, noted. `error` is raised by the door after the commit: Unauthenticated or TooMany."""

    error: ShopError


def examine(identifier: str, password: str, now: datetime, settings: Settings) -> Attempt:
    """Look the person up by NRK or e-mail and check the password. Reads only; call it outside a unit of work.

    A name nobody has costs the same statements and the same hashing. Raises TooMany under a flood.
    """
    wanted = _normal(identifier)
    key = hmac.new(settings.secret_key.encode(), wanted.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    one = UserAccount.email == wanted if "@" in wanted else UserAccount.nrk == wanted
    user = session.execute(
        select(UserAccount.id, UserAccount.password_hash, UserAccount.locked_until, UserAccount.active).where(one)
    ).first()
    unknown = session.execute(select(LoginFailure.locked_until).where(LoginFailure.key_hash == key)).scalar()
    session.rollback()  # no snapshot is held open while hashing
    locked_until = user.locked_until if user else unknown
    user_id = user.id if user else None
    if locked_until is not None and locked_until > now:
        return Attempt(user_id, key, correct=False)  # locked: not even looked at, for anybody
    stored = user.password_hash if user else None
    fits = passwords.verify(stored, password)
    if user is None or stored is None or not fits or not user.active:
        return Attempt(user_id, key, correct=False)
    renewed = passwords.hash_password(password) if passwords.is_outdated(stored) else ""
    return Attempt(user_id, key, correct=True, checked_hash=stored, new_hash=renewed)


def _normal(identifier: str) -> str:
    text = "".join(c for c in unicodedata.normalize("NFKC", identifier[:1000]) if c.isprintable()).strip().casefold()
    if "@" not in text:
        text = text.replace(" ", "").replace(".", "").replace("-", "")
    return text if len(text) <= 254 else ""  # noqa: PLR2004 - longer than any address: nobody's


def settle(attempt: Attempt, now: datetime, settings: Settings) -> SignedIn | Refused:
    """Count the try, lock after too many, or begin the visit. Never raises for a wrong password: see Refused.

    The lock is looked at again under the row lock, so that many tries at once are still only so many tries.
    """
    row: Any = _known(attempt) if attempt.user_id is not None else _unknown(attempt.key_hash, now)
    if row.locked_until is not None and row.locked_until > now:
        return Refused(_too_many(row.locked_until, now))
    if isinstance(row, LoginFailure) or not attempt.correct or row.password_hash != attempt.checked_hash:
        return _failed(row, now, settings)
    if not row.active:
        return _failed(row, now, settings)
    row.failed_attempts, row.locked_until, row.last_login_at = 0, None, now
    if attempt.new_hash:
        row.password_hash = attempt.new_hash
    record(_as_actor(row), "accounts.signed_in", "user", row.id, now)
    return SignedIn(row.id, row.epoch, row.name, row.locale)


def _failed(row: Any, now: datetime, settings: Settings) -> Refused:
    row.failed_attempts += 1
    known = isinstance(row, UserAccount)
    if not known:
        row.last_at = now
    # Neither what was typed as a name nobody has, nor any password, reaches the trail.
    record(ANYONE, "accounts.sign_in_failed", "user", row.id if known else 0, now, known=known)
    if row.failed_attempts < settings.login_attempts:
        return Refused(Unauthenticated(WRONG))
    row.failed_attempts = 0
    row.locked_until = now + timedelta(minutes=settings.login_lock_minutes)
    record(ANYONE, "accounts.sign_in_locked", "user", row.id if known else 0, now, known=known)
    if known:
        notify(
            [row.id],
            "Akun Anda dikunci sementara",
            "Ada %(attempts)s percobaan masuk yang gagal ke akun Anda. Akun dikunci selama %(minutes)s menit. "
            "Bila bukan Anda yang mencoba, ganti kata sandi setelah masuk dan beri tahu admin.",
            now,
            attempts=settings.login_attempts,
            minutes=settings.login_lock_minutes,
        )
    return Refused(_too_many(row.locked_until, now))


def _too_many(until: datetime, now: datetime) -> TooMany:
    seconds = max(1, int((until - now).total_seconds()) + 1)
    return TooMany(LOCKED, retry_after=seconds, minutes=-(-seconds // 60))


def _known(attempt: Attempt) -> UserAccount:
    return session.scalars(
        select(UserAccount)
        .where(UserAccount.id == attempt.user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _unknown(key_hash: str, now: datetime) -> LoginFailure:
    row = {"key_hash": key_hash, "failed_attempts": 0, "last_at": now}
    session.execute(_insert_once(row))
    return session.scalars(
        select(LoginFailure)
        .where(LoginFailure.key_hash == key_hash)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _insert_once(row: dict[str, object]) -> Insert:
    # Two first tries of one unknown name at once must not collide: the second finds the row of the first.
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(LoginFailure).values(row).on_conflict_do_nothing()
    return postgresql.insert(LoginFailure).values(row).on_conflict_do_nothing()


def _as_actor(user: UserAccount) -> Actor:
    return Actor(user.id, user.name, "none")


def forget_unknown(now: datetime) -> int:
    """Delete counters of unknown names that are long past, and return how many. Called periodically."""
    done = session.execute(delete(LoginFailure).where(LoginFailure.last_at < now - _KEEP_UNKNOWN))
    return int(getattr(done, "rowcount", 0) or 0)
