"""Reading what a curator sent; what is wrong in it is told by `criteria.checked`."""

from __future__ import annotations

from typing import Final

from werkzeug.datastructures import MultiDict

from shop.curation.criteria import LABELS, Verdict

FIELD: Final = "score-"
_NO_SCORE: Final = 0


def read_verdict(form: MultiDict[str, str]) -> Verdict:
    """Return the verdict as it was typed; a score that is no single digit becomes one that no criterion takes."""
    typed = {name: form[FIELD + name] for name in LABELS if form.get(FIELD + name)}
    return Verdict(
        {name: int(text) if text in set("12345") else _NO_SCORE for name, text in typed.items()},
        form.get("decision", ""),
        tuple(form.getlist("reasons")),
        form.get("words", ""),
    )
