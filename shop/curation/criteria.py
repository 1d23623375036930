"""What is scored from 1 to 5, for which kind of product, and what a verdict must hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid
from shop.curation.reasons import REASONS

LABELS: Final = {
    "taste": "Rasa",
    "packaging": "Kemasan",
    "hygiene": "Kebersihan",
    "halal": "Halal",
    "photo": "Foto",
}
"""The five criteria of product curation, in the order in which they are judged."""
HINTS: Final = {
    "taste": "Enak, segar, dan sama setiap kali",
    "packaging": "Rapi, kuat, aman, label terbaca",
    "hygiene": "Bersih, juga cara membuatnya",
    "halal": "Bahan halal dan suratnya berlaku",
    "photo": "Terang, jelas, dan sesuai barangnya",
}
WORDS: Final = {1: "Sangat kurang", 2: "Kurang", 3: "Cukup", 4: "Baik", 5: "Sangat baik"}
"""What a score means to the producer."""
_OF_KIND: Final = {
    "food": tuple(LABELS),
    "goods": ("packaging", "hygiene", "photo"),
    "service": ("photo",),
}
NOT_SCORED: Final = {
    "food": "",
    "goods": "Rasa dan halal tidak dinilai untuk barang.",
    "service": "Jasa hanya dinilai dari fotonya; rasa, kemasan, kebersihan, dan halal tidak berlaku.",
}
"""Said where a criterion does not apply."""
MAX_WORDS: Final = 500
_LEAST_WORDS: Final = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one curator decided: scores by criterion, accept or refuse, and for a refusal reasons and words."""

    scores: Mapping[str, int]
    decision: str
    reasons: Sequence[str] = ()
    words: str = ""


def of_kind(kind: str) -> tuple[str, ...]:
    """Return the criteria that apply to a kind of product: goods have no taste, a service no packaging."""
    return _OF_KIND[kind]


def checked(verdict: Verdict, kind: str) -> Verdict:
    """Return the verdict as it is kept. Raises Invalid with every fault and how to mend it.

    Who accepts has scored every criterion that applies. A refusal may leave scores out (there was nothing to taste),
    and needs a reason of the list; `other` alone needs words that tell the producer what to do.
    """
    applies = of_kind(kind)
    words = one_line(verdict.words)
    reasons = tuple(key for key in REASONS if key in verdict.reasons)
    faults = [
        FieldFault(f"score-{name}", "Beri nilai 1 sampai 5.")
        for name, score in verdict.scores.items()
        if name not in applies or not 1 <= score <= max(WORDS)
    ]
    if verdict.decision == "accept":
        faults += [
            FieldFault(f"score-{name}", "Beri nilai untuk %(what)s dahulu.", (("what", LABELS[name]),))
            for name in applies
            if name not in verdict.scores
        ]
        reasons, words = (), ""
    elif verdict.decision == "refuse":
        faults += _refusal(reasons, words, len(verdict.reasons))
    else:
        faults.append(FieldFault("decision", "Pilih lolos atau perlu diperbaiki."))
    if faults:
        raise Invalid(faults=tuple(faults))
    return Verdict(dict(verdict.scores), verdict.decision, reasons, words)


def _refusal(reasons: Sequence[str], words: str, given: int) -> list[FieldFault]:
    faults = []
    if not reasons or len(reasons) != given:
        faults.append(FieldFault("reasons", "Pilih paling sedikit satu alasan dari daftar."))
    if len(words) > MAX_WORDS:
        faults.append(FieldFault("words", "Catatan paling panjang 500 huruf."))
    if "other" in reasons and len(words) < _LEAST_WORDS:
        faults.append(FieldFault("words", "Tuliskan alasannya, paling sedikit 5 huruf."))
    return faults
