"""Builds the application: configuration, extensions, doors, errors. Imported by wsgi.py, the start and tests."""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from flask_babel import gettext
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from shop import background
from shop.approvals import waiting as approvals_waiting
from shop.base.numbers import mask
from shop.db import db, tune
from shop.demo.logins import logins
from shop.documents import following as papers_following
from shop.doors import JSON, PAGES
from shop.handover import expecting, following, receipts
from shop.orders import adjusting, cart, paying, reading, states
from shop.payments import following as payments_following
from shop.payments import gateway_channel
from shop.payments.channels import refuse_second
from shop.risk import gathering
from shop.search import open_engine
from shop.settings import ROOT, Settings, load_settings
from shop.sourcing import band
from shop.storage.files import FileStore
from shop.vendors import holds
from shop.web import assets, errors, guard, headers, language, limits, login, logs
from shop.web.paging import RowNumber

# Papers follow the room that makes BAP and BAST.
for follow in (following.follow, payments_following.follow, papers_following.follow):
    if follow not in states.FOLLOWERS:
        states.FOLLOWERS.append(follow)
if expecting.received_before not in adjusting.RECEIVED:
    adjusting.RECEIVED.append(expecting.received_before)
if refuse_second not in adjusting.HELD:
    adjusting.HELD.append(refuse_second)
if receipts.keep_apart_from_paying not in paying.APART:
    paying.APART.append(receipts.keep_apart_from_paying)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the shop, ready to serve. Reads the environment when no settings are given."""
    settings = settings or load_settings()
    app = Flask("shop", root_path=str(ROOT), template_folder=str(ROOT / "templates"), static_folder=None)
    _configure(app, settings)
    logs.init_app(app)
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
    app.extensions["files"] = FileStore(settings.var / "files")
    app.extensions["search"] = open_engine(settings.search, settings.var / "index")
    app.extensions["demo_logins"] = logins
    app.extensions["gateway"] = gateway = gateway_channel.gateway_of(settings)
    gateway_channel.use(gateway)
    csrf = CSRFProtect(app)
    login.init_app(app, settings)
    limits.init_app(app)
    language.init_app(app, settings)
    errors.init_app(app)
    headers.init_app(app, settings)
    guard.init_app(app)
    _templates(app, settings)
    for page in PAGES:
        app.register_blueprint(page)
    for door in JSON:
        app.register_blueprint(door)
        csrf.exempt(door)
    gathering.use_bands(band.highest_fair)
    if settings.worker and not settings.testing:
        background.start(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SHOP=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.url,
        # An error's text goes to the log; what people typed (and hashes of passwords) must not go along.
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True}
        | ({} if settings.is_sqlite else {"pool_size": 10, "pool_pre_ping": True}),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session; a form left open over lunch must still work
        RATELIMIT_ENABLED=not settings.testing,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    app.url_map.converters["int"] = RowNumber
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _templates(app: Flask, settings: Settings) -> None:
    """Give templates what every page shows."""
    app.jinja_env.globals.update(asset=assets.address, demo_banner=settings.demo != "none")
    app.jinja_env.filters["masked"] = mask

    @app.context_processor
    def _around() -> dict[str, Any]:
        if "around" not in g:
            g.around = _frame()  # one request may draw several templates
        found: dict[str, Any] = g.around
        return found

    def _frame() -> dict[str, Any]:
        who = guard.actor()
        around: dict[str, Any] = {
            "lang": language.language(),
            "actor": None,
            "hats": (),
            "basket_count": 0,
            "turn_count": 0,
            "approval_count": 0,
        }
        if who.user_id is not None:
            around |= {
                "actor": who,
                "hats": [
                    (hat.hat_id, _hat(hat.role_label, hat.place_label, hat.for_name), hat.hat_id == who.hat_id)
                    for hat in guard.worn_hats()
                ],
                "basket_count": cart.count(who),
                "turn_count": reading.turn_count(who),
                "approval_count": approvals_waiting.count(who),
                "business": holds.notice(who.vendor_id) if who.vendor_id else None,
            }
        return around


def _hat(role: str, place: str, replaced: str) -> str:
    name = gettext(role)
    if replaced:
        name = f"{name} ({gettext('menggantikan %(name)s', name=replaced)})"
    return f"{name} · {place}" if place else name
