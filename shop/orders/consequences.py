"""What calling an order off means, said before anybody clicks: money, what was prepared, what goes on the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from shop.base.money import rupiah
from shop.orders.reading import OrderView

Sentence = tuple[str, Mapping[str, object]]
"""A msgid and what fills its placeholders after translation."""

GONE_OUT: Final = frozenset({"on_the_way", "arrived"})
"""States in which goods have left the kitchen: calling off then needs an explanation in words."""
LEAST_WORDS: Final = 20
"""Letters of that explanation (our policy)."""
_PREPARED: Final[Mapping[str, str]] = {
    "sent": "Produsen belum menjawab, jadi belum ada yang disiapkan.",
    "confirmed": "Produsen sudah menerima pesanan dan mungkin sudah membeli bahan. Biaya itu tidak diganti lewat e-Order.",
    "ready": "Barang sudah jadi dan siap diantar. Makanan yang sudah dibuat biasanya tidak bisa dijual lagi: kerugian sampai %(goods)s ada pada produsen.",
    "on_the_way": "Barang sedang di jalan menuju Anda. Kerugian sampai %(goods)s ada pada produsen, ditambah ongkos jalan.",
    "arrived": "Barang sudah ada di kantor Anda. Bila ada yang kurang atau rusak, kembalikan, jangan batalkan. Kerugian sampai %(goods)s ada pada produsen.",
}
_PAGU: Final = "%(total)s kembali ke pagu paket RUP %(rup)s."
_SOON: Final = "Waktu antar tinggal %(hours)s jam lagi."
_RECORD: Final = (
    "Nama Anda, alasan, dan waktunya tercatat dan dibaca pemeriksa. Pesanan yang dibatalkan tidak bisa dihidupkan lagi."
)
_EXPLAIN: Final = "Barang sudah berangkat, jadi penjelasan tertulis wajib: paling sedikit 20 huruf."


def of_cancelling(view: OrderView, now: datetime) -> tuple[Sentence, ...]:
    """Return what the office should know before it calls this order off; empty when it cannot any more."""
    if view.state not in _PREPARED:
        return ()
    said: list[Sentence] = [
        (_PAGU, {"total": rupiah(view.total), "rup": view.rup_code}),
        (_PREPARED[view.state], {"goods": rupiah(view.total - view.shipping)}),
    ]
    left = view.deliver_at - now
    if view.state != "arrived" and timedelta(0) < left < timedelta(hours=48):
        said.append((_SOON, {"hours": left // timedelta(hours=1)}))
    if view.state in GONE_OUT:
        said.append((_EXPLAIN, {}))
    said.append((_RECORD, {}))
    return tuple(said)
