"""Door: the auditor's room. Reads the city's business, changes none of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local, local_day, utc_now
from shop.base.errors import Invalid
from shop.orders import states
from shop.oversight import asking, exports, notes, reading, samples, search
from shop.oversight.asking import OfficeChoice
from shop.oversight.search import READ, Found
from shop.p3dn.labels import EVIDENCE_LABELS
from shop.p3dn.rules import EVIDENCE
from shop.risk.register import RULES
from shop.web import exported
from shop.web.asked_orders import CHANNEL_CHOICES, CORRECTED, LABELS, number_from, told, words_of
from shop.web.errors import faults_told, say
from shop.web.guard import actor, requires
from shop.web.language import language

bp = Blueprint("oversight", __name__)
_COLUMNS: Final = (
    "order_id", "number", "office", "producer", "total", "placed_at", "state", "risk_rules",
)  # fmt: skip
_LATEST: Final = 5


@bp.get("/audit")
@requires(READ)
def index() -> ResponseReturnValue:
    """Show the room: where to begin, the last samples and notes, and whether the figures were proved."""
    who = actor()
    return render_template(
        "oversight/index.html",
        latest=reading.latest(),
        samples=samples.samples(who)[:_LATEST],
        notes=notes.notes(who)[:_LATEST],
        exports=exports.exports(who)[:_LATEST],
    )


@bp.get("/audit/pesanan")
@requires(READ)
def orders() -> ResponseReturnValue:
    """Search across the orders of all offices, the newest first; what cannot be is told at its field."""
    who, now, choices = actor(), utc_now(), asking.offices()
    try:
        wanted = asking.wanted(request.args, choices, local_day(now))
        found = search.page(who, wanted, now, request.args.get("setelah", ""))
    except Invalid as error:
        return render_template("oversight/orders.html", **_form(choices), faults=faults_told(error), found=None), 422
    return render_template(
        "oversight/orders.html",
        **_form(choices),
        faults=[],
        found=found,
        wanted=wanted,
        query=urlencode(wanted.asked),
        told=told(wanted.asked),
        next=f"/audit/pesanan?{urlencode({**wanted.asked, 'setelah': found.following})}" if found.following else None,
        state_labels=states.LABELS,
        rules={rule.code: _(rule.title) for rule in RULES.values()},
    )


@bp.get("/audit/pesanan.csv")
@requires(READ)
def orders_csv() -> ResponseReturnValue:
    """Stream what a search finds as CSV and keep a record of it: rupiah as whole numbers, Jakarta time."""
    who, now = actor(), utc_now()
    wanted = asking.wanted(request.args, asking.offices(), local_day(now))
    taken = exported.taken("orders", "audit-pesanan.csv", wanted.asked, words_of(wanted.asked))
    return exported.csv(taken, _COLUMNS, _rows(search.every(who, wanted, now)))


@bp.get("/audit/ekspor")
@requires(exports.LIST)
def taken_list() -> ResponseReturnValue:
    """Show who took which data away, the newest first."""
    before = number_from(request.args.get("sebelum"))
    rows = exports.exports(actor(), before)
    last = rows[exports.SIZE - 1].id if len(rows) > exports.SIZE else None
    return render_template("oversight/exports.html", rows=rows[: exports.SIZE], next=last, first=before)


def _form(choices: Sequence[OfficeChoice]) -> dict[str, Any]:
    """Return what the search form offers, and what was typed."""
    name = 2 if language() == "en" else 1
    return {
        "args": request.args,
        "labels": LABELS,
        "offices": [(office.code, office.name) for office in choices],
        "categories": [(row[0], row[name]) for row in asking.categories()],
        "states": [(code, say(label, {})) for code, label in states.LABELS.items()],
        "channels": [(code, say(label, {})) for code, label in CHANNEL_CHOICES.items()],
        "corrected": [(code, say(label, {})) for code, label in CORRECTED.items()],
        "evidence": [(code, say(EVIDENCE_LABELS[code], {})) for code in EVIDENCE if EVIDENCE_LABELS.get(code)],
        "risks": [
            ("ada", _("Ada tanda")),
            ("tidak", _("Tanpa tanda")),
            *((rule.code, _(rule.title)) for rule in RULES.values()),
        ],
    }


def _rows(batches: Iterator[Sequence[Found]]) -> Iterator[list[tuple[Any, ...]]]:
    for batch in batches:
        yield [
            (
                row.id, row.number, row.office, row.vendor, row.total,
                local(row.placed_at).isoformat(timespec="minutes"), row.state, " ".join(row.flags),
            )
            for row in batch
        ]  # fmt: skip
