"""What comes in through the treasurer's page: a proof of payment, and which request the person saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from werkzeug.datastructures import FileStorage

from shop.base.errors import FieldFault, Invalid, or_fault
from shop.orders.forms import payment
from shop.orders.paying import Proof
from shop.storage.files import FileStore
from shop.storage.uploads import read_paper

CARD_FIELDS: Final = {"reference": "slip", "paid_on": "slip_on", "proof": "slip_proof"}
"""Names of the card's fields beside those of a transfer: two forms of one page."""


def proof(form: Mapping[str, str], upload: FileStorage | None, files: FileStore) -> Proof:
    """Read a proof of payment with its file, which is kept. Raises Invalid with every unreadable field at once."""
    faults: list[FieldFault] = []
    entry = or_fault(faults, payment, form)
    content, name = (upload.read(), upload.filename or "") if upload is not None and upload.filename else (b"", "")
    if not name:
        faults.append(FieldFault("proof", "Pilih berkas bukti bayar: PDF atau foto."))
    paper = or_fault(faults, read_paper, content, "proof") if name else None
    if faults or entry is None or paper is None:
        raise Invalid(faults=tuple(faults))
    return Proof(entry.reference, entry.paid_on, files.put(*paper), name, entry.withheld, entry.note)


def seen(form: Mapping[str, str]) -> tuple[int, int]:
    """Return (id, version) of the request on the screen; numbers that are none stand for no request there is."""
    texts = (form.get("request", ""), form.get("seen", ""))
    first, second = (int(t) if t.isascii() and t.isdigit() and len(t) < 19 else -1 for t in texts)  # noqa: PLR2004
    return first, second
