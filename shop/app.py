"""Builds the application: configuration, extensions, doors, errors. Imported by wsgi.py, the command line and tests."""

from __future__ import annotations

import atexit
import hashlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from shop.db import db, tune
from shop.outbox.posting import Handler
from shop.outbox.worker import Periodic, Worker
from shop.search import open_engine
from shop.settings import ROOT, Settings, load_settings
from shop.storage.files import FileStore
from shop.web import errors, guard, headers, health, language, limits, login, logs

DOORS = ("shop.web.views", "shop.web.api", "shop.accounts.views", "shop.budgets.views", "shop.budgets.api", "shop.catalog.views", "shop.catalog.api",
         "shop.orders.views", "shop.orders.views_basket", "shop.orders.api", "shop.p3dn.views", "shop.p3dn.api")


def create_app(settings: Settings | None = None) -> Flask:
    """Return the shop, ready to serve. Reads the environment when no settings are given."""
    settings = settings or load_settings()
    app = Flask("shop", root_path=str(ROOT), template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    _configure(app, settings)
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
    app.extensions["files"] = FileStore(settings.var / "files")
    app.extensions["search"] = open_engine(settings.search, settings.var / "index")
    logs.init_app(app)
    csrf = CSRFProtect(app)
    login.init_app(app, settings)
    limits.limiter.init_app(app)
    language.init_app(app, settings)
    errors.init_app(app)
    headers.init_app(app, settings)
    guard.init_app(app)
    _templates(app, settings)
    app.register_blueprint(health.bp)
    for name in DOORS:
        try:
            bp = importlib.import_module(name).bp
        except ImportError as e:
            print("door missing", name, e)
            continue
        app.register_blueprint(bp)
        if name.endswith(".api"):
            csrf.exempt(bp)  # tokens only: a cookie means nothing to these doors
    if settings.worker:
        start_worker(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SHOP=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.url,
        SQLALCHEMY_ENGINE_OPTIONS={} if settings.is_sqlite else {"pool_size": 10, "pool_pre_ping": True},
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session; a form left open over lunch must still work
        RATELIMIT_ENABLED=not settings.testing,
        RATELIMIT_HEADERS_ENABLED=False,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,  # every asset address carries the hash of its content
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]


def _templates(app: Flask, settings: Settings) -> None:
    """Give templates what every page shows."""

    @lru_cache(maxsize=512)
    def asset(path: str) -> str:
        file = Path(app.static_folder or "") / path
        return f"/static/{path}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:10]}"

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["demo_banner"] = settings.demo != "none"

    @app.context_processor
    def _around() -> dict[str, Any]:
        who = guard.actor() if not guard.is_api() else None
        if who is None or who.user_id is None:
            return {"lang": language.language(), "actor": None, "hats": (), "basket_count": 0, "turn_count": 0}
        from shop.orders import cart
        return {
            "lang": language.language(), "actor": who, "hats": [(h.hat_id, f"{gettext(h.role_label)} · {h.place_label}".strip(" ·"), h.hat_id == who.hat_id) for h in guard.worn_hats()],
            "basket_count": cart.count(who), "turn_count": 0,
        }


def handlers(app: Flask, settings: Settings) -> Mapping[str, Handler]:
    return {}


def periodic(app: Flask) -> Sequence[Periodic]:
    return ()


def start_worker(app: Flask, settings: Settings) -> Callable[[], None]:
    """Start the background thread of this process; it is stopped when the process ends."""
    worker = Worker(app, handlers(app, settings), periodic(app))
    worker.start()
    atexit.register(worker.stop)
    return worker.stop
