"""A signed-in person at the pages: keeps the session, sends the form token, follows nothing by itself."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any

from itsdangerous import URLSafeTimedSerializer

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from shop.base.actor import Actor

_RAW = "0" * 40


class Person:
    """One browser of one person wearing one hat."""

    def __init__(self, app: Flask, actor: Actor, epoch: int = 1) -> None:
        self.client = app.test_client()
        self._token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(_RAW)
        self._session = {"_user_id": f"{actor.user_id}:{epoch}", "hat": actor.hat_id, "csrf_token": _RAW}

    def _open(self, method: str, path: str, **more: Any) -> TestResponse:
        with self.client.session_transaction() as kept:  # each time: a test may let days go by
            kept.update(self._session)
        # In a context of its own: a test that holds an application context would lend every request the same `g`,
        # and the second person would be taken for the first.
        return contextvars.Context().run(self.client.open, path, method=method, buffered=True, **more)

    def get(self, path: str, status: int = 200, **more: Any) -> TestResponse:
        answer = self._open("GET", path, **more)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:3000])
        return answer

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 303, **more: Any) -> TestResponse:
        answer = self._open("POST", path, data={"csrf_token": self._token, **(data or {})}, **more)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:6000])
        return answer
