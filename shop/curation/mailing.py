"""Mail to the producer about every verdict: where the listing is now, and for each reason how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shop.accounts import mail
from shop.base.clock import local_day
from shop.curation import reasons
from shop.curation.criteria import Verdict
from shop.curation.models import CurationCase
from shop.vendors.reading import people_of

_PASSED: Final = (
    "Produk %(name)s lolos di kecamatan",
    "%(name)s lolos kurasi kecamatan dan sekarang menunggu kurator provinsi. Perjalanannya: /produk-saya/%(id)s/kurasi",
)
_ON_SALE: Final = (
    "Produk %(name)s sudah dijual",
    "%(name)s lolos kurasi dan sudah bisa dipesan kantor. Halaman produk: /produk-saya/%(id)s",
)
_CHANGE_ACCEPTED: Final = (
    "Perubahan produk %(name)s lolos",
    "Perubahan %(name)s sudah diperiksa dan diterima. Anda tidak perlu melakukan apa-apa.",
)
_REFUSED: Final = (
    "Produk %(name)s perlu diperbaiki",
    "%(name)s belum lolos kurasi. Perbaiki ini lalu kirim lagi di /produk-saya/%(id)s/kurasi\n\n%(points)s",
)


def tell(case: CurationCase, stage: str, verdict: Verdict, now: datetime) -> None:
    """Post one mail to everybody who works for the producer. Runs in the transaction of the verdict.

    A recheck that only passed the kecamatan is no news: the listing is on sale and nothing is to be done.
    """
    name = str(case.content["name"])
    more: Mapping[str, object] = {}
    if verdict.decision == "refuse":
        subject, body = _REFUSED
        points = [[reason.label, reason.mend] for _, reason in reasons.known(verdict.reasons)]
        more = {"points": points + [["Catatan kurator", verdict.words]] * bool(verdict.words)}
    elif stage == "kecamatan":
        if case.recheck:
            return
        subject, body = _PASSED
    else:
        subject, body = _CHANGE_ACCEPTED if case.recheck else _ON_SALE
    mail.notify(people_of(case.vendor_id, local_day(now)), subject, body, now, name=name, id=case.product_id, **more)
