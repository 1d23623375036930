"""What offices say about a producer or product, in numbers: how many of how many, never below five."""

from __future__ import annotations

from markupsafe import Markup

from shop.handover import ratings
from shop.web.frame import filled
from shop.web.language import angka


def record(subject: str, subject_id: int) -> Markup | str:
    """Return the drawn counts of a `vendor` or `product`; empty while there are too few. One statement."""
    found = ratings.shown(subject, subject_id)
    if found is None:
        return ""
    return filled(
        "handover/shown.html",
        found.stamped > 0,
        found.tasted >= ratings.LEAST,
        ratings=angka(found.ratings),
        stamped=angka(found.stamped),
        on_time=angka(found.on_time),
        as_ordered=angka(found.as_ordered),
        packed=angka(found.packed),
        tasted=angka(found.tasted),
        tasty=angka(found.tasty),
    )
