"""What offices say about a producer or product, and how punctual the producer is: how many of how many, never below five."""

from __future__ import annotations

from markupsafe import Markup

from shop.base.clock import local_day, utc_now
from shop.handover import ratings
from shop.orders import track_record
from shop.orders.track_record import Record
from shop.web.frame import filled
from shop.web.language import angka


def record(subject: str, subject_id: int, vendor_id: int) -> Markup | str:
    """Return the drawn counts of a `vendor` or `product`; empty while there are too few. Two statements.

    Punctuality is the producer's and told from one source, whatever page asks (orders/track_record.py).
    """
    said, kept = ratings.shown(subject, subject_id), track_record.records((vendor_id,)).get(vendor_id, Record())
    if said is None and not kept.tells_punctuality:
        return ""
    found = said or ratings.NOTHING
    return filled(
        "handover/shown.html",
        kept.tells_punctuality,
        said is not None,
        found.tasted >= ratings.LEAST,
        ratings=angka(found.ratings),
        delivered=angka(kept.delivered),
        on_time=angka(kept.on_time),
        minutes=angka(track_record.tolerance(local_day(utc_now()))),
        as_ordered=angka(found.as_ordered),
        packed=angka(found.packed),
        tasted=angka(found.tasted),
        tasty=angka(found.tasty),
    )
