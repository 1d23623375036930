"""The shelves of the catalogue: loaded from the reference file, read once per process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from shop.catalog.models import Category
from shop.db import db, session
from shop.reference import files
from shop.reference.loading import TableCount


@dataclass(frozen=True, slots=True)
class Shelf:
    """One category as screens and the index use it. `kind` is food, goods or service; `art` names its picture."""

    code: str
    parent_code: str | None
    name_id: str
    name_en: str
    kind: str
    industrial: bool
    art: str

    def name(self, lang: str) -> str:
        """Return its name in Indonesian or English."""
        return self.name_en if lang == "en" else self.name_id


_known: WeakKeyDictionary[Engine, dict[str, Shelf]] = WeakKeyDictionary()


def shelves() -> dict[str, Shelf]:
    """Return all shelves by code in the order shown to people; read once per process and database. Do not change it."""
    engine = db.engine  # not the session's: a page that asks nothing else needs no session
    rows = _known.get(engine)
    if not rows:
        found = session.execute(
            select(
                Category.code,
                Category.parent_code,
                Category.name_id,
                Category.name_en,
                Category.kind,
                Category.industrial,
                Category.art,
            ).order_by(Category.position, Category.code)
        )
        rows = {row.code: Shelf(*row) for row in found}
        _known[engine] = rows
    return rows


def chain(code: str) -> tuple[str, ...]:
    """Return a category's code followed by those above it; a product is found under each of them."""
    known = shelves()
    line = [code]
    while (above := known[line[-1]].parent_code if line[-1] in known else None) is not None:
        line.append(above)
    return tuple(line)


@lru_cache(maxsize=1)
def accounts() -> Mapping[str, tuple[str, ...]]:
    """Return {category: account codes it is usually bought under}, from the reference file (our reading, confidence M)."""
    return {row.code: row.account_codes for row in files.categories() if row.account_codes}


def load_categories() -> TableCount:
    """Bring the table in line with the reference file; loading twice changes nothing.

    Shelves that are no longer in the file stay: products and orders name them.
    """
    present = {row.code: row for row in session.scalars(select(Category))}
    added = changed = 0
    for position, wanted in enumerate(files.categories()):
        values = {k: v for k, v in asdict(wanted).items() if k != "account_codes"} | {"position": position}
        row = present.get(wanted.code)
        if row is None:
            session.add(Category(**values))
            session.flush()  # a leaf names its parent, which stands before it in the file
            added += 1
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed += 1
    session.flush()
    forget()
    return TableCount("category", added, changed, len(files.categories()) - added - changed)


def forget() -> None:
    """Drop what was read, after the table changed."""
    _known.clear()
