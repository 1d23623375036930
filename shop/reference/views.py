"""Door: dated rules: every rule in words, the history of each, and setting one anew from a coming day on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from shop.audit import trail
from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Invalid
from shop.catalog.categories import shelves
from shop.db import session, unit_of_work
from shop.orders import tax_preview
from shop.orders.tax_cases import rule_on
from shop.reference import editing, policy, shape, words
from shop.reference.editing import Draft
from shop.reference.models import Rule
from shop.reference.policy import RuleValue
from shop.tax import examples
from shop.tax.assessing import RuleOn, assess
from shop.tax.facts import Assessment, Facts
from shop.web.errors import spoken
from shop.web.guard import actor, public, requires
from shop.web.language import gettext as _

bp = Blueprint("reference", __name__)
_KEY = "/sumber/<rule_key>"


@dataclass(frozen=True, slots=True)
class _Example:
    """A usual payment, taxed the old and the new way; None where a rule is not known."""

    words: str
    before: Assessment | None
    after: Assessment | None


@bp.get("/sumber")
@public
def index() -> ResponseReturnValue:
    """Every dated rule this shop counts by, in words, with its source and how sure we are."""
    today, found = local_day(utc_now()), list[dict[str, Any]]()
    for key, spans in groupby(policy.all_rules(session), key=lambda rule: rule.key):
        rows = list(spans)
        now = next((r for r in rows if _holds(r, today)), rows[-1])
        coming = [r for r in rows if r.valid_from > today]
        found.append({"key": key, "now": now, "coming": coming, "parts": shape.parts(key, [now.value])})
    return render_template(
        "reference/index.html", rules=found, subjects=words.SUBJECTS, others=words.OTHERS, words=words, today=today,
        may_edit=actor().may(editing.EDIT),
    )  # fmt: skip


@bp.get(_KEY)
@public
def show(rule_key: str) -> ResponseReturnValue:
    """The history of one rule, and for the programme a form that sets it anew."""
    return _page(rule_key, [], None, 200)


@bp.post(_KEY)
@requires(editing.EDIT)
def put(rule_key: str) -> ResponseReturnValue:
    """Show what a new value would change, or save it; only the second changes anything."""
    now = utc_now()
    try:
        if request.form.get("act") != "simpan":
            return _page(rule_key, [], editing.read(editing.spans(rule_key), request.form, _known(), now), 200)
        with unit_of_work():
            editing.put(actor(), rule_key, request.form, _known(), trail.record, now)
    except (Invalid, Conflict) as error:
        faults, status = spoken(error)
        return _page(rule_key, faults, None, status)
    flash(_("Aturan disimpan. Sampai hari itu nilai yang lama tetap berlaku."), "ok")
    return redirect(f"/sumber/{rule_key}", 303)


@bp.post(f"{_KEY}/tarik")
@requires(editing.EDIT)
def withdraw(rule_key: str) -> ResponseReturnValue:
    """Take back a value that has not begun."""
    try:
        with unit_of_work():
            editing.withdraw(actor(), rule_key, request.form, trail.record, utc_now())
    except (Invalid, Conflict) as error:
        faults, status = spoken(error)
        return _page(rule_key, faults, None, status)
    flash(_("Nilai itu ditarik. Yang sebelumnya tetap berlaku."), "ok")
    return redirect(f"/sumber/{rule_key}", 303)


def _holds(span: RuleValue | Rule, day: date) -> bool:
    return span.valid_from <= day and (span.valid_to is None or day < span.valid_to)


def _known() -> dict[str, list[str]]:
    """Words that only the shop knows: a mistyped shelf would silently be no catering any more."""
    return {"tax.catering_categories": sorted(shelves())}


def _page(key: str, faults: list[tuple[str, str]], draft: Draft | None, status: int) -> ResponseReturnValue:
    rows, today = editing.spans(key), local_day(utc_now())
    told = words.USED.get(words.subject_of(key), words.ELSEWHERE)
    page = render_template(
        "reference/show.html", key=key, rows=[(r, shape.parts(key, [r.value]), _holds(r, today)) for r in reversed(rows)],
        parts=editing.parts_of(rows, _known()), seen=editing.seen_of(rows), words=words, today=today, form=request.form,
        faults=faults, faults_of=dict(faults), errors=bool(faults), draft=draft, last=rows[-1],
        may_edit=actor().may(editing.EDIT), can_withdraw=editing.can_withdraw(rows[-1], today), used=told,
        preview=_preview(draft) if draft else None, drafted=shape.parts(key, [draft.new.value]) if draft else [],
        before=shape.parts(key, [draft.before.value]) if draft else [],
    )  # fmt: skip
    return page, status


def _preview(draft: Draft) -> tuple[tax_preview.Preview, Sequence[_Example]] | None:
    """Return what a rule about taxes would change on the day it begins; None for other rules."""
    if words.subject_of(draft.new.key) not in {"tax", "stamp"}:
        return None
    day = draft.new.valid_from

    def changed(key: str, on: date) -> RuleValue:
        return draft.new if key == draft.new.key and on >= day else rule_on(key, on)

    compared = tax_preview.compare(day, rule_on, changed)
    return compared, [_Example(told, _assessed(f, rule_on), _assessed(f, changed)) for told, f in examples.on(day)]


def _assessed(facts: Facts, rules: RuleOn) -> Assessment | None:
    try:
        return assess(facts, rules)
    except Invalid:
        return None
