"""All offices of a year beside each other: five statements, however many offices there are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from shop.accounts.models import Office
from shop.base.clock import local_day
from shop.db import session
from shop.p3dn.rules import ZERO
from shop.p3dn.totals import Filters, Report, totals
from shop.reference.policy import RuleValue, rule
from shop.targets.goals import goals
from shop.targets.ranking import By, Kind, Ranking, Standing, rank


def ranking(year: int, kind: Kind, by: By, now: datetime) -> tuple[Ranking, Report, RuleValue]:
    """Return the offices in their classes and places, the report they come from, and the rule of the classes.

    An office that is closed stands there for as long as it has figures in the year.
    """
    today = local_day(now)
    report = totals(Filters(year=year), "office", now=now)
    given, own = goals(year, today)
    measures = {row.key: row.measures for row in report.rows}
    offices = session.execute(select(Office.id, Office.code, Office.name, Office.active)).all()
    standings = []
    for office in offices:
        found = measures.get(str(office.id))
        if found is None and not office.active:
            continue
        goal = own.get(office.id, given)
        target = goal.pdn_bp if kind == "pdn" else goal.umk_bp
        standings.append(
            Standing(office.id, office.code, office.name, found or ZERO, kind, target, own=office.id in own)
        )
    bands = rule(session, "p3dn.size_bands_rp", min(today, date(year, 12, 31)))
    return rank(standings, bands.value, by), report, bands
