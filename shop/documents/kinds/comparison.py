"""The comparison record: `sourcing` froze how the goods were chosen; the producer, whose rivals it names, never reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shop.documents.kind import Kind
from shop.orders import reading
from shop.sourcing import record_drawing, record_reading

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued
    from shop.papers.pdf import End
    from shop.storage.files import FileStore

_ALL: Final = reading.Scope(everything=True, office_ids=(), vendor_ids=())
"""Who may read the paper was judged by its order."""


def gather(ground: Ground) -> dict[str, Any] | None:
    """Return the frozen record under the fingerprint it has there; None for orders without one."""
    record = record_reading.record_of(ground.order.id)
    return {"record": dict(record.content), "record_fingerprint": record.fingerprint} if record else None


def draw(issued: Issued, files: FileStore, end: End) -> bytes:  # noqa: ARG001 - as every kind
    """Have it drawn by the room it comes from."""
    order = reading.order(_ALL, issued.order_id or 0)
    return record_drawing.record_pdf(order, record_reading.record_of(order.id), issued.issued_at, end)


KIND: Final = Kind(
    code="comparison", title="Catatan Perbandingan", series="CP", gather=gather, draw=draw, early=True, for_vendor=False
)
