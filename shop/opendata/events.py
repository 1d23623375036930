"""Reading what became known, in the order in which it did: steps of orders from the trail, plans from the ledger.

Both only grow, so the pair of their last numbers is a cursor: what was read once never changes, and nothing comes before
it later. A page looks at a fixed number of entries, whatever they are about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final, cast

from sqlalchemy import Row, func, select

from shop.accounts.models import Office
from shop.accounts.models_office import OfficeName
from shop.audit.models import AuditEntry
from shop.base.clock import local
from shop.base.errors import Invalid, NotFound
from shop.budgets.models import Package
from shop.db import session
from shop.opendata import ocds
from shop.opendata.ocds import STEPS, Correction, Json, Line, Plan, Step
from shop.orders.models import Order, OrderLine, Payment
from shop.orders.models_correction import OrderLineCorrection
from shop.p3dn.posting import ledger
from shop.reference.models import Region

_PAGE: Final = 100
"""Releases of each stream in a page, at most."""
_SPAN: Final = 20_000
"""Entries of each stream a page looks at, told or not: no page costs more, however long nothing is said to the public."""
_HOUR: Final = timedelta(hours=1)
_LATE: Final = 1000
CURSOR: Final = r"^[0-9]{1,18}\.[0-9]{1,18}$"
_OCID: Final = re.compile(r"(order|rup)-(?:([0-9]{4})-)?([0-9A-Za-z._/]{1,20})", re.ASCII)
_DIGITS: Final = 18
_KECAMATAN: Final = len("31.71.01")


@dataclass(frozen=True, slots=True)
class Page:
    """Some releases (none, where a page's entries say nothing), the cursor of what comes after, and whether there is more."""

    releases: list[Json]
    cursor: str
    more: bool


def releases_after(prefix: str, cursor: str | None, now: datetime) -> Page:
    """Return the releases behind a cursor, from the beginning without one. Raises Invalid for a cursor that is none."""
    if cursor and not re.fullmatch(CURSOR, cursor):
        raise Invalid.at("cursor", "Penanda halaman tidak dikenal. Mulai lagi dari halaman pertama.")
    steps_read, plans_read = map(int, (cursor or "0.0").split("."))
    # By the verb alone: asked for orders too, a database walks every entry of every order instead of this span.
    entries, steps_to, more_steps = _span(
        _trail().where(AuditEntry.verb.in_(sorted(STEPS))),
        AuditEntry.id,
        steps_read,
        session.scalar(select(func.max(AuditEntry.id))) or 0,
    )
    plans, plans_to, more_plans = _span(
        _plans().where(ledger.c.source.startswith("package:"), ledger.c.planned != 0),
        ledger.c.id,
        plans_read,
        _ended(now),
    )
    found = [
        *(ocds.plan_release(prefix, plan) for plan in _plans_of(plans)),
        *(ocds.order_release(prefix, step) for step in _steps_of([e for e in entries if _is_told(e)])),
    ]
    return Page(found, f"{steps_to}.{plans_to}", more_steps or more_plans)


def _span(query: Any, key: Any, read: int, top: int) -> tuple[Sequence[Row[Any]], int, bool]:
    """Return the next rows of a stream, up to which key it is read with them, and whether it goes on."""
    to = max(read, min(read + _SPAN, top))
    rows = session.execute(query.where(key > read, key <= to).order_by(key).limit(_PAGE)).all()
    if len(rows) == _PAGE:
        to = rows[-1].id
    return rows, to, to < top


def _ended(now: datetime) -> int:
    """Return up to which number the ledger is whole: nothing at or below it can still arrive.

    Numbers are given before the commit, so a later one may be seen first. A number that is missing may still come, unless
    the entry behind it is an hour old: no transaction takes as long, so that one was taken back. The trail needs no such
    care: its head is locked when its numbers are given.
    """
    query = select(ledger.c.id, ledger.c.at).order_by(ledger.c.id.desc()).limit(_LATE)
    recent = session.execute(query).all()
    top = recent[0].id if recent else 0
    for newer, older in pairwise(recent):
        if newer.id - older.id > 1 and newer.at > now - _HOUR:
            top = older.id
    return top


def releases_of(prefix: str, ocid: str, now: datetime) -> list[Json]:
    """Return all releases of one process, oldest first. Raises NotFound for an ocid we never gave out."""
    found: list[Json] = []
    match = _OCID.fullmatch(ocid.removeprefix(f"{prefix}-"))
    if match and ocid.startswith(f"{prefix}-"):
        kind, year, name = match.groups()
        if kind == "order" and year is None and name.isdecimal() and len(name) <= _DIGITS:
            query = _trail().where(AuditEntry.subject_kind == "order", AuditEntry.subject_id == int(name))
            entries = session.execute(query.order_by(AuditEntry.id)).all()
            found = [ocds.order_release(prefix, step) for step in _steps_of([e for e in entries if _is_told(e)])]
        elif kind == "rup" and year:
            found = [ocds.plan_release(prefix, plan) for plan in _plans_of(_plans_behind(name, int(year), now))]
    if not found or found[0]["ocid"] != ocid:
        raise NotFound("Proses pengadaan ini tidak ada.")
    return found


def _trail() -> Any:
    return select(
        AuditEntry.id, AuditEntry.at, AuditEntry.verb, AuditEntry.subject_kind, AuditEntry.subject_id, AuditEntry.data
    )


def _plans() -> Any:
    names = ("id", "at", "source", "package_id", "office_id", "planned")
    return select(*(ledger.c[name] for name in names))


def _is_told(entry: Row[Any]) -> bool:
    return bool(entry.subject_kind == "order" and entry.verb in STEPS)


def _plans_behind(rup_code: str, year: int, now: datetime) -> Sequence[Row[Any]]:
    package = session.scalar(select(Package.id).where(Package.rup_code == rup_code, Package.year == year))
    query = _plans().where(ledger.c.source == f"package:{package}", ledger.c.planned != 0, ledger.c.id <= _ended(now))
    return session.execute(query.order_by(ledger.c.id)).all() if package else ()


def _steps_of(entries: Sequence[Row[Any]]) -> list[Step]:
    """Return the steps with what does not change about their orders; six statements however many there are."""
    orders = _orders({entry.subject_id for entry in entries})
    paid = {entry.subject_id for entry in entries if entry.verb in {"pay", "charge"}}
    lines = _lines(paid)
    amounts = dict(session.execute(select(Payment.order_id, Payment.amount).where(Payment.order_id.in_(paid))).all())
    corrected = _corrections(entries)
    named = _names_at((entry.at, orders[entry.subject_id]) for entry in entries if entry.subject_id in orders)
    return [
        Step(
            entry.id, local(entry.at).isoformat(timespec="seconds"), entry.verb, entry.data.get("total"),
            order.id, order.number, order.code, named(entry.at, order), order.vendor_id, order.vendor_name,
            order.kecamatan or "", order.rup_code, order.year, amounts.get(order.id, 0), lines.get(order.id, ()),
            corrected.get(entry.id),
        )
        for entry in entries
        for order in (orders.get(entry.subject_id),)
        if order is not None
    ]  # fmt: skip


def _names_at(known: Iterable[tuple[datetime, Row[Any]]]) -> Callable[[datetime, Row[Any]], str]:
    """Return a function that names an office as it was named here at a moment, whatever a later decree says of that day."""
    offices = {row.office_id for _, row in known}
    former: dict[int, list[Any]] = {}
    query = select(OfficeName.office_id, OfficeName.name, OfficeName.made_at).where(OfficeName.office_id.in_(offices))
    for row in session.execute(query.order_by(OfficeName.id)):
        former.setdefault(row.office_id, []).append(cast("Row[Any]", row))
    return lambda at, office: next(
        (was.name for was in former.get(office.office_id, ()) if at < was.made_at), office.name
    )


def _corrections(entries: Sequence[Row[Any]]) -> dict[int, Correction]:
    """Return {entry of the trail: the correction it tells of}."""
    told = [entry for entry in entries if entry.verb == "correct_line"]
    c = OrderLineCorrection
    query = select(c.line_id, c.made_at, c.certificate_number).where(c.order_id.in_({e.subject_id for e in told}))
    papers = {(row.line_id, row.made_at): row.certificate_number for row in session.execute(query)}
    return {
        entry.id: Correction(
            entry.data["line"], after["tkdn_bp"], after["evidence"], papers.get((entry.data["line"], entry.at)),
            after["pdn"], after["umk"],
        )
        for entry in told
        for after in (entry.data["after"],)
    }  # fmt: skip


def _orders(ids: Collection[int]) -> dict[int, Row[Any]]:
    query = (
        select(
            Order.id, Order.number, Order.vendor_id, Order.vendor_name, Order.office_id, Office.code, Office.name,
            Region.name.label("kecamatan"), Package.rup_code, Package.year,
        )
        .join(Office, Office.id == Order.office_id)
        .join(Package, Package.id == Order.package_id)
        # Never the kelurahan: a producer's place is told as far as its kecamatan.
        .join(Region, Region.code == func.substr(Order.vendor_kecamatan, 1, _KECAMATAN), isouter=True)
        .where(Order.id.in_(ids))
    )  # fmt: skip
    return {row.id: cast("Row[Any]", row) for row in session.execute(query)}


def _lines(order_ids: Collection[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    for line in session.scalars(select(OrderLine).where(OrderLine.order_id.in_(order_ids)).order_by(OrderLine.id)):
        found.setdefault(line.order_id, []).append(
            Line(
                line.id, line.product_name, line.category_code, line.unit, line.quantity, line.unit_price,
                line.tkdn_bp, line.evidence, line.certificate_number, line.pdn, line.umk,
            )
        )  # fmt: skip
    return found


def _plans_of(entries: Sequence[Row[Any]]) -> list[Plan]:
    """Return the plans with what stood after each entry; four statements however many there are."""
    packages = _by_id(select(Package.id, Package.rup_code, Package.year), Package.id, {e.package_id for e in entries})
    offices = _by_id(
        select(Office.id, Office.id.label("office_id"), Office.code, Office.name),
        Office.id,
        {e.office_id for e in entries},
    )
    named = _names_at((entry.at, office) for entry in entries for office in offices.values())
    before, found = _planned_before(entries), []
    for entry in entries:
        package, office = packages.get(entry.package_id), offices.get(entry.office_id)
        first = entry.source not in before
        amount = before[entry.source] = before.get(entry.source, 0) + entry.planned
        if package and office:
            at = local(entry.at).isoformat(timespec="seconds")
            name = named(entry.at, office)
            found.append(Plan(entry.id, at, package.rup_code, package.year, office.code, name, amount, first))
    return found


def _by_id(query: Any, key: Any, ids: Collection[int]) -> dict[int, Row[Any]]:
    return {row.id: row for row in session.execute(query.where(key.in_(ids)))}


def _planned_before(entries: Sequence[Row[Any]]) -> dict[str, int]:
    """Return {source: planned} as it stood before the first of these entries, of those that had anything by then."""
    if not entries:
        return {}
    query = (
        select(ledger.c.source, func.sum(ledger.c.planned))
        .where(ledger.c.source.in_({entry.source for entry in entries}), ledger.c.id < entries[0].id)
        .group_by(ledger.c.source)
    )
    return {source: int(planned) for source, planned in session.execute(query)}
