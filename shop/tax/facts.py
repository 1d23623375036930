"""What a tax assessment is made from, and what it answers. Plain values: rupiah, basis points, Jakarta days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from shop.reference.policy import RuleValue

Basis = Literal["excl", "incl_ppn", "incl_pbjt"]
Kind = Literal["goods", "catering", "service"]
Form = Literal["individual", "pt_perorangan", "koperasi", "cv", "firma", "pt"]
Collector = Literal["treasurer", "platform58", "platform37", "none"]
Party = Literal["", "treasurer", "platform", "seller"]
Rounding = Literal["", "floor", "half_up"]


@dataclass(frozen=True, slots=True)
class Facts:
    """One payment to one producer for one kind of supply, as the law asks about it.

    `amount`: rupiah; `basis` says which tax is inside it. `sk`: holds a Surat Keterangan PP 55, which counts until
    `sk_until` (None: without an end); a form that PP 20/2026 has left out keeps its rate only until a day that is known.
    `decl500`: an individual's statement of turnover up to Rp 500 million. `pbjt`: the producer owes PBJT. `skb`: exempt
    from withholding. `pmk58_min`: floor of PMK 58 in rupiah, None for what the rule says. `rounding` of PPh, empty for
    what the rule says. `split_dpp`: DPP of other orders of the same need, which count for the Rp 2 million floor.
    `turnover_before`: what the producer was paid earlier in the tax year. `card`: paid by government credit card.
    """

    day: date
    amount: int
    basis: Basis = "excl"
    kind: Kind = "goods"
    form: Form = "individual"
    npwp: bool = True
    pkp: bool = False
    sk: bool = False
    sk_until: date | None = None
    decl500: bool = False
    skb: bool = False
    pbjt: bool = False
    luxury: bool = False
    collector: Collector = "treasurer"
    pmk58_min: int | None = None
    rounding: Rounding = ""
    split_dpp: int = 0
    turnover_before: int = 0
    card: bool = False


@dataclass(frozen=True, slots=True)
class TaxItem:
    """One tax of a payment: how much of which base, who remits it, and the rule that says so.

    `code` PPN, PBJT, STAMP, or one of PPH_CODES. `by` is empty when nothing is due. `why` is a msgid of WHY.
    """

    code: str
    amount: int
    base: int
    bp: int
    by: Party
    rule: RuleValue | None
    why: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a payment costs, what the producer receives, and what each party remits. Rupiah.

    `gross` = dpp + ppn + pbjt = seller_receives + remit_treasurer + remit_platform, always. The stamp is listed, never
    netted. `seller_remits` is the part of `seller_receives` that the producer passes on itself (PPN below the floor, PBJT).
    """

    dpp: int
    ppn: int
    ppn_remitted_by: Party
    pbjt: int
    pph_code: str
    pph_bp: int
    pph: int
    pph_remitted_by: Party
    gross: int
    seller_receives: int
    seller_remits: int
    remit_treasurer: int
    remit_platform: int
    stamp: int
    items: tuple[TaxItem, ...]
    rules: tuple[RuleValue, ...]
    """Every rule that was looked at, each once."""

    @property
    def is_unsure(self) -> bool:
        """Tell whether a rule behind these numbers is not confirmed."""
        return any(rule.is_unsure for rule in self.rules)


WHY: Final = {
    "no_pkp": "Produsen bukan Pengusaha Kena Pajak, jadi tidak memungut PPN.",
    "not_ppn": "Jasa boga dan makanan kena pajak daerah (PBJT), bukan PPN.",
    "ppn_platform": "PPN dipungut dan disetor oleh platform.",
    "ppn_treasurer": "PPN dipungut dan disetor oleh bendahara.",
    "ppn_seller": "PPN tetap terutang, tetapi produsen yang menyetor.",
    "pbjt": "PBJT ditanggung pembeli dan disetor oleh produsen.",
    "retail": "Pembelian perorangan di luar pemungutan: tidak ada PPh yang dipotong.",
    "skb": "Produsen memegang Surat Keterangan Bebas.",
    "below_500m": "Perorangan dengan surat pernyataan; omzet setahun belum lewat batas.",
    "part_above_500m": "Omzet setahun melewati batas dalam pembayaran ini; hanya bagian di atasnya yang dihitung.",
    "pmk58": "Dipungut oleh platform sebagai pihak lain.",
    "pmk58_min": "Di bawah batas pemungutan platform yang dipilih.",
    "pmk37": "Dipungut oleh platform yang ditunjuk.",
    "not_yet": "Aturan pemungutan ini belum berlaku pada tanggal itu.",
    "card": "Dibayar dengan kartu kredit pemerintah: bendahara tidak memungut.",
    "final": "Produsen memegang Surat Keterangan PP 55: tarif final.",
    "final_below": "Di bawah batas pemungutan PPh final.",
    "below_2m": "Tidak lebih dari batas pemungutan dan bukan pecahan pembayaran.",
    "pph22": "PPh Pasal 22 atas pembelian barang.",
    "pph22_no_npwp": "PPh Pasal 22, dua kali tarif karena tanpa NPWP atau NIK yang sah.",
    "pph21": "PPh Pasal 21 atas jasa perorangan, tarif bertingkat atas sebagian dari bruto.",
    "pph21_no_npwp": "PPh Pasal 21 atas jasa perorangan, lebih tinggi karena tanpa NPWP.",
    "pph23": "PPh Pasal 23 atas jasa badan usaha.",
    "pph23_no_npwp": "PPh Pasal 23, dua kali tarif karena tanpa NPWP.",
    "stamp": "Bukti terima uang di atas batas memerlukan meterai.",
}
"""Why a line of an assessment is as it is, in words; msgids."""
PPH_CODES: Final = {
    "NONE": "Tidak dipotong",
    "SKB": "Bebas (SKB)",
    "PP55_EXEMPT_500M": "Bebas, omzet sampai Rp500 juta",
    "PPH22_PMK58": "PPh 22 oleh platform (PMK 58)",
    "PPH22_PMK37": "PPh 22 oleh platform (PMK 37)",
    "PPH22_CARD": "PPh 22 tidak dipungut (kartu kredit pemerintah)",
    "PPH_FINAL_UMKM": "PPh final UMKM",
    "PPH_FINAL_BELOW_2M": "PPh final, di bawah batas",
    "PPH22_BELOW_2M": "PPh 22, di bawah batas",
    "PPH22": "PPh Pasal 22",
    "PPH21_BP": "PPh Pasal 21",
    "PPH23": "PPh Pasal 23",
}
"""Codes of income tax with their labels; msgids."""
