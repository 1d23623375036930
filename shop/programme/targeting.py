"""Targets of the funnel: how many producers should reach a facility in a year, set by name and on the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import FieldFault, Invalid
from shop.db import session
from shop.programme import in_sight
from shop.programme.models import FACILITIES, FunnelTarget
from shop.programme.periods import FIRST_YEAR

SET: Final = "programme:target:set"
MOST: Final = 10_000_000


def set_targets(actor: Actor, year: int, kecamatan_code: str, wanted: Mapping[str, int | None], now: datetime) -> int:
    """Set the targets of a year for a kecamatan or (empty) the city; None takes one away. Returns how many changed.

    Each change goes to the trail with what it was before. Raises Forbidden, NotFound out of reach, Invalid.
    """
    actor.require(SET)
    place = in_sight.chosen(actor, kecamatan_code)
    faults = [
        FieldFault(facility, "Isi jumlah produsen, 0 sampai 10 juta, atau kosongkan.")
        for facility, producers in wanted.items()
        if facility not in FACILITIES or (producers is not None and not 0 <= producers <= MOST)
    ]
    if not FIRST_YEAR <= year <= local_day(now).year + 1:
        faults.append(FieldFault("year", "Isi tahun antara 2018 dan tahun depan."))
    if faults:
        raise Invalid(faults=tuple(faults))
    changed: dict[str, list[int | None]] = {}
    for facility, producers in wanted.items():
        row = session.get(FunnelTarget, (year, facility, place), with_for_update=True, populate_existing=True)
        before = row.producers if row else None
        if before == producers:
            continue
        changed[facility] = [before, producers]
        if producers is None:
            session.delete(row)
        elif row is None:
            session.add(
                FunnelTarget(
                    year=year, facility=facility, kecamatan_code=place, producers=producers,
                    set_by=actor.user_id, set_at=now,
                )
            )  # fmt: skip
        else:
            row.producers, row.set_by, row.set_at = producers, actor.user_id or 0, now
    if changed:
        trail.record(actor, "programme.targets_set", "funnel", year, now, kecamatan=place, changed=changed)
    return len(changed)
