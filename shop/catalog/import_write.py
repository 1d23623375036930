"""Bringing checked product rows into the tables, in bulk: what is new, what differs, what stays.

A product is known by (source, source_ref): the producer's own code, or the id of a row in a foreign catalogue. A code
`ID-17` in a producer's own sheet names product 17 of that producer, made on the screen and without a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update

from shop.base.actor import Actor
from shop.base.sheet import RowFault
from shop.catalog.import_rows import Steps
from shop.catalog.models import LeadTier, PriceTier, Product
from shop.catalog.versions import CURATED, keep_versions
from shop.db import session

Item = TypeVar("Item")
OWN: Final = "csv"
CHUNK: Final = 500
_ID: Final = re.compile(r"ID-([0-9]{1,15})", re.IGNORECASE)
_PRODUCTS: Final = cast("Table", Product.__table__)
_LADDERS: Final = {
    "tiers": (cast("Table", PriceTier.__table__), "price"),
    "lead_tiers": (cast("Table", LeadTier.__table__), "hours"),
}
_BLANK: Final[Mapping[str, Any]] = {
    "description": "",
    "ingredients": "",
    "unit": "buah",
    "min_order": 1,
    "serves": None,
    "weight_gram": None,
    "stock": None,
    "daily_capacity": None,
    "lead_time_hours": 24,
    "halal": False,
    "checked_on": None,
    "version": 1,
    # The table's own insert knows nothing of the mapper's defaults.
    "attributes": {},
    "allergens": [],
    "variant_label": "",
    "sold_out": False,
}
_SHUT: Final = {
    "archived": "Produk dengan kode ini sudah diarsipkan. Pakai kode lain untuk produk baru.",
    "submitted": "Produk ini sedang dikurasi. Tunggu hasilnya, atau tarik kembali dahulu.",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One product as it is to be. `ref` is (source, source_ref); None when `its_id` names it instead."""

    number: int
    vendor_id: int
    ref: tuple[str, str] | None
    its_id: int | None
    values: Mapping[str, Any]
    ladders: Mapping[str, Steps] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A product that differs: the row as it stands, and what the file says."""

    old: Any
    wanted: Wanted
    names: tuple[str, ...]
    """Fields that differ; `tiers` and `lead_tiers` among them."""


@dataclass(slots=True)
class Compared:
    """What a batch would do. `shut` are rows of products that no file changes now, and of ids that are not there."""

    fresh: list[Wanted] = field(default_factory=list)
    differing: list[Change] = field(default_factory=list)
    same: int = 0
    shut: list[tuple[Wanted, str]] = field(default_factory=list)


@dataclass(slots=True)
class Written:
    """What was done: ids of products new or changed, and of published ones changed in what curators judge."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    ids: list[int] = field(default_factory=list)
    recheck: list[int] = field(default_factory=list)


def own_wanted(
    number: int, vendor_id: int, ref: str, values: Mapping[str, Any], ladders: Mapping[str, Steps]
) -> Wanted:
    """Return what a row of a producer's own file wants."""
    named = _ID.fullmatch(ref)
    if named:
        return Wanted(number, vendor_id, None, int(named[1]), values, ladders)
    return Wanted(number, vendor_id, (OWN, f"{vendor_id}:{ref}"), None, values, ladders)


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield batches that one statement takes."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def compare(rows: Sequence[Wanted]) -> Compared:
    """Compare at most a chunk of rows with what is there; at most four statements, nothing is written."""
    found, held = Compared(), _held(rows)
    ladders = _ladders([old.id for old in held.values()], {name for row in rows for name in row.ladders})
    for row in rows:
        old = held.get(row.ref or row.its_id)
        if old is None and row.its_id is not None:
            found.shut.append((row, "Kode ini bukan produk Anda. Kosongkan dan beri kode sendiri untuk produk baru."))
            continue
        if old is None:
            found.fresh.append(row)
            continue
        wanted = {**row.values, "vendor_id": row.vendor_id}
        names = [name for name, value in wanted.items() if old._mapping[name] != value]  # noqa: SLF001 - Row's public mapping
        names += [name for name, steps in row.ladders.items() if ladders[name].get(old.id, ()) != steps]
        if not names:
            found.same += 1
        elif old.state in _SHUT:
            found.shut.append((row, _SHUT[old.state]))
        else:
            found.differing.append(Change(old, row, tuple(names)))
    return found


