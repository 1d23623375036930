"""The faces of the ledger: for one difference, every kept sum it enters; for one question, the rows to read.

Both directions stand in one file because they must agree. Supported questions: filters (office, account) × group by
(nothing, office, account, kecamatan, vendor, evidence), each for years, months and days. Pure.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

GroupBy = Literal["office", "month", "account", "kecamatan", "vendor", "evidence"]
GROUPS: Final[tuple[GroupBy, ...]] = ("office", "month", "account", "kecamatan", "vendor", "evidence")
ALL_OFFICES: Final = 0
ALL_ACCOUNTS: Final = ""


class Face(NamedTuple):
    """Key of a kept sum without its period."""

    dim: str
    office_id: int
    account_code: str
    key: str


def faces_of(
    office_id: int, account_code: str, kecamatan_code: str, vendor_id: int | None, evidence: str
) -> list[Face]:
    """Return the 17 sums that a difference with these dimensions enters, once for each period.

    One office's sum is the row of that office in the breakdown by office, and so on: nothing is kept twice.
    """
    office = str(office_id)
    faces = [
        Face("", ALL_OFFICES, ALL_ACCOUNTS, ""),
        Face("office", ALL_OFFICES, ALL_ACCOUNTS, office),
        Face("office", ALL_OFFICES, account_code, office),
        Face("account", ALL_OFFICES, ALL_ACCOUNTS, account_code),
        Face("account", office_id, ALL_ACCOUNTS, account_code),
    ]
    vendor = "" if vendor_id is None else str(vendor_id)
    for dim, key in (("kecamatan", kecamatan_code), ("vendor", vendor), ("evidence", evidence)):
        faces += (
            Face(dim, ALL_OFFICES, ALL_ACCOUNTS, key),
            Face(dim, office_id, ALL_ACCOUNTS, key),
            Face(dim, ALL_OFFICES, account_code, key),
            Face(dim, office_id, account_code, key),
        )
    return faces


class Question(NamedTuple):
    """Which kept rows answer: all keys of a face, or one key only."""

    dim: str
    office_id: int
    account_code: str
    key: str | None


def question(group_by: GroupBy | None, office_id: int | None, account_code: str | None) -> Question:
    """Return where the answer is kept. `month` and None ask for the same rows; the periods tell them apart."""
    account = account_code or ALL_ACCOUNTS
    if group_by in {"kecamatan", "vendor", "evidence"}:
        return Question(str(group_by), office_id or ALL_OFFICES, account, None)
    if group_by == "account":
        return Question("account", office_id or ALL_OFFICES, ALL_ACCOUNTS, account_code)
    if group_by == "office":
        return Question("office", ALL_OFFICES, account, None if office_id is None else str(office_id))
    if office_id is not None:
        return Question("office", ALL_OFFICES, account, str(office_id))
    if account_code is not None:
        return Question("account", ALL_OFFICES, ALL_ACCOUNTS, account_code)
    return Question("", ALL_OFFICES, ALL_ACCOUNTS, "")
