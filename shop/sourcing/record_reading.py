"""Reading a comparison record: for the order's page, its own page, and as rows of a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts.models import UserAccount
from shop.base.actor import Actor
from shop.base.codes import fingerprint
from shop.base.errors import NotFound
from shop.db import session
from shop.orders.reading import OrderView
from shop.sheets.writing import Cell
from shop.sourcing.models import ComparisonRecord
from shop.sourcing.record_reasons import REASONS

KINDS: Final[Mapping[str, str]] = {
    "search": "Mencari di katalog",
    "need": "Mencari menurut kebutuhan",
    "compare": "Membandingkan",
    "product": "Membuka produk",
}
"""Labels of steps, msgids."""
ASKED: Final[Mapping[str, str]] = {
    "q": "Kata", "category": "Kategori", "kecamatan": "Kecamatan", "evidence": "Bukti TKDN", "tkdn_band": "Nilai TKDN",
    "pdn": "PDN", "umk": "UMK", "halal": "Halal", "tkdn_min": "TKDN paling sedikit", "price_min": "Harga mulai",
    "price_max": "Harga sampai", "serves_on": "Tanggal", "headcount": "Jumlah orang", "serves_at": "Tersaji", "budget": "Anggaran per orang", "vegetarian": "Vegetarian", "avoid": "Tanpa",
    "order": "Urutan", "sort": "Urut",
    "jumlah": "Jumlah", "page": "Halaman",
}  # fmt: skip
"""Names of what was asked, msgids; others are shown by their own name."""
AGREEMENTS: Final[Mapping[str, tuple[str, str]]] = {
    "approval": ("Harga yang disetujui PPK", "/persetujuan"),
    "negotiation": ("Harga hasil negosiasi", "/tawar"),
    "competition": ("Harga pemenang lomba", "/kompetisi"),
}
"""What an agreed price comes from: (msgid, address of its page without the number)."""
NOTHING: Final = "Tidak ada pencarian atau perbandingan sebelum pesanan ini: dipesan ulang, atau dibuka langsung."
FROM_AGREEMENT: Final = "Tidak ada pencarian yang tersimpan sebelum pesanan ini: harganya dari kesepakatan."


@dataclass(frozen=True, slots=True)
class Record:
    """A frozen record. `intact`: its content still has the fingerprint that was taken when it was made."""

    order_id: int
    content: Mapping[str, Any]
    fingerprint: str
    made_at: datetime
    made_by: str

    @property
    def intact(self) -> bool:
        """Whether nobody has changed it behind the application's back."""
        return fingerprint(self.content) == self.fingerprint

    @property
    def searched(self) -> bool:
        """Whether anything was searched or compared for this order."""
        return bool(self.content["searched"])

    @property
    def lines(self) -> Sequence[Mapping[str, Any]]:
        """The goods chosen."""
        return tuple(self.content["lines"])

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        """What was searched and compared, in order of time, `at` as a moment."""
        return [{**step, "at": datetime.fromisoformat(step["at"])} for step in self.content["steps"]]

    @property
    def unsearched(self) -> str:
        """Say, as a msgid, why nothing was searched: an agreement stands in its place, or nobody looked."""
        return FROM_AGREEMENT if any(line.get("agreement") for line in self.lines) else NOTHING

    def source(self, line: Mapping[str, Any]) -> str:
        """Return the msgid of the agreement a line's price comes from, empty when from none."""
        found = line.get("agreement")
        return AGREEMENTS.get(found["source"], ("", ""))[0] if found else ""

    def link(self, line: Mapping[str, Any]) -> str:
        """Return where the agreement of a line is read."""
        found = line["agreement"]
        return f"{AGREEMENTS[found['source']][1]}/{found['id']}"

    def reason(self, line: Mapping[str, Any]) -> str:
        """Return the msgid of a line's reason, empty when none was needed."""
        return REASONS.get(line["reason"], "")


def record_of(order_id: int) -> Record | None:
    """Return the record of an order that the caller may see; None for an order without one. One statement."""
    row = session.execute(
        select(
            ComparisonRecord.order_id,
            ComparisonRecord.content,
            ComparisonRecord.fingerprint,
            ComparisonRecord.made_at,
            UserAccount.name,
        )
        .join(UserAccount, UserAccount.id == ComparisonRecord.made_by)
        .where(ComparisonRecord.order_id == order_id)
    ).first()
    return Record(*row) if row else None


@dataclass(frozen=True, slots=True)
class OnOrder:
    """What the order's page says about the choice."""

    record: Record | None


def on_order(actor: Actor, order: OrderView, _now: datetime) -> OnOrder | None:
    """Return the part of an order's page; None for the producer, who may not read what others asked for."""
    return None if actor.vendor_id is not None else OnOrder(record_of(order.id))


def refuse_vendor(actor: Actor) -> None:
    """Raise NotFound for a producer's hat: prices of others and the office's reasons are the office's."""
    if actor.vendor_id is not None:
        raise NotFound("Halaman ini milik kantor pemesan dan pemeriksa.")


HEADS: Final = (
    "barang", "jumlah", "satuan", "pembanding", "produsen", "harga_satuan", "harga_saat_dilihat", "tkdn_bp", "bukti",
    "dibandingkan", "dipilih", "urutan_pertama", "termurah", "alasan", "penjelasan",
)  # fmt: skip


def rows(record: Record) -> list[list[Cell]]:
    """Return the record as rows: each product that would have done, under the goods it stands for."""
    found: list[list[Cell]] = []
    for line in record.lines:
        for equal in line["equals"] or [_own(line)]:
            chosen = equal["product_id"] == line["product_id"]
            found.append(
                [
                    line["name"], line["quantity"], line["unit"], equal["name"], equal["vendor"], equal["unit_price"],
                    equal["seen_price"], equal["tkdn_bp"], equal["evidence"], _yes(equal["compared"]), _yes(chosen),
                    _yes(equal["product_id"] == line["first_id"]), _yes(equal["product_id"] == line["cheapest_id"]),
                    record.reason(line) if chosen else "", line["words"] if chosen else "",
                ]
            )  # fmt: skip
    return found


def _own(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the chosen goods alone, for a line that nothing was searched for."""
    return {
        "product_id": line["product_id"], "name": line["name"], "vendor": line["vendor"], "compared": False,
        "unit_price": line["unit_price"], "seen_price": line["unit_price"], "tkdn_bp": "", "evidence": "",
    }  # fmt: skip


def _yes(fact: object) -> str:
    return "ya" if fact else "tidak"
