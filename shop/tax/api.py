"""Door: a tax assessment for programs."""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from shop.db import session
from shop.orders.schemas import parsed
from shop.reference import policy
from shop.tax.assessing import assess
from shop.tax.schemas import AssessIn, AssessOut, told
from shop.web.guard import public
from shop.web.limits import limiter
from shop.web.openapi import Description, described

bp = Blueprint("tax_api", __name__, url_prefix="/api/v1/tax")


@bp.post("/assess")
@described(Description({200: AssessOut}, body=AssessIn, problems=(429,)))
@public
@limiter.limit("300/minute")
def assess_one() -> ResponseReturnValue:
    """Assess the taxes of one payment as the law stood on its day; nothing is kept.

    422 at `date` says that a rule the answer needs is not known for that day. This is no tax advice: rules with
    confidence L are not confirmed.
    """
    try:
        sent = request.get_json()
    except RecursionError:  # brackets in brackets, ten thousand deep
        abort(400)
    facts = parsed(AssessIn, sent).facts()
    found = assess(facts, lambda key, day: policy.rule(session, key, day))
    return jsonify(told(found).model_dump(mode="json", by_alias=True))
