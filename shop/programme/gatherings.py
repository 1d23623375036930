"""Reading of events: those to come and past ones, who signed up and was there, and the producer's own part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, or_, select

from shop.accounts.models import Office
from shop.base.errors import NotFound
from shop.db import session
from shop.programme.models import Collaborator, Event, EventOffice, Participation
from shop.vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class EventView:
    """One event with how many signed up and were there; `mine` is the asking producer's part, when there is one."""

    id: int
    kind: str
    name: str
    about: str
    from_day: date
    until_day: date
    place: str
    kecamatan_code: str | None
    agency: str
    collaborator: str
    places: int | None
    cancelled: bool
    signed_up: int
    came: int

    @property
    def places_left(self) -> int | None:
        """Seats nobody has taken; None without a limit."""
        return None if self.places is None else max(0, self.places - self.signed_up)


@dataclass(frozen=True, slots=True)
class Part:
    """A producer's part in an event: when it signed up, whether it was there, what it declared, its place in the queue."""

    vendor_id: int
    vendor: str
    kecamatan_code: str
    attended: bool | None
    declared_sales: int | None
    waiting: int


_SIGNED_UP: Final[Any] = (
    select(func.count()).where(Participation.event_id == Event.id).correlate(Event).scalar_subquery()
)
_CAME: Final[Any] = (
    select(func.count())
    .where(Participation.event_id == Event.id, Participation.attended.is_(True))
    .correlate(Event)
    .scalar_subquery()
)
_EVENT: Final[Any] = (
    select(
        Event.id, Event.kind, Event.name, Event.about, Event.from_day, Event.until_day, Event.place,
        Event.kecamatan_code, func.coalesce(Office.name, ""), func.coalesce(Collaborator.name, ""), Event.places,
        Event.cancelled_at.is_not(None), _SIGNED_UP, _CAME,
    )
    .select_from(Event)
    .outerjoin(Office, Office.id == Event.agency_id)
    .outerjoin(Collaborator, Collaborator.id == Event.collaborator_id)
)  # fmt: skip


def events(today: date, *, past: bool, offset: int, limit: int) -> tuple[list[EventView], int]:
    """Return a page of events, coming ones the nearest first or past ones the latest first, and how many; two statements."""
    when = Event.until_day < today if past else Event.until_day >= today
    total = session.execute(select(func.count()).select_from(Event).where(when)).scalar_one()
    order = (Event.from_day.desc(), Event.id.desc()) if past else (Event.from_day, Event.id)
    rows = session.execute(_EVENT.where(when).order_by(*order).offset(offset).limit(limit))
    return [EventView(*row) for row in rows], total


def upcoming(today: date, kecamatan_code: str | None = None, *, limit: int = 30) -> list[EventView]:
    """Return events that have not ended and were not cancelled; with a kecamatan, only those its producers may join."""
    query = _EVENT.where(Event.until_day >= today, Event.cancelled_at.is_(None))
    if kecamatan_code is not None:
        query = query.where(or_(Event.kecamatan_code.is_(None), Event.kecamatan_code == kecamatan_code))
    return [EventView(*row) for row in session.execute(query.order_by(Event.from_day, Event.id).limit(limit))]


def event(event_id: int) -> EventView:
    """Return one event. Raises NotFound."""
    row = session.execute(_EVENT.where(Event.id == event_id)).first()
    if row is None:
        raise NotFound("Acara ini tidak ada.")
    return EventView(*row)


def parts(view: EventView) -> list[Part]:
    """Return who signed up for an event, in order; whoever stands behind the last seat waits. One statement."""
    rows = session.execute(
        select(
            Participation.vendor_id,
            Vendor.name,
            Vendor.kecamatan_code,
            Participation.attended,
            Participation.declared_sales,
        )
        .join(Vendor, Vendor.id == Participation.vendor_id)
        .where(Participation.event_id == view.id)
        .order_by(Participation.signed_up_at, Participation.vendor_id)
    ).all()
    seats = len(rows) if view.places is None else view.places
    return [Part(*row, max(0, place - seats)) for place, row in enumerate(rows, 1)]


def offices_of(event_id: int) -> list[Any]:
    """Return (code, name) of the offices that come to a business matching."""
    return list(
        session.execute(
            select(Office.code, Office.name)
            .join(EventOffice, EventOffice.office_id == Office.id)
            .where(EventOffice.event_id == event_id)
            .order_by(Office.name)
        )
    )


def collaborators() -> list[Any]:
    """Return the active partners, by name."""
    return list(
        session.execute(
            select(Collaborator.id, Collaborator.name, Collaborator.kind, Collaborator.about, Collaborator.site)
            .where(Collaborator.active)
            .order_by(Collaborator.name)
        )
    )


def own_parts(vendor_id: int, *, limit: int = 30) -> dict[int, tuple[EventView, Part]]:
    """Return {event: (the event, the producer's own part)}, the latest first; two statements."""
    ahead = (
        select(func.count())
        .select_from(earlier := Participation.__table__.alias("earlier"))
        .where(earlier.c.event_id == Participation.event_id, earlier.c.signed_up_at <= Participation.signed_up_at)
        .scalar_subquery()
    )
    mine = session.execute(
        select(Participation.event_id, Participation.attended, Participation.declared_sales, ahead.label("place"))
        .join(Event, Event.id == Participation.event_id)
        .where(Participation.vendor_id == vendor_id)
        .order_by(Event.from_day.desc(), Event.id.desc())
        .limit(limit)
    ).all()
    views = {row[0]: EventView(*row) for row in session.execute(_EVENT.where(Event.id.in_([m.event_id for m in mine])))}
    found = {}
    for row in mine:
        view = views[row.event_id]
        waiting = 0 if view.places is None else max(0, row.place - view.places)
        found[view.id] = (view, Part(vendor_id, "", "", row.attended, row.declared_sales, waiting))
    return found
