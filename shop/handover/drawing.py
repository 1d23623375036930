"""BAP and BAST as PDF, in Indonesian, the language of the files they go into. Drawn from the frozen content alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from shop.base.clock import local, long_day
from shop.base.money import rupiah
from shop.handover import photos, reasons
from shop.handover.papers import KINDS, PaperView
from shop.papers.pdf import End, Paper, nothing
from shop.storage.files import FileStore

_CHOICES: Final = {
    "complete": "Lengkap",
    "replace": "Sebagian diterima, sisanya diantar lagi",
    "adjust": "Dibayar yang diterima saja",
    "later": "Ada yang kurang; diputuskan sesudah semua tempat diperiksa",
}
_UNSURE: Final = (
    "Diterima otomatis: barang tidak diperiksa sampai batas waktu dan tidak ada pengaduan. "
    "Batas waktu ini kebijakan kami; dasar hukumnya belum pasti."
)
_PHOTOS: Final = 6


def draw(view: PaperView, files: FileStore, end: End = nothing) -> bytes:
    """Return the PDF of a paper. The same content and signatures give the same bytes."""
    title = f"{KINDS[view.kind]} {view.number}"
    said = view.content
    paper = Paper(title, view.issued_at, below=title)
    paper.heading(KINDS[view.kind])
    paper.facts(_head(said))
    if said["automatic"]:
        paper.paragraph(_UNSURE, bold=True)
    _places(paper, said)
    if view.kind == "BAP":
        _inspection(paper, said)
        _photos(paper, view, files)
    else:
        _value(paper, said)
    _signatures(paper, view)
    if end is nothing:
        paper.note(f"Sidik isi dokumen (SHA-256): {view.fingerprint}")
    end(paper)
    return paper.content()


def _head(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = [
        ("Nomor", said["number"]),
        ("Tanggal", _day(said["issued_on"])),
        ("Surat pesanan", f"{said['order_number']}, {_day(said['ordered_on'])}"),
        ("BAP", said.get("bap_number", "")),
        ("Kantor", said["office"]),
        ("PPK", said["officer"] or "tidak memeriksa sampai batas waktu"),
        ("Penyedia", said["vendor"]),
        ("Keperluan", said["purpose"]),
        ("Tempat", f"{len(places)} tempat, dirinci di bawah" if (places := said.get("places")) else said["address"]),
    ]
    return [(label, value) for label, value in pairs if value]


def _places(paper: Paper, said: Mapping[str, Any]) -> None:
    """List where what was received, for an order to several places."""
    rows = [
        [f"{place['number']}. {place['address']}", line["name"], f"{line['received']} {line['unit']}"]
        for place in said.get("places", ())
        for line in place["lines"]
    ]
    if rows:
        paper.subheading("Tempat")
        paper.table(["Tempat", "Barang", "Diterima"], rows, ["L", "L", "R"], widths=[45, 35, 20])


def _inspection(paper: Paper, said: Mapping[str, Any]) -> None:
    paper.subheading("Hasil pemeriksaan")
    rows = [
        [
            line["name"], f"{line['ordered']} {line['unit']}", str(line["received"]),
            str(max(0, line["ordered"] - line["received"])),
            ", ".join(dict.fromkeys(reasons.REFUSED.get(code, code) for code in line["reasons"])) or "-",
        ]
        for line in said["inspected"]
    ]  # fmt: skip
    heads = ["Barang", "Dipesan", "Diterima", "Tidak diterima", "Alasan ditolak"]
    paper.table(heads, rows, ["L", "R", "R", "R", "L"], widths=[32, 15, 12, 17, 24])
    for receipt in said["receipts"]:
        by = receipt["by"] or "otomatis"
        paper.paragraph(
            f"Pemeriksaan ke-{receipt['number']}{f' di tempat {place}' if (place := receipt.get('place')) else ''}, {_moment(receipt['at'])}, oleh {by}: {_CHOICES[receipt['choice']]}."
        )
        if receipt["note"]:
            paper.note(f"Catatan: {receipt['note']}")
        if receipt["assumed"]:
            paper.note("Penyedia tidak membantah kekurangan sampai batas waktu, jadi dianggap benar.")


def _photos(paper: Paper, view: PaperView, files: FileStore) -> None:
    if not view.photo_keys:
        return
    paper.subheading("Foto")
    paper.note("; ".join(f"{number}. {key[:16]}" for number, key in enumerate(view.photo_keys, 1)))
    for number, key in enumerate(view.photo_keys[:_PHOTOS], 1):
        content = files.path(photos.stored(key, photos.SMALL)).read_bytes()
        paper.picture(content, alt=f"Foto {number} dari serah terima", width=80)


def _value(paper: Paper, said: Mapping[str, Any]) -> None:
    paper.paragraph(
        "Penyedia menyerahkan dan PPK menerima barang berikut dalam keadaan baik, sesuai hasil pemeriksaan. "
        f"Kemajuan pekerjaan {said['progress']} %."
    )
    rows = [
        [x["name"], f"{x['quantity']} {x['unit']}", rupiah(x["unit_price"]), rupiah(x["amount"])] for x in said["lines"]
    ]
    if said["shipping"]:
        rows.append(["Ongkos kirim", "", "", rupiah(said["shipping"])])
    total = ["Nilai yang dibayar", "", "", rupiah(said["total"])]
    paper.table(
        ["Barang", "Jumlah", "Harga", "Nilai"], rows, ["L", "R", "R", "R"], widths=[46, 18, 18, 18], total=total
    )
    paper.paragraph(f"Diterima {_moment(said['received_at'])}.")
    if said["pay_by"]:
        paper.paragraph(f"Dibayar paling lambat {_moment(said['pay_by'])}.")


def _signatures(paper: Paper, view: PaperView) -> None:
    signed, said = view.signed, view.content
    paper.subheading("Persetujuan")
    office = (
        f"PPK {signed.office_name} menandatangani secara elektronik pada {_written(signed.office_at)}."
        if signed.office_name
        else f"PPK tidak memeriksa; diterima otomatis pada {_written(signed.office_at)}."
    )
    if signed.vendor_at is None:
        vendor = f"Penyedia belum menandatangani; dianggap setuju bila diam sampai {_written(signed.answer_by)}."
    elif signed.vendor_name:
        vendor = f"Penyedia, {signed.vendor_name}, menandatangani secara elektronik pada {_written(signed.vendor_at)}."
    else:
        vendor = (
            f"Penyedia tidak menjawab sampai {_written(signed.answer_by)}, jadi dianggap setuju secara otomatis. "
            "Batas waktu ini kebijakan kami; dasar hukumnya belum pasti."
        )
    paper.paragraph(office)
    paper.paragraph(vendor)
    paper.signatures([("PPK", signed.office_name or "(otomatis)"), ("Penyedia", signed.vendor_name or said["vendor"])])


def _day(text: str) -> str:
    return long_day(date.fromisoformat(text))


def _moment(text: str) -> str:
    return _written(datetime.fromisoformat(text))


def _written(at: datetime) -> str:
    here = local(at)
    return f"{long_day(here.date())} pukul {here:%H.%M} WIB"
