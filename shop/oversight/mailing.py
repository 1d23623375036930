"""Mail about questions of an auditor: to the office when it is asked, to the auditor when it has answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.accounts import mail
from shop.budgets.models import Package
from shop.db import session
from shop.orders import mailing
from shop.orders.models import Order
from shop.oversight.models import AuditNote


def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `oversight.news`, inside the transaction that takes them away."""
    for payload in payloads:
        row = session.execute(
            select(
                Order.id, Order.number, Order.vendor_id, Order.placed_by, Order.placed_for, Order.office_id,
                Package.ppk_id, AuditNote.written_by,
            )
            .join(Order, Order.id == AuditNote.order_id)
            .join(Package, Package.id == Order.package_id)
            .where(AuditNote.id == payload["note_id"])
        ).first()  # fmt: skip
        if row is None:
            continue
        if payload["event"] == "asked":
            mail.notify(
                mailing.people(row, row.ppk_id, ("ppk", "pa"), now),
                "Auditor bertanya tentang pesanan %(number)s",
                "Baca pertanyaannya dan jawab sekali di halaman pesanan: /pesanan/%(id)s",
                now, number=row.number, id=row.id,
            )  # fmt: skip
        else:
            mail.notify(
                {row.written_by},
                "Kantor menjawab tentang pesanan %(number)s",
                "Jawabannya ada di halaman pesanan: /pesanan/%(id)s",
                now, number=row.number, id=row.id,
            )  # fmt: skip
