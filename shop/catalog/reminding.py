"""Reminders before a product's TKDN certificate ends, sent as those of the producer's wallet are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from shop.catalog.models import Certificate, Product
from shop.db import session, unit_of_work
from shop.vendors import reminding


def due_certificates(now: datetime) -> list[reminding.Due]:
    """Return up to 200 certificates whose reminder of today's step was not sent yet; one statement."""
    rows = session.execute(
        select(Certificate.id, Product.vendor_id, Product.id.label("product_id"), Product.name, Certificate.valid_until)
        .join(Product, Product.id == Certificate.product_id)
        .where(
            Product.state != "archived",
            reminding.is_due("certificate", Certificate.id, Certificate.valid_until, now),
        )
        .order_by(Certificate.valid_until, Certificate.id)
        .limit(reminding.BATCH)
    )
    return [
        (row.id, row.vendor_id, f"TKDN {row.name}", row.valid_until, f"/produk-saya/{row.product_id}") for row in rows
    ]


def remind_of_certificates(now: datetime) -> None:
    """Send what is due. Runs by itself; takes the write lock only when there is something to say."""
    due = due_certificates(now)
    session.rollback()
    if due:
        with unit_of_work():
            reminding.remind("certificate", due, now)
