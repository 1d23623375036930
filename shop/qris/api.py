"""JSON door of QRIS codes: what a code says, and one for one sale made out of it. Public, nothing is stored."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from shop.base.clock import local_day, utc_now
from shop.base.money import MAX_RUPIAH
from shop.db import session
from shop.orders.schemas import Strict, parsed
from shop.qris import building, checking
from shop.qris.codec import LONGEST
from shop.qris.limits import limit_on
from shop.reference.policy import rule
from shop.web.errors import say
from shop.web.guard import public
from shop.web.openapi import Description, FieldProblem, described

bp = Blueprint("qris_api", __name__, url_prefix="/api/v1/qris")
_BYTES: Final = 16 * 1024
"""Most bytes of a body: 512 characters, each written as an escape, fit several times."""
Payload = Annotated[str, Field(min_length=1, max_length=2 * LONGEST, description="The text inside the QR code")]


class InspectIn(Strict):
    """A code to read."""

    payload: Payload


class InspectOut(Strict):
    """What a code says. A right code confirms no payment: whether it was paid is known to its acquirer alone."""

    valid: bool
    initiation: str | None
    """`static`: one code for every sale; `dynamic`: for one sale."""
    amount: int | None
    """Whole rupiah."""
    merchant: str | None
    criteria: str | None
    """UMI micro, UKE small, UME medium, UBE large; also URE, PSO, BLU, SPBU."""
    errors: list[FieldProblem]
    """Every fault, its field the tag (`54`, `62.01`) or `payload`."""


class TipIn(Strict):
    """`ask` the payer, a `fixed` one in rupiah, or a share (`percent`) in basis points."""

    kind: Literal["ask", "fixed", "percent"]
    value: Annotated[int, Field(ge=0, le=MAX_RUPIAH)] = 0


class DynamicIn(Strict):
    """A merchant's own code, and what one sale costs."""

    payload: Payload
    amount: Annotated[int, Field(ge=1, le=MAX_RUPIAH, description="Whole rupiah, at most the limit of today")]
    bill: Annotated[str, Field(max_length=building.BILL_LENGTH)] | None = None
    terminal: Annotated[str, Field(max_length=building.BILL_LENGTH)] | None = None
    tip: TipIn | None = None


class DynamicOut(Strict):
    """The text of a code for one sale, unconfirmed until there is proof."""

    payload: str


@bp.post("/inspect")
@public
@described(Description({200: InspectOut}, body=InspectIn))
def inspect() -> ResponseReturnValue:
    """Say what a QRIS code says and all that is wrong with it. Lengths are of characters; trailing rubbish is a fault."""
    given = parsed(InspectIn, _json())
    report = checking.check(given.payload, _limit())
    answer = InspectOut(
        valid=report.valid,
        initiation=report.initiation or None,
        amount=report.amount,
        merchant=report.name or None,
        criteria=report.criteria or None,
        errors=[FieldProblem(field=f.field, message=say(f.message, dict(f.params))) for f in report.faults],
    )
    return jsonify(answer.model_dump())


@bp.post("/dynamic")
@public
@described(Description({200: DynamicOut}, body=DynamicIn))
def dynamic() -> ResponseReturnValue:
    """Make a code for one sale out of a merchant's own. Nobody is called back when it is paid: it is unconfirmed until proof."""
    given = parsed(DynamicIn, _json())
    tip = building.Tip(given.tip.kind, given.tip.value) if given.tip else None
    made = building.dynamic(
        given.payload, given.amount, _limit(), bill=given.bill or "", terminal=given.terminal or "", tip=tip
    )
    return jsonify(payload=made)


def _limit() -> int:
    return int(limit_on(lambda key, day: rule(session, key, day), local_day(utc_now())).value)


def _json() -> Any:
    request.max_content_length = _BYTES
    try:
        return request.get_json()
    except RecursionError:  # brackets in brackets, ten thousand deep
        abort(400)
