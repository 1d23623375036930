"""Telling people that a package is in their hands now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import mail
from shop.budgets.models import Package
from shop.db import session

_SUBJECT: Final = "Paket %(name)s diserahkan kepada Anda"
_BODY: Final[dict[str, str]] = {
    "assigned_ppk": "Paket RUP %(code)s, %(name)s, diserahkan kepada Anda sebagai PPK. Lampirkan KAK lalu serahkan kepada "
    "Pejabat Pengadaan di halaman /paket/%(id)s.",
    "assigned_pp": "Paket RUP %(code)s, %(name)s, diserahkan kepada Anda sebagai Pejabat Pengadaan. Anda bisa memesan dari "
    "paket ini sekarang.",
}
_MANY_SUBJECT: Final = "%(count)s paket diserahkan kepada Anda"
_MANY: Final[dict[str, str]] = {
    "many_ppk": "%(count)s paket RUP diserahkan kepada Anda sebagai PPK. Lampirkan KAK lalu serahkan kepada Pejabat Pengadaan, "
    "sekaligus di halaman /paket/disposisi.",
    "many_pp": "%(count)s paket RUP diserahkan kepada Anda sebagai Pejabat Pengadaan. Anda bisa memesan dari paket itu "
    "sekarang. Daftarnya di halaman /paket?saya=1",
}


def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `budgets.news`: post one mail for each to whoever the package was handed to."""
    for payload in payloads:
        if "count" in payload:
            mail.notify([payload["user_id"]], _MANY_SUBJECT, _MANY[payload["event"]], now, count=payload["count"])
            continue
        row = session.execute(
            select(Package.id, Package.name, Package.rup_code).where(Package.id == payload["package_id"])
        ).first()
        if row is not None:
            mail.notify(
                [payload["user_id"]],
                _SUBJECT,
                _BODY[payload["event"]],
                now,
                id=row.id,
                name=row.name,
                code=row.rup_code,
            )
