"""How an office numbers its papers: one template per sequence, from a day on, with a preview of the next number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from shop.accounts import offices
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import FieldFault, Invalid, NotFound, or_fault
from shop.db import session
from shop.documents.table import SERIES
from shop.orders import numbering
from shop.orders.models_numbering import NumberingTemplate

SET: Final = "documents:numbering:set"


@dataclass(frozen=True, slots=True)
class Pattern:
    """How one sequence is written today, its next number, and what is to hold later: (day, template)."""

    series: str
    title: str
    template: str
    next_number: str
    later: Sequence[tuple[date, str]]


def patterns(actor: Actor, now: datetime) -> list[Pattern]:
    """Return all sequences of the actor's office."""
    actor.require(SET)
    office, day = offices.office(actor.office_id or 0), local_day(now)
    return [_pattern(office.id, office.code, series, title, day) for series, title in SERIES.items()]


def set_template(actor: Actor, series: str, template: str, valid_from: date | None, now: datetime) -> str:
    """Set how a sequence is written from a day on, today at the earliest: what was given keeps its number.

    Returns the next number it would give. Raises NotFound for an unknown sequence, Invalid with every fault.
    """
    actor.require(SET)
    if series not in SERIES:
        raise NotFound("Jenis nomor ini tidak ada.")
    office, day = offices.office(actor.office_id or 0), local_day(now)
    faults: list[FieldFault] = []
    or_fault(faults, numbering.check_template, template, series, office.code)
    if valid_from is None or not day <= valid_from <= day.replace(year=day.year + 1, day=1):
        faults.append(
            FieldFault("valid_from", "Isi tanggal mulai berlaku: hari ini atau sesudahnya, paling lama setahun.")
        )
    if faults or valid_from is None:
        raise Invalid(faults=tuple(faults))
    key = {"office_id": office.id, "kind": series, "valid_from": valid_from}
    row = session.get(NumberingTemplate, key, with_for_update=True) or NumberingTemplate(**key)
    row.template, row.made_by, row.made_at = template, actor.user_id or 0, now
    session.add(row)
    told = {"series": series, "template": template, "valid_from": valid_from.isoformat()}
    trail.record(actor, "documents.numbering_set", "office", office.id, now, **told)
    last = numbering.last_number(office.id, series, valid_from.year)
    return numbering.compose(template, last + 1, series, office.code, valid_from, valid_from.year)


def _pattern(office_id: int, code: str, series: str, title: str, day: date) -> Pattern:
    template = numbering.template_on(office_id, series, day)
    last = numbering.last_number(office_id, series, day.year)
    later = session.execute(
        select(NumberingTemplate.valid_from, NumberingTemplate.template)
        .where(
            NumberingTemplate.office_id == office_id,
            NumberingTemplate.kind == series,
            NumberingTemplate.valid_from > day,
        )
        .order_by(NumberingTemplate.valid_from)
    )
    return Pattern(
        series, title, template, numbering.compose(template, last + 1, series, code, day, day.year),
        [(row.valid_from, row.template) for row in later],
    )  # fmt: skip
