"""Draft of the slips (bukti potong/pungut) of a payment: one page for each tax that was kept back, as it was frozen.

A draft: we compute and file nothing. The slip that counts is made in e-Bupot or Coretax, where the code of the tax
object is chosen (no list of codes was confirmed to us, so none is guessed). NTPN are those of the deposits recorded here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from shop.accounts.permissions import Role
from shop.base.money import percent, rupiah
from shop.db import session
from shop.documents import taxes
from shop.documents.kind import OFFICE, VENDOR, Kind, Need
from shop.documents.kinds import parts
from shop.orders import states
from shop.papers.pdf import Paper
from shop.treasury.models_remit import TaxDeposit

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued
    from shop.papers.pdf import End
    from shop.storage.files import FileStore

_TITLE: Final = "Draf Bukti Potong dan Pungut"
_NOT_FILED: Final = "Kami menghitung, tidak melaporkan. Yang sah adalah bukti dari e-Bupot atau Coretax."
_KEPT: Final = ("treasurer", "platform")


def gather(ground: Ground) -> dict[str, Any] | None:
    """Return each tax that was kept back from this payment; None before it is recorded, and when nothing was."""
    order, payment = ground.order, ground.payment
    slips = [
        {"code": item["code"], "supply": row.kind, "base": item["base"], "bp": item["bp"], "amount": item["amount"],
         "by": item["by"], "month": row.month, "rule": item["rule"]}
        for row in ground.taxes
        for item in row.items
        if item["by"] in _KEPT and item["amount"]
    ]  # fmt: skip
    if payment is None or not slips:
        return None
    deposits = _deposits(order.office_id, slips)
    for slip in slips:
        slip["ntpn"] = deposits.get((slip["month"], slip["code"]), []) if slip["by"] == "treasurer" else []
    return {
        "order_number": order.number, "ordered_on": parts.iso_day(order.placed_at), "office": parts.office(ground),
        "seller": parts.seller(ground), "treasurer": dict(ground.head(Role.BENDAHARA)), "slips": slips,
        "paid_on": payment.paid_on.isoformat(), "reference": payment.reference, "told": payment.withheld,
        "total": sum(int(slip["amount"]) for slip in slips),
    }  # fmt: skip


def _deposits(office_id: int, slips: Sequence[Mapping[str, Any]]) -> Mapping[tuple[int, str], list[str]]:
    """Return {(period, code): NTPN of each deposit recorded so far}; a later one makes the draft worth a new version."""
    found = defaultdict[tuple[int, str], list[str]](list)
    where = (
        TaxDeposit.office_id == office_id,
        TaxDeposit.month.in_({slip["month"] for slip in slips}),
        TaxDeposit.reversed_at.is_(None),
    )
    rows = session.execute(
        select(TaxDeposit.month, TaxDeposit.code, TaxDeposit.ntpn).where(*where).order_by(TaxDeposit.id)
    )
    for month, code, ntpn in rows:
        found[month, code].append(ntpn)
    return found


def draw(issued: Issued, files: FileStore, end: End) -> bytes:  # noqa: ARG001 - as every kind
    """Draw it from its frozen content, a page for each tax."""
    said = issued.content
    paper = Paper(f"{_TITLE} {issued.number}", issued.issued_at, watermark="DRAF")
    for position, slip in enumerate(said["slips"], 1):
        if position > 1:
            paper.new_page()
        _slip(paper, issued, said, slip, position)
    kept = sum(slip["amount"] for slip in said["slips"] if slip["by"] == "treasurer")
    if other := taxes.differs(said["told"], {"treasurer": kept}):
        paper.note(other)
    end(paper)
    return paper.content()


def _slip(paper: Paper, issued: Issued, said: Mapping[str, Any], slip: Mapping[str, Any], position: int) -> None:
    rule, seller, month = slip["rule"], said["seller"], divmod(slip["month"], 100)
    paper.heading(_TITLE)
    paper.paragraph(_NOT_FILED, bold=True)
    paper.facts(
        [
            ("Nomor draf", f"{issued.number}, lembar {position} dari {len(said['slips'])}"),
            ("Masa pajak", f"{month[1]:02d}-{month[0]}"), ("Jenis pajak", taxes.NAMES.get(slip["code"], slip["code"])),
            ("Objek pajak", f"{taxes.SUPPLY[slip['supply']]}; kodenya dipilih di e-Bupot (belum kami pastikan)"),
        ]
    )  # fmt: skip
    paper.subheading("Yang dipotong atau dipungut")
    paper.facts(
        [("Nama", seller["name"]), (seller["tax_label"], seller["tax_number"]), ("Alamat", seller["address"] or "-")]
    )
    paper.subheading("Perhitungan")
    paper.facts(
        [
            ("Dasar pengenaan", rupiah(slip["base"])), ("Tarif", percent(slip["bp"])),
            ("Pajak", rupiah(slip["amount"])),
            ("Aturan", taxes.source(rule) if rule else "-"),
            ("Dokumen acuan", f"Surat pesanan {said['order_number']}, {parts.day(said['ordered_on'])}"),
            ("Pembayaran", f"{parts.day(said['paid_on'])}, bukti {said['reference']}"),
        ]
    )  # fmt: skip
    paper.subheading("Pemotong atau pemungut")
    office = said["office"]
    paper.facts(
        [
            ("Peran", taxes.BY[slip["by"]]), ("Nama", office["name"] if slip["by"] == "treasurer" else "e-Order Jakpreneur"),
            ("NPWP", (office["npwp"] or "belum diisi") if slip["by"] == "treasurer" else "belum ada"),
            ("Penanda tangan", parts.person(said["treasurer"]) if slip["by"] == "treasurer" else "-"),
            ("NTPN setoran", ", ".join(slip.get("ntpn", ())) or "diisi sesudah disetor"),
        ]
    )  # fmt: skip


KIND: Final = Kind(
    code="tax_slip",
    title=_TITLE,
    series="BPU",
    gather=gather,
    draw=draw,
    states=states.PAID,
    by=frozenset({Role.BENDAHARA.value}),
    needs=(
        Need("seller.tax_number", "NPWP atau NIK produsen belum diisi.", VENDOR),
        Need("office.npwp", "NPWP kantor belum diisi.", OFFICE, blocks=False),
    ),
)
