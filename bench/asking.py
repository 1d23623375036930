"""The client: one kept-alive connection of the standard library, in another process than the server."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.machine import HOST, Server

_KEPT = 2.0
"""Seconds after which the server may be about to close an idle connection: its `keepalive` is 5."""
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Client:
    """One visitor: a connection, cookies, and after signing in a CSRF token."""

    def __init__(self, server: Server) -> None:
        self._line = http.client.HTTPConnection(HOST, server.port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._token = ""
        self._used = 0.0

    def ask(self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request and read the whole answer; a connection that lay idle is opened anew."""
        sent = dict(headers or {})
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if time.monotonic() - self._used > _KEPT:
            self._line.close()  # it opens itself again
        self._line.request(method, path, body, sent)
        got = self._line.getresponse()
        answer = Answer(got.status, got.headers, got.read())
        self._used = time.monotonic()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self._cookies[name] = value
        return answer

    def get_all(self, paths: Iterable[str]) -> int:
        """Ask for each path in turn and return how many bytes came. Raises RuntimeError when one is not 200."""
        size = 0
        for path in paths:
            answer = self.ask("GET", path)
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} for {path}: {answer.body[:300]!r}")
            size += len(answer.body)
        return size

    def form(self, path: str, fields: Iterable[tuple[str, str]]) -> Answer:
        """Send a form of the shop."""
        body = urlencode([*fields, ("csrf_token", self._token)])
        return self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self, email: str, password: str) -> None:
        """Begin a session. Raises RuntimeError when the shop refuses."""
        self._read_token("/masuk")
        answer = self.form("/masuk", [("identifier", email), ("password", password), ("next", "/")])
        if answer.status != 302:
            raise RuntimeError(f"{email} may not sign in: {answer.status} {answer.body[:2000]!r}")
        self._read_token("/keranjang")

    def _read_token(self, path: str) -> None:
        found = _TOKEN.search(self.ask("GET", path).body.decode())
        if found is None:
            raise RuntimeError(f"no CSRF token on {path}")
        self._token = found[1]
