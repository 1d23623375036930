"""Mails of the programme to the owners of a business."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select

from shop.accounts import mail
from shop.accounts.models import Hat
from shop.accounts.permissions import Role
from shop.base.clock import local_day
from shop.db import session


def tell(vendor_ids: Collection[int], subject: str, body: str, now: datetime, **params: object) -> None:
    """Post one mail to each owner of these businesses; `subject` and `body` are msgids. One statement to find them."""
    day = local_day(now)
    owners = session.scalars(
        select(Hat.user_id).where(
            Hat.vendor_id.in_(vendor_ids),
            Hat.role == Role.VENDOR_OWNER.value,
            Hat.valid_from <= day,
            or_(Hat.valid_until.is_(None), Hat.valid_until >= day),
        )
    ).all()
    if owners:
        mail.notify(owners, subject, body, now, **params)
