"""Help offered and needed (KSBB UMKM). Government only brokers: it brings two sides together and gives nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound, WrongState
from shop.db import session
from shop.programme import in_sight, needing, telling
from shop.programme.models import Collaborator, HelpMatch, HelpNeed, HelpOffer
from shop.programme.rules import GOODS_KINDS, HELP_KINDS, Offered, fit

MANAGE: Final = "programme:help:manage"
ASK: Final = "programme:help:ask"
MAX_PLACES: Final = 10_000
MAX_NEEDS: Final = 5
"""Open needs of one producer: more would be a wish list nobody can answer."""


@dataclass(frozen=True, slots=True)
class OfferEntry:
    """What a partner or agency offers. Amount in rupiah; until is the last Jakarta day."""

    kind: str
    title: str
    detail: str
    amount: int | None
    collaborator_id: int | None
    kecamatan_code: str | None
    category_kind: str
    places: int
    until_day: date


@dataclass(frozen=True, slots=True)
class NeedEntry:
    """What a producer asks for. Amount in rupiah."""

    kind: str
    title: str
    detail: str = ""
    amount: int | None = None


def offer(actor: Actor, entry: OfferEntry, now: datetime) -> HelpOffer:
    """Enter help on offer. Raises Forbidden, Invalid with every wrong field."""
    actor.require(MANAGE)
    faults = []
    if entry.kind not in HELP_KINDS:
        faults.append(FieldFault("kind", "Pilih jenis bantuan."))
    if entry.category_kind and entry.category_kind not in GOODS_KINDS:
        faults.append(FieldFault("category_kind", "Pilih jenis produk dari daftar."))
    if entry.kecamatan_code and entry.kecamatan_code not in {row.code for row in in_sight.kecamatan(actor)}:
        faults.append(FieldFault("kecamatan_code", "Pilih kecamatan dari daftar."))
    if entry.collaborator_id is not None and session.get(Collaborator, entry.collaborator_id) is None:
        faults.append(FieldFault("collaborator_id", "Pilih kolaborator dari daftar."))
    if not 0 < entry.places <= MAX_PLACES:
        faults.append(FieldFault("places", "Jumlah tempat 1 sampai 10.000."))
    if not 0 <= (entry.until_day - local_day(now)).days <= 3660:  # noqa: PLR2004 - ten years
        faults.append(FieldFault("until_day", "Isi hari terakhir, mulai hari ini sampai sepuluh tahun lagi."))
    if faults:
        raise Invalid(faults=tuple(faults))
    made = HelpOffer(
        **{name: getattr(entry, name) for name in OfferEntry.__slots__}, added_by=actor.user_id, added_at=now
    )
    session.add(made)
    session.flush()
    trail.record(actor, "programme.help_offered", "help_offer", made.id, now, title=entry.title, places=entry.places)
    return made


def close_offer(actor: Actor, offer_id: int, now: datetime) -> None:
    """End an offer; what was matched stays. Raises NotFound, WrongState when it is closed."""
    actor.require(MANAGE)
    _lock_offer(offer_id).closed_at = now
    trail.record(actor, "programme.help_closed", "help_offer", offer_id, now)


def ask(actor: Actor, entry: NeedEntry, now: datetime) -> HelpNeed:
    """Ask for help for the own business. Raises Forbidden, Invalid, Conflict when five requests are open."""
    actor.require(ASK)
    if entry.kind not in HELP_KINDS:
        raise Invalid.at("kind", "Pilih jenis bantuan.")
    mine = HelpNeed.vendor_id == actor.vendor_id
    if session.execute(select(func.count()).where(mine, HelpNeed.closed_at.is_(None))).scalar_one() >= MAX_NEEDS:
        raise Conflict("Anda sudah punya lima permintaan yang terbuka. Tutup satu dahulu.")
    made = HelpNeed(
        vendor_id=actor.vendor_id,
        kind=entry.kind,
        title=entry.title,
        detail=entry.detail,
        amount=entry.amount,
        asked_at=now,
    )
    session.add(made)
    session.flush()
    trail.record(actor, "programme.help_asked", "help_need", made.id, now, kind=entry.kind)
    return made


def close_need(actor: Actor, need_id: int, now: datetime) -> None:
    """Take back the own request. Raises NotFound for another's or a closed one."""
    actor.require(ASK)
    need = session.get(HelpNeed, need_id, with_for_update=True, populate_existing=True)
    if need is None or need.vendor_id != actor.vendor_id or need.closed_at is not None:
        raise NotFound("Permintaan ini tidak ada.")
    need.closed_at = now
    trail.record(actor, "programme.help_withdrawn", "help_need", need_id, now)


