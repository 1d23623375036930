"""Findings of the risk rules in the reader's language, as pages and downloads say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from shop.base.actor import Actor
from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.base.money import rupiah
from shop.budgets.reading import PackageView
from shop.catalog.categories import shelves
from shop.orders import terms
from shop.orders.cart import BasketLine
from shop.orders.checking import moment
from shop.orders.reading import OrderView
from shop.reference.policy import RuleValue
from shop.risk import before, reading
from shop.risk.reading import OnOrder
from shop.risk.register import RULES, limits_of, numbers_of
from shop.risk.rules.contract import Finding, Rule
from shop.web.language import angka, language, persen, tanggal_pendek


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words. `unsure` tells that the rule or its numbers are not confirmed; `orders` are (id, number)."""

    code: str
    title: str
    sentence: str
    why: str
    basis: str
    advice: str
    unsure: bool
    orders: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A rule as the public page shows it. `numbers` is None when it is not in force today."""

    code: str
    title: str
    why: str
    basis: str
    confidence: str
    since: date
    until: date | None
    limits: str
    advice: str
    numbers: RuleValue | None


def told(finding: Finding) -> Told:
    """Return a finding in words."""
    rule = RULES[finding.code]
    numbers = numbers_of(rule, local_day(utc_now()))
    return Told(
        rule.code,
        _(rule.title),
        _filled(rule, rule.says[finding.variant], finding.params),
        _(rule.why),
        _(rule.basis),
        _(rule.advice),
        "L" in {rule.confidence, numbers.confidence if numbers else ""},
        finding.orders,
    )


def rules_told(day: date) -> list[ToldRule]:
    """Return every rule with the numbers that count on a Jakarta day."""
    return [_rule_told(rule, numbers_of(rule, day)) for rule in RULES.values()]


def _rule_told(rule: Rule, numbers: RuleValue | None) -> ToldRule:
    return ToldRule(
        rule.code,
        _(rule.title),
        _(rule.why),
        _(rule.basis),
        rule.confidence,
        rule.since,
        rule.until,
        _filled(rule, rule.limits, limits_of(numbers)) if numbers else "",
        _(rule.advice),
        numbers,
    )


def _filled(rule: Rule, sentence: str, params: Mapping[str, Any]) -> str:
    words = {name: _written(rule.kinds.get(name, ""), value) for name, value in params.items()}
    translated: str = _(sentence)
    return translated % words if words else translated


def _written(kind: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_written(kind, one) for one in value)
    if kind == "rp":
        return rupiah(value)
    if kind == "bp":
        return persen(value).replace(",00", "").replace(".00", "")
    if kind == "on":
        return tanggal_pendek(date.fromisoformat(value))
    if kind == "category":
        shelf = shelves().get(value)
        return shelf.name(language()) if shelf else str(value)
    return angka(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class ToldFlag:
    """A kept finding in words, with the moments it was raised and superseded."""

    told: Told
    raised_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldOnOrder:
    """What an order's page says: findings that hold, findings that held, the office's explanations."""

    live: Sequence[ToldFlag]
    past: Sequence[ToldFlag]
    notes: Sequence[Any]
    may_write: bool


def on_order(actor: Actor, view: OrderView, now: datetime) -> ToldOnOrder | None:
    """Return the part of an order's page in words; None when this hat sees nothing here."""
    found = reading.on_order(actor, view, now)
    return told_on_order(found) if found else None


def told_on_order(found: OnOrder) -> ToldOnOrder:
    """Return what is kept of one order in words."""
    live, past = (
        [ToldFlag(told(flag.finding), flag.raised_at, flag.superseded_at) for flag in some]
        for some in (found.live, found.past)
    )
    return ToldOnOrder(live, past, found.notes, found.may_write)


def warned(
    actor: Actor, package: PackageView | None, lines: Sequence[BasketLine], form: Mapping[str, str], now: datetime
) -> list[tuple[str, list[Told]]]:
    """Return the warnings of a checkout as (producer, findings in words); what cannot be read of the form is left out."""
    if package is None:
        return []
    people, at = form.get("headcount", ""), form.get("deliver.at", "")
    headcount = int(people) if people.isascii() and people.isdigit() and len(people) < 7 else None  # noqa: PLR2004 - terms.MAX_HEADCOUNT
    try:
        deliver_at = moment(at)
    except Invalid:
        deliver_at = None
    if deliver_at is not None and not now < deliver_at <= now + terms.FARTHEST_DELIVERY:
        deliver_at = None  # refused at sending; the last day of the year 9999 has no Jakarta day
    asked = before.Asked(form.get("purpose", ""), headcount, deliver_at)
    found = before.warnings(actor, package, lines, asked, now)
    return [(one.vendor_name, [told(finding) for finding in one.findings]) for one in found]
