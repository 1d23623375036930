"""The figures a page shows: each with its numerator, its denominator and the lines it opens to. Pure; words are msgids."""

from __future__ import annotations

from dataclasses import dataclass

from shop.base.money import ratio_bp
from shop.p3dn.rules import Measures


@dataclass(frozen=True, slots=True)
class Figure:
    """One tile. `of` is None for an amount; then `share_bp` stays None as well, as it does without a denominator."""

    measure: str
    label: str
    amount: int
    meaning: str
    of: str | None = None
    of_amount: int = 0
    of_label: str = ""
    target: str = ""
    """Key of the dated rule with the target, in basis points; '' when there is none."""

    @property
    def share_bp(self) -> int | None:
        """The percentage in basis points, None when there is nothing to divide by."""
        return ratio_bp(self.amount, self.of_amount) if self.of else None


def figures(total: Measures) -> tuple[Figure, ...]:
    """Return the tiles of a total: three amounts, then five shares."""
    paid, of_paid = total.paid_total, "Dibayar"
    return (
        Figure("planned", "Direncanakan", total.planned, "Pagu paket RUP yang diumumkan sebagai PDN."),
        Figure("committed", "Dipesan", total.committed, "Pesanan yang sudah diterima produsen, termasuk yang sudah dibayar."),
        Figure("paid_total", "Dibayar", paid, "Pesanan yang sudah dibayar bendahara, semua asal barang."),
        Figure("pdn_value", "PDN dari belanja dibayar", total.pdn_value,
               "Nilai penuh baris produk dalam negeri.", "paid_total", paid, of_paid, "p3dn.kpi_pdn_share_bp"),
        Figure("pdn_value", "PDN dibayar dari rencana", total.pdn_value,
               "Realisasi terhadap komitmen di RUP. Bisa lebih dari seratus persen.", "planned", total.planned, "Direncanakan"),
        Figure("pdn_certified", "PDN bersertifikat TKDN", total.pdn_certified,
               "Baris PDN dengan sertifikat yang berlaku pada hari pesanan.", "paid_total", paid, of_paid),
        Figure("tkdn_weighted", "TKDN tertimbang nilai", total.tkdn_weighted,
               "Nilai baris dikali TKDN-nya, dibulatkan per baris. Tanpa bukti dihitung 0.", "paid_total", paid, of_paid),
        Figure("umk_value", "Belanja pada UMK", total.umk_value,
               "Baris dari usaha mikro dan kecil.", "paid_total", paid, of_paid, "umk.share_bp"),
    )  # fmt: skip