def match(actor: Actor, need_id: int, offer_id: int, now: datetime) -> HelpMatch:
    """Bring an offer and a need together; the producer is told and answers. A place is held until then.

    The offer's row is locked, so that of two who give the last place away at once the second gets Conflict.
    Raises NotFound out of reach, WrongState for what is closed, Conflict when it does not fit (any more).
    """
    actor.require(MANAGE)
    offered = _lock_offer(offer_id)
    need = session.get(HelpNeed, need_id, with_for_update=True, populate_existing=True)
    if need is None:
        raise NotFound("Permintaan ini tidak ada.")
    in_sight.producer(actor, need.vendor_id)
    if need.closed_at is not None or offered.until_day < local_day(now):
        raise WrongState("Permintaan atau tawaran ini sudah ditutup.")
    if session.scalar(select(HelpMatch.id).where(HelpMatch.offer_id == offer_id, HelpMatch.need_id == need_id)):
        raise Conflict("Tawaran ini sudah pernah diberikan untuk permintaan ini.", kind="already-there")
    left = offered.places - needing.held([offer_id]).get(offer_id, 0)
    if left < 1:
        raise Conflict("Tempat pada tawaran ini baru saja habis. Pilih tawaran lain.", kind="no-place")
    place = Offered(offered.kind, offered.kecamatan_code, offered.category_kind, offered.amount, left)
    if fit(place, needing.as_needed([need])[need_id]) is None:
        raise Conflict("Tawaran ini tidak cocok dengan permintaan: periksa jenis, kecamatan, dan jenis produk.")
    made = HelpMatch(offer_id=offer_id, need_id=need_id, matched_by=actor.user_id, matched_at=now)
    session.add(made)
    session.flush()
    trail.record(actor, "programme.help_matched", "help_need", need_id, now, offer=offer_id, vendor=need.vendor_id)
    telling.tell(
        [need.vendor_id], "Ada tawaran untuk Anda: %(title)s",
        "Anda meminta “%(need)s”. Ada tawaran yang cocok: %(title)s. Buka /program-saya lalu terima atau tolak.",
        now, title=offered.title, need=need.title,
    )  # fmt: skip
    return made


def withdraw(actor: Actor, match_id: int, now: datetime) -> None:
    """Take back a match nobody has answered, so that its place is free again. Raises NotFound, WrongState."""
    actor.require(MANAGE)
    found = session.get(HelpMatch, match_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("Pasangan ini tidak ada.")
    if found.answer:
        raise WrongState("Produsen sudah menjawab tawaran ini.")
    session.delete(found)
    trail.record(actor, "programme.help_unmatched", "help_need", found.need_id, now, offer=found.offer_id)


def answer(actor: Actor, match_id: int, *, take: bool, now: datetime) -> None:
    """Take or decline an offer made to the own business; taking closes the need.

    Raises NotFound for somebody else's, WrongState when it was answered before.
    """
    actor.require(ASK)
    found = session.get(HelpMatch, match_id, with_for_update=True, populate_existing=True)
    need = session.get(HelpNeed, found.need_id, with_for_update=True, populate_existing=True) if found else None
    if found is None or need is None or need.vendor_id != actor.vendor_id:
        raise NotFound("Tawaran ini tidak ada.")
    if found.answer:
        raise WrongState("Anda sudah menjawab tawaran ini.")
    if take and need.closed_at is not None:
        raise WrongState("Permintaan ini sudah ditutup.")
    found.answer, found.answered_at = ("taken" if take else "declined"), now
    if take:
        need.closed_at = now
    trail.record(actor, "programme.help_answered", "help_need", need.id, now, offer=found.offer_id, answer=found.answer)


def _lock_offer(offer_id: int) -> HelpOffer:
    found = session.get(HelpOffer, offer_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("Tawaran ini tidak ada.")
    if found.closed_at is not None:
        raise WrongState("Tawaran ini sudah ditutup.")
    return found
