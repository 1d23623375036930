"""The accounts of the money ledger. A transfer debits one and credits another."""

from __future__ import annotations

from typing import Final

EXPENSE: Final = "expense"
PAYABLE: Final = "payable"
BANK: Final = "bank"
REFUND_DUE: Final = "refund_due"
_WITHHELD: Final = "withheld:"
_PLATFORM: Final = "platform:"

LABELS: Final = {
    EXPENSE: "Belanja",
    PAYABLE: "Utang kepada produsen",
    BANK: "Kas dan bank kantor",
    REFUND_DUE: "Kelebihan bayar yang harus kembali",
}
"""Labels as people read them; msgids."""


def withheld(code: str) -> str:
    """Return the account of a tax the treasurer keeps back until it is remitted, e.g. `withheld:PPH22`."""
    return _WITHHELD + code


def platform(code: str) -> str:
    """Return the account of a tax the platform collects and remits."""
    return _PLATFORM + code


def tax_of(account: str) -> str:
    """Return the code of the tax an account holds, empty for the others."""
    head, _, code = account.partition(":")
    return code if f"{head}:" in (_WITHHELD, _PLATFORM) else ""
