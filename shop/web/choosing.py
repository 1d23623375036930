"""What doors share about choosing: a step of the trail is written once, and never holds up or breaks a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final

import structlog
from flask import request
from flask import session as cookie

from shop.accounts import offices
from shop.base.actor import Actor
from shop.base.clock import utc_now
from shop.base.errors import Conflict, Invalid, NotFound
from shop.db import session, unit_of_work
from shop.orders.cart import BasketLine
from shop.orders.checking import moment
from shop.reference import regions
from shop.sourcing import record_judging, record_reasons, record_trail, weighing
from shop.web.guard import actor

log = structlog.get_logger(__name__)
_Seen = tuple[record_trail.Kind, Mapping[str, Any], Sequence[tuple[int, int]], datetime, bool]
_LAST: Final = "seen"
"""Name in the signed cookie of the last step written: looking at the same page again writes nothing."""
_PATIENCE: Final = 0.2
"""Seconds a page waits for SQLite's one writer; a step that cannot be written by then is written with the next."""
_MOST_LATE: Final = 5
_MOST_PEOPLE: Final = 500
_late: dict[tuple[int | None, int | None], list[_Seen]] = {}
"""Steps of (user, office) that wait in this process for the writer; empty nearly always."""
ASKED: Final = ("reason-", "words-", "import-")
"""Beginnings of the fields in which the officer says why this one."""


def note(
    kind: record_trail.Kind, asked: Mapping[str, Any], seen: Sequence[tuple[int, int]], *, ranked: bool = False
) -> None:
    """Write what a buying officer is shown: (product id, rupiah) in order. Does nothing for anybody else.

    Called last, when everything of the page has been read. `ranked`: the order shown means something.
    """
    who = actor()
    if not record_trail.chooses(who) or not seen:
        return
    mark = f"{who.hat_id}:{record_trail.mark(kind, asked, seen)}"
    if cookie.get(_LAST) == mark:
        return
    _wait(who, [(kind, asked, seen, utc_now(), ranked)])
    with suppress(Conflict):
        catch_up(who, _PATIENCE)
    cookie[_LAST] = mark


def catch_up(who: Actor, patience: float | None = None) -> None:
    """Write the steps of this person that wait. Opens a unit of work of its own, and none when nothing waits.

    Raises Conflict `busy` when the writer was not to be had in time; the steps wait on.
    """
    steps = _late.pop((who.user_id, who.office_id), [])
    if not steps:
        return
    try:
        with unit_of_work(patience):
            for kind, asked, seen, at, ranked in steps:
                record_trail.keep(who, kind, asked, seen, at, ranked=ranked)
    except Conflict:
        log.warning("choice steps wait for the writer", steps=len(steps))
        _wait(who, steps)
        raise


def _wait(who: Actor, steps: list[_Seen]) -> None:
    whose = who.user_id, who.office_id
    if whose in _late or len(_late) < _MOST_PEOPLE:
        _late[whose] = [*_late.get(whose, ()), *steps][-_MOST_LATE:]


def kecamatan_of(who: Actor) -> str:
    """Return the kecamatan of the office a person acts for, empty for others and for offices of the whole city."""
    if who.office_id is None:
        return ""
    try:
        here = offices.office(who.office_id)
        found = regions.kecamatan_of(session, here.region_code) if here.region_code else None
    except NotFound:
        return ""
    return found.code if found else ""


def weighed(lines: Sequence[BasketLine], kecamatan: str, day: date) -> dict[int, weighing.Weighed]:
    """Return what each line's price is held against, by product; `kecamatan` as typed, which may be none."""
    serves = weighing.serves_of([line.product_id for line in lines])
    goods = [weighing.offer_good(x.offer, x.quantity, serves.get(x.product_id)) for x in lines if x.offer]
    return weighing.weigh(goods, kecamatan if kecamatan in regions.regions(session) else "", day)


def judged(lines: Sequence[BasketLine], at: str, now: datetime) -> dict[int, record_judging.Judged]:
    """Return which lines pass something over that was seen, by product, for the time asked as far as it can be read."""
    try:
        wanted: datetime | None = moment(at)
    except Invalid:
        wanted = None
    with suppress(Conflict):
        catch_up(actor(), _PATIENCE)
    choices = [record_judging.Choice(x.product_id, x.quantity, x.unit_price) for x in lines]
    return {one.choice.product_id: one for one in record_judging.judge(actor(), choices, wanted, now)}


def only_asked(faults: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return faults of a page that asks nothing but why: those of other fields are told above it."""
    return [(field if field.startswith(ASKED) else "", words) for field, words in faults]


def said_in_form() -> dict[int, record_reasons.Said]:
    """Return why this one for whatever products the form speaks of; what is no number is left alone."""
    ends = {name.split("-", 1)[1] for name in request.form if name.startswith(ASKED)}
    return said(int(text) for text in ends if text.isascii() and text.isdigit() and len(text) < 19)  # noqa: PLR2004 - of 2**63


def said(product_ids: Iterable[int]) -> dict[int, record_reasons.Said]:
    """Return why this one, as typed into the form, by product."""
    form = request.form
    return {i: record_reasons.Said(*(form.get(f"{name}{i}", "") for name in ASKED)) for i in product_ids}
