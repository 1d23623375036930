"""The PPK's yes or no, line by line: who approves binds the price, who refuses says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shop.approvals import states
from shop.approvals.asking import NEWS, TOO_LATE, lock
from shop.approvals.models import ApprovalRequest
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Forbidden, Invalid, SeparationOfDuties, WrongState
from shop.budgets import pagu
from shop.orders import promises, reasons
from shop.orders.promises import Promised
from shop.outbox import posting as outbox

ANSWER: Final = "approvals:request:answer"
REFUSE: Final[Mapping[str, str]] = {
    "price": "Harganya terlalu tinggi",
    "need": "Tidak dibutuhkan atau jumlahnya terlalu banyak",
    "unfit": "Tidak sesuai KAK atau spesifikasi",
    "producer": "Pilih produsen lain",
    "budget": "Anggaran paket ini ditahan",
    "other": "Alasan lain (tuliskan)",
}
"""Why a PPK refuses a line; fixed, so that refusals can be counted."""
ONLY_ITS_PPK: Final = "Hanya PPK paket ini yang boleh menjawab permintaan ini."
OWN: Final = (
    "Anda, atau orang yang Anda gantikan, yang meminta persetujuan ini. Orang lain yang harus menjawabnya. "
    "Minta PA/KPA menunjuk pengganti PPK."
)
ANSWERED: Final = "Permintaan ini sudah dijawab, ditarik, atau lewat batas waktunya. Jawaban Anda tidak disimpan."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said to one line: yes, or no with a reason of the fixed list and words."""

    approved: bool
    reason: str = ""
    words: str = ""


def answer(
    actor: Actor, request_id: int, version: int, verdicts: Mapping[int, Verdict], words: str, now: datetime
) -> ApprovalRequest:
    """Answer every line of a request at once; what is approved may be ordered at that price until the deadline.

    Raises NotFound, Forbidden, SeparationOfDuties for one's own request (also as a deputy, whatever the office has
    relaxed), WrongState or Stale for who comes second, Invalid with every fault at once.
    """
    actor.require(ANSWER)
    request = lock(actor, request_id)
    if not actor.acts_for(pagu.read_package(request.package_id).ppk_id):
        raise Forbidden(ONLY_ITS_PPK)
    if is_own(actor, request.asked_by, request.asked_for):
        raise SeparationOfDuties(OWN)
    if request.state != states.initial():
        raise WrongState(ANSWERED)
    if now > request.due_at:
        raise WrongState(TOO_LATE)
    said = _checked(request, verdicts, words)
    for line in request.lines:
        line.answer, line.reason, line.words = said[line.id]
    goods = [Promised(x.product_id, x.quantity, x.unit_price) for x in request.lines if x.answer == "approved"]
    sets = {
        "answered_by": actor.user_id,
        "answered_for": actor.for_user_id,
        "answered_at": now,
        "words": one_line(words),
    }
    counts = {"approved": len(goods), "refused": len(request.lines) - len(goods)}
    states.move(actor, request, "answer" if goods else "refuse", version, now, sets, **counts)
    if goods:
        promises.promise(request.office_id, "approval", request.id, goods, request.due_at, now)
    outbox.post(NEWS, {"request_id": request.id, "event": "answered"}, now)
    return request


def is_own(actor: Actor, asked_by: int, asked_for: int | None) -> bool:
    """Tell whether this person, or the one replaced, asked: nobody approves what he asked for himself."""
    return any(map(actor.acts_for, (asked_by, asked_for)))


def _checked(request: ApprovalRequest, verdicts: Mapping[int, Verdict], words: str) -> dict[int, tuple[str, str, str]]:
    """Return {line id: (answer, reason, words)}. Raises Invalid naming each line that has no clear answer."""
    found, faults = dict[int, tuple[str, str, str]](), list[FieldFault]()
    for line in request.lines:
        verdict = verdicts.get(line.id)
        if verdict is None:
            words_for = (("product", line.product_name),)
            faults.append(FieldFault(f"line-{line.id}", "%(product)s: pilih setuju atau tolak.", words_for))
        elif verdict.approved:
            found[line.id] = ("approved", "", "")
        else:
            try:
                said = reasons.checked(REFUSE, verdict.reason, verdict.words)
                found[line.id] = ("refused", said["reason"], said["words"])
            except Invalid as fault:
                faults += [FieldFault(f"{f.field}-{line.id}", f.message, f.params) for f in fault.faults]
    if len(one_line(words)) > 500:  # noqa: PLR2004 - the column's width
        faults.append(FieldFault("message", "Pesan paling panjang 500 huruf."))
    if faults:
        raise Invalid(faults=tuple(faults))
    return found
