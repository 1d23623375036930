"""What stands above the office's own limit goes to the package's PPK at the agreed price, and is sent from there."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.approvals import asking
from shop.approvals.keeping import Words
from shop.base.clock import utc_now
from shop.db import unit_of_work
from shop.negotiation.ordering import Ready
from shop.web import choosing
from shop.web.guard import actor


def instead(agreed: Callable[[], Ready]) -> ResponseReturnValue:
    """Ask for a yes to what `agreed` returns; asked before, the same request is shown. Raises as `asking.ask`."""
    with unit_of_work():
        ready = agreed()
        said = {of: one.tidy for of, one in choosing.said_in_form().items()}
        words = Words("", {of: (one.reason, one.words, one.import_words) for of, one in said.items()})
        request_id = asking.ask(actor(), ready.wish, ready.key, utc_now(), words, from_basket=False)
    flash(_("Nilainya di atas batas kantor: permintaan terkirim ke PPK dengan harga yang disepakati."), "ok")
    return redirect(f"/persetujuan/{request_id}", 303)
