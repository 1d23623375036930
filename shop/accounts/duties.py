"""Separation of duties: who orders does not receive, who receives does not pay.

Internal control over the regional treasury (UU 1/2004 art. 16-21; PP 12/2019). A small office with too few people
may relax it, but only openly: with a reason, by its PA/KPA, on the record, and every order that used it says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shop.accounts.models import Office
from shop.audit.trail import history, record
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Invalid, NotFound, SeparationOfDuties, WrongState
from shop.db import session

MIN_REASON: Final = 20
MAX_REASON: Final = 1000
RELAX: Final = "accounts:office:relax"

# For each duty, the earlier ones its bearer may not have done, with the sentence that says so.
_APART: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "place": (),
    "receive": (
        (
            "place",
            (
                "Anda yang memesan, jadi orang lain yang harus menerima barangnya. "
                "Minta PA/KPA menunjuk orang lain, atau melonggarkan pemisahan tugas kantor ini secara terbuka."
            ),
        ),
    ),
    "pay": (
        (
            "receive",
            (
                "Anda yang menerima barangnya, jadi orang lain yang harus membayar. "
                "Minta PA/KPA menunjuk orang lain, atau melonggarkan pemisahan tugas kantor ini secara terbuka."
            ),
        ),
        (
            "place",
            (
                "Anda yang memesan, jadi orang lain yang harus membayar. "
                "Minta PA/KPA menunjuk orang lain, atau melonggarkan pemisahan tugas kantor ini secara terbuka."
            ),
        ),
    ),
}


IN_PLACE_OF: Final = {
    "place": (
        "Pesanan ini dibuat oleh orang yang Anda gantikan, atau atas nama Anda. Orang lain yang harus melanjutkannya. "
        "Minta PA/KPA menunjuk pengganti yang lain."
    ),
    "receive": (
        "Barangnya diterima oleh orang yang Anda gantikan, atau atas nama Anda. Orang lain yang harus membayar. "
        "Minta PA/KPA menunjuk pengganti yang lain."
    ),
}
"""The same refusal when it is met through a delegation."""


def check_apart(
    office_relaxed: bool,  # noqa: FBT001 - read with its name at every call
    user_id: int | None,
    earlier: Mapping[str, int | None],
    step: str,
    for_user_id: int | None = None,
    earlier_for: Mapping[str, int | None] | None = None,
) -> bool:
    """Hold the rule for one step, and tell whether the office's relaxation was used (then the record must say so).

    `step` is `place`, `receive` or `pay`; `earlier` maps those done so far to who did them. Under a delegation the rule
    looks at both people: `for_user_id` is whom the actor replaces, `earlier_for` whom those before replaced.
    Raises SeparationOfDuties naming who did what.
    """
    if step not in _APART or not earlier.keys() <= _APART.keys():
        msg = f"unknown duty in {step!r}, {sorted(earlier)}: a misspelt duty would never be held"
        raise ValueError(msg)
    hands = {user_id, for_user_id} - {None}
    for duty, sentence in _APART[step]:
        did = earlier.get(duty)
        instead = (earlier_for or {}).get(duty) if did is not None else None
        if hands & {did, instead}:
            if office_relaxed:
                return True
            raise SeparationOfDuties(sentence if did == user_id else IN_PLACE_OF[duty])
    return False


def relax_duties(actor: Actor, office_id: int, reason: str, now: datetime) -> None:
    """Let one person do several duties in this office from now on. Only by its PA/KPA, with a reason.

    Raises Forbidden, NotFound for another office, Invalid for a short reason, WrongState when already relaxed.
    """
    office = _own(actor, office_id)
    why = one_line(reason)
    if len(why) < MIN_REASON:
        raise Invalid.at(
            "reason", "Tulis alasan paling sedikit %(min)s karakter: siapa merangkap apa, dan mengapa.", min=MIN_REASON
        )
    if len(why) > MAX_REASON:
        raise Invalid.at("reason", "Alasan paling panjang %(max)s karakter.", max=MAX_REASON)
    if office.relaxed_duties:
        raise WrongState("Pemisahan tugas di kantor ini sudah dilonggarkan.")
    office.relaxed_duties, office.relaxed_reason = True, why
    office.relaxed_at, office.relaxed_by = now, actor.user_id
    record(actor, "accounts.duties_relaxed", "office", office.id, now, reason=why)


def restore_duties(actor: Actor, office_id: int, now: datetime) -> None:
    """Hold the rule in full again. Raises Forbidden, NotFound, WrongState when it is held already."""
    office = _own(actor, office_id)
    if not office.relaxed_duties:
        raise WrongState("Pemisahan tugas di kantor ini sudah berlaku penuh.")
    office.relaxed_duties = False
    office.relaxed_reason = office.relaxed_at = office.relaxed_by = None
    record(actor, "accounts.duties_restored", "office", office.id, now)


def duties_history(actor: Actor) -> Sequence[Any]:
    """Return the audit entries about this office's duties, newest first. Raises Forbidden."""
    actor.require(RELAX)
    if actor.office_id is None:
        raise NotFound
    entries = [row for row in history("office", actor.office_id) if row.verb.startswith("accounts.duties_")]
    return entries[::-1]


def _own(actor: Actor, office_id: int) -> Office:
    actor.require(RELAX)
    office = session.get(Office, office_id, with_for_update=True, populate_existing=True)
    if office is None or actor.office_id != office_id:
        raise NotFound
    return office
