"""Checking a wanted change before anything is written: every fault names its field and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.addenda.contents import Wanted, becoming
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid
from shop.base.money import MAX_RUPIAH, rupiah
from shop.budgets import pagu
from shop.db import session
from shop.orders import terms
from shop.orders.adjusting import BELOW, received
from shop.orders.models import Order
from shop.reference.models import Holiday
from shop.vendors import reach

LEAST_REASON: Final = 5
MOST_REASON: Final = 500
LEAST_PRICE_REASON: Final = 20
"""Letters that say why a price rises after both had agreed on it (our policy): an auditor will read them."""
_GONE: Final = "Baris ini bukan bagian pesanan. Muat ulang halaman."


def check(order: Order, before: dict[str, Any], wanted: Wanted, *, by_office: bool, now: datetime) -> None:
    """Raise Invalid with every fault at once: lines, prices, time, place, purpose, reason, pagu, or no change at all."""
    faults = [
        *_lines(before, wanted, received(order.id)),
        *_time(order, wanted, by_office=by_office, now=now),
        *_words(wanted),
        *_reasons(before, wanted),
    ]
    if not faults:
        faults += _whole(order, before, wanted)
    if faults:
        raise Invalid(faults=tuple(faults))


def _lines(before: dict[str, Any], wanted: Wanted, least: dict[int, int]) -> Iterator[FieldFault]:
    known = {line["id"] for line in before["lines"]}
    for line_id, pieces in wanted.quantities.items():
        if line_id not in known:
            yield FieldFault("lines", _GONE)
        elif not 0 <= pieces <= terms.MAX_QUANTITY:
            yield FieldFault(f"line-{line_id}", "Isi bilangan bulat 0 sampai 100.000; 0 berarti tidak ikut.")
        elif pieces < least.get(line_id, 0):
            yield FieldFault(f"line-{line_id}", BELOW, (("least", least[line_id]),))
    for line_id, price in wanted.unit_prices.items():
        if line_id not in known:
            yield FieldFault("lines", _GONE)
        elif not 0 < price <= MAX_RUPIAH:
            yield FieldFault(f"price-{line_id}", "Isi harga satuan dalam rupiah bulat, lebih dari 0.")
    if known and all(wanted.quantities.get(line_id) == 0 for line_id in known):
        yield FieldFault("lines", "Paling sedikit satu barang tetap dikirim. Untuk tidak jadi, batalkan pesanan.")


def _time(order: Order, wanted: Wanted, *, by_office: bool, now: datetime) -> Iterator[FieldFault]:
    at = wanted.deliver_at
    if at is None:
        return
    if not now < at <= now + terms.FARTHEST_DELIVERY:
        yield FieldFault("deliver.at", "Pilih waktu yang akan datang, paling lama setahun dari sekarang.")
        return
    day = local_day(at)
    holiday = session.scalar(select(Holiday.name).where(Holiday.day == day, Holiday.kind == "public"))
    if holiday:
        yield FieldFault("deliver.at", "Hari itu libur nasional: %(name)s. Pilih hari lain.", (("name", holiday),))
    elif by_office and reach.reach([order.vendor_id], day, order.deliver_kecamatan)[order.vendor_id].closed:
        words = "%(vendor)s libur pada hari itu. Pilih hari lain."
        yield FieldFault("deliver.at", words, (("vendor", order.vendor_name),))


def _words(wanted: Wanted) -> Iterator[FieldFault]:
    if wanted.address is not None and not 5 <= len(wanted.address) <= 300:  # noqa: PLR2004 - the column's width
        yield FieldFault("address", "Tuliskan alamat kirim, 5 sampai 300 huruf.")
    if wanted.purpose is not None and not 3 <= len(wanted.purpose) <= 200:  # noqa: PLR2004
        yield FieldFault("purpose", "Tuliskan keperluannya, 3 sampai 200 huruf.")


def _reasons(before: dict[str, Any], wanted: Wanted) -> Iterator[FieldFault]:
    yield from reason_faults(wanted.reason)
    rises = any(wanted.unit_prices.get(line["id"], 0) > line["unit_price"] for line in before["lines"])
    if rises and not LEAST_PRICE_REASON <= len(one_line(wanted.price_reason)) <= MOST_REASON:
        yield FieldFault(
            "price_reason",
            "Harga naik sesudah disepakati: tuliskan mengapa, paling sedikit 20 huruf. Pemeriksa membacanya.",
        )


def reason_faults(reason: str, field: str = "reason") -> list[FieldFault]:
    """Return the fault of a reason that is none: one of spaces only, too short or too long."""
    if LEAST_REASON <= len(one_line(reason)) <= MOST_REASON:
        return []
    return [FieldFault(field, "Tuliskan alasannya, 5 sampai 500 huruf.")]


def _whole(order: Order, before: dict[str, Any], wanted: Wanted) -> Iterator[FieldFault]:
    after = becoming(before, wanted)
    if after == before:
        yield FieldFault("lines", "Belum ada yang diubah. Ubah jumlah, harga, waktu, tempat, atau keperluan.")
    elif not 0 < after["total"] <= MAX_RUPIAH:
        yield FieldFault("lines", "Nilai pesanan terlalu besar. Periksa jumlah dan harganya.")
    elif after["total"] > before["total"]:
        more, left = after["total"] - before["total"], pagu.read_package(order.package_id).left
        if more > left:
            words = "Pesanan menjadi %(more)s lebih mahal, pagu paket tinggal %(left)s. Kurangi jumlah atau harga."
            yield FieldFault("lines", words, (("more", rupiah(more)), ("left", rupiah(left))))
