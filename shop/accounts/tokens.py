"""Personal access tokens for the HTTP contract: shown once, kept as a hash, revocable at any time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, select, update

from shop.accounts.hats import Presence, actor_of, presence, worn_today
from shop.accounts.models import AccessToken, Hat, UserAccount
from shop.accounts.people import may_manage
from shop.audit.trail import record
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line, random_key
from shop.base.errors import Conflict, Invalid, NotFound
from shop.db import session

START: Final = "eoj_"
MAX_DAYS: Final = 366
MAX_LIVE: Final = 20
_LONGEST: Final = 100
NOTE_USE_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token speaks for. `note_due`: its last use should be written down (at most hourly)."""

    presence: Presence
    token_id: int
    note_due: bool


_token = AccessToken.__table__.c
_BY_TOKEN: Final = (
    worn_today()
    .add_columns(_token.id.label("token_id"), _token.last_used_at, _token.hat_id.label("only_hat"))
    .join(AccessToken.__table__, _token.user_id == UserAccount.__table__.c.id)
    .where(
        _token.token_hash == bindparam("hash"),
        _token.revoked_at.is_(None),
        _token.expires_at > bindparam("now", type_=_token.expires_at.type),
    )
)


def create_token(
    actor: Actor, name: str, now: datetime, *, user_id: int | None = None, hat_id: int | None = None, days: int = 90
) -> str:
    """Make a token and return its text, the only time it exists. For another person only by who manages people.

    With `hat_id` it wears that hat only. Raises Forbidden, NotFound (not this person's hat), Invalid, Conflict.
    """
    owner = actor.user_id if user_id is None else user_id
    if owner is None:
        raise NotFound
    if owner == actor.user_id:
        actor.require("accounts:profile:edit")
    else:
        may_manage(actor)
    called = one_line(name)
    if not 1 <= len(called) <= 80:  # noqa: PLR2004 - the column's width
        raise Invalid.at("name", "Beri nama token, paling panjang 80 karakter, misalnya nama program pemakainya.")
    if not 1 <= days <= MAX_DAYS:
        raise Invalid.at("days", "Masa berlaku 1 sampai %(max)s hari.", max=MAX_DAYS)
    _check_owner(owner, hat_id, now)
    text = START + random_key(32)
    token = AccessToken(
        user_id=owner,
        hat_id=hat_id,
        name=called,
        prefix=text[:12],
        token_hash=_hash(text),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    record(actor, "accounts.token_created", "user", owner, now, token_id=token.id, hat_id=hat_id, days=days)
    return text


def _check_owner(owner: int, hat_id: int | None, now: datetime) -> None:
    found = actor_of(owner, local_day(now))
    if found is None or (hat_id is not None and hat_id not in {hat.hat_id for hat in found[1]}):
        raise NotFound("Peran ini bukan milik Anda atau sudah tidak berlaku.")
    live = session.execute(
        select(func.count())
        .select_from(AccessToken)
        .where(AccessToken.user_id == owner, AccessToken.revoked_at.is_(None), AccessToken.expires_at > now)
    ).scalar_one()
    if live >= MAX_LIVE:
        raise Conflict(
            "Anda sudah punya %(max)s token. Cabut yang tidak dipakai dahulu.", kind="too-many-tokens", max=MAX_LIVE
        )


def bearer(text: str, now: datetime) -> Bearer | None:
    """Return who the token speaks for, None when it is unknown, revoked or over. One statement.

    Looked up by its hash, so that the time it takes tells nothing about tokens that exist.
    """
    if not text.startswith(START) or len(text) > _LONGEST or not text.isascii():
        return None
    rows: Sequence[Any] = session.execute(_BY_TOKEN, {"hash": _hash(text), "now": now, "day": local_day(now)}).all()
    if not rows:
        return None
    # A bound token whose hat is over wears nothing rather than another hat.
    found = presence(rows, None, only=rows[0].only_hat)
    used = rows[0].last_used_at
    assert found is not None, "rows is not empty"
    return Bearer(found, rows[0].token_id, used is None or now - used > NOTE_USE_EVERY)


def actor_for_token(text: str, now: datetime) -> Presence | None:
    """Return who the token speaks for and its hats, None when it does not count."""
    found = bearer(text, now)
    return found.presence if found else None


def note_use(token_id: int, now: datetime) -> None:
    """Write down that the token was used; the door calls it in its own unit of work when `note_due`."""
    session.execute(update(AccessToken).where(AccessToken.id == token_id).values(last_used_at=now))


def revoke_token(actor: Actor, token_id: int, now: datetime) -> None:
    """End one of the actor's own tokens at once. Ending it again changes nothing. Raises NotFound for others'."""
    actor.require("accounts:profile:edit")
    token = session.get(AccessToken, token_id, with_for_update=True, populate_existing=True)
    if token is None or token.user_id != actor.user_id:
        raise NotFound
    if token.revoked_at is None:
        token.revoked_at = now
        record(actor, "accounts.token_revoked", "user", token.user_id, now, token_id=token.id)


def tokens_of(actor: Actor, now: datetime) -> Sequence[Any]:
    """Return the actor's live tokens, newest first: id, name, prefix, created_at, last_used_at, expires_at, role."""
    live = and_(AccessToken.revoked_at.is_(None), AccessToken.expires_at > now)
    return session.execute(
        select(
            AccessToken.id,
            AccessToken.name,
            AccessToken.prefix,
            AccessToken.created_at,
            AccessToken.last_used_at,
            AccessToken.expires_at,
            AccessToken.hat_id,
            Hat.role,
        )
        .outerjoin(Hat, Hat.id == AccessToken.hat_id)
        .where(AccessToken.user_id == actor.user_id, live)
        .order_by(AccessToken.created_at.desc(), AccessToken.id.desc())
    ).all()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
