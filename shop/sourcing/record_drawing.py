"""The comparison record and the defence of an order as PDF. In Indonesian, the language of those who audit them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from shop.base.clock import stamp
from shop.base.money import percent, rupiah
from shop.catalog import browsing, listing, places
from shop.catalog.categories import shelves
from shop.orders import states
from shop.orders.reading import OrderView
from shop.papers.pdf import End, Paper, nothing
from shop.papers.ruled import Align
from shop.sourcing.defence import Defence
from shop.sourcing.record_reading import ASKED, KINDS, Record

_EVIDENCE: Final = {"certified": "Bersertifikat", "self_declared": "Pernyataan mandiri", "none": "Tanpa TKDN"}
_STEPS: Final = {
    1: "Tahap 1 (ada TKDN + BMP 40 %; dibeli TKDN 25 % ke atas)",
    2: "Tahap 2 (dibeli TKDN 25 % ke atas)",
    3: "Tahap 3 (boleh TKDN bersertifikat di bawah 25 %)",
    4: "Tahap 4 (boleh PDN tercatat di SIINas)",
}


def record_pdf(order: OrderView, record: Record | None, now: datetime, end: End = nothing) -> bytes:
    """Draw the comparison record of an order."""
    title = f"Catatan perbandingan {order.number}"
    paper = Paper(title, now, below=title)
    paper.heading("Catatan perbandingan")
    paper.facts(
        [("Surat pesanan", order.number), ("Kantor", order.case.office_name), ("Produsen", order.case.vendor_name)]
    )
    _record(paper, record)
    end(paper)
    return paper.content()


def _record(paper: Paper, record: Record | None) -> None:
    if record is None:
        paper.paragraph("Pesanan ini tidak punya catatan perbandingan.")
        return
    paper.facts(
        [("Dibekukan", f"{stamp(record.made_at)} oleh {record.made_by}"), ("Sidik isi (SHA-256)", record.fingerprint)]
    )
    if not record.intact:
        paper.paragraph("PERHATIAN: isi catatan tidak cocok dengan sidiknya.", bold=True)
    if not record.searched:
        paper.paragraph(record.unsearched)
    for line in record.lines:
        _line(paper, record, line)
    if record.steps:
        paper.subheading("Yang dicari dan dilihat")
        rows = [
            [stamp(s["at"]), KINDS.get(s["kind"], s["kind"]), asked(s["asked"]), str(len(s["seen"]))]
            for s in record.steps
        ]
        _table(paper, ("Waktu", "Langkah", "Yang diminta", "Hasil dilihat"), rows, "LLLR", (24, 24, 40, 12))


def _line(paper: Paper, record: Record, line: Mapping[str, Any]) -> None:
    paper.subheading(f"{line['name']}, {line['quantity']} {line['unit']} × {rupiah(line['unit_price'])}")
    facts = [
        (
            "Alasan memilih",
            record.reason(line) or "Tidak diperlukan: pilihan pertama dan termurah, atau tanpa pembanding",
        )
    ]
    if line.get("agreement"):
        facts.append((record.source(line), f"{rupiah(line['unit_price'])}, nomor {line['agreement']['id']}"))
    if line["words"]:
        facts.append(("Penjelasan", line["words"]))
    if line["imported"]:
        facts.append(("Alasan membeli impor", line["import_words"]))
    paper.facts([*facts, *price_facts(line)])
    if len(line["equals"]) > 1:
        rows = [
            [
                e["name"] + (" (dipilih)" if e["product_id"] == line["product_id"] else ""), e["vendor"],
                rupiah(e["unit_price"]), f"{_EVIDENCE[e['evidence']]} {percent(e['tkdn_bp'])}", "ya" if e["compared"] else "",
            ] for e in line["equals"]
        ]  # fmt: skip
        _table(
            paper, ("Yang memenuhi", "Produsen", "Harga", "TKDN", "Dibandingkan"), rows, "LLRLL", (34, 26, 15, 25, 16)
        )


def price_facts(line: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a frozen line's price was held against, in words."""
    facts = []
    if band := line["band"]:
        where = "di kecamatan tujuan" if band["kecamatan"] else "di seluruh Jakarta"
        text = f"{rupiah(band['low'])} sampai {rupiah(band['high'])}, tengah {rupiah(band['middle'])} ({band['lines']} baris dibayar {where})"
        facts.append(("Kisaran wajar", text))
    if top := line["ceiling"]:
        per = "orang" if top["per"] == "person" else "satuan"
        over = "MELEWATI pagu" if top["over"] else "tidak melewati pagu"
        sure = ", belum pasti" if top["confidence"] == "L" else ""
        facts.append(
            (
                "Pagu satuan",
                f"{rupiah(top['held'])} per {per}, pagu {rupiah(top['amount'])}: {over}. {top['source']}{sure}",
            )
        )
    if step := line["preference"]:
        words = (
            _STEPS.get(step["tier"], "Belum ada produk ber-TKDN; PDN mana pun")
            if step["industrial"]
            else "Bukan produk industri: TKDN tidak disyaratkan"
        )
        facts.append(("Urutan PDN", f"{words}. {step['source']} (keyakinan {step['confidence']})"))
    return facts


