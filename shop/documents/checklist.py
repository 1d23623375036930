"""Which papers an order needs, which are there, what lacks and who mends it, and what is not needed and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.accounts.permissions import LABELS, Role
from shop.base.clock import local_day
from shop.base.money import rupiah
from shop.db import session
from shop.documents import band
from shop.documents.enclosures import Enclosures, read_enclosures
from shop.documents.ground import Ground, read_ground
from shop.documents.issuing import gather
from shop.documents.kind import Kind
from shop.documents.reading import Issued, newest, of_order
from shop.documents.table import KINDS
from shop.orders import states
from shop.orders.models import Order

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "there": ("Ada", "ok"),
    "missing": ("Belum ada", "bad"),
    "later": ("Menyusul", "wait"),
    "unneeded": ("Tidak perlu", ""),
}
"""{state: (label, tone)}; msgids."""
_PHOTOS: Final = 2
_OFFICE: Final = "Pemesan atau PPK, lewat lampiran pesanan"
_BOTH: Final = "Produsen saat mengantar, atau PPK saat memeriksa"
_TREASURER: Final = "Bendahara, saat mencatat pembayaran"
_NO_MEETING: Final = "Pesanan ini bukan untuk acara dengan jumlah orang."
Words = tuple[str, Mapping[str, object]]
"""A msgid and what fills it after translation."""


@dataclass(frozen=True, slots=True)
class Row:
    """One paper. `title`, `words` and `mends` are msgids; `href` leads to where it is mended."""

    code: str
    title: str
    state: str
    words: Sequence[Words] = ()
    mends: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Spj:
    """What is known of the SPJ of an order: papers as issued, what people brought, and the checklist."""

    order: Order
    papers: Sequence[Issued]
    held: Enclosures
    rows: Sequence[Row]


def read(order_id: int, now: datetime, *, for_vendor: bool) -> Spj:
    """Return the SPJ of an order that the caller may see; the same statements whatever it holds.

    A producer's has what is its own to read: neither the office's internal papers nor its attachments.
    """
    query = select(Order).where(Order.id == order_id).options(selectinload(Order.lines))
    order = session.scalars(query).one()
    papers = [paper for paper in of_order(order_id) if KINDS[paper.kind].for_vendor or not for_vendor]
    held = read_enclosures(order_id)
    if for_vendor:
        held = replace(held, attachments=())
    rows = checklist(read_ground(order, now), papers, held, for_vendor=for_vendor)
    return Spj(order, papers, held, rows)


def checklist(ground: Ground, papers: Collection[Issued], held: Enclosures, *, for_vendor: bool = False) -> list[Row]:
    """Return every paper of the SPJ of an order. A producer reads only of papers that are its own to read."""
    standing = newest(papers)
    kinds = (kind for kind in KINDS.values() if kind.for_vendor or not for_vendor)
    rows = [_of_kind(kind, ground, standing.get(kind.code)) for kind in kinds]
    return rows + _held(ground, held, for_vendor=for_vendor)


def _of_kind(kind: Kind, ground: Ground, paper: Issued | None) -> Row:
    order = ground.order
    if paper is not None:
        return Row(kind.code, kind.title, "there", [("%(number)s", {"number": paper.number})])
    why = _unneeded(kind.code, ground)
    if order.state in states.UNPAID_END:
        why = why or ("Pesanan berakhir sebelum dokumen ini diperlukan.", {})
    if why is not None:
        return Row(kind.code, kind.title, "unneeded", [why])
    early = order.state not in kind.states
    content = gather(kind, ground) if not early or kind.code in _KNOWN_EARLY else {}
    if early and content is not None:
        return Row(kind.code, kind.title, "later", [(_when(kind), {})])
    if content is None:
        words = _NEVER.get(kind.code, "Pesanan ini tidak punya dokumen itu.")
        return Row(kind.code, kind.title, "unneeded", [(words, {})])
    lacking = [need for need in kind.missing(content) if need.blocks]
    if lacking:
        said: list[Words] = [(need.words, {}) for need in lacking]
        return Row(kind.code, kind.title, "missing", said, lacking[0].mends[0], lacking[0].mends[1])
    by = Role(min(kind.by))
    return Row(kind.code, kind.title, "missing", [("Data lengkap, tinggal diterbitkan.", {})], LABELS[by], "#dokumen")


def _when(kind: Kind) -> str:
    """Return after which step a paper is issued, a msgid."""
    if "received" not in kind.states:
        return "Terbit sesudah pembayaran dicatat."
    return (
        "Terbit sesudah produsen menerima pesanan." if "confirmed" in kind.states else "Terbit sesudah barang diterima."
    )


_KNOWN_EARLY: Final = ("comparison", "bak", "ban")
"""Papers of what happened before the order: whether there are any is known from its first day."""
_NEVER: Final = {
    "comparison": "Pesanan ini tidak punya catatan perbandingan.",
    "bak": "Pesanan ini bukan hasil mini-kompetisi.",
    "ban": "Harga tidak ditawar, jadi tidak ada negosiasi.",
    "tax_slip": "Tidak ada pajak yang dipungut dari pembayaran ini.",
}


def _no_spk(ground: Ground) -> Words | None:
    if band.needs_spk(ground):
        return None
    limits = band.on(local_day(ground.order.placed_at))
    if band.is_electronic(ground.package.method):
        return ("Dibeli lewat e-purchasing: surat pesanan menggantikannya, berapa pun nilainya.", {})
    return (
        "Hanya untuk nilai di atas %(low)s sampai %(high)s.",
        {"low": rupiah(limits.kuitansi), "high": rupiah(limits.spk)},
    )


def _no_report(ground: Ground) -> Words | None:
    day = local_day(ground.order.placed_at)
    if band.needs_payment_report(ground.order.total, day):
        return None
    return ("Hanya untuk nilai di atas %(low)s.", {"low": rupiah(band.on(day).proof)})


def _no_meeting(ground: Ground) -> Words | None:
    return None if ground.order.headcount else (_NO_MEETING, {})


_WHY_NOT: Final[Mapping[str, Callable[[Ground], Words | None]]] = {
    "spk": _no_spk, "payment_report": _no_report, "attendance": _no_meeting,
}  # fmt: skip


def _unneeded(code: str, ground: Ground) -> Words | None:
    """Return why this order does not need a paper, known beforehand; None when it may."""
    judge = _WHY_NOT.get(code)
    return judge(ground) if judge else None


def _held(ground: Ground, held: Enclosures, *, for_vendor: bool) -> list[Row]:
    """Return the papers that people bring: what came from outside the shop."""
    order = ground.order
    paid = order.state in states.PAID
    rows = [
        _brought("photos", "Foto serah terima", _BOTH, "#foto", there=len(held.photos) >= _PHOTOS, due=_received(ground),
                 words=("%(there)s dari paling sedikit %(least)s foto.", {"there": len(held.photos), "least": _PHOTOS})),
        _brought("proof", "Bukti bayar", _TREASURER, "", there=ground.payment is not None and ground.payment.is_proven,
                 due=paid, words=(ground.payment.no_file if ground.payment else "", {})),
    ]  # fmt: skip
    if for_vendor:
        return rows
    where = f"/pesanan/{order.id}/lampiran"
    for kind, title in (
        ("invitation", "Undangan"),
        ("attendance", "Daftar hadir yang ditandatangani"),
        ("other", "Notulen"),
    ):
        code = f"attachment_{kind}"
        if not order.headcount:
            rows.append(Row(code, title, "unneeded", [(_NO_MEETING, {})]))
            continue
        words: Words = ("Unggah sebagai “Lampiran lain”.", {}) if kind == "other" else ("Belum diunggah.", {})
        there = any(paper.kind == kind for paper in held.attachments)
        rows.append(
            _brought(
                code, title, _OFFICE, where, there=there, due=_received(ground) or kind == "invitation", words=words
            )
        )
    return rows


def _received(ground: Ground) -> bool:
    return ground.order.received_at is not None


def _brought(code: str, title: str, mends: str, href: str, *, there: bool, due: bool, words: Words) -> Row:
    if there:
        return Row(code, title, "there")
    return Row(code, title, "missing", [words], mends, href) if due else Row(code, title, "later")
