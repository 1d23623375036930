"""The calculator's questions: what somebody typed becomes facts, or every fault at once. Kept in the address, nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, cast

from shop.base.fields import Fields
from shop.base.money import MAX_RUPIAH
from shop.base.sheet import whole
from shop.tax.facts import Basis, Collector, Facts, Form, Kind

FIRST: Final = date(2020, 4, 1)
"""Before it we know no rule for what a treasurer withholds."""
KINDS: Final = {
    "goods": ("Barang", "Termasuk makanan yang dibeli di toko, gerai, atau diambil sendiri"),
    "catering": ("Katering", "Makanan dimasak lalu disajikan di tempat yang diminta, misalnya nasi kotak rapat"),
    "service": ("Jasa", "Cetak, servis, kebersihan, sewa alat, dan sejenisnya"),
}
FORMS: Final = {
    "individual": "Perorangan, tanpa badan usaha",
    "pt_perorangan": "PT perorangan",
    "koperasi": "Koperasi",
    "cv": "CV",
    "firma": "Firma",
    "pt": "PT",
}
PAPERS: Final = {
    "": "Tidak ada",
    "sk": "Surat Keterangan PP 55 (tarif 0,5 persen)",
    "decl500": "Surat pernyataan omzet sampai Rp500 juta setahun",
    "skb": "Surat bebas potong dari kantor pajak (SKB)",
}
COLLECTORS: Final = {
    "treasurer": "Bendahara kantor pemerintah",
    "platform58": "Platform pengadaan (PMK 58/2022)",
    "platform37": "Lokapasar eceran yang ditunjuk (PMK 37/2025)",
    "none": "Tidak ada: pembeli perorangan",
}
BASES: Final = {"incl": "Sudah termasuk pajak", "excl": "Belum termasuk pajak"}
ROUNDINGS: Final = {"": "Menurut aturan", "floor": "Ke bawah", "half_up": "Ke rupiah terdekat"}
RARE: Final = (
    "collector",
    "sk_until",
    "luxury",
    "pbjt",
    "card",
    "split_dpp",
    "turnover_before",
    "pmk58_min",
    "rounding",
)


def read(sent: Mapping[str, str], today: date) -> Facts | None:
    """Return the facts that were asked about, None when nothing was asked yet. Raises Invalid with every fault at once."""
    if "amount" not in sent:
        return None
    given = _Asked(sent)
    kind = given.one_of("kind", KINDS, "goods")
    pbjt = "pbjt" in sent and kind != "service"
    inside: Basis = "incl_pbjt" if pbjt else "incl_ppn"
    paper = given.one_of("paper", PAPERS, "")
    facts = Facts(
        day=given.payment_day(today),
        amount=given.rupiah("amount", least=1) or 0,
        basis=inside if given.one_of("basis", BASES, "incl") == "incl" else "excl",
        kind=cast("Kind", kind),
        form=cast("Form", given.one_of("form", FORMS, "individual")),
        npwp=given.one_of("npwp", {"ya": "", "tidak": ""}, "ya") == "ya",
        pkp="pkp" in sent,
        sk=paper == "sk",
        sk_until=given.day("sk_until"),
        decl500=paper == "decl500",
        skb=paper == "skb",
        pbjt=pbjt,
        luxury="luxury" in sent,
        collector=cast("Collector", given.one_of("collector", COLLECTORS, "treasurer")),
        pmk58_min=given.rupiah("pmk58_min"),
        rounding="half_up" if given.one_of("rounding", ROUNDINGS, "") == "half_up" else "",
        split_dpp=given.rupiah("split_dpp") or 0,
        turnover_before=given.rupiah("turnover_before") or 0,
        card="card" in sent,
    )
    if facts.decl500 and facts.form != "individual":
        given.fault("paper", "Surat pernyataan omzet hanya untuk usaha perorangan.")
    given.check()
    return facts


class _Asked(Fields):
    """Adds the readers of the calculator."""

    def one_of(self, name: str, known: Mapping[str, object], first: str) -> str:
        """Return one of the choices; what was not sent is the first of them."""
        found = self.sent.get(name, first)
        if found in known:
            return found
        self.fault(name, "Pilih salah satu dari daftar.")
        return first

    def rupiah(self, name: str, *, least: int = 0) -> int | None:
        """Return whole rupiah; None when left empty, which is a fault when at least one is asked for."""
        typed = self.typed(name)
        found = whole(typed) if typed else None
        if (found is None and (typed or least)) or (found is not None and not least <= found <= MAX_RUPIAH):
            self.fault(name, "Isi rupiah bulat, misalnya 3.500.000.")
            return None
        return found

    def payment_day(self, today: date) -> date:
        """Return the day of payment, today when left empty."""
        found = self.day("date") or today
        if found < FIRST:
            self.fault("date", "Aturan kami mulai 1 April 2020. Isi tanggal sesudahnya.")
        return found


def words_of(facts: Facts) -> dict[str, str]:
    """Return facts as the address writes them, for a link to an example."""
    paper = "sk" if facts.sk else "decl500" if facts.decl500 else "skb" if facts.skb else ""
    told = {
        "kind": facts.kind, "form": facts.form, "amount": str(facts.amount), "paper": paper,
        "basis": "excl" if facts.basis == "excl" else "incl", "date": facts.day.isoformat(),
        "npwp": "ya" if facts.npwp else "tidak", "collector": facts.collector,
    }  # fmt: skip
    return told | {name: "1" for name in ("pkp", "pbjt", "luxury", "card") if getattr(facts, name)}
