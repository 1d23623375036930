"""A producer's spreadsheet on its way: sent, read in the background, looked at, saved in the background. Nothing by half.

`stage` moves under the row's lock and forward only: reading, ready, saving, saved; or unreadable. Messages may come
twice and two tabs may ask twice; whoever finds the stage moved on has nothing to do.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, cast

import structlog
from sqlalchemy import Table, func, select, update

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Conflict, Invalid, NotFound, ShopError
from shop.base.sheet import RowFault
from shop.catalog import sheet_columns, states
from shop.catalog.import_rows import Found
from shop.catalog.import_write import CHUNK, write
from shop.catalog.indexing import post_index
from shop.catalog.models import Product, SheetUpload
from shop.catalog.planning import Plan, plan, read_upload
from shop.db import session, unit_of_work
from shop.outbox.posting import post
from shop.storage.files import FileStore
from shop.vendors.models import Vendor

log = structlog.get_logger(__name__)

KIND: Final = "catalog.sheet"
_BROKEN: Final = "Berkas ini rusak atau bukan Excel (.xlsx). Buka di Excel, simpan lagi sebagai .xlsx."
MAX_WAITING: Final = 3
_FAULTS: Final = 200
"""Most faults kept for the page; the file of bad rows has them all."""
_SHOWN: Final = ("name", "category_code", "price", "unit", "stock")
_TABLE: Final = cast("Table", SheetUpload.__table__)
Recheck = Callable[[Actor, int, datetime], object]
"""Has a published product looked at again whose curated fields changed; the room of curators brings it."""


def receive(actor: Actor, file_name: str, file_key: str, now: datetime) -> int:
    """Take note of a file that lies in the store and have it read; returns the upload's id.

    The same file again, while the first is still on its way, is the first. Raises Conflict `too-many-uploads`.
    """
    actor.require(states.MANAGE)
    assert actor.vendor_id is not None and actor.user_id is not None  # noqa: PT018 - who manages has both
    session.execute(select(Vendor.id).where(Vendor.id == actor.vendor_id).with_for_update())
    mine = select(SheetUpload).where(SheetUpload.vendor_id == actor.vendor_id)
    under_way = session.scalars(mine.where(SheetUpload.stage.in_(("reading", "ready", "saving")))).all()
    known = next((upload.id for upload in under_way if upload.file_key == file_key and upload.stage != "ready"), None)
    if known is not None:
        return known
    if sum(upload.stage != "ready" for upload in under_way) >= MAX_WAITING:
        raise Conflict(
            "Masih ada %(count)s berkas yang sedang dibaca. Tunggu sebentar, lalu unggah lagi.",
            kind="too-many-uploads",
            count=MAX_WAITING,
        )
    upload = SheetUpload(
        vendor_id=actor.vendor_id,
        file_name=one_line(file_name)[:200] or "tanpa-nama",
        file_key=file_key,
        sent_by=actor.user_id,
        sent_at=now,
    )
    session.add(upload)
    session.flush()
    post(KIND, {"upload": upload.id}, now)
    return upload.id


def own_upload(actor: Actor, upload_id: int, *, lock: bool = False) -> SheetUpload:
    """Return one of the actor's uploads. Raises Forbidden, and NotFound for anybody else's."""
    actor.require(states.MANAGE)
    query = select(SheetUpload).where(SheetUpload.id == upload_id, SheetUpload.vendor_id == actor.vendor_id)
    found = session.scalars(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("Unggahan ini tidak ada.")
    return found


def own_uploads(actor: Actor, offset: int, limit: int) -> tuple[Sequence[Any], int]:
    """Return one page of the actor's uploads, newest first, and how many there are; two statements."""
    actor.require(states.MANAGE)
    mine = _TABLE.c.vendor_id == actor.vendor_id
    columns = [column for column in _TABLE.c if column.name != "report"]
    rows = session.execute(select(*columns).where(mine).order_by(_TABLE.c.id.desc()).offset(offset).limit(limit)).all()
    return rows, session.execute(select(func.count()).select_from(_TABLE).where(mine)).scalar_one()


def ask_to_save(actor: Actor, upload_id: int, now: datetime) -> None:
    """Have the good rows of a read upload saved. Asking again changes nothing. Raises Conflict when it is not read yet."""
    upload = own_upload(actor, upload_id, lock=True)
    if upload.stage in {"saving", "saved"}:
        return
    if upload.stage != "ready":
        raise Conflict("Berkas ini belum selesai dibaca, atau tidak bisa dibaca.", kind="not-ready")
    if not upload.created + upload.updated:
        raise Conflict("Tidak ada baris yang perlu disimpan.", kind="nothing-to-save")
    upload.stage, upload.done = "saving", 0
    post(KIND, {"upload": upload.id}, now)


