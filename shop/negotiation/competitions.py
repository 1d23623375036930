"""Competitions as pages show them. To the office a sealed bid does not exist; a producer sees its own and, later, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, false, func, select, true

from shop.accounts.models import Office, UserAccount
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.budgets.models import Package
from shop.db import session
from shop.negotiation import states
from shop.negotiation.bidding import lines_of, newest_of
from shop.negotiation.models import Competition, CompetitionBid, CompetitionInvite, CompetitionLine
from shop.negotiation.opening import bid_count
from shop.negotiation.ranking import Entry, Envelope, envelopes, side_by_side

PAGE: Final = 20
GROUPS: Final = {"": "Semua", "berjalan": "Berjalan", "selesai": "Berakhir"}
_STATES: Final = {"berjalan": states.OPEN_TENDERS, "selesai": ("awarded", "closed")}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a producer hears about one line it bid for: its own rank and price, the winner's price and the reason."""

    rank: int
    price: int
    out: str
    won: bool
    winner: str
    winning_price: int | None
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class Tender:
    """One competition as this hat may see it."""

    row: Competition
    office_name: str
    package_name: str
    rup_code: str
    pp_id: int | None
    made_by_name: str
    ended_by_name: str
    lines: Sequence[CompetitionLine]
    invites: Sequence[Any]
    """Who was asked; empty for a producer."""
    count: int | None
    """How many bid; None before the deadline, and for a producer."""
    envelopes: Sequence[Envelope]
    table: Mapping[int, Sequence[Entry]]
    """Bids by line; empty while sealed, and for a producer."""
    mine: CompetitionBid | None
    outcomes: Mapping[int, Outcome]

    @property
    def is_open(self) -> bool:
        """Whether it is not decided yet."""
        return self.row.state in states.OPEN_TENDERS

    def holds(self, actor: Actor) -> bool:
        """Tell whether this officer decides here."""
        able = actor.may(states.BUY) and actor.office_id == self.row.office_id
        return able and (actor.acts_for(self.row.made_by) or actor.acts_for(self.pp_id))


def within(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Competition of those this hat sees."""
    if actor.vendor_id is not None:
        asked = select(CompetitionInvite.competition_id).where(CompetitionInvite.vendor_id == actor.vendor_id)
        return Competition.id.in_(asked)
    if actor.may("orders:order:read_all"):
        return true()
    return Competition.office_id == actor.office_id if actor.office_id is not None else false()


def tenders(actor: Actor, group: str, offset: int, limit: int = PAGE) -> tuple[Sequence[Any], int]:
    """Return a page of competitions, newest first, and how many there are; two statements. Nothing of it is an amount."""
    actor.require(states.READ)
    wanted = [within(actor)]
    if group in _STATES:
        wanted.append(Competition.state.in_(_STATES[group]))
    total = session.scalar(select(func.count(Competition.id)).where(*wanted)) or 0
    query = (
        select(
            Competition.id,
            Competition.state,
            Competition.purpose,
            Competition.deadline,
            Competition.deliver_at,
            Competition.valid_until,
            Office.name.label("office_name"),
            *_counts(),
        )
        .join(Office, Office.id == Competition.office_id)
        .where(*wanted)
        .order_by(Competition.id.desc())
    )
    return session.execute(query.offset(offset).limit(limit)).all(), total


def _counts() -> tuple[Any, Any]:
    def count(of: Any) -> Any:
        return select(func.count()).where(of.competition_id == Competition.id).correlate(Competition).scalar_subquery()

    return count(CompetitionLine).label("lines"), count(CompetitionInvite).label("invited")


def _find(competition_id: int, wanted: ColumnElement[bool]) -> Any:
    return (
        select(
            Competition,
            Office.name.label("office_name"),
            Package.name.label("package_name"),
            Package.rup_code,
            Package.pp_id,
        )
        .join(Office, Office.id == Competition.office_id)
        .join(Package, Package.id == Competition.package_id)
        .where(Competition.id == competition_id, wanted)
    )


def tender(actor: Actor, competition_id: int, now: datetime) -> Tender:
    """Return one competition; a fixed number of statements. Raises NotFound for who takes no part in it."""
    actor.require(states.READ)
    found = session.execute(_find(competition_id, within(actor))).first()
    if found is None:
        raise NotFound("Kompetisi ini tidak ada.")
    row: Competition = found[0]
    outside = actor.vendor_id is not None
    lines = lines_of(row.id)
    people = {row.made_by, row.ended_by} - {None}
    names = {
        x.id: x.name
        for x in session.execute(select(UserAccount.id, UserAccount.name).where(UserAccount.id.in_(people)))
    }
    opened = [] if outside or row.opened_at is None else envelopes(row)
    mine = newest_of(row.id, actor.vendor_id) if actor.vendor_id is not None else None
    return Tender(
        row=row,
        office_name=found.office_name,
        package_name=found.package_name,
        rup_code=found.rup_code,
        pp_id=found.pp_id,
        made_by_name=names.get(row.made_by, ""),
        ended_by_name=names.get(row.ended_by or 0, ""),
        lines=lines,
        invites=() if outside else _invites(row.id),
        count=None if outside or row.state == "collecting" else bid_count(row.id),
        envelopes=opened,
        table={} if outside or row.opened_at is None else _table(row, lines, opened, now),
        mine=mine,
        outcomes=_outcomes(lines, mine) if row.state == "awarded" and mine and not mine.withdrawn else {},
    )


def _invites(competition_id: int) -> Sequence[Any]:
    columns = (
        CompetitionInvite.vendor_id,
        CompetitionInvite.vendor_name,
        CompetitionInvite.why,
        CompetitionInvite.seen_at,
    )
    query = select(*columns).where(CompetitionInvite.competition_id == competition_id)
    return session.execute(query.order_by(CompetitionInvite.vendor_name, CompetitionInvite.vendor_id)).all()


def _table(
    row: Competition, lines: Sequence[CompetitionLine], opened: Sequence[Envelope], now: datetime
) -> Mapping[int, Sequence[Entry]]:
    if row.state == "awarded":  # as it stood when the winner was chosen
        return {line.id: [Entry(**entry) for entry in line.ranking] for line in lines}
    return side_by_side(row, opened, now)


def _outcomes(lines: Sequence[CompetitionLine], mine: CompetitionBid) -> dict[int, Outcome]:
    """Tell of each line that was bid for: own rank, the winner and the reason; never what the other losers asked."""
    told = {}
    for line in lines:
        entries = {entry["vendor_id"]: entry for entry in line.ranking}
        own = entries.get(mine.vendor_id)
        if own is None:
            continue
        winner = entries[line.won_vendor_id]["vendor_name"] if line.won_vendor_id is not None else ""
        told[line.id] = Outcome(
            own["rank"], own["unit_price"], own["out"], line.won_vendor_id == mine.vendor_id, winner, line.won_price,
            line.reason, line.words,
        )  # fmt: skip
    return told
