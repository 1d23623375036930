"""Finding one's line of business (KBLI 2020) by the words a cook or a tailor uses for it."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

from sqlalchemy import or_, select

from shop.base.codes import one_line
from shop.db import session
from shop.reference.models import Kbli

_MOST: Final = 30


@lru_cache(maxsize=1)
def _everyday() -> Mapping[str, tuple[str, ...]]:
    """Return {everyday word: codes}: nobody looks for “jasa boga” who makes “katering”."""
    with files(__package__).joinpath("data/kata_kbli.csv").open(encoding="utf-8") as lines:
        return {row["kata"]: tuple(row["kode"].split()) for row in csv.DictReader(lines)}


def find(words: str, chosen: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return (code, title) of lines of business for these words, at most 30: the chosen first, then small producers' own.

    Every word must be met: by the title, by the start of the code, or by an everyday word for it.
    """
    query = select(Kbli.code, Kbli.title)
    for word in one_line(words).casefold()[:80].split():
        query = query.where(
            or_(
                Kbli.title.icontains(word, autoescape=True),
                Kbli.code.startswith(word, autoescape=True),
                Kbli.code.in_(_everyday().get(word, ())),
            )
        )
    found = [(row.code, row.title) for row in session.execute(query.order_by(Kbli.msme.desc(), Kbli.code).limit(_MOST))]
    kept = session.execute(select(Kbli.code, Kbli.title).where(Kbli.code.in_([code for code in chosen if code])))
    first = [(row.code, row.title) for row in kept]
    return first + [pair for pair in found if pair not in first]
