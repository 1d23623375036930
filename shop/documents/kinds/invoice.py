"""Invoice (nota): what was sold to whom, with the taxes kept back; at least the fields of PMK 37/2025."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from shop.base.money import rupiah
from shop.base.terbilang import terbilang
from shop.documents import taxes
from shop.documents.kind import Kind, Party
from shop.documents.kinds import parts
from shop.orders import states
from shop.papers.pdf import Paper

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued
    from shop.papers.pdf import End
    from shop.storage.files import FileStore

_TITLE: Final = "Invoice"


def gather(ground: Ground) -> dict[str, Any] | None:
    """Return everything the invoice says; None before the payment is recorded."""
    order, payment = ground.order, ground.payment
    if payment is None:
        return None
    return {
        "order_number": order.number, "ordered_on": parts.iso_day(order.placed_at),
        "received_on": parts.iso_day(order.received_at), "office": parts.office(ground), "seller": parts.seller(ground),
        "lines": parts.lines(ground), "shipping": order.shipping, "total": order.total, "words": terbilang(order.total),
        "withheld": payment.withheld, "taxes": taxes.frozen(ground), "paid_on": payment.paid_on.isoformat(),
        "reference": payment.reference, "platform": "e-Order Jakpreneur",
    }  # fmt: skip


def draw(issued: Issued, files: FileStore, end: End) -> bytes:  # noqa: ARG001 - as every kind
    """Draw it from its frozen content."""
    said = issued.content
    paper = Paper(f"{_TITLE} {issued.number}", issued.issued_at)
    paper.heading(_TITLE)
    pairs = [
        ("Nomor", issued.number), ("Tanggal", parts.day(said["issued_on"])), ("Melalui", said["platform"]),
        ("Surat pesanan", f"{said['order_number']}, {parts.day(said['ordered_on'])}"),
        ("Barang diterima", parts.day(said["received_on"])), ("Pembeli", said["office"]["name"]),
        ("Alamat pembeli", said["office"]["address"]), ("NPWP pembeli", said["office"]["npwp"]),
    ]  # fmt: skip
    paper.facts((label, value) for label, value in pairs if value)
    parts.draw_seller(paper, said["seller"])
    paper.subheading("Rincian")
    parts.draw_lines(paper, said)
    paper.subheading("Pajak dan pembayaran")
    _draw_paid(paper, said)
    paper.note("Harga sudah termasuk pajak. Bukan faktur pajak: faktur pajak dibuat penyedia PKP di Coretax.")
    end(paper)
    return paper.content()


def _draw_paid(paper: Paper, said: Mapping[str, Any]) -> None:
    kept, paid = said["withheld"], ("Dibayar", f"{parts.day(said['paid_on'])}, bukti {said['reference']}")
    if not said["taxes"]:
        left = ("Diterima penyedia", rupiah(said["total"] - kept))
        paper.facts([("Pajak yang dipungut kantor", rupiah(kept)), left, paid])
        return
    taxes.draw(paper, said["taxes"], said["total"], kept)
    paper.facts([paid])
    for words in filter(None, (taxes.differs(kept, said["taxes"]), taxes.sources(said["taxes"]))):
        paper.note(words)


KIND: Final = Kind(
    code="invoice",
    title=_TITLE,
    series="INV",
    gather=gather,
    draw=draw,
    states=states.PAID,
    by=frozenset({"bendahara", "vendor_owner", "vendor_staff"}),
    needs=parts.SELLER_NEEDS,
    parties={"seller": Party("Penyedia", parts.SELLERS)},
)
