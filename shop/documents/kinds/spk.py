"""SPK: the contract of Rp 50 to 200 million outside e-purchasing (Perpres 16/2018 art. 28).

Nearly every order here is e-purchasing, where the surat pesanan is the contract at any value: then there is no SPK, and
the checklist says so. Only a package whose plan names another way of buying can ask for one. It never issues by itself:
its PPK signs a contract, and what only paper knows (letter of offer) is written in by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from shop.accounts.permissions import Role
from shop.base.clock import local_day
from shop.base.money import rupiah
from shop.base.terbilang import terbilang
from shop.budgets.models import PackageDocument
from shop.db import session
from shop.documents import band
from shop.documents.kind import OFFICE, PROFILE, Kind, Need, Party
from shop.documents.kinds import parts
from shop.papers.pdf import Paper

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued
    from shop.papers.pdf import End
    from shop.storage.files import FileStore

_TITLE: Final = "Surat Perintah Kerja"
_DOTS: Final = "................................................"
_TERMS: Final = (
    "Jenis kontrak: lumsum. Harga tetap sampai pekerjaan selesai.",
    "Perubahan pekerjaan hanya dengan addendum yang disetujui kedua pihak.",
    "Keterlambatan dikenai denda 1/1000 per hari dari nilai bagian yang terlambat (Perpres 16/2018 pasal 79).",
    "Pembayaran dilakukan setelah barang diterima (UU 1/2004 pasal 21).",
    "Perselisihan diselesaikan dengan musyawarah lebih dahulu.",
)


def gather(ground: Ground) -> dict[str, Any] | None:
    """Return everything the SPK says; None where the surat pesanan stands in its place."""
    if not band.needs_spk(ground):
        return None
    order = ground.order
    estimate = session.scalar(
        select(PackageDocument.amount)
        .where(PackageDocument.package_id == order.package_id, PackageDocument.kind == "hps")
        .order_by(PackageDocument.id.desc())
        .limit(1)
    )
    begins, ends = local_day(order.confirmed_at or order.placed_at), local_day(order.deliver_at)
    return {
        "order_number": order.number, "office": parts.office(ground), "ppk": dict(ground.person(ground.package.ppk_id)),
        "budget": parts.budget(ground), "seller": parts.seller(ground), "purpose": order.purpose,
        "lines": parts.lines(ground), "shipping": order.shipping, "total": order.total, "words": terbilang(order.total),
        "estimate": estimate, "begins": begins.isoformat(), "ends": ends.isoformat(), "days": (ends - begins).days + 1,
    }  # fmt: skip


def draw(issued: Issued, files: FileStore, end: End) -> bytes:  # noqa: ARG001 - as every kind
    """Draw it from its frozen content."""
    said = issued.content
    paper = Paper(f"{_TITLE} {issued.number}", issued.issued_at)
    paper.heading(_TITLE)
    paper.facts(
        [
            ("Nomor", issued.number), ("Tanggal", parts.day(said["issued_on"])), ("Pekerjaan", said["purpose"]),
            ("Perangkat daerah", said["office"]["name"]), ("Alamat", said["office"]["address"] or _DOTS),
            ("PPK", parts.person(said["ppk"])), ("Surat pesanan", said["order_number"]),
            ("Surat penawaran", f"Nomor {_DOTS}\nTanggal {_DOTS}"),
            ("HPS", rupiah(said["estimate"]) if said["estimate"] else _DOTS),
            ("Waktu pelaksanaan", f"{said['days']} hari, {parts.day(said['begins'])} sampai {parts.day(said['ends'])}"),
        ]
    )  # fmt: skip
    parts.draw_budget(paper, said["budget"])
    parts.draw_seller(paper, said["seller"])
    paper.subheading("Pekerjaan dan nilai")
    parts.draw_lines(paper, said)
    paper.subheading("Ketentuan umum")
    for number, words in enumerate(_TERMS, 1):
        paper.paragraph(f"{number}. {words}", size=10)
    paper.signatures(
        [("PPK", parts.person(said["ppk"])), ("Penyedia", said["seller"]["owner"] or said["seller"]["name"])]
    )
    end(paper)
    return paper.content()


KIND: Final = Kind(
    code="spk",
    title=_TITLE,
    series="SPK",
    gather=gather,
    draw=draw,
    automatic=False,
    by=frozenset({Role.PPK.value}),
    needs=(
        Need("ppk.nip", "NIP PPK belum diisi.", PROFILE),
        Need("budget.rup_code", "Kode RUP paket belum ada.", OFFICE),
        Need("budget.account_code", "Kode rekening paket belum ada.", OFFICE),
        *parts.SELLER_NEEDS,
    ),
    parties={
        "ppk": Party("PPK", frozenset({Role.PPK.value}), hands=True),
        "seller": Party("Penyedia", frozenset({Role.VENDOR_OWNER.value})),
    },
)