def asked(what: Mapping[str, Any], say: Callable[[str], str] = str) -> str:
    """Return what was asked in words: `Kata: snack · Jumlah orang: 30`. `say` translates."""
    return (
        " · ".join(f"{say(ASKED.get(name, name))}: {_value(name, value, say)}" for name, value in what.items()) or "–"
    )


def _value(name: str, value: Any, say: Callable[[str], str]) -> str:
    """Return a value as people chose it; several stand after commas."""
    parts = [str(v) for v in value] if isinstance(value, list) else str(value).split(", ")
    if name == "category":
        return ", ".join(shelves()[v].name_id if v in shelves() else v for v in parts)
    if name == "kecamatan":
        return ", ".join(places.kecamatan().get(v, v) for v in parts)
    if name in browsing.FLAGS:
        return say("Ya" if value == "1" else "Tidak")
    words = {"sort": dict(listing.SORT_LABELS)}.get(name, listing.LABELS if name in {"evidence", "tkdn_band"} else {})
    return ", ".join(say(words[v]) if v in words else v for v in parts)


def defence_pdf(found: Defence, parts: Iterable[tuple[str, Sequence[tuple[str, str]]]], now: datetime) -> bytes:
    """Draw the whole defence. `parts`: (heading, facts) of other rooms that have something for the paper."""
    order, case = found.dossier.order, found.dossier.order.case
    title = f"Berkas pertanggungjawaban {order.number}"
    paper = Paper(title, now, below=title)
    paper.heading("Berkas pertanggungjawaban")
    paper.facts([
        ("Surat pesanan", order.number), ("Keadaan", states.LABELS[order.state]), ("Keperluan", order.purpose),
        ("Kantor", case.office_name), ("Produsen", case.vendor_name),
        ("Untuk", f"{order.headcount} orang" if order.headcount else "–"), ("Diminta tiba", stamp(order.deliver_at)),
        ("Nilai", rupiah(order.total) + (f", termasuk ongkos kirim {rupiah(order.shipping)}" if order.shipping else "")),
    ])  # fmt: skip
    _ground(paper, found)
    _goods(paper, found)
    paper.subheading("Mengapa yang ini")
    _record(paper, found.record)
    for heading, facts in parts:
        paper.subheading(heading)
        paper.facts(facts)
    _hands(paper, found)
    return paper.content()


