"""The trail of choosing: what an officer searched, saw and compared, with the prices of that moment. Short and bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy import Table, bindparam, delete, insert, select

from shop.base.actor import Actor
from shop.base.codes import fingerprint
from shop.db import session
from shop.sourcing.models import ChoiceStep

Kind = Literal["search", "need", "compare", "product"]
CHOOSES: Final = "orders:cart:edit"
MOST: Final = 30
"""Steps kept of one person in one office."""
MOST_SEEN: Final = 50
KEPT_FOR: Final = timedelta(days=30)
_steps: Final = cast("Table", ChoiceStep.__table__)
# Built once: every page that an officer looks at passes here.
_mine: Final = (_steps.c.user_id == bindparam("user")) & (_steps.c.office_id == bindparam("office"))
_KEEP: Final = insert(_steps)
_TOO_OLD: Final = select(_steps.c.id).where(_mine).order_by(_steps.c.id.desc()).offset(MOST).limit(1).scalar_subquery()
_LET_GO: Final = delete(_steps).where(_mine, _steps.c.id <= _TOO_OLD)
_READ: Final = (
    select(_steps.c.kind, _steps.c.asked, _steps.c.seen, _steps.c.ranked, _steps.c.at)
    .where(_mine, _steps.c.at > bindparam("since"))
    .order_by(_steps.c.id.desc())
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it was: what was asked, and (product id, rupiah shown) in the order shown. UTC."""

    kind: str
    asked: Mapping[str, Any]
    seen: Sequence[Sequence[int]]
    ranked: bool
    at: datetime


def chooses(actor: Actor) -> bool:
    """Tell whether what this person looks at is part of a choice: a hat that fills a basket for an office."""
    return actor.may(CHOOSES) and actor.user_id is not None and actor.office_id is not None


def mark(kind: Kind, asked: Mapping[str, Any], seen: Sequence[tuple[int, int]]) -> str:
    """Return a short mark of a step: the door leaves out one that equals the last it wrote."""
    return fingerprint({"kind": kind, "asked": asked, "seen": [list(pair) for pair in seen[:MOST_SEEN]]})[:16]


def keep(
    actor: Actor, kind: Kind, asked: Mapping[str, Any], seen: Sequence[tuple[int, int]], now: datetime, *, ranked: bool
) -> None:
    """Write one step and let go of those beyond the last thirty. Two statements, no lock but its own rows."""
    actor.require(CHOOSES)
    session.execute(
        _KEEP,
        {
            "user_id": actor.user_id,
            "office_id": actor.office_id,
            "kind": kind,
            "asked": dict(asked),
            "seen": [list(pair) for pair in seen[:MOST_SEEN]],
            "ranked": ranked,
            "at": now,
        },
    )
    session.execute(_LET_GO, {"user": actor.user_id, "office": actor.office_id})


def read(actor: Actor, now: datetime) -> tuple[Step, ...]:
    """Return the steps of this person in this office of the last month, the latest first; one statement."""
    if not chooses(actor):
        return ()
    rows = session.execute(_READ, {"user": actor.user_id, "office": actor.office_id, "since": now - KEPT_FOR})
    return tuple(Step(*row) for row in rows)


def purge(now: datetime) -> None:
    """Forget steps older than a month; what an order froze stays in its record. Opens no unit of work when none is."""
    old = _steps.c.at <= now - KEPT_FOR
    session.execute(delete(_steps).where(old))


def any_old(now: datetime) -> bool:
    """Tell whether there is something to forget."""
    return session.execute(select(_steps.c.id).where(_steps.c.at <= now - KEPT_FOR).limit(1)).first() is not None
