"""What an SPJ bundle holds, order by order: papers as issued with their old versions, and what people brought."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select

from shop.base.codes import slug
from shop.base.errors import NotFound
from shop.base.money import rupiah
from shop.budgets.assigning import DOCUMENT_KINDS
from shop.budgets.models import PackageDocument
from shop.db import session
from shop.documents import checklist
from shop.documents.enclosures import Enclosures
from shop.documents.reading import Issued
from shop.documents.table import KINDS
from shop.growth.months import end_of
from shop.handover import photos
from shop.orders.models import Order, Payment

MOST_ORDERS: Final = 100
"""Orders in one bundle; a month with more has several parts."""
_MARKS: Final = {"superseded": "digantikan", "cancelled": "dibatalkan"}
_MOMENTS: Final = {"delivery": "kiriman", "receipt": "pemeriksaan", "complaint": "pengaduan"}
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a bundle: an issued paper, or a kept file under `key`. `name` is its file name, safe anywhere."""

    name: str
    title: str
    issued: Issued | None = None
    key: str = ""

    @property
    def mark(self) -> str:
        """Why it does not stand any more, empty while it does."""
        return _MARKS.get(self.issued.state, "") if self.issued else ""


@dataclass(frozen=True, slots=True)
class Folder:
    """The pieces of one order (or of the package itself), and the papers that lack. `name` is empty for a single order."""

    name: str
    title: str
    pieces: Sequence[Piece]
    missing: Sequence[str]


def of_one(order_id: int, now: datetime, *, for_vendor: bool, place: int = 0) -> Folder:
    """Return what the bundle of an order holds; who may see the order has been judged. Fixed number of statements.

    `place`: which order of a larger bundle it is, from 1.
    """
    spj = checklist.read(order_id, now, for_vendor=for_vendor)
    order, ranks = spj.order, list(KINDS)
    papers = sorted(spj.papers, key=lambda paper: (ranks.index(paper.kind), paper.version))
    title = f"{order.number}, {order.vendor_name}, {rupiah(order.total)}"
    name = f"{place:03d}-{_safe(order.number)}" if place else ""
    missing = [row.title for row in spj.rows if row.state == "missing"]
    return Folder(name, title, _numbered([*map(_issued, papers), *_brought(spj.held)]), missing)


def of_package(package_id: int) -> Folder:
    """Return what was attached to the package itself: KAK, HPS, specification."""
    rows = session.scalars(
        select(PackageDocument).where(PackageDocument.package_id == package_id).order_by(PackageDocument.id)
    )
    held = [
        Piece(f"{row.kind}.{_suffix(row.file_key)}", f"{DOCUMENT_KINDS[row.kind]}: {row.title}", key=row.file_key)
        for row in rows
        if row.file_key
    ]
    return Folder("000-paket", "Dokumen paket", _numbered(held), ())


def paid_in(package_id: int, month: date, part: int = 1) -> tuple[list[int], int]:
    """Return (ids of the orders of a package paid in a month, oldest payment first, for one part; how many there are).

    Raises NotFound when that part is empty.
    """
    where = (Order.package_id == package_id, Payment.paid_on.between(month, end_of(month)))
    paid = select(Order.id).join(Payment, Payment.order_id == Order.id).where(*where)
    total = session.scalar(select(func.count()).select_from(paid.subquery())) or 0
    query = paid.order_by(Payment.paid_on, Order.id).offset((part - 1) * MOST_ORDERS).limit(MOST_ORDERS)
    ids = list(session.scalars(query))
    if not ids:
        raise NotFound("Tidak ada pesanan paket ini yang dibayar pada bulan itu.")
    return ids, total


def months(package_id: int) -> list[tuple[date, int]]:
    """Return (first of the month, orders paid in it) of a package, newest first; one statement, a row for each day."""
    rows = session.execute(
        select(Payment.paid_on, func.count())
        .join(Order, Order.id == Payment.order_id)
        .where(Order.package_id == package_id)
        .group_by(Payment.paid_on)
    )
    found: dict[date, int] = {}
    for day, count in rows:
        month = day.replace(day=1)
        found[month] = found.get(month, 0) + count
    return sorted(found.items(), reverse=True)


def _issued(paper: Issued) -> Piece:
    state = _MARKS.get(paper.state, "")
    version = f"-v{paper.version}" if paper.version > 1 or state else ""
    name = f"{slug(paper.title)}{version}{'-' + state if state else ''}.pdf"
    said = f" (versi {paper.version}{', ' + state if state else ''})" if version else ""
    return Piece(name, f"{paper.title}{said}", issued=paper)


def _brought(held: Enclosures) -> Iterator[Piece]:
    if held.proof_key:
        yield Piece(f"bukti-bayar.{_suffix(held.proof_key)}", "Bukti bayar", key=held.proof_key)
    for paper in held.attachments:
        yield Piece(f"lampiran-{slug(paper.label)}.{_suffix(paper.key)}", f"Lampiran: {paper.label}", key=paper.key)
    for shot in held.photos:
        moment = _MOMENTS[shot.moment]
        yield Piece(f"foto-{moment}.webp", f"Foto {moment}", key=photos.stored(shot.key, photos.WIDTH))


def _numbered(pieces: Iterable[Piece]) -> list[Piece]:
    """Put a number before each name: names sort as the bundle reads, and no two are one."""
    return [Piece(f"{n:02d}-{p.name}", p.title, p.issued, p.key) for n, p in enumerate(pieces, 1)]


def _suffix(key: str) -> str:
    return key.rsplit(".", 1)[-1]


def _safe(text: str) -> str:
    return _UNSAFE.sub("-", text).strip("-.")[:80]
