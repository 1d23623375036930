"""Importing products from a CSV: all or nothing by default, in bulk, and the same file again changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Table, or_, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import slug
from shop.base.errors import Forbidden, Invalid
from shop.base.sheet import RowFault
from shop.catalog import places
from shop.catalog.import_rows import Found, FoundRow, read_products
from shop.catalog.import_write import Wanted, chunks, own_wanted, write
from shop.catalog.indexing import post_index
from shop.db import session
from shop.reference import regions
from shop.vendors.models import Vendor

_VENDORS: Final = cast("Table", Vendor.__table__)
Progress = Callable[[int, int], None]
"""Told (rows done, rows in all) while reading."""


@dataclass(slots=True)
class ImportReport:
    """What an import did. With faults and without `skip_bad` the counts are 0, because nothing was kept.

    `notices` are (sentence, its values) about the file as a whole; `bad_rows` the cells of faulty rows by file row,
    under our names; `heads` says how the file names those columns.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    faults: list[RowFault] = field(default_factory=list)
    notices: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    bad_rows: dict[int, Mapping[str, str]] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)


def import_products(
    actor: Actor,
    content: bytes,
    now: datetime,
    *,
    skip_bad: bool = False,
    vendor: str = "",
    kecamatan_code: str = "31.71.01",
    progress: Progress | None = None,
) -> ImportReport:
    """Import a CSV. Administrators import for everyone, producers for themselves.

    `vendor` (slug or NIB) owns rows that name no producer. Rows of a foreign catalogue go to a producer made for
    their source and city, in a kecamatan of that city, else in `kecamatan_code`. Raises Invalid (field `file`) when
    the file is unusable; faults of rows are in the report.
    """
    if not actor.may("system") and not actor.may("catalog:import:run"):
        actor.require("catalog:product:manage")
    found = read_products(content, progress)
    if found.foreign and actor.vendor_id is not None:
        raise Forbidden("Katalog dari sumber lain hanya diimpor oleh admin program.")
    report = ImportReport(faults=found.faults, notices=notices_of(found), heads=found.sheet.heads)
    sellers = {} if found.foreign else own_sellers(actor, found, vendor)
    bad = {fault.row for fault in found.faults}
    report.bad_rows = {number: cells for number, cells in found.sheet.rows if number in bad} if bad else {}
    if bad and not skip_bad:
        return report
    if found.foreign:
        sellers = _foreign_sellers(found, kecamatan_code, now)
    rows = [_row(found, row, sellers) for row in found.rows if row.number not in bad]
    # A producer's own new products go the way of every listing: curators see them before buyers do.
    state = "published" if actor.vendor_id is None else "draft"
    done = write(actor, rows, now, state=state, pdn=not found.foreign)
    report.created, report.updated, report.unchanged = done.created, done.updated, done.unchanged
    if done.ids:
        post_index(done.ids, now)
        trail.record(
            actor,
            "import_products",
            "vendor",
            actor.vendor_id or 0,
            now,
            created=report.created,
            updated=report.updated,
            skipped=len(bad),
        )
    return report


def notices_of(found: Found) -> list[tuple[str, dict[str, object]]]:
    """Return sentences about the file as a whole, with their values."""
    notices: list[tuple[str, dict[str, object]]] = []
    if found.sheet.encoding != "utf-8":
        notices.append(("Berkas ini bukan UTF-8; dibaca sebagai Windows-1252. Periksa huruf beraksen.", {}))
    if found.sheet.others:
        notices.append(
            ("Kolom ini tidak dikenal dan dilewati: %(columns)s.", {"columns": ", ".join(found.sheet.others)})
        )
    return notices


def _row(found: Found, row: FoundRow, sellers: Mapping[object, int]) -> Wanted:
    vendor_id = sellers[row.seller]
    if not found.foreign:
        return own_wanted(row.number, vendor_id, row.ref, row.values, row.ladders)
    return Wanted(row.number, vendor_id, (str(row.seller[0]), row.ref), None, row.values, row.ladders)


