"""One need, told in the same words, ordered on several days until it passes a limit."""

from __future__ import annotations

from datetime import date
from typing import Final

from shop.base.clock import local_day
from shop.risk.rules.contract import Finding, Limits, Purchase, Rule, named, passed_together

RULE: Final = Rule(
    code="same_need",
    title="Satu keperluan dipesan beberapa hari",
    why="Keperluan dengan nama yang sama, dari paket yang sama, dipesan pada hari-hari berbeda, juga bila produsennya berbeda. Bagi auditor ini tampak seperti satu kebutuhan yang dipecah.",
    basis="Perpres 16/2018 Pasal 20 ayat (2) huruf d: dilarang memecah pengadaan untuk menghindari cara pemilihan yang seharusnya",
    confidence="M",
    since=date(2018, 3, 22),
    limits="Keperluan yang sama dari paket yang sama dalam %(days)s hari, dipesan pada dua hari atau lebih. Batas yang diperhatikan: %(thresholds)s.",
    says={
        "crossed": "Keperluan “%(purpose)s” sudah dipesan dalam %(days)s hari terakhir. Bersama pesanan ini jumlahnya %(sum)s dan melewati batas %(limit)s.",
    },
    advice="Beri tiap acara nama dan tanggalnya sendiri di kolom keperluan. Bila memang satu acara, tulis mengapa dipesan bertahap.",
    kinds={"thresholds": "rp", "sum": "rp", "limit": "rp"},
)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find the highest limit that one need passes by being ordered on different days."""
    words = purchase.purpose.casefold()
    same = [
        order
        for order in purchase.within(limits["days"])
        if order.stands
        and words
        and order.package_id == purchase.package_id
        and order.purpose.casefold() == words
        and local_day(order.placed_at) != purchase.day
    ]
    passed = passed_together(purchase, same, limits["thresholds"])
    if passed is None:
        return None
    params = {"days": limits["days"], "purpose": purchase.purpose, **passed}
    return Finding(RULE.code, "crossed", params, named(same))
