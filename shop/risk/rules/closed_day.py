"""To be delivered on a day the office is closed."""

from __future__ import annotations

from datetime import date
from typing import Final

from shop.base.clock import local_day
from shop.risk.rules.contract import Finding, Limits, Purchase, Rule

RULE: Final = Rule(
    code="closed_day",
    title="Diantar saat kantor tutup",
    why="Makanan rapat yang tiba pada akhir pekan atau hari libur menimbulkan pertanyaan apakah rapatnya benar ada.",
    basis="PP 12/2019 Pasal 141: setiap pengeluaran didukung bukti yang lengkap dan sah; kelaziman pemeriksaan",
    confidence="L",
    since=date(2019, 3, 12),
    limits="Waktu antar jatuh pada Sabtu, Minggu, hari libur nasional, atau cuti bersama.",
    says={
        "weekend": "Waktu antarnya %(deliver_on)s, akhir pekan.",
        "holiday": "Waktu antarnya %(deliver_on)s, hari libur atau cuti bersama.",
    },
    advice="Periksa tanggalnya. Bila acaranya memang hari itu, sebutkan undangan atau surat tugasnya.",
    kinds={"deliver_on": "on"},
)
_SATURDAY: Final = 5


def judge(purchase: Purchase, _limits: Limits) -> Finding | None:
    """Find a delivery on a Saturday, Sunday, public holiday or day of joint leave."""
    if purchase.deliver_at is None:
        return None
    day = local_day(purchase.deliver_at)
    if day in purchase.closed:
        return Finding(RULE.code, "holiday", {"deliver_on": day.isoformat()})
    if day.weekday() >= _SATURDAY:
        return Finding(RULE.code, "weekend", {"deliver_on": day.isoformat()})
    return None
