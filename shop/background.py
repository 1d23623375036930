"""What the process does by itself: messages of the outbox by kind, deadlines, and an index that heals."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import select

from shop.accounts import signing_in
from shop.accounts.mail import mail_handler
from shop.accounts.ringing import ring_handler
from shop.addenda import agreeing, closing
from shop.addenda import mailing as addenda_mailing
from shop.approvals import expiring
from shop.approvals import mailing as approval_mailing
from shop.approvals.asking import NEWS as APPROVALS
from shop.base.clock import utc_now
from shop.budgets import mailing as package_mailing
from shop.catalog import indexing, uploading
from shop.catalog import reminding as certificate_reminding
from shop.curation import submitting
from shop.db import session, unit_of_work
from shop.handover import accepting, complaints, shortages
from shop.handover import mailing as handover_mailing
from shop.handover import news as handover_news
from shop.handover import papers as handover_papers
from shop.negotiation import bargaining, opening
from shop.negotiation import mailing as negotiation_mailing
from shop.negotiation import news as negotiation_news
from shop.orders import confirming, escalating, reminding
from shop.orders import mailing as order_mailing
from shop.outbox.posting import Handler, Handlers
from shop.outbox.worker import Periodic, Worker
from shop.oversight import mailing as oversight_mailing
from shop.oversight import notes as audit_notes
from shop.oversight import verifying
from shop.payments import gateway_events, reconciling
from shop.payments import mailing as payments_mailing
from shop.payments import news as payments_news
from shop.payments.gateway_channel import Gateway
from shop.programme import counting, facilities
from shop.programme.models import Guidance
from shop.risk import flagging
from shop.search import Engine
from shop.settings import Settings
from shop.sourcing import band, lost, record_freezing, record_trail
from shop.spread import picturing
from shop.targets import alerting
from shop.targets import mailing as targets_mailing
from shop.vendors import holds, papers, registering
from shop.vendors import reminding as paper_reminding

log = structlog.get_logger(__name__)


def handlers(app: Flask) -> Handlers:
    """Return who takes which kind of message."""
    engine: Engine = app.extensions["search"]
    settings: Settings = app.config["SHOP"]

    def index(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
        indexing.index_products(engine, payloads, now)

    return Handlers(
        inside={
            "orders.news": each(
                order_mailing.handle, counting.on_orders, closing.on_orders, band.on_orders, flagging.on_orders
            ),
            agreeing.NEWS: addenda_mailing.handle,
            flagging.KIND: flagging.handle,
            "budgets.news": package_mailing.handle,
            APPROVALS: approval_mailing.handle,
            handover_news.KIND: handover_mailing.handle,
            negotiation_news.KIND: negotiation_mailing.handle,
            payments_news.KIND: payments_mailing.handle,
            alerting.NEWS: targets_mailing.handle,
            audit_notes.NEWS: oversight_mailing.handle,
            record_freezing.FROZEN: lost.count,
            papers.CHANGED: each(indexing.index_vendors, counting.on_vendors),
            registering.REGISTERED: facilities.on_registered,
            registering.NOTICED: facilities.on_noticed,
        },
        outside={
            "catalog.index": index,
            gateway_events.KIND: gateway_events.handler(app.extensions["gateway"]),
            uploading.KIND: uploading.handler(app.extensions["files"], submitting.recheck),
            verifying.KIND: _verify_apart(app, settings),
            "mail": mail_handler(settings, Path(app.config["BABEL_TRANSLATION_DIRECTORIES"])),
            "ring": ring_handler(settings, Path(app.config["BABEL_TRANSLATION_DIRECTORIES"])),
        },
    )


def _verify_apart(app: Flask, settings: Settings) -> Handler:
    """Return a handler that proves the figures in a thread of its own: minutes of reading must hold up nobody's mail."""

    def take(payloads: Sequence[dict[str, Any]], _now: datetime) -> None:
        for run_id in verifying.run_ids(payloads):
            thread = threading.Thread(target=_verify, args=(app, run_id), name="verify", daemon=True)
            thread.start()
            if settings.testing:
                thread.join()

    return take


def _verify(app: Flask, run_id: int) -> None:
    with app.app_context():
        try:
            verifying.run(run_id, utc_now)
        except Exception:
            log.exception("verification broke off", run=run_id)
            with unit_of_work():
                verifying.break_off(run_id, utc_now())


def each(*takers: Handler) -> Handler:
    """Return a handler that gives the same messages to several rooms, in their order."""

    def take(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
        for taker in takers:
            taker(payloads, now)

    return take


def periodic(app: Flask) -> Sequence[Periodic]:
    """Return what is looked at every half minute: deadlines that passed, papers that expired, an index that is behind."""
    engine: Engine = app.extensions["search"]
    gateway: Gateway | None = app.extensions["gateway"]

    def heal(now: datetime) -> None:
        if engine.needs_rebuild:
            indexing.rebuild(engine, now)
        indexing.refresh_evidence(engine, now)

    def ring(now: datetime) -> None:
        escalating.ring_unread(now, _mentor_of)

    def reconcile(now: datetime) -> None:
        reconciling.check_due(gateway, now)

    return (
        confirming.expire_due,
        expiring.expire_due,
        closing.lapse_due,
        bargaining.expire_due,
        opening.open_due,
        ring,
        reminding.remind_due,
        heal,
        _forget,
        _forget_steps,
        holds.end_due,
        paper_reminding.remind_of_papers,
        certificate_reminding.remind_of_certificates,
        accepting.accept_due,
        accepting.remind_due,
        shortages.assume_due,
        handover_papers.assume_due,
        complaints.overdue_due,
        alerting.judge_due,
        reconcile,
        *_nightly(app.config["SHOP"]),
        picturing.take_due,
    )


def _forget(now: datetime) -> None:
    with unit_of_work():
        signing_in.forget_unknown(now)


def _forget_steps(now: datetime) -> None:
    if record_trail.any_old(now):  # mostly there is nothing: do not take the write lock for it
        session.rollback()
        with unit_of_work():
            record_trail.purge(now)


def _nightly(settings: Settings) -> tuple[Periodic, ...]:
    return (verifying.nightly,) if settings.verify_nightly and not settings.testing else ()


def _mentor_of(vendor_id: int) -> int | None:
    return session.scalar(select(Guidance.mentor_id).where(Guidance.vendor_id == vendor_id))


def start(app: Flask) -> None:
    """Start the background thread of this process; it is stopped when the process ends."""
    worker = Worker(app, handlers(app), periodic(app))
    worker.start()
    atexit.register(worker.stop)
