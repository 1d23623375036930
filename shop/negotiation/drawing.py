"""Berita Acara as PDF: of a negotiation with all its versions, of a competition with all bids side by side. In Indonesian."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shop.base.clock import stamp
from shop.base.money import percent, rupiah
from shop.negotiation.competitions import Tender
from shop.negotiation.reading import Talk, Version
from shop.negotiation.reasons import LABELS, OUT
from shop.papers.pdf import End, Paper, nothing

_SIDES: Final = {"buyer": "Kantor", "vendor": "Produsen"}
_EVIDENCE: Final = {"certified": "bersertifikat", "self_declared": "pernyataan mandiri", "none": "tanpa TKDN"}
_WHY: Final = {"able": "ditemukan katalog", "added": "ditambahkan Pejabat Pengadaan"}


def talk_pdf(found: Talk, places: Mapping[str, str], now: datetime, end: End = nothing) -> bytes:
    """Draw the Berita Acara Negosiasi; `places` are names of kecamatan by code."""
    title = f"Berita Acara Negosiasi {found.record_number}"
    paper = Paper(title, now, below=title)
    paper.heading("Berita Acara Negosiasi")
    paper.facts(
        [
            ("Nomor", found.record_number),
            ("Kantor", found.office_name),
            ("Pejabat Pengadaan", found.opened_by_name),
            ("Produsen", found.vendor_name),
            ("Keperluan", found.purpose),
            ("Paket RUP", f"{found.rup_code} · {found.package_name}"),
            ("Dibuka", stamp(found.opened_at)),
            ("Sepakat", f"{stamp(found.ended_at)} oleh {found.ended_by_name}"),
            ("Harga berlaku sampai", stamp(found.valid_until)),
        ]
    )
    paper.subheading("Yang disepakati")
    _terms(paper, found.last, places)
    paper.subheading("Jalannya tawar-menawar")
    for version in found.versions:
        head = f"Versi {version.number} · {_SIDES[version.side]}, {version.who}, {stamp(version.at)}"
        paper.paragraph(head, bold=True)
        _terms(paper, version, places)
    paper.note(
        "Setiap versi disimpan seperti saat diajukan dan tidak dapat diubah. Harga daftar adalah harga katalog pada saat itu "
        "untuk jumlah yang sama. Harga di luar ongkos kirim."
    )
    paper.signatures([("Pejabat Pengadaan", found.opened_by_name), ("Produsen", found.vendor_name)])
    end(paper)
    return paper.content()


def _terms(paper: Paper, version: Version, places: Mapping[str, str]) -> None:
    place = f"{version.deliver_address}, {places.get(version.deliver_kecamatan, '')}"
    paper.facts([("Dikirim", stamp(version.deliver_at)), ("Ke", place)])
    rows = []
    for line in version.lines:
        said = [line["name"], line["contents"], f"Di atas harga daftar karena: {line['why']}" if line["why"] else ""]
        amount = rupiah(line["quantity"] * line["unit_price"])
        count = f"{line['quantity']} {line['unit']}"
        words = "\n".join(x for x in said if x)
        rows.append([words, count, rupiah(line["list_price"]), rupiah(line["unit_price"]), amount])
    paper.table(
        ["Barang dan isinya", "Jumlah", "Harga daftar", "Harga", "Nilai"],
        rows,
        ["L", "R", "R", "R", "R"],
        widths=[40, 15, 15, 15, 15],
        total=["Jumlah", "", "", "", rupiah(version.total)],
    )
    if version.words:
        paper.note(f"Pesan: {version.words}")


def tender_pdf(found: Tender, places: Mapping[str, str], now: datetime, end: End = nothing) -> bytes:
    """Draw the Berita Acara of a competition with the comparison of all bids; of a sealed end only that it ended."""
    row = found.row
    title = f"Berita Acara Mini-Kompetisi {row.record_number}"
    paper = Paper(title, now, below=title)
    paper.heading("Berita Acara Mini-Kompetisi")
    place = f"{row.deliver_address}, {places.get(row.deliver_kecamatan, '')}"
    ended = "Pemenang ditetapkan" if row.state == "awarded" else "Ditutup tanpa pemenang"
    paper.facts(
        [
            ("Nomor", row.record_number),
            ("Kantor", found.office_name),
            ("Pejabat Pengadaan", found.made_by_name),
            ("Keperluan", row.purpose),
            *([("Uraian", row.need)] if row.need else []),
            ("Paket RUP", f"{found.rup_code} · {found.package_name}"),
            ("Dikirim", f"{stamp(row.deliver_at)}, {place}"),
            ("Permintaan dikirim", stamp(row.made_at)),
            ("Batas menawar", stamp(row.deadline) + (" (diperpanjang satu kali)" if row.extended_at else "")),
            ("Amplop dibuka", stamp(row.opened_at) if row.opened_at else "tidak dibuka"),
            (ended, f"{stamp(row.ended_at)} oleh {found.ended_by_name}"),
            *([("Harga berlaku sampai", stamp(row.valid_until))] if row.valid_until else []),
        ]
    )
    for label, words in (("Dibuka walau kurang karena", row.open_words), ("Alasan ditutup", row.end_words)):
        if words:
            paper.paragraph(f"{label}: {words}")
    _asked(paper, found)
    if row.opened_at is not None:
        _comparison(paper, found)
    paper.signatures([("Pejabat Pengadaan", found.made_by_name)])
    end(paper)
    return paper.content()


def _asked(paper: Paper, found: Tender) -> None:
    paper.subheading("Produsen yang diminta menawar")
    came = {bid.vendor_id: bid for bid in found.envelopes}
    rows = []
    for invite in found.invites:
        bid = came.get(invite.vendor_id)
        told = (stamp(bid.at), bid.seal[:16], "cocok" if bid.intact else "TIDAK COCOK") if bid else ("–", "–", "–")
        if found.row.opened_at is None:
            told = ("tetap tertutup",) * 3
        rows.append([invite.vendor_name, _WHY[invite.why], *told])
    heads = ["Produsen", "Dipilih", "Penawaran masuk", "Segel", "Diperiksa"]
    paper.table(heads, rows, ["L", "L", "L", "L", "L"], widths=[28, 22, 20, 19, 11])
    paper.note(
        "Segel adalah sidik SHA-256 isi penawaran, tercatat di jejak audit pada saat penawaran masuk. Cocok berarti isinya "
        "tidak berubah sejak itu."
    )


def _comparison(paper: Paper, found: Tender) -> None:
    paper.subheading("Perbandingan penawaran per barang")
    for line in found.lines:
        ceiling = f", paling tinggi {rupiah(line.ceiling)}" if line.ceiling else ""
        paper.paragraph(f"{line.position + 1}. {line.need}: {line.quantity} {line.unit}{ceiling}", bold=True)
        rows = []
        for entry in found.table.get(line.id, ()):
            said = [entry.name, entry.note, f"Di atas harga daftar karena: {entry.why}" if entry.why else ""]
            tkdn = _EVIDENCE[entry.evidence] + (f" {percent(entry.tkdn_bp)}" if entry.tkdn_bp else "")
            place = str(entry.rank) if entry.rank else OUT.get(entry.out, "")
            won = " (menang)" if entry.vendor_id == line.won_vendor_id else ""
            rows.append(
                [place + won, entry.vendor_name, "\n".join(x for x in said if x), tkdn, rupiah(entry.unit_price)]
            )
        if rows:
            heads = ["Urutan", "Produsen", "Produk", "TKDN", "Harga satuan"]
            paper.table(heads, rows, ["L", "L", "L", "L", "R"], widths=[15, 23, 30, 17, 15])
        else:
            paper.paragraph("Tidak ada penawaran untuk barang ini.")
        if line.reason:
            paper.paragraph(f"Keputusan: {LABELS[line.reason]}. {line.words}")
