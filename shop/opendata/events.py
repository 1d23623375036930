"""Reading what became known, in the order in which it did: steps of orders from the trail, plans from the ledger.

Both only grow, so the pair of their last numbers is a cursor: what was read once never changes, and nothing comes before
it later. A page looks at a fixed number of entries, whatever they are about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Row, func, select

from shop.accounts.models import Office
from shop.audit.models import AuditEntry
from shop.base.clock import local
from shop.base.errors import Invalid, NotFound
from shop.budgets.models import Package
from shop.db import session
from shop.opendata import ocds
from shop.opendata.ocds import STEPS, Json, Line, Plan, Step
from shop.opendata.sums import stand
from shop.orders.models import Order, OrderLine, Payment
from shop.p3dn.posting import ledger
from shop.reference.models import Region

_ENTRIES: Final = 200
"""Entries of each stream a page looks at; those that say nothing to the public are passed over."""
CURSOR: Final = r"^[0-9]{1,18}\.[0-9]{1,18}$"
_OCID: Final = re.compile(r"(order|rup)-(?:([0-9]{4})-)?([0-9A-Za-z._/]{1,20})", re.ASCII)
_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Page:
    """Some releases, the cursor of what comes after them, and whether something already does."""

    releases: list[Json]
    cursor: str
    more: bool


def releases_after(prefix: str, cursor: str | None) -> Page:
    """Return the releases behind a cursor, from the beginning without one. Raises Invalid for a cursor that is none."""
    if cursor and not re.fullmatch(CURSOR, cursor):
        raise Invalid.at("cursor", "Penanda halaman tidak dikenal. Mulai lagi dari halaman pertama.")
    steps_read, plans_read = map(int, (cursor or "0.0").split("."))
    entries = session.execute(_trail().where(AuditEntry.id > steps_read).order_by(AuditEntry.id).limit(_ENTRIES)).all()
    plans = session.execute(
        _plans().where(ledger.c.id > plans_read, ledger.c.id <= stand().cursor).order_by(ledger.c.id).limit(_ENTRIES)
    ).all()
    told = [entry for entry in entries if _is_told(entry)]
    found = [
        *(ocds.plan_release(prefix, plan) for plan in _plans_of([plan for plan in plans if _is_plan(plan)])),
        *(ocds.order_release(prefix, step) for step in _steps_of(told)),
    ]
    following = f"{entries[-1].id if entries else steps_read}.{plans[-1].id if plans else plans_read}"
    return Page(found, following, _ENTRIES in {len(entries), len(plans)})


def releases_of(prefix: str, ocid: str) -> list[Json]:
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
            found = [ocds.plan_release(prefix, plan) for plan in _plans_of(_plans_behind(name, int(year)))]
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


def _is_plan(entry: Row[Any]) -> bool:
    return bool(entry.source.startswith("package:") and entry.planned != 0)


def _plans_behind(rup_code: str, year: int) -> Sequence[Row[Any]]:
    package = session.scalar(select(Package.id).where(Package.rup_code == rup_code, Package.year == year))
    query = _plans().where(
        ledger.c.source == f"package:{package}", ledger.c.planned != 0, ledger.c.id <= stand().cursor
    )
    return session.execute(query.order_by(ledger.c.id)).all() if package else ()


def _steps_of(entries: Sequence[Row[Any]]) -> list[Step]:
    """Return the steps with what does not change about their orders; five statements however many there are."""
    orders = _orders({entry.subject_id for entry in entries})
    paid = {entry.subject_id for entry in entries if entry.verb in {"pay", "charge"}}
    lines = _lines(paid)
    amounts = dict(session.execute(select(Payment.order_id, Payment.amount).where(Payment.order_id.in_(paid))).all())
    return [
        Step(
            entry.id, local(entry.at).isoformat(timespec="seconds"), entry.verb, entry.data.get("total"),
            order.id, order.number, order.code, order.name, order.vendor_id, order.vendor_name, order.kecamatan or "",
            order.rup_code, order.year, amounts.get(order.id, 0), lines.get(order.id, ()),
        )
        for entry in entries
        for order in (orders.get(entry.subject_id),)
        if order is not None
    ]  # fmt: skip


def _orders(ids: Collection[int]) -> dict[int, Row[Any]]:
    query = (
        select(
            Order.id, Order.number, Order.vendor_id, Order.vendor_name, Office.code, Office.name,
            Region.name.label("kecamatan"), Package.rup_code, Package.year,
        )
        .join(Office, Office.id == Order.office_id)
        .join(Package, Package.id == Order.package_id)
        .join(Region, Region.code == Order.vendor_kecamatan, isouter=True)
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
    """Return the plans with what stood after each entry; three statements however many there are."""
    packages = {
        row.id: row
        for row in session.execute(
            select(Package.id, Package.rup_code, Package.year, Package.name).where(
                Package.id.in_({entry.package_id for entry in entries})
            )
        )
    }
    offices = {
        row.id: row
        for row in session.execute(
            select(Office.id, Office.code, Office.name).where(Office.id.in_({entry.office_id for entry in entries}))
        )
    }
    before = _planned_before(entries)
    found = []
    for entry in entries:
        package, office = packages.get(entry.package_id), offices.get(entry.office_id)
        first = entry.source not in before
        amount = before[entry.source] = before.get(entry.source, 0) + entry.planned
        if package and office:
            at = local(entry.at).isoformat(timespec="seconds")
            found.append(
                Plan(
                    entry.id, at, package.rup_code, package.year, package.name, office.code, office.name, amount, first
                )
            )
    return found


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
