"""What several papers say in the same way: the two sides, the lines, the money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from shop.accounts.permissions import Role
from shop.base.clock import local_day, long_day
from shop.base.money import percent, rupiah
from shop.documents.kind import VENDOR, Need

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.papers.pdf import Paper

_EVIDENCE: Final = {"certified": "TKDN bersertifikat", "self_declared": "TKDN pernyataan mandiri", "none": "tanpa TKDN"}
BUYERS: Final = frozenset({Role.PP.value, Role.PPK.value})
SELLERS: Final = frozenset({Role.VENDOR_OWNER.value, Role.VENDOR_STAFF.value})
SELLER_NEEDS: Final = (
    Need("seller.name", "Nama usaha produsen belum diisi.", VENDOR),
    Need("seller.nib", "NIB produsen belum diisi.", VENDOR),
    Need("seller.tax_number", "NPWP atau NIK produsen belum diisi.", VENDOR),
    Need("seller.address", "Alamat produsen belum diisi.", VENDOR),
    Need("seller.bank_account", "Nomor rekening produsen belum diisi.", VENDOR),
)


def office(ground: Ground) -> dict[str, str]:
    """Return the office as papers name it."""
    row = ground.office
    return {"name": row.name, "code": row.code, "address": row.address, "npwp": row.npwp or ""}


def seller(ground: Ground) -> dict[str, str]:
    """Return the producer with full numbers: official papers need them, and only those who take part read those."""
    row = ground.vendor
    return {
        "name": ground.order.vendor_name, "owner": row.owner_name, "nib": row.nib or "",
        "tax_label": "NPWP" if row.npwp else "NIK", "tax_number": row.npwp or row.nik or "",
        "address": row.address, "bank_name": row.bank_name, "bank_account": row.bank_account,
        "bank_holder": row.bank_holder,
    }  # fmt: skip


def lines(ground: Ground) -> list[dict[str, Any]]:
    """Return the lines as they were photographed at ordering. Rupiah, basis points."""
    return [
        {
            "name": line.product_name, "note": line.note, "quantity": line.quantity, "unit": line.unit,
            "list_price": line.list_price, "unit_price": line.unit_price, "amount": line.amount, "pdn": line.pdn,
            "evidence": line.evidence, "tkdn_bp": line.tkdn_bp, "bmp_bp": line.bmp_bp,
            "certificate": line.certificate_number or "",
        }
        for line in ground.order.lines
    ]  # fmt: skip


def budget(ground: Ground) -> dict[str, Any]:
    """Return what the budget says: RUP, sub kegiatan, account code, source of funds, year."""
    package = ground.package
    return {
        "rup_code": package.rup_code, "package": package.name, "activity": package.mak,
        "account_code": ground.order.account_code, "account_name": ground.account_name,
        "fund_source": package.fund_source, "year": package.year,
    }  # fmt: skip


def draw_seller(paper: Paper, said: Mapping[str, str]) -> None:
    """Write the producer under a head of its own."""
    paper.subheading("Penyedia")
    bank = " ".join(x for x in (said["bank_name"], said["bank_account"]) if x)
    pairs = [
        ("Nama", said["name"]), ("Pemilik", said["owner"]), ("NIB", said["nib"]),
        (said["tax_label"], said["tax_number"]), ("Alamat", said["address"]),
        ("Rekening", f"{bank} atas nama {said['bank_holder']}" if bank and said["bank_holder"] else bank),
    ]  # fmt: skip
    paper.facts((label, value) for label, value in pairs if value)


def draw_budget(paper: Paper, said: Mapping[str, Any]) -> None:
    """Write what the budget says under a head of its own."""
    paper.subheading("Anggaran")
    account = f"{said['account_code']} {said['account_name']}".strip()
    pairs = [
        ("Kode RUP", said["rup_code"]), ("Paket", said["package"]), ("Sub kegiatan", said["activity"]),
        ("Kode rekening", account), ("Sumber dana", f"{said['fund_source']} tahun {said['year']}"),
    ]  # fmt: skip
    paper.facts((label, value) for label, value in pairs if value)


def draw_lines(paper: Paper, content: Mapping[str, Any]) -> None:
    """Draw the table of goods with delivery and total. Prices include taxes, as the catalogue shows them."""
    rows = [
        [_goods(line), f"{line['quantity']} {line['unit']}", rupiah(line["list_price"]), rupiah(line["unit_price"]),
         rupiah(line["amount"])]
        for line in content["lines"]
    ]  # fmt: skip
    rows.append(["Ongkos kirim", "", "", "", rupiah(content["shipping"])])
    paper.table(
        ["Barang", "Jumlah", "Harga daftar", "Harga", "Nilai"], rows, ["L", "R", "R", "R", "R"],
        widths=[44, 14, 14, 14, 14], total=["Jumlah", "", "", "", rupiah(content["total"])],
    )  # fmt: skip
    paper.paragraph(f"Terbilang: {content['words']}.", bold=True)


def _goods(line: Mapping[str, Any]) -> str:
    tkdn = _EVIDENCE[line["evidence"]]
    if line["tkdn_bp"]:
        tkdn += f" {percent(line['tkdn_bp'])}"
    if line["bmp_bp"]:
        tkdn += f", BMP {percent(line['bmp_bp'])}"
    if line["certificate"]:
        tkdn += f", nomor {line['certificate']}"
    less = line["list_price"] - line["unit_price"]
    cut = f"Potongan {rupiah(less)} per {line['unit']}" if less > 0 else ""
    return "\n".join(
        x for x in (line["name"], line["note"], f"{tkdn}; {'PDN' if line['pdn'] else 'bukan PDN'}", cut) if x
    )


def iso_day(moment: datetime | None) -> str:
    """Return the Jakarta day of a moment as contents keep it, empty for none."""
    return local_day(moment).isoformat() if moment else ""


def day(text: str) -> str:
    """Write an ISO day of a content, nothing for none."""
    return long_day(date.fromisoformat(text)) if text else ""


def person(said: Mapping[str, Any]) -> str:
    """Write somebody with the NIP, when there is one."""
    return f"{said['name']}, NIP {said['nip']}" if said["nip"] else str(said["name"])
