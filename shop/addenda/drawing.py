"""The addendum as a PDF both sides can file: what was, what becomes, and who signed when. In Indonesian, like the order."""

from __future__ import annotations

from shop.addenda.reading import ANSWERS, SIDES, AddendumView
from shop.base.clock import stamp
from shop.base.money import rupiah
from shop.orders.reading import OrderView
from shop.papers.pdf import Paper


def title(found: AddendumView, order: OrderView) -> str:
    """Return the name of the paper: with its own number once both have signed."""
    if found.signed_number:
        return f"Addendum ke-{found.signed_number} Surat Pesanan {order.number}"
    return f"Usulan addendum Surat Pesanan {order.number}"


def addendum_pdf(found: AddendumView, order: OrderView) -> bytes:
    """Draw one addendum; the same one gives the same paper again."""
    name = title(found, order)
    paper = Paper(name, found.answered_at or found.made_at, below=name)
    paper.heading(name)
    label, _tone = ANSWERS[found.answer]
    paper.facts(
        [
            ("Kantor", order.case.office_name),
            ("Produsen", order.case.vendor_name),
            ("Paket RUP", f"{order.rup_code} · {order.package_name}"),
            ("Diusulkan oleh", SIDES[found.side]),
            ("Keadaan", label),
            ("Alasan", found.reason),
        ]
    )
    paper.subheading("Yang diubah")
    paper.facts(
        (what, f"{was} menjadi {becomes}")
        for what, was, becomes in (
            ("Tiba pada", stamp(found.old_time), stamp(found.new_time)),
            ("Alamat", found.before["address"], found.after["address"]),
            ("Keperluan", found.before["purpose"], found.after["purpose"]),
        )
        if was != becomes
    )
    paper.table(
        ["Barang", "Semula", "Menjadi", "Harga semula", "Harga menjadi"],
        [
            (
                line.name,
                f"{line.quantity} {line.unit}",
                f"{line.new_quantity} {line.unit}" if line.new_quantity else "tidak ikut",
                rupiah(line.unit_price),
                rupiah(line.new_unit_price) if line.new_quantity else "",
            )
            for line in found.lines
        ],
        ["L", "R", "R", "R", "R"],
        widths=[36, 16, 16, 16, 16],
        total=["Total dengan ongkos kirim", "", "", rupiah(found.before["total"]), rupiah(found.after["total"])],
    )
    paper.paragraph("Hal lain dalam surat pesanan tetap berlaku.")
    paper.subheading("Tanda tangan elektronik di e-Order")
    paper.facts(_signatures(found))
    return paper.content()


def _signatures(found: AddendumView) -> list[tuple[str, str]]:
    other = SIDES["vendor" if found.side == "office" else "office"]
    lines = [(f"{SIDES[found.side]} mengusulkan", f"{found.maker}, {stamp(found.made_at)}")]
    if found.answer == "accepted" and found.answered_at:
        lines.append((f"{other} menyetujui", f"{found.answerer}, {stamp(found.answered_at)}"))
    elif found.answer == "declined" and found.answered_at:
        lines.append((f"{other} menolak", f"{found.answerer}, {stamp(found.answered_at)}: {found.answer_words}"))
    else:
        lines.append((other, "belum menandatangani"))
    return lines