def _ground(paper: Paper, found: Defence) -> None:
    package = found.package
    paper.subheading("Dasar anggaran")
    paper.facts([
        ("Paket RUP", f"{package.rup_code} · {package.name}"), ("Tahun dan sumber dana", f"{package.year} · {package.fund_source}"),
        ("Kode rekening", package.account_code), ("Metode", package.method),
        ("Pagu paket", f"{rupiah(package.pagu)}; terikat {rupiah(package.reserved)}, dibayar {rupiah(package.realised)}"),
        ("Dokumen", "; ".join(f"{d.kind.upper()} {d.title}" for d in found.documents) or "–"),
    ])  # fmt: skip
    if found.paper:
        paper.note(f"Bukti perjanjian untuk nilai ini: surat pesanan dan {found.paper.name}. {found.paper.source}")


def _goods(paper: Paper, found: Defence) -> None:
    order = found.dossier.order
    paper.subheading("Barang seperti saat dipesan")
    rows = [
        [x.name, f"{x.quantity} {x.unit}", rupiah(x.unit_price), rupiah(x.amount),
         f"{_EVIDENCE[x.evidence]} {percent(x.tkdn_bp)}" + (f"\n{x.certificate_number} s.d. {_day(x.certificate_until)}" if x.certificate_number else ""),
         " ".join(word for word, on in (("PDN", x.pdn), ("UMK", x.umk), ("Halal", x.halal)) if on)]
        for x in order.lines
    ]  # fmt: skip
    _table(
        paper, ("Barang", "Jumlah", "Harga", "Nilai", "Bukti TKDN", "Tanda"), rows, "LRRRLL", (30, 14, 14, 16, 30, 14)
    )
    weighed = order.measures
    paper.note(
        f"Nilai PDN {rupiah(weighed.pdn_value)}, bersertifikat {rupiah(weighed.pdn_certified)}, tertimbang TKDN {rupiah(weighed.tkdn_weighted)}, UMK {rupiah(weighed.umk_value)}."
    )


def _day(day: date | None) -> str:
    return day.strftime("%d-%m-%Y") if day else "–"


def _hands(paper: Paper, found: Defence) -> None:
    paper.subheading("Siapa melakukan apa")
    _table(paper, ("Tugas", "Nama", "Peran", "Waktu"), [[h.duty, h.name, h.role_label, stamp(h.at)] for h in found.hands],
           "LLLL", (28, 28, 22, 22))  # fmt: skip
    if found.dossier.order.relaxed:
        paper.note(
            "Pada pesanan ini satu orang memegang dua tugas, karena kantor melonggarkan pemisahan tugas secara terbuka."
        )
    paid = found.dossier.payment
    if paid:
        paper.facts(
            [
                (
                    "Pembayaran",
                    f"{rupiah(paid.amount)} pada {_day(paid.paid_on)}, bukti {paid.reference}, pajak dipungut {rupiah(paid.withheld)}",
                )
            ]
        )
    paper.subheading("Jejak")
    chain = found.chain
    paper.facts([
        ("Catatan jejak", f"{chain.entries}, sidik tiap catatan {'cocok' if chain.intact else 'TIDAK COCOK'}, rantai ke catatan sebelumnya {'utuh' if chain.linked else 'PUTUS'}"),
        ("Sidik catatan terakhir", chain.tip),
    ])  # fmt: skip
    rows = [[stamp(e.at), e.who, _said(e)] for e in found.dossier.events]
    _table(paper, ("Waktu", "Siapa", "Apa"), rows, "LLL", (26, 28, 46))


def _said(event: Any) -> str:
    said = [msgid % params if params else msgid for msgid, params in (event.sentence, *event.notes)]
    return " ".join([*said, f"“{event.words}”" if event.words else ""]).strip()


def _table(
    paper: Paper, heads: Sequence[str], rows: Sequence[Sequence[str]], aligns: str, widths: Sequence[int]
) -> None:
    sides: list[Align] = ["R" if letter == "R" else "L" for letter in aligns]
    paper.table(heads, rows, sides, widths=widths, size=8)
