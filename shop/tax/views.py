"""Door: the public tax calculator."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.db import session
from shop.reference import policy
from shop.tax import asking
from shop.tax.assessing import assess
from shop.tax.facts import PPH_CODES, WHY, Facts
from shop.web.errors import faults_told
from shop.web.guard import public

bp = Blueprint("tax", __name__)


@bp.get("/kalkulator-pajak")
@public
def calculator() -> ResponseReturnValue:
    """What is withheld from a payment, by whom and why, for anybody; the answer is in the address and kept nowhere."""
    today = local_day(utc_now())
    facts, found, faults = None, None, list[tuple[str, str]]()
    try:
        facts = asking.read(request.args, today)
        if facts is not None:
            found = assess(facts, lambda key, day: policy.rule(session, key, day))
    except Invalid as error:
        faults = faults_told(error)
    page = render_template(
        "tax/calculator.html", facts=facts, found=found, faults=faults, faults_of=dict(faults), errors=bool(faults),
        values=request.args, today=today, asking=asking, why=WHY, codes=PPH_CODES, hint=facts and _less(facts),
        rare=any(name in request.args and request.args[name] not in {"", "treasurer"} for name in asking.RARE),
    )  # fmt: skip
    return page, 422 if faults else 200


def _less(facts: Facts) -> str:
    """Return which paper would make less be withheld, lawfully: `decl500`, `sk`, or nothing."""
    if facts.collector == "none" or facts.skb or facts.sk or facts.decl500:
        return ""
    return "decl500" if facts.form == "individual" else "sk"
