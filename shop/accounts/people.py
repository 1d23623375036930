"""Accounts of people: making, closing, and the little a person may change about oneself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, or_, select

from shop.accounts import passwords
from shop.accounts.models import LOCALES, UserAccount
from shop.audit.trail import record
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound
from shop.base.numbers import clean_nip, mask
from shop.db import session

_NRK: Final = re.compile(r"[0-9]{4,20}")


def may_manage(actor: Actor) -> None:
    """Raise Forbidden unless the actor is the system itself or may manage people."""
    if not actor.may("system"):
        actor.require("accounts:user:manage")


def clean_email(text: str) -> str:
    """Return an address in the one spelling we keep. Raises Invalid at `email`."""
    try:
        # No DNS question: an address is proven by the mail that arrives, and an office network may be closed.
        found = validate_email(one_line(text)[:320], check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Invalid.at("email", "Alamat e-mail ini tidak benar. Contoh: nama@contoh.id.") from None
    return found.normalized.casefold()


def clean_nrk(text: str | None) -> str | None:
    """Return an NRK without blanks and dots, None when empty. Raises Invalid at `nrk`."""
    nrk = re.sub(r"[\s.\-]", "", text or "")
    if not nrk:
        return None
    if not _NRK.fullmatch(nrk):
        raise Invalid.at("nrk", "NRK hanya terdiri dari angka, 4 sampai 20 angka.")
    return nrk


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account that passed the rules and whose password is hashed, ready to be written."""

    email: str
    name: str
    nrk: str | None
    password_hash: str
    locale: str


def prepare_user(*, email: str, name: str, password: str, nrk: str | None = None, locale: str = "id") -> NewUser:
    """Check and hash outside any transaction, so that slow hashing never holds the writer's lock.

    Raises Invalid naming every wrong field at once.
    """
    faults: list[FieldFault] = []
    address, number, called = "", None, one_line(name)
    if not called or len(called) > 200:  # noqa: PLR2004 - the column's width
        faults.append(FieldFault("name", "Isi nama, paling panjang 200 karakter."))
    if locale not in LOCALES:
        faults.append(FieldFault("locale", "Bahasa ini belum tersedia."))
    try:
        address = clean_email(email)
    except Invalid as error:
        faults += error.faults
    try:
        number = clean_nrk(nrk)
    except Invalid as error:
        faults += error.faults
    try:
        passwords.check_rules(password, "password", name=called, email=address or email, nrk=number)
    except Invalid as error:
        faults += error.faults
    if faults:
        raise Invalid(faults=tuple(faults))
    return NewUser(address, called, number, passwords.hash_password(password), locale)


def create_user(actor: Actor, new: NewUser, now: datetime) -> int:
    """Write the account and return its id. Raises Forbidden, or Conflict when e-mail or NRK is taken."""
    may_manage(actor)
    same = (
        UserAccount.email == new.email
        if new.nrk is None
        else or_(UserAccount.email == new.email, UserAccount.nrk == new.nrk)
    )
    if session.execute(select(UserAccount.id).where(same)).first():
        raise Conflict("E-mail atau NRK ini sudah dipakai akun lain.", kind="user-exists")
    user = UserAccount(
        email=new.email, name=new.name, nrk=new.nrk, password_hash=new.password_hash, locale=new.locale, created_at=now
    )
    session.add(user)
    session.flush()
    record(actor, "accounts.user_created", "user", user.id, now)
    return user.id


def close_user(actor: Actor, user_id: int, now: datetime) -> None:
    """Deactivate an account and end its sessions; its tokens stop with it. Raises Forbidden, NotFound."""
    may_manage(actor)
    user = locked(user_id)
    if user.active:
        user.active, user.epoch = False, user.epoch + 1
        record(actor, "accounts.user_closed", "user", user_id, now)


def reopen_user(actor: Actor, user_id: int, now: datetime) -> None:
    """Activate an account again and lift its lock. Raises Forbidden, NotFound."""
    may_manage(actor)
    user = locked(user_id)
    user.failed_attempts, user.locked_until = 0, None
    if not user.active:
        user.active = True
    record(actor, "accounts.user_reopened", "user", user_id, now)


def choose_language(actor: Actor, locale: str) -> None:
    """Keep the language for mail and for the next sign-in. Raises Invalid for another than `id` and `en`."""
    actor.require("accounts:profile:edit")
    if locale not in LOCALES:
        raise Invalid.at("locale", "Bahasa ini belum tersedia.")
    locked(_own_id(actor)).locale = locale


def tell_nip(actor: Actor, nip: str, now: datetime) -> None:
    """Keep one's own NIP, or take it away with an empty one; papers issued before keep theirs. Raises Invalid at `nip`."""
    actor.require("accounts:profile:edit")
    user = locked(_own_id(actor))
    if user.nip and nip.strip() == mask(user.nip):  # the form came back as it was shown
        return
    user.nip = clean_nip(nip) or None
    record(actor, "accounts.nip_told", "user", _own_id(actor), now)


def _own_id(actor: Actor) -> int:
    if actor.user_id is None:
        raise NotFound
    return actor.user_id


def locked(user_id: int) -> UserAccount:
    """Return an account, locked until the commit and read anew. Raises NotFound."""
    user = session.get(UserAccount, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound
    return user


def find_user(identifier: str) -> int:
    """Return the id of whoever has this e-mail or NRK. Raises NotFound. For the command line and administration."""
    wanted = identifier.strip().casefold()
    found = session.execute(
        select(UserAccount.id).where(or_(UserAccount.email == wanted, UserAccount.nrk == wanted))
    ).scalar()
    if found is None:
        raise NotFound("Tidak ada akun dengan e-mail atau NRK itu.")
    return found


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return {user id: name}, in one statement, for screens that show who did what."""
    ids = set(user_ids)
    if not ids:
        return {}
    return {
        row.id: row.name
        for row in session.execute(select(UserAccount.id, UserAccount.name).where(UserAccount.id.in_(ids)))
    }


def profile(actor: Actor) -> Any:
    """Return the row (email, nrk, name, locale, last_login_at, created_at, phone, notify_by, nip) of the actor. Raises NotFound."""
    row = session.execute(
        select(
            UserAccount.email,
            UserAccount.nrk,
            UserAccount.name,
            UserAccount.locale,
            UserAccount.last_login_at,
            UserAccount.created_at,
            UserAccount.phone,
            UserAccount.notify_by,
            UserAccount.nip,
        ).where(UserAccount.id == actor.user_id)
    ).first()
    if row is None:
        raise NotFound
    return row


def addresses(user_ids: Iterable[int]) -> Sequence[Any]:
    """Return rows (id, email, name, locale) of active people, for mail."""
    ids = set(user_ids)
    if not ids:
        return []
    return session.execute(
        select(UserAccount.id, UserAccount.email, UserAccount.name, UserAccount.locale)
        .where(UserAccount.id.in_(ids), UserAccount.active)
        .order_by(UserAccount.id)
    ).all()


def is_empty() -> bool:
    """Tell whether nobody has an account yet: a fresh installation."""
    return not session.execute(select(func.count()).select_from(select(UserAccount.id).limit(1).subquery())).scalar()
