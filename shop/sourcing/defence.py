"""The whole defence of an order on one sheet: what an auditor would ask, each answer with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from shop.audit import trail
from shop.audit.models import AuditEntry
from shop.base.clock import local_day
from shop.budgets import reading as packages
from shop.budgets.models import Package
from shop.db import session
from shop.orders import basket, dossier
from shop.orders.basket import Paper
from shop.orders.dossier import Dossier
from shop.orders.models import Order
from shop.orders.reading import Scope
from shop.sourcing import band, record_reading
from shop.sourcing.band import Band
from shop.sourcing.record_reading import Record


@dataclass(frozen=True, slots=True)
class Hand:
    """One duty, who had it, and when: the hat as it was written into the trail."""

    duty: str
    """A msgid."""
    name: str
    role_label: str
    at: Any


@dataclass(frozen=True, slots=True)
class Chain:
    """How the order's entries in the trail stand: how many, and whether each has the hash of what it says."""

    entries: int
    intact: bool
    tip: str
    linked: bool
    """Whether the entry before each is still there with the hash they were chained to."""


@dataclass(frozen=True, slots=True)
class Defence:
    """Everything the page and the paper tell. Rupiah."""

    dossier: Dossier
    record: Record | None
    package: Any
    documents: Sequence[Any]
    paper: Paper | None
    bands_now: Mapping[int, Band]
    """{product id: the band as it stands today}, beside the frozen one."""
    hands: Sequence[Hand]
    chain: Chain
    day: date


_DUTIES: Mapping[str, str] = {
    "place": "Memesan",
    "confirm": "Menerima pesanan",
    "agree": "Menyetujui usulan",
    "ship": "Mengantar",
    "receive": "Memeriksa dan menerima barang",
    "send_back": "Mengembalikan barang",
    "pay": "Membayar",
    "close": "Menutup",
    "cancel": "Membatalkan",
    "refuse": "Menolak",
}
"""Steps of the trail that are a duty, msgids."""


def read(scope: Scope, order_id: int, day: date) -> Defence:
    """Return the defence of an order within reach; a fixed number of statements. Raises NotFound."""
    found = dossier.read_dossier(scope, order_id)
    order = found.order
    record = record_reading.record_of(order_id)
    kinds = {
        line["product_id"]: (str(line["category"]), str(line["unit"])) for line in (record.lines if record else ())
    }
    bands = band.bands(set(kinds.values()), order.deliver_kecamatan, day)
    package = session.execute(
        select(Package.rup_code, Package.name, Package.year, Package.pagu, Package.reserved, Package.realised,
               Package.fund_source, Package.method, Package.mak, Package.account_code)
        .join(Order, Order.package_id == Package.id).where(Order.id == order_id)
    ).one()  # fmt: skip
    return Defence(
        found,
        record,
        package,
        packages.documents(order.package_id),
        basket.paper_for(order.total, local_day(order.placed_at)),
        {product: bands[kind] for product, kind in kinds.items() if kind in bands},
        [Hand(_DUTIES[e.verb], e.who, e.role_label, e.at) for e in found.events if e.verb in _DUTIES],
        _chain(order_id),
        day,
    )


def _chain(order_id: int) -> Chain:
    """Check the entries about the order and about its record, without reading the whole trail."""
    rows = [*trail.history("order", order_id), *trail.history("comparison_record", order_id)]
    whole = True
    for row in rows:
        names = ("user_id", "actor", "role", "verb", "subject_kind", "subject_id", "data", "at")
        whole &= trail.chain_hash(row.previous_hash, {name: getattr(row, name) for name in names}) == row.hash
    before = {row.previous_hash for row in rows} - {trail.GENESIS}
    there = (
        set(session.scalars(select(AuditEntry.hash).where(AuditEntry.hash.in_(sorted(before))))) if before else set()
    )
    last = max(rows, key=lambda row: row.id, default=None)
    return Chain(len(rows), whole, last.hash if last else "", there == before)
