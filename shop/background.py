"""What the process does by itself: messages of the outbox by kind, deadlines, and an index that heals."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from shop.accounts import signing_in
from shop.accounts.mail import mail_handler
from shop.accounts.ringing import ring_handler
from shop.budgets import mailing as package_mailing
from shop.catalog import indexing, uploading
from shop.catalog import reminding as certificate_reminding
from shop.curation import submitting
from shop.db import session, unit_of_work
from shop.orders import confirming, escalating
from shop.orders import mailing as order_mailing
from shop.outbox.posting import Handler, Handlers
from shop.outbox.worker import Periodic, Worker
from shop.programme import counting, facilities
from shop.programme.models import Guidance
from shop.risk import flagging
from shop.search import Engine
from shop.settings import Settings
from shop.vendors import holds, papers, registering, reminding


def handlers(app: Flask) -> Handlers:
    """Return who takes which kind of message."""
    engine: Engine = app.extensions["search"]
    settings: Settings = app.config["SHOP"]

    def index(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
        indexing.index_products(engine, payloads, now)

    return Handlers(
        inside={
            "orders.news": each(order_mailing.handle, counting.on_orders, flagging.on_orders),
            flagging.KIND: flagging.handle,
            "budgets.news": package_mailing.handle,
            papers.CHANGED: each(indexing.index_vendors, counting.on_vendors),
            registering.REGISTERED: facilities.on_registered,
            registering.NOTICED: facilities.on_noticed,
        },
        outside={
            "catalog.index": index,
            uploading.KIND: uploading.handler(app.extensions["files"], submitting.recheck),
            "mail": mail_handler(settings, Path(app.config["BABEL_TRANSLATION_DIRECTORIES"])),
            "ring": ring_handler(settings, Path(app.config["BABEL_TRANSLATION_DIRECTORIES"])),
        },
    )


def each(*takers: Handler) -> Handler:
    """Return a handler that gives the same messages to several rooms, in their order."""

    def take(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
        for taker in takers:
            taker(payloads, now)

    return take


def periodic(app: Flask) -> Sequence[Periodic]:
    """Return what is looked at every half minute: deadlines that passed, papers that expired, an index that is behind."""
    engine: Engine = app.extensions["search"]

    def heal(now: datetime) -> None:
        if engine.needs_rebuild:
            indexing.rebuild(engine, now)
        indexing.refresh_evidence(engine, now)

    def forget(now: datetime) -> None:
        with unit_of_work():
            signing_in.forget_unknown(now)

    def ring(now: datetime) -> None:
        escalating.ring_unread(now, _mentor_of)

    return (
        confirming.expire_due,
        ring,
        heal,
        forget,
        holds.end_due,
        reminding.remind_of_papers,
        certificate_reminding.remind_of_certificates,
    )


def _mentor_of(vendor_id: int) -> int | None:
    return session.scalar(select(Guidance.mentor_id).where(Guidance.vendor_id == vendor_id))


def start(app: Flask) -> None:
    """Start the background thread of this process; it is stopped when the process ends."""
    worker = Worker(app, handlers(app), periodic(app))
    worker.start()
    atexit.register(worker.stop)
