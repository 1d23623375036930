"""Mail about targets: PA/KPA and PPK of the office hear of a new alert once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import hats, mail
from shop.accounts.models import Office
from shop.accounts.permissions import Role
from shop.base.clock import local_day
from shop.db import session
from shop.targets.alert_rules import TITLES

_SUBJECT: Final = "Peringatan sasaran P3DN %(office)s"
_BODY: Final = (
    "Untuk %(office)s ada yang perlu dilihat:\n%(points)s\n\nAngkanya, cara menghitungnya, dan tempat menjawab ada di halaman "
    "/target/%(code)s. Surat ini dikirim sekali; selama masih berlaku, peringatan tetap ada di meja Anda."
)


def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `targets.news`: one mail to each PA/KPA and PPK of the office."""
    for payload in payloads:
        office = session.execute(select(Office.code, Office.name).where(Office.id == payload["office_id"])).first()
        if office is None:
            continue
        day, place = local_day(now), payload["office_id"]
        own = {role: {who for who, _ in hats.holders(role, day, office_id=place)} for role in (Role.PA_KPA, Role.PPK)}
        deputies = [hats.deputies(people, role, place, day) for role, people in own.items()]
        people = set[int]().union(*own.values(), *deputies)
        points = [[TITLES[name]] for name in payload["rules"] if name in TITLES]
        mail.notify(sorted(people), _SUBJECT, _BODY, now, office=office.name, code=office.code, points=points)
