"""Door: how the figures are made, in plain language, with one example that is counted before the reader's eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from shop.base.clock import local_day, utc_now
from shop.db import session
from shop.oversight import reading as proving
from shop.p3dn import basis
from shop.p3dn.rules import SYSTEM, ZERO, Measures, line_measures, shares
from shop.reference.policy import all_rules
from shop.web.guard import public

bp = Blueprint("p3dn_method", __name__)

_RULES: Final = ("p3dn.", "umk.share_bp", "tkdn.cert_")


@dataclass(frozen=True, slots=True)
class _Good:
    """One line of the example and what the rules make of it."""

    name: str
    tkdn_bp: int
    evidence: str
    measures: Measures


def _good(name: str, value: int, tkdn_bp: int, evidence: str, *, pdn: bool) -> _Good:
    made = line_measures(
        value=value, pdn=pdn, umk=True, evidence=evidence, tkdn_bp=tkdn_bp, committed=True, paid=True, first=False
    )
    return _Good(name, tkdn_bp, evidence, made)


_EXAMPLE: Final = (
    _good("Nasi kotak", 1_000_000, 4_000, "certified", pdn=True),
    _good("Tas batik", 600_000, 2_500, "self_declared", pdn=True),
    _good("Pulpen impor", 400_000, 0, "none", pdn=False),
)
"""Counted by the same function as every order, so that this page cannot tell another story. Names are msgids."""
_TOTAL: Final = sum((good.measures for good in _EXAMPLE), ZERO)


@bp.get("/p3dn/cara")
@public
def method() -> ResponseReturnValue:
    """Explain every measure, what is not sure, and how anybody recounts the totals."""
    today = local_day(utc_now())
    rules = [rule for rule in all_rules(session) if rule.key.startswith(_RULES)]
    return render_template(
        "p3dn/method.html",
        goods=_EXAMPLE, total=_TOTAL, shares=shares(_TOTAL), system=SYSTEM, basis=basis.on_day(today), today=today, latest=proving.latest(),
        rules=[rule for rule in rules if rule.valid_to is None or rule.valid_to > today],
    )  # fmt: skip
