"""Kuitansi: the treasurer's receipt, amount in figures and in words, with room for the stamp duty (UU 10/2020)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shop.accounts.permissions import Role
from shop.base.money import rupiah
from shop.base.terbilang import terbilang
from shop.db import session
from shop.documents import taxes
from shop.documents.kind import OFFICE, VENDOR, Kind, Need, Party
from shop.documents.kinds import parts
from shop.orders import states
from shop.papers.pdf import Paper
from shop.reference import policy

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued
    from shop.papers.pdf import End
    from shop.storage.files import FileStore

_TITLE: Final = "Kuitansi"


def gather(ground: Ground) -> dict[str, Any] | None:
    """Return everything the kuitansi says; None before the payment is recorded."""
    order, payment = ground.order, ground.payment
    if payment is None:
        return None
    stamp = policy.rule(session, "stamp", payment.paid_on)
    return {
        "order_number": order.number, "office": parts.office(ground), "budget": parts.budget(ground),
        "purpose": order.purpose, "total": payment.amount, "words": terbilang(payment.amount),
        "withheld": payment.withheld, "taxes": taxes.frozen(ground), "paid_on": payment.paid_on.isoformat(),
        "reference": payment.reference, "received_on": parts.iso_day(order.received_at), "seller": parts.seller(ground),
        "treasurer": dict(ground.head(Role.BENDAHARA) if Role.BENDAHARA in ground.heads else ground.person(order.paid_by)),
        "head": dict(ground.head(Role.PA_KPA)),
        "pptk": {"name": ground.office.pptk_name, "nip": ground.office.pptk_nip},
        "stamp": {"due": payment.amount > stamp.value["above"], "amount": stamp.value["amount"], "source": stamp.source},
    }  # fmt: skip


def draw(issued: Issued, files: FileStore, end: End) -> bytes:  # noqa: ARG001 - as every kind
    """Draw it from its frozen content."""
    said = issued.content
    budget = said["budget"]
    paper = Paper(f"{_TITLE} {issued.number}", issued.issued_at)
    paper.heading(_TITLE)
    kept = said["withheld"]
    pairs = [
        ("Nomor", issued.number), ("Tahun anggaran", str(budget["year"])),
        ("Kode rekening", f"{budget['account_code']} {budget['account_name']}".strip()),
        ("Sub kegiatan", budget["activity"]),
        ("Sudah terima dari", f"Bendahara Pengeluaran {said['office']['name']}"),
        ("Dibayar dari", f"{budget['fund_source']}, bukti {said['reference']}"),
        ("Jumlah uang", rupiah(said["total"])), ("Terbilang", said["words"]),
        ("Untuk pembayaran", f"{said['purpose']}, surat pesanan {said['order_number']}"),
        ("Barang diterima", parts.day(said["received_on"])),
        ("Pajak yang dipungut", f"{rupiah(kept)}, diterima penyedia {rupiah(said['total'] - kept)}" if kept and not said["taxes"] else ""),
        ("Tanggal bayar", parts.day(said["paid_on"])),
    ]  # fmt: skip
    paper.facts((label, value) for label, value in pairs if value)
    if said["taxes"]:
        paper.subheading("Pajak dalam pembayaran ini")
        taxes.draw(paper, said["taxes"], said["total"], kept)
        for words in filter(None, (taxes.differs(kept, said["taxes"]), taxes.sources(said["taxes"]))):
            paper.note(words)
    if said["stamp"]["due"]:
        paper.box(["Meterai", rupiah(said["stamp"]["amount"])])
        paper.note(f"Di atas batas bea meterai ({said['stamp']['source']}): bubuhkan meterai atau e-meterai.")
    paper.signatures(
        [("PA/KPA", parts.person(said["head"])), ("PPTK", parts.person(said["pptk"])),
         ("Bendahara", parts.person(said["treasurer"])),
         ("Yang menerima", said["seller"]["owner"] or said["seller"]["name"])]
    )  # fmt: skip
    end(paper)
    return paper.content()


KIND: Final = Kind(
    code="kuitansi",
    title=_TITLE,
    series="KW",
    gather=gather,
    draw=draw,
    states=states.PAID,
    by=frozenset({Role.BENDAHARA.value}),
    needs=(
        Need("budget.account_code", "Kode rekening paket belum ada.", OFFICE),
        Need("treasurer.name", "Kantor ini belum punya Bendahara.", OFFICE),
        Need("head.name", "Kantor ini belum punya PA/KPA.", OFFICE),
        Need("seller.name", "Nama usaha produsen belum diisi.", VENDOR),
        Need("pptk.name", "Nama PPTK belum diisi; tempatnya dikosongkan.", OFFICE, blocks=False),
    ),
    parties={
        "treasurer": Party("Bendahara", frozenset({Role.BENDAHARA.value}), steps=("pay", "charge")),
        "head": Party("PA/KPA", frozenset({Role.PA_KPA.value})),
        "receiver": Party("Yang menerima", frozenset({Role.VENDOR_OWNER.value})),
    },
)