def own_sellers(actor: Actor, found: Found, default: str) -> dict[object, int]:
    """Return producer ids by what the rows call them (`default` when a row names none); others become faults."""
    column = found.sheet.heads.get("vendor", "produsen")
    wanted = sorted({str(row.seller) or default for row in found.rows} - {""})
    known: dict[object, int] = {}
    for names in chunks(wanted):
        for vendor_id, name, nib in session.execute(
            select(_VENDORS.c.id, _VENDORS.c.slug, _VENDORS.c.nib).where(
                or_(_VENDORS.c.slug.in_(names), _VENDORS.c.nib.in_(names))
            )
        ):
            if actor.vendor_id in {None, vendor_id}:
                known |= {name: vendor_id} | ({nib: vendor_id} if nib else {})
    blank = actor.vendor_id or known.get(default)
    if blank is not None:
        known[""] = blank
    seen: dict[tuple[int, str], int] = {}
    for row in found.rows:
        if row.seller in known:
            earlier = seen.setdefault((known[row.seller], row.ref), row.number)
            if earlier != row.number:  # one producer may be named by slug here and by NIB there
                found.faults.append(
                    RowFault(
                        row.number,
                        found.sheet.heads["ref"],
                        "Kode ini sudah ada di baris %(row)s.",
                        (("row", earlier),),
                    )
                )
        else:
            text = "Produsen “%(given)s” tidak dikenal." if row.seller else "Produsen harus diisi: slug atau NIB-nya."
            found.faults.append(
                RowFault(row.number, column, text, (("given", str(row.seller)[:60]),) if row.seller else ())
            )
    found.faults.sort(key=lambda fault: fault.row)
    return known


def _foreign_sellers(found: Found, kecamatan_code: str, now: datetime) -> dict[object, int]:
    """Return the producer of each (source, city), made when missing. Nothing is claimed of it: not UMK, not Jakpreneur."""
    if kecamatan_code not in places.kecamatan():
        raise Invalid.at("kecamatan", "Kecamatan %(code)s tidak dikenal.", code=kecamatan_code)
    # "Kab. Bekasi" and "Kab.\u00a0Bekasi" are one city: the slug decides.
    slugs = {
        seller: slug("impor " + " ".join(seller), 100)
        for seller in sorted({row.seller for row in found.rows if isinstance(row.seller, tuple)}, reverse=True)
    }
    wanted = {name: seller for seller, name in slugs.items()}
    known: dict[str, int] = dict(
        iter(session.execute(select(_VENDORS.c.slug, _VENDORS.c.id).where(_VENDORS.c.slug.in_(wanted))))
    )
    fresh = [
        Vendor(
            name=f"Impor: {source}, {city}"[:160] if city else f"Impor: {source}"[:160],
            slug=name,
            kind="umkm",
            size="menengah",
            state="active",
            created_at=now,
            kecamatan_code=_in_city(city) or kecamatan_code,
        )
        for name, (source, city) in wanted.items()
        if name not in known
    ]
    session.add_all(fresh)
    session.flush()
    known |= {vendor.slug: vendor.id for vendor in fresh}
    return {seller: known[name] for seller, name in slugs.items()}


def _in_city(city: str) -> str | None:
    """Return the first kecamatan of one of Jakarta's cities."""
    known = regions.regions(session)
    code = next((row.code for row in known.values() if row.level == "kota" and city and row.name.endswith(city)), None)
    return next((row.code for row in known.values() if row.parent_code == code), None) if code else None


def write_bad_rows(path: Path, report: ImportReport) -> None:
    """Write faulty rows with their reasons to a CSV that can be mended and imported again."""
    reasons: dict[int, list[str]] = {}
    for fault in report.faults:
        reasons.setdefault(fault.row, []).append(f"{fault.column}: {fault.message % dict(fault.params)}")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([*report.heads.values(), "baris", "alasan"])
        for number, cells in report.bad_rows.items():
            out.writerow([*(cells[ours] for ours in report.heads), number, "; ".join(reasons[number])])
