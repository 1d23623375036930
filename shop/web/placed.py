"""What follows placing, the same for every door: an order from an agreement carries its own defence like one from the basket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shop.base.actor import Actor
from shop.orders import carried
from shop.orders.placing import Placed
from shop.risk import notes
from shop.sourcing import record_freezing
from shop.sourcing.record_reasons import Said


def follow_up(actor: Actor, placed: Placed, said: Mapping[int, Said], note: str, now: datetime) -> None:
    """Freeze the comparison record, keep what was said to a warning, and let go of the need that was served.

    In the transaction that placed the orders; nothing for a placement that was there already. `said`: why this one, by
    product. `note`: one line as `risk.notes.words_of` returns it. Raises Invalid as `record_freezing.freeze` does. The risk
    rules judge every order by themselves, from the news of placing.
    """
    if placed.again:
        return
    carried.served(actor, placed.order_ids)
    record_freezing.freeze(actor, placed.order_ids, said, now)
    notes.keep(actor, placed.order_ids, note, now)
