"""Flask-Login, wrapped here and nowhere else: who the session cookie speaks of."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, session
from flask_login import LoginManager, UserMixin, login_user, logout_user

from shop.settings import Settings


class SessionUser(UserMixin):  # type: ignore[misc]
    """A user id with the epoch at sign-in: when the account's epoch rises, every older session is over."""

    def __init__(self, user_id: int, epoch: int) -> None:
        self.user_id, self.epoch = user_id, epoch

    def get_id(self) -> str:
        """Return what the cookie carries."""
        return f"{self.user_id}:{self.epoch}"


def _load(value: str) -> SessionUser | None:
    user_id, _, epoch = value.partition(":")
    return SessionUser(int(user_id), int(epoch)) if user_id.isdigit() and epoch.isdigit() else None


def start(user_id: int, epoch: int, hat_id: int | None) -> None:
    """Begin a session after a correct password; whatever an earlier visitor left in it is dropped."""
    session.clear()
    session.permanent = True
    session["hat"] = hat_id
    login_user(SessionUser(user_id, epoch))


def end() -> None:
    """End this session."""
    logout_user()
    session.clear()


def init_app(app: Flask, settings: Settings) -> None:
    """Set the session cookie's rules and teach Flask-Login to read it."""
    app.config.update(
        SESSION_COOKIE_NAME="eorder_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https_only,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    manager = LoginManager()
    manager.session_protection = None  # ours is the epoch; the other one breaks phones that change network
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)  # templates know `actor`; finding the user for each costs
