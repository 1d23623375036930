"""The faces of the ledger: for one difference, every kept sum it enters; for one question, the rows to read.

Both directions stand in one file because they must agree. Supported questions: filters (offices, account) × group by
(nothing, a stretch of time, office, account, kecamatan, vendor, evidence, category, channel). Pure.

What the whole city did is kept for years, months and days. What stands under one office is kept for years only: a part of
its year is a few hundred lines of the ledger, which its own index gives faster than rows could be kept for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

GroupBy = Literal[
    "office", "month", "quarter", "semester", "account", "kecamatan", "vendor", "category", "evidence", "channel"
]
GROUPS: Final[tuple[GroupBy, ...]] = (
    "office",
    "month",
    "quarter",
    "semester",
    "account",
    "kecamatan",
    "vendor",
    "category",
    "evidence",
    "channel",
)
TIMES: Final = frozenset({"month", "quarter", "semester"})
"""Breakdowns by time: the rows are those of no breakdown, their periods tell them apart."""
DIMS: Final = ("kecamatan", "vendor", "evidence", "category", "channel")
"""Breakdowns that office and account narrow, each and both."""
ALL_OFFICES: Final = 0
ALL_ACCOUNTS: Final = ""


class Face(NamedTuple):
    """Key of a kept sum without its period."""

    dim: str
    office_id: int
    account_code: str
    key: str


class Place(NamedTuple):
    """Where a difference belongs: the dimensions that kept sums know."""

    office_id: int
    account_code: str
    kecamatan_code: str
    vendor_id: int | None
    evidence: str
    category_code: str
    channel: str

    def groups(self) -> tuple[tuple[str, str], ...]:
        """Return its key in each of DIMS, named."""
        vendor = "" if self.vendor_id is None else str(self.vendor_id)
        return (
            ("kecamatan", self.kecamatan_code),
            ("vendor", vendor),
            ("evidence", self.evidence),
            ("category", self.category_code),
            ("channel", self.channel),
        )


def wide_faces(place: Place) -> list[Face]:
    """Return the 14 sums of the whole city that a difference enters, once for each year, month and day.

    One office's sum is the row of that office in the breakdown by office, and so on: nothing is kept twice.
    """
    office, account = str(place.office_id), place.account_code
    faces = [
        Face("", ALL_OFFICES, ALL_ACCOUNTS, ""),
        Face("office", ALL_OFFICES, ALL_ACCOUNTS, office),
        Face("office", ALL_OFFICES, account, office),
        Face("account", ALL_OFFICES, ALL_ACCOUNTS, account),
    ]
    for dim, key in place.groups():
        faces += (Face(dim, ALL_OFFICES, ALL_ACCOUNTS, key), Face(dim, ALL_OFFICES, account, key))
    return faces


def narrow_faces(place: Place) -> list[Face]:
    """Return the 11 sums under its own office that a difference enters, once for its year."""
    office, account = place.office_id, place.account_code
    faces = [Face("account", office, ALL_ACCOUNTS, account)]
    for dim, key in place.groups():
        faces += (Face(dim, office, ALL_ACCOUNTS, key), Face(dim, office, account, key))
    return faces


class Question(NamedTuple):
    """Which kept rows answer: all keys of a face, or some of them only. `narrow`: they lie under the offices themselves."""

    dim: str
    office_ids: tuple[int, ...]
    account_code: str
    keys: tuple[str, ...] | None

    @property
    def narrow(self) -> bool:
        """Whether only years are kept, and parts of them must come from the ledger."""
        return self.office_ids != (ALL_OFFICES,)


def question(group_by: GroupBy | None, offices: Sequence[int] | None, account_code: str | None) -> Question:
    """Return where the answer is kept. Stretches of time and None ask for the same rows. `offices` None: all of them."""
    account, city = account_code or ALL_ACCOUNTS, (ALL_OFFICES,)
    under = city if offices is None else tuple(offices)
    if group_by in DIMS:
        return Question(str(group_by), under, account, None)
    if group_by == "account":
        return Question("account", under, ALL_ACCOUNTS, None if account_code is None else (account_code,))
    if offices is not None or group_by == "office":
        keys = None if offices is None else tuple(str(office) for office in offices)
        return Question("office", city, account, keys)
    if account_code is not None:
        return Question("account", city, ALL_ACCOUNTS, (account_code,))
    return Question("", city, ALL_ACCOUNTS, ("",))
