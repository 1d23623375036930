"""Doors for machines that watch: alive, ready with each dependency named, metrics."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from shop.base.errors import NotFound
from shop.db import session
from shop.settings import Settings
from shop.web.guard import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Each dependency by name; 503 when one of them is not there."""
    checks: dict[str, Any] = {"database": _database(), "search": _search()}
    well = all(value == "ok" for value in checks.values())
    return jsonify(status="ok" if well else "not-ready", checks=checks), 200 if well else 503


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Prometheus text, for loopback or the bearer of SHOP_METRICS_TOKEN; for others there is no such page."""
    token = current_app.config["SHOP"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not (hmac.compare_digest(given.encode(), token.encode()) if token else _from_here()):
        raise NotFound
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _from_here() -> bool:
    """Tell whether a program on this machine asks, and not a stranger through a proxy on this machine."""
    settings: Settings = current_app.config["SHOP"]
    if not settings.trusted_proxies and {"X-Forwarded-For", "Forwarded"} & set(request.headers.keys()):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _database() -> str:
    try:
        session.execute(text("SELECT 1"))
    except Exception as fault:  # noqa: BLE001 - the point is to name whatever is wrong
        return type(fault).__name__
    return "ok"


def _search() -> str:
    try:
        current_app.extensions["search"].count()
    except Exception as fault:  # noqa: BLE001
        return type(fault).__name__
    return "ok"
