"""Surat Pesanan: what the office ordered and the producer accepted. Its number is the order's own.

In e-purchasing it is the contract, at any value (Perpres 16/2018 art. 28 as amended by 12/2021).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from shop.base.clock import local_day, stamp
from shop.base.terbilang import terbilang
from shop.db import session
from shop.documents import taxes
from shop.documents.kind import OFFICE, PROFILE, Kind, Need, Party
from shop.documents.kinds import parts
from shop.orders import places, terms
from shop.papers.pdf import Paper
from shop.reference import regions

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued
    from shop.papers.pdf import End
    from shop.storage.files import FileStore

_TITLE: Final = "Surat Pesanan"
_AGREED: Final = ("confirm", "agree", "addendum")
"""Steps in which one side says yes to what the other side asked for."""
_SANCTIONS: Final = (
    "Barang yang tidak sesuai pesanan boleh ditolak dan diganti tanpa biaya tambahan.",
    "Penyedia yang tidak memenuhi pesanan dikenai sanksi menurut Perpres 16/2018 pasal 78 dan perubahannya.",
    "Pembayaran dilakukan setelah barang diterima (UU 1/2004 pasal 21).",
)


def gather(ground: Ground) -> dict[str, Any]:
    """Return everything the surat pesanan says."""
    order = ground.order
    accept_by = order.placed_at + timedelta(hours=terms.accept_hours(local_day(order.placed_at)))
    stops = places.of_order(order.id)
    place = regions.regions(session).get(order.deliver_kecamatan)
    return {
        "number": order.number, "ordered_on": parts.iso_day(order.placed_at), "office": parts.office(ground),
        "officer": dict(ground.person(order.placed_by)),
        "officer_for": ground.person(order.placed_for)["name"],
        "ppk": dict(ground.person(ground.package.ppk_id)), "budget": parts.budget(ground), "seller": parts.seller(ground),
        "purpose": order.purpose, "headcount": order.headcount, "lines": parts.lines(ground), "shipping": order.shipping,
        "total": order.total, "words": terbilang(order.total),
        "deliver_to": f"{order.deliver_address}, {place.name if place else order.deliver_kecamatan}",
        "places": [f"{stop.number}. {stop.address}, {stop.kecamatan}" for stop in stops],
        "deliver_at": stamp(order.deliver_at), "accept_by": stamp(accept_by),
        "accepted_at": stamp(order.confirmed_at),
    }  # fmt: skip


def draw(issued: Issued, files: FileStore, end: End) -> bytes:  # noqa: ARG001 - as every kind
    """Draw it from its frozen content."""
    said = issued.content
    paper = Paper(f"{_TITLE} {issued.number}", issued.issued_at)
    paper.heading(_TITLE)
    instead = f" (menggantikan {said['officer_for']})" if said["officer_for"] else ""
    pairs = [
        ("Nomor", issued.number), ("Tanggal", parts.day(said["ordered_on"])),
        ("Perangkat daerah", said["office"]["name"]), ("Alamat", said["office"]["address"]),
        ("NPWP", said["office"]["npwp"]), ("Pejabat Pengadaan", parts.person(said["officer"]) + instead),
        ("PPK", parts.person(said["ppk"])), ("Keperluan", said["purpose"]),
        ("Untuk", f"{said['headcount']} orang" if said["headcount"] else ""),
    ]  # fmt: skip
    paper.facts((label, value) for label, value in pairs if value)
    parts.draw_budget(paper, said["budget"])
    parts.draw_seller(paper, said["seller"])
    paper.subheading("Yang dipesan")
    parts.draw_lines(paper, said)
    _draw_taxes(paper, issued)
    paper.note("Harga sudah termasuk pajak yang berlaku. TKDN, BMP, dan PDN dicatat seperti pada hari pesanan dikirim.")
    paper.subheading("Pengiriman dan syarat")
    where = "\n".join(said["places"]) or said["deliver_to"]
    paper.facts(
        [("Dikirim ke", where), ("Waktu tersaji", said["deliver_at"]), ("Batas penyedia menjawab", said["accept_by"]),
         ("Diterima penyedia", said["accepted_at"])]
    )  # fmt: skip
    for number, words in enumerate(_SANCTIONS, 1):
        paper.paragraph(f"{number}. {words}", size=10)
    end(paper)
    return paper.content()


def _guess(ground: Ground) -> dict[str, Any]:
    return {"taxes": taxes.estimate(ground)}


def _draw_taxes(paper: Paper, issued: Issued) -> None:
    """Draw the taxes inside the price as they were expected on the day of issuing."""
    found = issued.content.get("guess", {}).get("taxes")
    if not found:
        return
    paper.subheading("Perkiraan pajak di dalam harga")
    taxes.draw(paper, found, issued.content["total"], found["treasurer"])
    words = f"Perkiraan menurut aturan {parts.day(issued.content['issued_on'])}; yang berlaku dihitung pada hari pembayaran."
    paper.note(f"{words} {taxes.sources(found)}".strip())


KIND: Final = Kind(
    code="surat_pesanan",
    title=_TITLE,
    series="SP",
    gather=gather,
    draw=draw,
    guess=_guess,
    renewed_by={"addendum": "Addendum ditandatangani kedua pihak."},
    needs=(
        Need("officer.nip", "NIP pejabat yang memesan belum diisi.", PROFILE),
        Need("budget.rup_code", "Kode RUP paket belum ada.", OFFICE),
        Need("budget.account_code", "Kode rekening paket belum ada.", OFFICE),
        *parts.SELLER_NEEDS,
        Need("office.address", "Alamat kantor belum diisi.", OFFICE, blocks=False),
        Need("office.npwp", "NPWP kantor belum diisi.", OFFICE, blocks=False),
    ),
    parties={
        "buyer": Party("Pejabat Pengadaan atau PPK", parts.BUYERS, hands=True, steps=_AGREED),
        "seller": Party("Penyedia", parts.SELLERS, steps=_AGREED),
    },
)
