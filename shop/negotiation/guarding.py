"""Who may act for the office here: who holds the package today, or opened it, and is not close to the producer."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.clock import local, local_day
from shop.base.codes import one_line
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound
from shop.budgets import pagu
from shop.budgets.pagu import Ground
from shop.db import session
from shop.negotiation import states, terms
from shop.negotiation.models import Competition
from shop.vendors.conflicts import conflict_between

_CLOSE: Final = "Anda tidak boleh berurusan dengan produsen ini: %(why)s"
_TWICE: Final = "Permintaan yang sama sudah dikirim. Lihat daftarnya; ubah keperluannya bila yang ini memang lain."
_PPK_CLOSE: Final = "PPK paket ini tidak boleh berurusan dengan produsen ini: %(why)s"


def ground_for(actor: Actor, package_id: int, now: datetime) -> Ground:
    """Return the package that will pay, if this officer may spend from it. Raises Invalid at `package_id`, Conflict."""
    actor.require(states.BUY)
    try:
        ground = pagu.read_package(package_id)
    except NotFound:
        ground = None
    if ground is None or ground.office_id != actor.office_id:
        raise Invalid.at("package_id", "Pilih paket yang membiayai pesanan ini.")
    if ground.state != "with_pp" or not actor.acts_for(ground.pp_id):
        raise Invalid.at("package_id", "Paket ini belum diserahkan kepada Anda sebagai Pejabat Pengadaan.")
    if ground.year != local(now).year:
        raise Conflict("Paket ini untuk tahun anggaran %(year)s.", kind="wrong-year", year=ground.year)
    return ground


def must_hold(actor: Actor, package_id: int, opened_by: int) -> Ground:
    """Raise Forbidden unless the actor opened it, or holds the package as Pejabat Pengadaan, or stands in for who does."""
    actor.require(states.BUY)
    ground = pagu.read_package(package_id)
    if not (actor.acts_for(opened_by) or actor.acts_for(ground.pp_id)):
        raise Forbidden("Hanya Pejabat Pengadaan yang memegang paket ini yang boleh melakukannya.")
    return ground


def must_be_free(actor: Actor, ppk_id: int | None, vendor_id: int, now: datetime) -> None:
    """Raise Forbidden when officer or PPK is close to the producer (conflict of interest, vendors/conflicts.py)."""
    for user_id, words in ((actor.user_id, _CLOSE), (ppk_id, _PPK_CLOSE)):
        why = conflict_between(user_id, vendor_id, local_day(now)) if user_id is not None else None
        if why:
            raise Forbidden(words, why=why)


def reason(words: str, field: str = "note") -> str:
    """Return a reason on one line. Raises Invalid: one space, or five hundred letters more, is none."""
    said = one_line(words)
    if not terms.LEAST_WORDS <= len(said) <= terms.MAX_WORDS:
        raise Invalid.at(field, "Tuliskan alasannya, 5 sampai 500 huruf.")
    return said


def not_twice(ground: Ground, category: str, purpose: str, deadline: datetime) -> None:
    """Raise Conflict `already-open` for a request that was just sent: of two clicks at once the second waits, and finds it."""
    pagu.lock_package(ground.id)
    same = (
        Competition.office_id == ground.office_id,
        Competition.state == states.TENDERS.initial,
        Competition.package_id == ground.id,
        Competition.category_code == category,
        Competition.purpose == one_line(purpose),
        Competition.deadline == deadline,
    )
    found = session.scalar(select(Competition.id).where(*same).limit(1))
    if found is not None:
        raise Conflict(_TWICE, kind="already-open", facts={"competition_id": found})
