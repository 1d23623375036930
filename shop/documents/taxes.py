"""Taxes on papers: as they were frozen with the payment, or as they are expected before it, which is an estimate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from shop.base.errors import Invalid
from shop.base.money import percent, rupiah
from shop.orders import taxing

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.papers.pdf import Paper

SUPPLY: Final = {"goods": "Barang", "catering": "Jasa boga", "service": "Jasa"}
BY: Final = {"treasurer": "Bendahara", "platform": "Penyelenggara e-Order", "seller": "Penyedia"}
NAMES: Final = {
    "PPN": "PPN", "PBJT": "PBJT makanan dan minuman", "PPH22": "PPh Pasal 22", "PPH22_PMK58": "PPh Pasal 22 (PMK 58/2022)",
    "PPH22_PMK37": "PPh Pasal 22 (PMK 37/2025)", "PPH21_BP": "PPh Pasal 21 bukan pegawai", "PPH23": "PPh Pasal 23",
    "PPH_FINAL_UMKM": "PPh final UMKM (PP 55/2022)",
}  # fmt: skip
Taxes = dict[str, Any]


def frozen(ground: Ground) -> Taxes | None:
    """Return the taxes an order was paid with; None before, and for payments older than the assessments."""
    rows = [(row.kind, row.items) for row in ground.taxes]
    return _told(rows, sum(row.dpp for row in ground.taxes)) if rows else None


def estimate(ground: Ground) -> Taxes | None:
    """Return the taxes inside the price as if the order were paid on the day of issuing; None on a day without rules."""
    try:
        found = taxing.assess_order(ground.order, ground.day)
    except Invalid:
        return None
    return _told([(x.kind, taxing.told(x.result.items)) for x in found.kinds], found.total("dpp"))


def _told(kinds: Iterable[tuple[str, Iterable[Mapping[str, Any]]]], dpp: int) -> Taxes:
    lines = [
        {"code": item["code"], "supply": kind, "base": item["base"], "bp": item["bp"], "amount": item["amount"],
         "by": item["by"], "rule": item["rule"]}
        for kind, items in kinds
        for item in items
        if item["by"] in BY and item["amount"]
    ]  # fmt: skip
    return {"dpp": dpp, "lines": lines} | {
        by: sum(int(line["amount"]) for line in lines if line["by"] == by) for by in ("treasurer", "platform")
    }


def draw(paper: Paper, said: Mapping[str, Any], paid: int, kept: int) -> None:
    """Draw each tax with its base and who remits it, then what reaches the producer. Rupiah.

    `paid`: by the office, taxes inside; `kept`: what the treasurer kept back, which is not always what the rules say.
    """
    kinds = {line["supply"] for line in said["lines"]}
    rows = [
        [NAMES.get(line["code"], line["code"]) + (f", {SUPPLY[line['supply']].lower()}" if len(kinds) > 1 else ""),
         rupiah(line["base"]), percent(line["bp"]), rupiah(line["amount"]), BY[line["by"]]]
        for line in said["lines"]
    ]  # fmt: skip
    if rows:
        heads = ["Pajak", "Dasar pengenaan", "Tarif", "Jumlah", "Disetor oleh"]
        paper.table(heads, rows, ["L", "R", "R", "R", "L"], widths=[34, 18, 10, 16, 22])
    sums = [("Dipungut bendahara", kept), ("Dipungut penyelenggara", said["platform"])]
    shown = [(label, rupiah(amount)) for label, amount in sums if amount]
    left = ("Diterima penyedia", rupiah(paid - kept - said["platform"]))
    paper.facts([("Harga tanpa pajak (DPP)", rupiah(said["dpp"])), *shown, left])
    if not rows:
        paper.note("Tidak ada pajak yang terutang atau dipungut dari pembayaran ini.")


def sources(said: Mapping[str, Any]) -> str:
    """Return the rules behind the lines in one sentence, empty for none; those not confirmed say so."""
    told = dict.fromkeys(source(line["rule"]) for line in said["lines"] if line["rule"])
    return f"Dasar: {'; '.join(told)}." if told else ""


def source(rule: Mapping[str, Any]) -> str:
    """Write where a rule stands, with a warning when it is not confirmed unless its source says so itself."""
    sure = rule["confidence"] == "H" or "belum pasti" in rule["source"].lower()
    return str(rule["source"]) + ("" if sure else " (belum pasti)")


def differs(told: int, said: Mapping[str, Any]) -> str:
    """Return the sentence for a treasurer who recorded another sum (rupiah) than the rules ask for; empty when equal."""
    if told == said["treasurer"]:
        return ""
    return (
        f"Bendahara mencatat {rupiah(told)} sebagai pajak yang dipungut; menurut aturan {rupiah(said['treasurer'])}. "
        "Alasannya ada pada catatan pembayaran."
    )
