"""What keeps an account safe: changing the password, and signing out everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from shop.accounts import passwords
from shop.accounts.mail import notify
from shop.accounts.models import AccessToken, UserAccount
from shop.accounts.people import locked, may_manage
from shop.audit.trail import record
from shop.base.actor import Actor
from shop.base.errors import Invalid, NotFound, Stale
from shop.db import session


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """A checked and hashed change, ready to be written in a short transaction."""

    user_id: int
    old_hash: str = field(repr=False)
    new_hash: str = field(repr=False)


def prepare_change(actor: Actor, old: str, new: str) -> PasswordChange:
    """Check the present password and the rules, and hash the new one. Call it outside a unit of work.

    Raises Invalid at `old_password` or `new_password`; Forbidden; TooMany under a flood.
    """
    actor.require("accounts:profile:edit")
    user = _row(actor.user_id)
    session.rollback()  # no snapshot is held open while hashing
    if not passwords.verify(user.password_hash, old):
        raise Invalid.at("old_password", "Kata sandi saat ini salah.")
    if old == new:
        raise Invalid.at("new_password", "Kata sandi baru harus berbeda dari yang lama.")
    passwords.check_rules(new, "new_password", name=user.name, email=user.email, nrk=user.nrk)
    return PasswordChange(user.id, user.password_hash, passwords.hash_password(new))


def prepare_reset(actor: Actor, user_id: int, new: str) -> PasswordChange:
    """Do the same for somebody who forgot the password. Raises Forbidden, NotFound, Invalid at `new_password`."""
    may_manage(actor)
    user = _row(user_id)
    session.rollback()
    passwords.check_rules(new, "new_password", name=user.name, email=user.email, nrk=user.nrk)
    return PasswordChange(user.id, user.password_hash, passwords.hash_password(new))


def apply_change(actor: Actor, change: PasswordChange, now: datetime) -> int:
    """Write the new password, end every session, lift a lock, and return the new epoch.

    Raises Stale when the password was changed meanwhile. The person is told by mail: it may not have been them.
    """
    if actor.user_id != change.user_id:
        may_manage(actor)
    user = locked(change.user_id)
    if user.password_hash != change.old_hash:
        raise Stale
    user.password_hash, user.epoch = change.new_hash, user.epoch + 1
    user.failed_attempts, user.locked_until = 0, None
    record(actor, "accounts.password_changed", "user", user.id, now)
    notify(
        [user.id],
        "Kata sandi Anda diganti",
        "Kata sandi akun Anda baru saja diganti. Semua perangkat lain sudah dikeluarkan. "
        "Bila bukan Anda yang menggantinya, segera hubungi admin.",
        now,
    )
    return user.epoch


def sign_out_everywhere(actor: Actor, now: datetime, *, tokens_too: bool = False) -> int:
    """End every session of the actor, the present one too, and return the new epoch. Tokens stay unless asked."""
    if actor.user_id is None:
        raise NotFound
    user = locked(actor.user_id)
    user.epoch += 1
    if tokens_too:
        session.execute(
            update(AccessToken)
            .where(AccessToken.user_id == user.id, AccessToken.revoked_at.is_(None))
            .values(revoked_at=now)
        )
    record(actor, "accounts.signed_out_everywhere", "user", user.id, now, tokens_too=tokens_too)
    return user.epoch


def _row(user_id: int | None) -> UserAccount:
    user = session.scalars(select(UserAccount).where(UserAccount.id == user_id)).one_or_none()
    if user is None:
        raise NotFound
    session.expunge(user)
    return user
