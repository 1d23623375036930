"""Mail and short messages about bargaining and competing. Never an amount: a mail is read by more people than a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import mail, ringing
from shop.accounts.offices import office_names
from shop.base.clock import local_day, stamp
from shop.budgets.models import Package
from shop.db import session
from shop.negotiation.models import Competition, CompetitionInvite, Negotiation
from shop.vendors.reading import people_of

# Event -> (who hears of it, subject, words). `vendor` is rung on the telephone, the others get mail.
_TALKS: Final[Mapping[str, tuple[tuple[str, ...], str, str]]] = {
    "opened": (
        ("vendor",),
        "Kantor menawar harga Anda",
        "%(office)s mengajak Anda tawar-menawar untuk %(purpose)s. Jawab paling lambat %(due)s di halaman /tawar/%(id)s",
    ),
    "to_vendor": (
        ("vendor",),
        "Kantor menjawab tawaran Anda",
        "%(office)s mengajukan versi baru untuk %(purpose)s. Jawab paling lambat %(due)s di halaman /tawar/%(id)s",
    ),
    "to_buyer": (
        ("buyer",),
        "%(vendor)s menjawab tawaran Anda",
        "%(vendor)s mengajukan versi baru untuk %(purpose)s. Jawab paling lambat %(due)s di halaman /tawar/%(id)s",
    ),
    "agreed": (
        ("vendor", "buyer", "ppk"),
        "Tawar-menawar sepakat: %(purpose)s",
        "%(office)s dan %(vendor)s sepakat. Berita Acara nomor %(record)s. Kantor boleh memesan sampai %(until)s: /tawar/%(id)s",
    ),
    "ended": (
        ("vendor", "buyer"),
        "Tawar-menawar berhenti: %(purpose)s",
        "Tawar-menawar %(office)s dengan %(vendor)s berhenti tanpa sepakat. Alasan: %(words)s\nHalaman: /tawar/%(id)s",
    ),
    "expired": (
        ("vendor", "buyer"),
        "Tawar-menawar lewat batas waktu: %(purpose)s",
        "Tidak ada jawaban sampai %(due)s, jadi tawar-menawar %(office)s dengan %(vendor)s berakhir: /tawar/%(id)s",
    ),
}
_TENDERS: Final[Mapping[str, tuple[tuple[str, ...], str, str]]] = {
    "invited": (
        ("vendor",),
        "Anda diminta menawar untuk %(purpose)s",
        "%(office)s meminta penawaran tertutup. Kirim paling lambat %(due)s di halaman /kompetisi/%(id)s. Sebelum itu tidak seorang pun melihat harga Anda.",
    ),
    "bid": (
        ("vendor",),
        "Penawaran Anda masuk amplop tertutup",
        "Penawaran untuk %(purpose)s tersimpan. Anda boleh mengganti atau menariknya sampai %(due)s: /kompetisi/%(id)s",
    ),
    "opened": (
        ("buyer", "ppk"),
        "Penawaran sudah dibuka: %(purpose)s",
        "Batas waktu lewat dan penawaran sudah dibuka. Tetapkan pemenangnya di halaman /kompetisi/%(id)s",
    ),
    "short": (
        ("buyer",),
        "Penawaran kurang: %(purpose)s",
        "Penawaran yang masuk kurang dari yang disyaratkan dan tetap tertutup. Perpanjang, buka dengan alasan, atau tutup: /kompetisi/%(id)s",
    ),
    "extended": (
        ("everyone",),
        "Waktu menawar diperpanjang: %(purpose)s",
        "%(office)s memberi waktu sampai %(due)s. Penawaran yang sudah masuk tetap tertutup dan boleh diganti: /kompetisi/%(id)s",
    ),
    "won": (
        ("vendor",),
        "Anda menang: %(purpose)s",
        "%(office)s memilih penawaran Anda. Pesanannya menyusul. Rincian: /kompetisi/%(id)s",
    ),
    "lost": (
        ("vendor",),
        "Hasil penawaran: %(purpose)s",
        "%(office)s memilih penawaran lain. Peringkat Anda, harga pemenang, dan alasannya ada di halaman /kompetisi/%(id)s",
    ),
    "awarded": (
        ("ppk",),
        "Pemenang ditetapkan: %(purpose)s",
        "Pemenang sudah ditetapkan dengan Berita Acara nomor %(record)s: /kompetisi/%(id)s",
    ),
    "closed": (
        ("everyone",),
        "Permintaan ditutup: %(purpose)s",
        "%(office)s menutup permintaan ini tanpa pemenang. Alasan: %(words)s\nHalaman: /kompetisi/%(id)s",
    ),
}


def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `negotiation.news`, in the transaction that takes them away."""
    for payload in payloads:
        if "talk" in payload:
            _of_talk(payload, now)
        else:
            _of_tender(payload, now)


def _of_talk(payload: Mapping[str, Any], now: datetime) -> None:
    found = session.execute(
        select(Negotiation, Package.ppk_id)
        .join(Package, Package.id == Negotiation.package_id)
        .where(Negotiation.id == payload["talk"])
    ).first()
    if found is None:
        return
    talk: Negotiation = found[0]
    parties, subject, body = _TALKS[payload["event"]]
    said = {
        **_facts(talk),
        "vendor": talk.vendor_name,
        "due": stamp(talk.turn_due),
    }
    if "vendor" in parties:
        ringing.ring(people_of(talk.vendor_id, local_day(now)), subject, body, now, **said)
    people = {"buyer": talk.opened_by, "ppk": found.ppk_id}
    mail.notify({user for p in parties if (user := people.get(p)) is not None}, subject, body, now, **said)


def _of_tender(payload: Mapping[str, Any], now: datetime) -> None:
    found = session.execute(
        select(Competition, Package.ppk_id)
        .join(Package, Package.id == Competition.package_id)
        .where(Competition.id == payload["tender"])
    ).first()
    if found is None:
        return
    tender: Competition = found[0]
    parties, subject, body = _TENDERS[payload["event"]]
    said = {**_facts(tender), "due": stamp(tender.deadline)}
    vendors = [payload["vendor_id"]] if "vendor" in parties else []
    if "everyone" in parties:
        asked = select(CompetitionInvite.vendor_id).where(CompetitionInvite.competition_id == tender.id)
        vendors = list(session.scalars(asked))
    for vendor_id in vendors:
        ringing.ring(people_of(vendor_id, local_day(now)), subject, body, now, **said)
    people = {"buyer": tender.made_by, "ppk": found.ppk_id}
    mail.notify({user for p in parties if (user := people.get(p)) is not None}, subject, body, now, **said)


def _facts(thing: Negotiation | Competition) -> dict[str, object]:
    return {
        "id": thing.id,
        "office": office_names([thing.office_id]).get(thing.office_id, ""),
        "purpose": thing.purpose,
        "record": thing.record_number,
        "until": stamp(thing.valid_until),
        "words": thing.end_words,
    }
