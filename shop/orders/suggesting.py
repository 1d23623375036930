"""What the form for sending is filled with: the order that is repeated, the need that was looked for, or what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Invalid, NotFound
from shop.orders import again, basket, carried, checking, places, reading, saved
from shop.orders.cart import BasketLine


def kept(who: Actor, saved_id: int | None) -> saved.SavedView | None:
    """Return the saved basket that is used; None when none is. Raises NotFound for somebody else's."""
    return saved.view(who, saved_id) if saved_id is not None else None


def asked(purpose: str, args: Mapping[str, str]) -> dict[str, str | datetime]:
    """Return what the link itself says: the purpose of a saved basket, or a need that was searched for."""
    values: dict[str, str | datetime] = {"purpose": purpose}
    names = ("purpose", "headcount", "deliver.address", "deliver.kecamatan")
    values |= {name: one_line(args[name])[:300] for name in names if args.get(name)}
    with suppress(Invalid):  # a link with a wrong time: the suggestion stands
        if args.get("deliver.at"):
            values["deliver.at"] = checking.moment(args["deliver.at"])
    return {name: text for name, text in values.items() if text}


def earlier(who: Actor, order_id: int | None) -> reading.OrderView | None:
    """Return the order of this office that is repeated; None when none is. Raises NotFound for another office's."""
    if order_id is None:
        return None
    found = reading.order(reading.scope_of([who]), order_id)
    if found.case.office_id != who.office_id:
        raise NotFound
    return found


def suggested(
    who: Actor, lines: list[BasketLine], before: reading.OrderView | None, now: datetime
) -> dict[str, str | datetime]:
    """Return what is filled in: from the order that is repeated, else from what this office wrote last."""
    if before is None:
        usual = basket.usual(who, lines)
        at = again.next_time(lines, now)
        found = [usual.address, usual.kecamatan, usual.purpose, usual.headcount, ""]
    else:
        at = again.next_time(lines, now, before.deliver_at)
        found = [before.deliver_address, before.deliver_kecamatan, before.purpose, before.headcount, before.package_id]
    names = ("deliver.address", "deliver.kecamatan", "purpose", "headcount", "package_id")
    values: dict[str, str | datetime] = {name: str(value or "") for name, value in zip(names, found, strict=True)}
    values["deliver.at"] = at
    if before:
        return values | _places_again(before)
    meant = carried.read(who, now)
    if meant is None:
        return values
    said: dict[str, str | datetime] = {  # once, where the need was looked for
        "purpose": meant.purpose,
        "headcount": str(meant.headcount),
        "deliver.address": meant.address,
        "deliver.kecamatan": meant.kecamatan,
        "deliver.at": meant.at,
    }
    return values | {name: text for name, text in said.items() if text}


def _places_again(before: reading.OrderView) -> dict[str, str]:
    """Return the places of the order that is repeated, as the form names them."""
    stops = places.of_order(before.id)[1:]
    product_of = {line.id: line.product_id for line in before.lines}
    values = {"places": str(len(stops))} if stops else {}
    for n, stop in enumerate(stops, 2):
        parts = {"address": stop.address, "kecamatan": stop.code, "contact": stop.contact, "note": stop.note}
        values |= {f"p{n}.{name}": text for name, text in parts.items()}
        values |= {f"p{n}.q.{product_of[of]}": str(pieces) for of, pieces in stop.shares.items()}
    return values
