"""Berita Acara Pembayaran: PPK and producer agree that what was received is paid; asked for above the proof's limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from shop.accounts.permissions import Role
from shop.base.clock import local_day
from shop.base.money import rupiah
from shop.base.terbilang import terbilang
from shop.db import session
from shop.documents import band
from shop.documents.kind import OFFICE, Kind, Need, Party
from shop.documents.kinds import parts
from shop.handover.models import HandoverPaper
from shop.orders import states
from shop.papers.pdf import Paper

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued
    from shop.papers.pdf import End
    from shop.storage.files import FileStore

_TITLE: Final = "Berita Acara Pembayaran"


def gather(ground: Ground) -> dict[str, Any] | None:
    """Return everything it says; None before the payment is recorded, and below the value that asks for it."""
    order, payment = ground.order, ground.payment
    if payment is None or not band.needs_payment_report(order.total, local_day(order.placed_at)):
        return None
    query = select(HandoverPaper.kind, HandoverPaper.number).where(HandoverPaper.order_id == order.id)
    numbers = {row.kind: row.number for row in session.execute(query)}
    return {
        "order_number": order.number, "ordered_on": parts.iso_day(order.placed_at), "office": parts.office(ground),
        "ppk": dict(ground.person(ground.package.ppk_id)), "seller": parts.seller(ground), "budget": parts.budget(ground),
        "bap": numbers.get("BAP", ""), "bast": numbers.get("BAST", ""), "received_on": parts.iso_day(order.received_at),
        "purpose": order.purpose, "total": payment.amount, "words": terbilang(payment.amount),
        "withheld": payment.withheld, "paid_on": payment.paid_on.isoformat(), "reference": payment.reference,
    }  # fmt: skip


def draw(issued: Issued, files: FileStore, end: End) -> bytes:  # noqa: ARG001 - as every kind
    """Draw it from its frozen content."""
    said = issued.content
    kept, seller = said["withheld"], said["seller"]
    paper = Paper(f"{_TITLE} {issued.number}", issued.issued_at)
    paper.heading(_TITLE)
    paper.facts([("Nomor", issued.number), ("Tanggal", parts.day(said["issued_on"]))])
    paper.paragraph(
        f"PPK {said['office']['name']}, {parts.person(said['ppk'])}, dan penyedia {seller['name']} menyatakan bahwa "
        f"pekerjaan “{said['purpose']}” sudah diterima dan dibayar sebagai berikut."
    )
    paper.facts(
        [
            ("Surat pesanan", f"{said['order_number']}, {parts.day(said['ordered_on'])}"),
            ("BAP", said["bap"] or "-"), ("BAST", f"{said['bast'] or '-'}, {parts.day(said['received_on'])}"),
            ("Nilai pekerjaan", rupiah(said["total"])), ("Terbilang", said["words"]),
            ("Pajak yang dipungut", rupiah(kept)), ("Diterima penyedia", rupiah(said["total"] - kept)),
            ("Dibayar", f"{parts.day(said['paid_on'])}, bukti {said['reference']}"),
        ]
    )  # fmt: skip
    parts.draw_budget(paper, said["budget"])
    parts.draw_seller(paper, seller)
    paper.signatures([("PPK", parts.person(said["ppk"])), ("Penyedia", seller["owner"] or seller["name"])])
    end(paper)
    return paper.content()


KIND: Final = Kind(
    code="payment_report",
    title=_TITLE,
    series="BAPB",
    gather=gather,
    draw=draw,
    states=states.PAID,
    by=frozenset({Role.BENDAHARA.value, Role.PPK.value}),
    needs=(
        Need("ppk.name", "Paket ini belum punya PPK.", OFFICE),
        Need("budget.account_code", "Kode rekening paket belum ada.", OFFICE),
        *parts.SELLER_NEEDS,
    ),
    parties={
        "ppk": Party("PPK", frozenset({Role.PPK.value}), hands=True),
        "seller": Party("Penyedia", frozenset({Role.VENDOR_OWNER.value})),
    },
)