def handler(files: FileStore, recheck: Recheck | None) -> Callable[[Sequence[dict[str, Any]], datetime], None]:
    """Return who takes messages `catalog.sheet`: reads what is to be read, saves what is to be saved.

    Each step is a unit of work of its own; nobody waits for a whole file but its own producer.
    """

    def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
        for payload in payloads:
            upload = session.get(SheetUpload, int(payload["upload"]))
            if upload is None or upload.stage not in {"reading", "saving"}:
                session.rollback()
                continue
            # The right to do it was held when it was asked for.
            who = Actor(upload.sent_by, "", "vendor_owner", frozenset({states.MANAGE}), vendor_id=upload.vendor_id)
            number, key, stage = upload.id, upload.file_key, upload.stage
            session.rollback()
            if stage == "reading":
                _read(who, number, files, key, now)
            else:
                _save(who, number, files, key, now, recheck)

    return handle


def _read(who: Actor, number: int, files: FileStore, key: str, now: datetime) -> None:
    def progress(done: int, rows: int) -> None:
        with unit_of_work():
            session.execute(update(_TABLE).where(_TABLE.c.id == number).values(done=done, rows=rows))

    try:
        found = read_upload(files.path(key).read_bytes(), local_day(now), progress)
    except ShopError as fault:
        told = fault.faults[0] if isinstance(fault, Invalid) and fault.faults else None
        why = [told.message, dict(told.params)] if told else [fault.message, fault.params]
        _end(who, number, "unreadable", now, report={"why": why})
        return
    except Exception:  # a file that finds a fault of ours must not be on its way for ever, in the way of the next ones
        log.exception("a spreadsheet could not be read", upload=number)
        _end(who, number, "unreadable", now, report={"why": [_BROKEN, {}]})
        return
    made = plan(who, found)
    session.rollback()
    report = _report(made)
    if made.bad:
        report["bad_key"] = _keep_bad_rows(made, files, now)
    counts = {"rows": len(made.wanted) + len(made.bad), "good": len(made.wanted), "bad": len(made.bad)}
    _end(who, number, "ready", now, report=report, done=counts["rows"], **counts, **_outcome(made.counts))


def _end(who: Actor, number: int, stage: str, now: datetime, **values: Any) -> None:
    with unit_of_work():
        upload = own_upload(who, number, lock=True)
        if upload.stage == "reading":
            upload.stage, upload.ended_at = stage, now
            for name, value in values.items():
                setattr(upload, name, value)


def _outcome(counts: dict[str, int]) -> dict[str, int]:
    return {"created": counts["new"], "updated": counts["changed"], "unchanged": counts["same"]}


def _report(made: Plan) -> dict[str, Any]:
    return {
        "faults": [_plain(fault) for fault in made.faults[:_FAULTS]],
        "faults_in_all": len(made.faults),
        "notices": [[message, values] for message, values in made.notices],
        "preview": [
            {"row": row.number, "what": what, **{name: row.values.get(name) for name in _SHOWN}}
            for what, row in made.first
        ],
    }


def _plain(fault: RowFault) -> list[Any]:
    return [fault.row, fault.column, fault.message, dict(fault.params)]


def _keep_bad_rows(made: Plan, files: FileStore, now: datetime) -> str:
    out = io.BytesIO()
    rows = [(number, cells) for number, cells in made.found.sheet.rows if number in made.bad]
    sheet_columns.bad_rows(out, made.found.sheet.heads, rows, made.faults, now)
    return files.put(out.getvalue(), "xlsx")


def _save(who: Actor, number: int, files: FileStore, key: str, now: datetime, recheck: Recheck | None) -> None:
    """Save the good rows in one transaction: after a crash all of it is done again, or none."""
    found: Found = read_upload(files.path(key).read_bytes(), local_day(now))
    doubted = list(found.faults)
    with unit_of_work():
        upload = own_upload(who, number, lock=True)
        if upload.stage != "saving":
            return
        made = plan(who, found)
        _lock(made.touched)
        found.faults = doubted
        made = plan(who, found)  # again, now that nobody changes them: orders take stock
        done = write(who, made.wanted, now, state="draft", pdn=True)
        if done.ids:
            post_index(done.ids, now)
        if recheck is not None:
            for product_id in done.recheck:
                recheck(who, product_id, now)
        upload.stage, upload.ended_at, upload.done = "saved", now, upload.rows
        upload.created, upload.updated, upload.unchanged = done.created, done.updated, done.unchanged
        upload.good, upload.bad = len(made.wanted), len(made.bad)
        trail.record(
            who,
            "save_sheet",
            "sheet_upload",
            number,
            now,
            created=done.created,
            updated=done.updated,
            bad=upload.bad,
            file=key,
        )


def _lock(ids: Sequence[int]) -> None:
    """Lock products in the order in which orders lock them."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        session.execute(
            select(Product.id)
            .where(Product.id.in_(wanted[start : start + CHUNK]))
            .order_by(Product.id)
            .with_for_update()
        )
