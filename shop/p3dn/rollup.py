"""How every kept sum comes from something finer, as SQL: what is proved and what is laid anew is the same statement.

Days, with an account, come from the ledger; without one, from those with. Months come from their days, years from their
months. What stands under one office comes from its entries of the year, and without an account from what has one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Insert,
    Select,
    String,
    bindparam,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)

from shop.p3dn.faces import ALL_ACCOUNTS, ALL_OFFICES, DIMS
from shop.p3dn.posting import kept, ledger
from shop.p3dn.rules import MEASURES
from shop.p3dn.totals import KEY_OF

FACE: Final = ("dim", "office_id", "account_code", "key")
_PERIOD: Final = bindparam("period", type_=kept.c.period.type)
_DAYS: Final = (bindparam("start", type_=ledger.c.day.type), bindparam("end", type_=ledger.c.day.type))
_OFFICE: Final = bindparam("office", type_=BigInteger())
_CITY: Final = literal(ALL_OFFICES, BigInteger())
_EVERY: Final = literal(ALL_ACCOUNTS, String())


class Rollup:
    """One step: where sums come from (`parts`) and where they are kept (`own`).

    `differs` selects what is wrong, expected minus kept; `lay` inserts. Both take the step's parameters: `period`, and with
    it `start` and `end` (days), `office`, or `finer` (the periods it consists of).
    """

    def __init__(self, parts: list[Select[Any]], own: list[Any]) -> None:
        minus = ((-kept.c[name]).label(name) for name in MEASURES)
        mine = select(*(kept.c[name] for name in FACE), *minus).where(kept.c.period == _PERIOD, *own)
        self.differs: Final = _summed([*parts, mine])
        summed = _summed(parts).subquery()
        rows = select(_PERIOD, *(summed.c[name] for name in (*FACE, *MEASURES)))
        self.lay: Final[Insert] = insert(kept).from_select(("period", *FACE, *MEASURES), rows)


def _summed(parts: list[Select[Any]]) -> Select[Any]:
    both = parts[0].subquery() if len(parts) == 1 else union_all(*parts).subquery()
    faces = [both.c[name] for name in FACE]
    sums = (cast(func.sum(both.c[name]), BigInteger).label(name) for name in MEASURES)
    return select(*faces, *sums).group_by(*faces).having(or_(*(func.sum(both.c[name]) != 0 for name in MEASURES)))


def _part(rows: Any, dim: Any, office: Any, account: Any, key: Any) -> Select[Any]:
    return select(
        (literal(dim, String()) if isinstance(dim, str) else dim).label("dim"),
        office.label("office_id"),
        account.label("account_code"),
        key.label("key"),
        *(rows.c[name] for name in MEASURES),
    )


@lru_cache(maxsize=1)
def steps() -> dict[str, Rollup]:
    """Return all steps by name, built once: `day`, `day_whole`, `rolled`, `office`, `office_whole`."""
    day = select(ledger, *(KEY_OF[dim].label(f"of_{dim}") for dim in DIMS)).where(ledger.c.day.between(*_DAYS))
    city, office = day.cte("entry"), day.where(ledger.c.office_id == _OFFICE).cte("entry")
    wide, narrow = kept.c.office_id == ALL_OFFICES, kept.c.office_id == _OFFICE
    whole, by_account = kept.c.account_code == ALL_ACCOUNTS, kept.c.account_code != ALL_ACCOUNTS
    finer = _part(kept, kept.c.dim, kept.c.office_id, kept.c.account_code, kept.c.key)
    below = finer.where(wide, kept.c.period.in_(bindparam("finer", expanding=True)))

    def without_account(dim: Any, key: Any, *where: Any) -> Select[Any]:
        return _part(kept, dim, kept.c.office_id, _EVERY, key).where(kept.c.period == _PERIOD, by_account, *where)

    offices = kept.c.dim == "office"
    office_key = cast(city.c.office_id, String)
    return {
        "day": Rollup(
            [_part(city, "office", _CITY, city.c.account_code, office_key)]
            + [_part(city, dim, _CITY, city.c.account_code, city.c[f"of_{dim}"]) for dim in DIMS],
            [wide, by_account],
        ),
        "day_whole": Rollup(
            [
                without_account(kept.c.dim, kept.c.key, wide),
                without_account("account", kept.c.account_code, wide, offices),
                without_account("", literal("", String()), wide, offices),
            ],
            [wide, whole],
        ),
        "rolled": Rollup([below], [wide]),
        "office": Rollup(
            [_part(office, "account", office.c.office_id, _EVERY, office.c.account_code)]
            + [_part(office, dim, office.c.office_id, office.c.account_code, office.c[f"of_{dim}"]) for dim in DIMS],
            [narrow, or_(by_account, kept.c.dim == "account")],
        ),
        "office_whole": Rollup(
            [without_account(kept.c.dim, kept.c.key, narrow)], [narrow, whole, kept.c.dim != "account"]
        ),
    }
