"""Checking a wish before anything is locked or written: each fault names its field and how to mend it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shop.base.clock import JAKARTA, local_day
from shop.base.errors import Conflict, FieldFault, Invalid
from shop.db import session
from shop.orders import places, terms
from shop.reference import regions
from shop.vendors import reach

if TYPE_CHECKING:
    from shop.catalog.offers import Offer
    from shop.orders.wish import Place, WantedLine, Wish


def check_wish(wish: Wish, now: datetime) -> None:
    """Raise Invalid with every fault at once: purpose, headcount, delivery place and time, lines, quantities."""
    faults = [*_about(wish), *_delivery(wish, now), *_lines(wish), *places.check(wish)]
    if faults:
        raise Invalid(faults=tuple(faults))


def _about(wish: Wish) -> list[FieldFault]:
    faults = []
    if not 3 <= len(wish.purpose.strip()) <= 200:  # noqa: PLR2004
        faults.append(FieldFault("purpose", "Tuliskan keperluannya, 3 sampai 200 huruf."))
    if wish.headcount is not None and not 1 <= wish.headcount <= terms.MAX_HEADCOUNT:
        faults.append(FieldFault("headcount", "Jumlah orang harus 1 sampai 100.000."))
    return faults


def _delivery(wish: Wish, now: datetime) -> list[FieldFault]:
    faults = []
    if not 5 <= len(wish.delivery.address.strip()) <= 300:  # noqa: PLR2004
        faults.append(FieldFault("deliver.address", "Tuliskan alamat kirim, 5 sampai 300 huruf."))
    place = regions.regions(session).get(wish.delivery.kecamatan)
    if place is None or place.level != "kecamatan":
        faults.append(FieldFault("deliver.kecamatan", "Pilih salah satu dari 44 kecamatan di Jakarta."))
    if wish.delivery.at <= now:
        faults.append(FieldFault("deliver.at", "Waktu kirim sudah lewat. Pilih waktu yang akan datang."))
    elif wish.delivery.at > now + terms.FARTHEST_DELIVERY:
        faults.append(FieldFault("deliver.at", "Waktu kirim terlalu jauh. Paling lama setahun dari sekarang."))
    return faults


def _lines(wish: Wish) -> list[FieldFault]:
    if not wish.lines:
        return [FieldFault("lines", "Keranjang kosong. Tambahkan paling sedikit satu produk.")]
    if len(wish.lines) > terms.MAX_LINES:
        return [FieldFault("lines", "Satu pesanan paling banyak 50 baris. Bagi menurut kebutuhan.")]
    faults = []
    seen = set()
    for index, line in enumerate(wish.lines):
        if not 1 <= line.quantity <= terms.MAX_QUANTITY:
            faults.append(FieldFault(f"lines.{index}.quantity", "Jumlah harus bilangan bulat 1 sampai 100.000."))
        if len(line.note) > terms.MAX_NOTE:
            faults.append(FieldFault(f"lines.{index}.note", "Catatan paling panjang 300 huruf."))
        if line.product_id in seen:
            faults.append(
                FieldFault(f"lines.{index}.product_id", "Produk ini sudah ada di baris lain. Gabungkan jumlahnya.")
            )
        seen.add(line.product_id)
    return faults


def pick(wish: Wish, found: Mapping[int, Offer], now: datetime) -> list[tuple[WantedLine, Offer]]:
    """Join wanted lines with their offers. Raises Conflict `not-for-sale`, or Invalid for limits of the offer."""
    picked = []
    faults = []
    for index, line in enumerate(wish.lines):
        offer = found.get(line.product_id)
        if offer is None or not offer.for_sale:
            name = offer.name if offer else f"#{line.product_id}"
            raise Conflict(
                "%(product)s sudah tidak dijual. Hapus dari keranjang lalu kirim lagi.",
                kind="not-for-sale",
                facts={"product_id": line.product_id},
                product=name,
            )
        if offer.sold_out:
            raise Conflict(
                "%(product)s sedang habis menurut produsennya. Hapus dari keranjang atau coba lagi nanti.",
                kind="sold-out",
                facts={"product_id": offer.id},
                product=offer.name,
            )
        faults += _limits(index, line, offer, wish.delivery.at, now)
        picked.append((line, offer))
    if wish.one_vendor and len({offer.vendor_id for _, offer in picked}) > 1:
        faults.append(
            FieldFault("lines", "Satu pesanan untuk satu produsen. Kirim pesanan terpisah untuk produsen lain.")
        )
    if faults:
        raise Invalid(faults=tuple(faults))
    return picked


def check_reach(wish: Wish, picked: Sequence[tuple[WantedLine, Offer]]) -> dict[int, int]:
    """Return {vendor id: rupiah of delivery} to the wished kecamatan, or to all places; the same statements for all.

    Raises Invalid when one of them has the day off or does not deliver there, saying where it does.
    """
    names = {offer.vendor_id: offer.vendor_name for _, offer in picked}
    found = reach.reach(names, local_day(wish.delivery.at), wish.delivery.kecamatan)
    faults = []
    for vendor_id, name in sorted(names.items()):
        if found[vendor_id].closed:
            faults.append(
                FieldFault("deliver.at", "%(vendor)s libur pada hari itu. Pilih hari lain.", (("vendor", name),))
            )
    if wish.places:
        goods: dict[int, set[int]] = {}
        for line, offer in picked:
            goods.setdefault(offer.vendor_id, set()).add(line.product_id)
        cost, far = to_places(wish.places, goods)
    else:
        cost = {vendor_id: found[vendor_id].cost or 0 for vendor_id in names}
        far = [("deliver.kecamatan", vendor_id) for vendor_id in sorted(names) if found[vendor_id].cost is None]
    for field, vendor_id in far:
        words = "%(vendor)s tidak mengantar ke sana. Yang dijangkau: %(where)s."
        where = ", ".join(reach.reached(vendor_id))
        faults.append(FieldFault(field, words, (("vendor", names[vendor_id]), ("where", where))))
    if faults:
        raise Invalid(faults=tuple(faults))
    return cost


def to_places(
    stops: Sequence[Place], goods: Mapping[int, Collection[int]]
) -> tuple[dict[int, int], list[tuple[str, int]]]:
    """Return what delivery to all places costs by producer, and (field, producer) where one does not go. Rupiah.

    `goods`: {producer: its products}.
    """
    price = reach.costs(goods, {place.kecamatan for place in stops})
    cost, far = {}, []
    for vendor_id, mine in sorted(goods.items()):
        own = places.for_products(stops, mine)
        cost[vendor_id] = sum(price[vendor_id, kecamatan] or 0 for kecamatan in places.trips(own))
        for number, place in enumerate(stops, 1):
            if price[vendor_id, place.kecamatan] is None and places.for_products([place], mine):
                far.append(("deliver.kecamatan" if number == 1 else f"p{number}.kecamatan", vendor_id))
    return cost, far


def _limits(index: int, line: WantedLine, offer: Offer, deliver_at: datetime, now: datetime) -> list[FieldFault]:
    faults = []
    if line.quantity < offer.min_order:
        faults.append(
            FieldFault(
                f"lines.{index}.quantity",
                "%(product)s dipesan paling sedikit %(least)s %(unit)s.",
                (("product", offer.name), ("least", offer.min_order), ("unit", offer.unit)),
            )
        )
    hours = offer.lead_at(line.quantity)
    if deliver_at < now + timedelta(hours=hours):
        faults.append(
            FieldFault(
                "deliver.at",
                "%(product)s perlu dipesan %(hours)s jam sebelumnya.",
                (("product", offer.name), ("hours", hours)),
            )
        )
    if offer.closed_weekdays >> local_day(deliver_at).weekday() & 1:
        faults.append(
            FieldFault(
                "deliver.at", "%(vendor)s tutup pada hari itu. Pilih hari lain.", (("vendor", offer.vendor_name),)
            )
        )
    return faults


def moment(text: str) -> datetime:
    """Read a delivery moment into UTC: ISO 8601, Jakarta wall time when it names no offset. Raises Invalid."""
    try:
        value = datetime.fromisoformat(text.strip())
        value = (value if value.tzinfo else value.replace(tzinfo=JAKARTA)).astimezone(UTC)
        local_day(value)  # the last hours of the year 9999 have no day here
    except (ValueError, OverflowError):
        raise Invalid.at("deliver.at", "Isi tanggal dan jam, misalnya 2026-11-25T10:00.") from None
    return value
