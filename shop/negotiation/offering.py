"""What is put on the table: checked like an order, frozen with the list price of that moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Conflict, FieldFault, Invalid
from shop.base.money import rupiah
from shop.catalog.offers import Offer, read_offers
from shop.catalog.pricing import MAX_PRICE
from shop.negotiation import terms
from shop.orders import checking
from shop.orders.wish import Delivery, WantedLine, Wish


@dataclass(frozen=True, slots=True)
class TermLine:
    """One product as somebody wants it: how many, rupiah for each, what is in it, and why it costs more than listed."""

    product_id: int
    quantity: int
    unit_price: int
    contents: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of the deal: lines, place and time (UTC), and words to the other side."""

    lines: tuple[TermLine, ...]
    delivery: Delivery
    words: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Terms that were found possible: lines with names and list prices, and what they come to (rupiah, goods only)."""

    vendor_id: int
    vendor_name: str
    lines: list[dict[str, Any]]
    total: int


def lay(given: Terms, purpose: str, vendor_id: int | None, now: datetime) -> Table:
    """Check terms against the catalogue of this moment and freeze them.

    `vendor_id` is whose goods they must be; None takes the producer of the first line.
    Raises Invalid with every fault at once, Conflict `not-for-sale` or `sold-out`.
    """
    wish = _as_wish(given, purpose)
    faults = [*_faults_of(lambda: checking.check_wish(wish, now)), *_words(given)]
    if len(given.lines) > terms.MAX_LINES:
        raise Invalid.at("lines", "Paling banyak %(most)s barang dalam satu tawar-menawar.", most=terms.MAX_LINES)
    if not given.lines:
        raise Invalid(faults=tuple(faults))
    found = read_offers([line.product_id for line in given.lines], local_day(now))
    owner = vendor_id if vendor_id is not None else _owner(found.values())
    if any(line.product_id in found and found[line.product_id].vendor_id != owner for line in given.lines):
        faults.append(FieldFault("lines", "Satu tawar-menawar untuk satu produsen."))
        raise Invalid(faults=tuple(faults))
    picked: list[tuple[WantedLine, Offer]] = []
    if not any(fault.field == "deliver.at" for fault in faults):  # a day that cannot be is not looked up anywhere
        faults += _faults_of(lambda: picked.extend(checking.pick(wish, found, now)))
    if picked and not any(fault.field == "deliver.kecamatan" for fault in faults):
        faults += _faults_of(lambda: checking.check_reach(wish, picked))
    faults += _prices(given, found)
    if faults:
        raise Invalid(faults=tuple({(f.field, f.message, f.params): f for f in faults}.values()))
    lines = [_frozen(line, found[line.product_id]) for line in given.lines]
    first = found[given.lines[0].product_id]
    return Table(owner, first.vendor_name, lines, sum(x["quantity"] * x["unit_price"] for x in lines))


def _owner(offers: Any) -> int:
    first: Offer | None = next(iter(offers), None)
    if first is None:
        raise Conflict("Produk ini sudah tidak dijual. Pilih produk lain.", kind="not-for-sale")
    return first.vendor_id


def _as_wish(given: Terms, purpose: str) -> Wish:
    lines = tuple(WantedLine(line.product_id, line.quantity) for line in given.lines)
    return Wish(0, purpose, given.delivery, lines, 0)


def _faults_of(check: Callable[[], object]) -> Sequence[FieldFault]:
    try:
        check()
    except Invalid as fault:
        return fault.faults
    return ()


def _words(given: Terms) -> list[FieldFault]:
    faults = []
    if len(one_line(given.words)) > terms.MAX_WORDS:
        faults.append(FieldFault("words", "Pesan paling panjang 500 huruf."))
    faults += [
        FieldFault(f"lines.{index}.{name}", "Paling panjang 300 huruf.")
        for index, line in enumerate(given.lines)
        for name in ("contents", "why")
        if len(one_line(getattr(line, name))) > terms.MAX_CONTENTS
    ]
    return faults


def _prices(given: Terms, found: dict[int, Offer]) -> list[FieldFault]:
    faults = []
    for index, line in enumerate(given.lines):
        field = f"lines.{index}.price"
        if not 0 < line.unit_price <= MAX_PRICE:
            faults.append(FieldFault(field, "Isi harga satuan dalam rupiah, misalnya 17.500."))
            continue
        listed = found[line.product_id].price_at(line.quantity) if line.product_id in found else line.unit_price
        if line.unit_price > listed and len(one_line(line.why)) < terms.LEAST_WORDS:
            words = "Di atas harga daftar %(listed)s. Tuliskan apa yang berubah pada isinya, atau turunkan harganya."
            faults.append(FieldFault(f"lines.{index}.why", words, (("listed", rupiah(listed)),)))
    return faults


def _frozen(line: TermLine, offer: Offer) -> dict[str, Any]:
    listed = offer.price_at(line.quantity)
    return {
        "product_id": offer.id,
        "name": offer.name,
        "unit": offer.unit,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "list_price": listed,
        "contents": one_line(line.contents),
        "why": one_line(line.why) if line.unit_price > listed else "",
    }
