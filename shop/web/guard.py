"""Every route says who may call it; a route that says nothing is refused. Proven by tests/test_routes.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask, current_app, g, request, session
from flask_login import current_user

from shop.accounts import hats, tokens
from shop.base.actor import ANYONE, Actor
from shop.base.clock import local_day, utc_now
from shop.base.errors import Forbidden, Unauthenticated
from shop.db import unit_of_work

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may call a route: anyone, anybody signed in, or who wears a hat with the permission."""

    kind: Literal["public", "signed_in", "permission"]
    permission: str = ""


def _mark(guard: Guard) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__guard__ = guard  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Open to anyone. Each such route is named in tests/public_routes.txt, which a person reviews."""
    return _mark(Guard("public"))(view)


def signed_in(view: View) -> View:
    """Open to whoever is signed in, whatever the hat."""
    return _mark(Guard("signed_in"))(view)


def requires(permission: str) -> Callable[[View], View]:
    """Open to the hat that carries `room:thing:act`. The verb checks again, and checks whose thing it is."""
    return _mark(Guard("permission", permission))


def actor() -> Actor:
    """Return who is calling, ANYONE when nobody is signed in. Loaded once a request, on first need."""
    if "actor" not in g:
        g.actor, g.hats = _by_token() if is_api() else _by_session()
    found: Actor = g.actor
    return found


def worn_hats() -> tuple[hats.HatChoice, ...]:
    """Return the hats the caller may switch between; empty for visitors."""
    actor()
    found: tuple[hats.HatChoice, ...] = g.hats
    return found


def is_api() -> bool:
    """Tell whether this request came through the JSON door, where only tokens count and cookies do not."""
    return request.path.startswith("/api/")


def _by_session() -> tuple[Actor, tuple[hats.HatChoice, ...]]:
    if "_user_id" not in session or not current_user.is_authenticated:
        return ANYONE, ()
    found = hats.actor_for(current_user.user_id, current_user.epoch, session.get("hat"), local_day(utc_now()))
    return found or (ANYONE, ())


def _by_token() -> tuple[Actor, tuple[hats.HatChoice, ...]]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token:
        return ANYONE, ()
    now = utc_now()
    found = tokens.bearer(token.strip(), now) if scheme.lower() == "bearer" else None
    if found is None:
        raise Unauthenticated("Token tidak berlaku. Buat token baru di halaman profil.")
    if found.note_due:
        with unit_of_work():
            tokens.note_use(found.token_id, now)
    return found.presence


def wear(permission: str) -> Actor:
    """Return the caller wearing a hat that carries the permission; raise Forbidden when none does.

    On the screen the hat is the visible one and only that counts. A token has no screen: the first of its
    hats that may do this is worn.
    """
    found = actor()
    if found.user_id is None:
        raise Unauthenticated("Silakan masuk dahulu.")
    if not found.may(permission) and is_api():
        found = hats.best_hat(found, worn_hats(), permission) or found
        g.actor = found
    if not found.may(permission):
        others = [h.label for h in worn_hats() if permission in h.permissions]
        if others:
            raise Forbidden("Ganti peran Anda ke %(hat)s untuk melakukan ini.", hat=others[0])
        found.require(permission)
    return found


def _check() -> None:
    """Run before every request: find the route's mark and hold it."""
    endpoint = request.endpoint
    if endpoint is None:
        return
    guard: Guard | None = getattr(current_app.view_functions[endpoint], "__guard__", None)
    if guard is None:
        raise Forbidden("Halaman ini belum dibuka untuk siapa pun.")
    if guard.kind == "signed_in" and actor().user_id is None:
        raise Unauthenticated("Silakan masuk dahulu.")
    if guard.kind == "permission":
        wear(guard.permission)


def init_app(app: Flask) -> None:
    """Put the guard in front of every route."""
    app.before_request(_check)
