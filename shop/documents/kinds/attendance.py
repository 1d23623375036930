"""Daftar hadir: printed before the meeting, signed there by hand, and uploaded as an attachment of the order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shop.base.clock import local, local_day
from shop.base.money import FULL_BP
from shop.db import session
from shop.documents.kind import Kind
from shop.documents.kinds import parts
from shop.papers.pdf import Paper
from shop.reference import policy

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued
    from shop.papers.pdf import End
    from shop.storage.files import FileStore

_TITLE: Final = "Daftar Hadir"
_MOST_ROWS: Final = 300
"""Lines to sign on one paper; who invites more prints it again."""
_SPARE: Final = 5
_HEADS: Final = ("No.", "Nama", "NIP/NRK", "Unit kerja", "Jabatan", "Tanda tangan")
_WIDTHS: Final = (10, 48, 36, 34, 22, 24)


def gather(ground: Ground) -> dict[str, Any] | None:
    """Return what the sheet says; None for an order that is for nobody's meeting."""
    order = ground.order
    if not order.headcount:
        return None
    at = local(order.deliver_at)
    return {
        "order_number": order.number, "office": parts.office(ground), "purpose": order.purpose,
        "held_on": at.date().isoformat(), "held_at": f"{at:%H.%M} WIB", "place": order.deliver_address,
        "headcount": order.headcount, "rows": min(order.headcount + _SPARE, _MOST_ROWS), **_portions(ground),
    }  # fmt: skip


def _portions(ground: Ground) -> dict[str, Any]:
    """Return the most pieces of one line, and how many an inspector lets pass for these people."""
    order = ground.order
    rule = policy.rule(session, "order.attendance_tolerance_bp", local_day(order.placed_at))
    most = max(order.lines, key=lambda line: line.quantity)
    allowed = (order.headcount or 0) * (FULL_BP + int(rule.value)) // FULL_BP
    return {"portions": most.quantity, "unit": most.unit, "goods": most.product_name, "allowed": allowed}


def draw(issued: Issued, files: FileStore, end: End) -> bytes:  # noqa: ARG001 - as every kind
    """Draw it from its frozen content."""
    said = issued.content
    paper = Paper(f"{_TITLE} {issued.number}", issued.issued_at)
    paper.heading(_TITLE)
    paper.facts(
        [
            ("Nomor", issued.number), ("Acara", said["purpose"]), ("Perangkat daerah", said["office"]["name"]),
            ("Hari dan tanggal", f"{parts.day(said['held_on'])}, pukul {said['held_at']}"), ("Tempat", said["place"]),
            ("Undangan", f"{said['headcount']} orang"), ("Surat pesanan", said["order_number"]),
        ]
    )  # fmt: skip
    if said["portions"] > said["allowed"]:
        paper.note(
            f"Perhatian: dipesan {said['portions']} {said['unit']} {said['goods']} untuk {said['headcount']} orang. "
            f"Di atas {said['allowed']} pemeriksa meminta penjelasan; tulis alasannya di notulen."
        )
    paper.blank_rows(_HEADS, _WIDTHS, said["rows"])
    if said["headcount"] > said["rows"]:
        paper.note(f"Lembar ini memuat {said['rows']} baris. Untuk peserta berikutnya cetak lembar ini sekali lagi.")
    paper.paragraph("Jumlah hadir: ............ orang")
    paper.signatures([("Penanggung jawab acara", "NIP ..............................")])
    end(paper)
    return paper.content()


KIND: Final = Kind(
    code="attendance",
    title=_TITLE,
    series="DH",
    gather=gather,
    draw=draw,
    concerns=lambda order: bool(order.headcount),
    for_vendor=False,
    by=parts.BUYERS,
)
