"""A gateway inside the test that misbehaves on demand: what the real test server lacks. Truth is in `intents` and `refunds`."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sk_test_only_for_tests"
Prank = Callable[["_Handler", Callable[[], tuple[int, Any]]], bool]
"""Does something with a request before (or instead of) the honest answer; True when it has answered itself."""


class Stub:
    """The gateway: its memory, its pranks to come, and every call it heard as (method, path, form, key)."""

    def __init__(self) -> None:
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, tuple[Any, tuple[int, Any]]] = {}
        self.pranks: deque[Prank] = deque()
        self.calls: list[tuple[str, str, dict[str, str], str]] = []
        self.charges: list[str] = []
        self.url = ""

    def pay(self, intent_id: str) -> None:
        """The payer pays at the gateway."""
        self.charges.append(intent_id)
        self.intents[intent_id].update(status="succeeded", amount_received=self.intents[intent_id]["amount"])

    def do(self, method: str, path: str, form: dict[str, str], key: str) -> tuple[int, Any]:
        if method == "POST" and key in self.answers:
            said, answer = self.answers[key]
            return answer if said == (path, form) else (400, _error("idempotency_error"))
        answer = self._do(method, path.strip("/").split("/")[1:], form)
        if method == "POST":
            self.answers[key] = (path, form), answer
        return answer

    def _do(self, method: str, parts: list[str], form: dict[str, str]) -> tuple[int, Any]:
        things = {"payment_intents": self.intents, "refunds": self.refunds}.get(parts[0])
        if things is None or (len(parts) > 1 and parts[1] not in things):
            return 404, _error("invalid_request_error")
        if method == "GET" and len(parts) == 1:
            rows = [one for one in things.values() if form.get("payment_intent", "") in ("", one.get("payment_intent"))]
            return 200, {"object": "list", "data": rows[::-1], "has_more": False}
        if method == "GET":
            return 200, things[parts[1]]
        if len(parts) == 3:
            intent = self.intents[parts[1]]
            if intent["status"] in {"succeeded", "canceled"}:
                return 400, _error("invalid_request_error")
            intent["status"] = "canceled"
            return 200, intent
        return 200, self._made(parts[0], form)

    def _made(self, kind: str, form: dict[str, str]) -> dict[str, Any]:
        tags = {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
        made = {"amount": int(form["amount"]), "metadata": tags, "created": int(time.time())}
        if kind == "refunds":
            made |= {"id": f"re_{len(self.refunds) + 1}", "object": "refund", "status": "succeeded"}
            self.refunds[made["id"]] = made | {"payment_intent": form["payment_intent"]}
            return self.refunds[made["id"]]
        made |= {"id": f"pi_{len(self.intents) + 1}", "object": "payment_intent", "currency": form["currency"]}
        self.intents[made["id"]] = made | {"status": "requires_payment_method", "amount_received": 0}
        if form.get("confirm") == "true":
            self.pay(made["id"])
        return self.intents[made["id"]]


class _Handler(BaseHTTPRequestHandler):
    stub: Stub
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        url = urlsplit(self.path)
        form = {name: values[0] for name, values in parse_qs(raw or url.query).items()}
        call = (self.command, url.path, form, self.headers.get("Idempotency-Key", ""))
        self.stub.calls.append(call)
        prank = self.stub.pranks.popleft() if self.stub.pranks else None
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self.say(401, _error("invalid_request_error"))
        elif prank is None or not prank(self, lambda: self.stub.do(*call)):
            self.say(*self.stub.do(*call))

    do_GET = do_POST = _serve  # noqa: N815 - names of the library

    def say(self, status: int, body: Any, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(raw)), "Request-Id": "req_1", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


def _error(kind: str, **more: str) -> dict[str, Any]:
    return {"error": {"type": kind, "message": f"stub: {kind}", **more}}


def say(status: int, body: Any = None, **headers: str) -> Prank:
    """Answer something else and do nothing."""

    def prank(handler: _Handler, _do: Callable[[], tuple[int, Any]]) -> bool:
        handler.say(status, _error("api_error") if body is None else body, **headers)
        return True

    return prank


def then(after: Callable[[], object]) -> Prank:
    """Do what was asked, and break the line instead of answering: charge and die."""

    def prank(handler: _Handler, do: Callable[[], tuple[int, Any]]) -> bool:
        do()
        after()
        handler.close_connection = True
        return True

    return prank


def hang(seconds: float) -> Prank:
    """Do what was asked, and let the caller wait for longer than it will."""
    return then(lambda: time.sleep(seconds))


@contextmanager
def running() -> Iterator[Stub]:
    """Run a stub on a free port of loopback."""
    stub = Stub()
    handler = type("Handler", (_Handler,), {"stub": stub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