def write(actor: Actor, rows: Sequence[Wanted], now: datetime, *, state: str, pdn: bool) -> Written:
    """Write what is new (in `state`) or differs; `pdn` is what new rows without that column claim.

    Changed published products keep how they looked before and after. Rows of shut products are left as they are.
    """
    done = Written()
    for some in chunks(rows):
        found = compare(some)
        listed = [change.old.id for change in found.differing if change.old.state == "published"]
        keep_versions(actor, listed, now)
        blank = dict(_BLANK) | {"pdn": pdn, "created_at": now, "updated_at": now, "state": state}
        fresh = _insert(found.fresh, blank)
        _update(found.differing, now)
        changed = {change.old.id: change.wanted for change in found.differing}
        _write_ladders({**dict(zip(fresh, found.fresh, strict=True)), **changed})
        session.expire_all()  # written past the mapper
        keep_versions(actor, [*listed, *(fresh if state == "published" else ())], now)
        done.ids += [*fresh, *changed]
        done.recheck += [
            change.old.id
            for change in found.differing
            if change.old.state in {"published", "paused"} and set(change.names) & set(CURATED)
        ]
        done.created += len(fresh)
        done.updated += len(changed)
        done.unchanged += found.same + len(found.shut)
    return done


def shut_faults(found: Compared, head: str) -> list[RowFault]:
    """Return why rows of shut products cannot be taken, at the column of their code."""
    return [RowFault(row.number, head, message) for row, message in found.shut]


def _insert(rows: Sequence[Wanted], blank: Mapping[str, Any]) -> list[int]:
    if not rows:
        return []
    values = [
        {**blank, **row.values, "vendor_id": row.vendor_id, "source": row.ref[0], "source_ref": row.ref[1]}
        for row in rows
        if row.ref
    ]
    session.execute(insert(_PRODUCTS), values)
    # By their keys: what a bulk insert returns comes in no order.
    ids = {(row.source, row.source_ref): row.id for row in _by_ref([row.ref for row in rows if row.ref])}
    return [ids[row.ref] for row in rows if row.ref]


def _update(changes: Sequence[Change], now: datetime) -> None:
    """Write what differs. A row has the columns its file has, so all of a file's rows take one statement."""
    if not changes:
        return
    statement = update(_PRODUCTS).where(_PRODUCTS.c.id == bindparam("its_id"))
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for change in changes:
        row = {"its_id": change.old.id, **change.wanted.values, "vendor_id": change.wanted.vendor_id}
        by_columns.setdefault(tuple(row), []).append(row)
    for rows in by_columns.values():
        session.connection().execute(statement.values(version=_PRODUCTS.c.version + 1, updated_at=now), rows)


def _write_ladders(rows: Mapping[int, Wanted]) -> None:
    for name, (table, what) in _LADDERS.items():
        steps = {product: row.ladders[name] for product, row in rows.items() if name in row.ladders}
        if not steps:
            continue
        session.execute(delete(table).where(table.c.product_id.in_(steps)))
        values = [
            {"product_id": product, "min_quantity": least, what: value}
            for product, ladder in steps.items()
            for least, value in ladder
        ]
        if values:
            session.execute(insert(table), values)


def _held(rows: Sequence[Wanted]) -> dict[tuple[str, str] | int | None, Any]:
    held: dict[tuple[str, str] | int | None, Any] = {
        (row.source, row.source_ref): row for row in _by_ref([row.ref for row in rows if row.ref])
    }
    ids = {row.its_id: row.vendor_id for row in rows if row.its_id}
    for row in session.execute(select(*_PRODUCTS.c).where(_PRODUCTS.c.id.in_(ids))) if ids else ():
        if ids[row.id] == row.vendor_id:
            held[row.id] = row
    return held


def _by_ref(refs: Sequence[tuple[str, str]]) -> Sequence[Any]:
    if not refs:
        return ()
    return session.execute(
        select(*_PRODUCTS.c).where(
            _PRODUCTS.c.source.in_({source for source, _ in refs}),
            _PRODUCTS.c.source_ref.in_([ref for _, ref in refs]),
        )
    ).all()


def _ladders(ids: Sequence[int], names: set[str]) -> dict[str, dict[int, Steps]]:
    found: dict[str, dict[int, Steps]] = {name: {} for name in names}
    for name in names if ids else ():
        table, what = _LADDERS[name]
        for product, least, value in session.execute(
            select(table.c.product_id, table.c.min_quantity, table.c[what])
            .where(table.c.product_id.in_(ids))
            .order_by(table.c.product_id, table.c.min_quantity)
        ):
            found[name][product] = (*found[name].get(product, ()), (least, value))
    return found
