"""How every kept sum comes from something finer, as SQL: what is proved and what is laid anew is the same statement.

Days, with an account, come from the ledger; without one, from those with. Months come from their days, years from their
months. What stands under an office comes from its entries of the year, and without an account from what has one.
A statement takes all days of a month, or some dozens of offices: what is small is few statements, what is large stays flat.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Insert,
    Select,
    String,
    and_,
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

KEY: Final = ("period", "dim", "office_id", "account_code", "key")
_PERIOD: Final = bindparam("period", type_=kept.c.period.type)
_DAYS: Final = (bindparam("start", type_=ledger.c.day.type), bindparam("end", type_=ledger.c.day.type))
_FINER: Final = (bindparam("first", type_=kept.c.period.type), bindparam("last", type_=kept.c.period.type))
_OFFICES: Final = bindparam("offices", type_=BigInteger(), expanding=True)
_CITY: Final = literal(ALL_OFFICES, BigInteger())
_EVERY: Final = literal(ALL_ACCOUNTS, String())


class Rollup:
    """One step: where sums come from (`parts`) and where they are kept (`own`).

    `differs` selects what is wrong, expected minus kept; `lay` inserts. Both take the step's parameters: `period`, `start`
    and `end` (days), `first` and `last` or `finer` (periods), `offices`.
    """

    def __init__(self, parts: list[Select[Any]], own: list[Any]) -> None:
        minus = ((-kept.c[name]).label(name) for name in MEASURES)
        mine = select(*(kept.c[name] for name in KEY), *minus).where(*own)
        self.differs: Final = _summed([*parts, mine])
        self.lay: Final[Insert] = insert(kept).from_select((*KEY, *MEASURES), _summed(parts))


def _summed(parts: list[Select[Any]]) -> Select[Any]:
    both = parts[0].subquery() if len(parts) == 1 else union_all(*parts).subquery()
    keys = [both.c[name] for name in KEY]
    sums = (cast(func.sum(both.c[name]), BigInteger).label(name) for name in MEASURES)
    return (
        select(*keys, *sums).group_by(*reversed(keys)).having(or_(*(func.sum(both.c[name]) != 0 for name in MEASURES)))
    )


def _part(rows: Any, period: Any, dim: Any, office: Any, account: Any, key: Any) -> Select[Any]:
    return select(
        period.label("period"),
        (literal(dim, String()) if isinstance(dim, str) else dim).label("dim"),
        office.label("office_id"),
        account.label("account_code"),
        key.label("key"),
        *(rows.c[name] for name in MEASURES),
    )


@lru_cache(maxsize=1)
def steps() -> dict[str, Rollup]:
    """Return all steps by name, built once: `day`, `day_whole`, `rolled`, `office`, `office_whole`."""
    needed = (ledger.c[name] for name in ("day", "office_id", "account_code", *MEASURES))
    entry = select(*needed, *(KEY_OF[dim].label(f"of_{dim}") for dim in DIMS)).where(ledger.c.day.between(*_DAYS))
    city, office = entry.cte("entry"), entry.where(ledger.c.office_id.in_(_OFFICES)).cte("entry")
    day, year, finer = cast(city.c.day, String), kept.c.period == _PERIOD, kept.c.period.between(*_FINER)
    wide, narrow = (
        kept.c.office_id == ALL_OFFICES,
        and_(kept.c.dim.in_(("account", *DIMS)), kept.c.office_id.in_(_OFFICES)),
    )
    whole, by_account = kept.c.account_code == ALL_ACCOUNTS, kept.c.account_code != ALL_ACCOUNTS
    offices, office_key = kept.c.dim == "office", cast(city.c.office_id, String)

    def without_account(dim: Any, key: Any, *where: Any) -> Select[Any]:
        return _part(kept, kept.c.period, dim, kept.c.office_id, _EVERY, key).where(by_account, *where)

    return {
        "day": Rollup(
            [_part(city, day, "office", _CITY, city.c.account_code, office_key)]
            + [_part(city, day, dim, _CITY, city.c.account_code, city.c[f"of_{dim}"]) for dim in DIMS],
            [finer, wide, by_account],
        ),
        "day_whole": Rollup(
            [
                without_account(kept.c.dim, kept.c.key, finer, wide),
                without_account("account", kept.c.account_code, finer, wide, offices),
                without_account("", literal("", String()), finer, wide, offices),
            ],
            [finer, wide, whole],
        ),
        "rolled": Rollup(
            [
                _part(kept, _PERIOD, kept.c.dim, kept.c.office_id, kept.c.account_code, kept.c.key).where(
                    kept.c.period.in_(bindparam("finer", expanding=True)), wide
                )
            ],
            [year, wide],
        ),
        "office": Rollup(
            [_part(office, _PERIOD, "account", office.c.office_id, _EVERY, office.c.account_code)]
            + [
                _part(office, _PERIOD, dim, office.c.office_id, office.c.account_code, office.c[f"of_{dim}"])
                for dim in DIMS
            ],
            [year, narrow, or_(by_account, kept.c.dim == "account")],
        ),
        "office_whole": Rollup(
            [without_account(kept.c.dim, kept.c.key, year, narrow)], [year, narrow, whole, kept.c.dim != "account"]
        ),
    }
