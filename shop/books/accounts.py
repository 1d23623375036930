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


def said(debit: str, credit: str) -> tuple[str, str]:
    """Return what a transfer did as people say it (msgid with `%(tax)s` where a tax is named) and the code of that tax."""
    words = LABELS_OF_TRANSFERS.get((_kind(debit), _kind(credit)), "Dipindahkan antar akun")
    return words, tax_of(debit) or tax_of(credit)


def _kind(account: str) -> str:
    head, colon, _ = account.partition(":")
    return head + colon


LABELS_OF_TRANSFERS: Final = {
    (EXPENSE, PAYABLE): "Utang dicatat saat barang diterima",
    (PAYABLE, EXPENSE): "Utang dikurangi",
    (PAYABLE, BANK): "Dibayar kepada produsen",
    (PAYABLE, _WITHHELD): "Pajak %(tax)s dipungut bendahara",
    (PAYABLE, _PLATFORM): "Pajak %(tax)s dipungut platform",
    (_WITHHELD, BANK): "Pajak %(tax)s disetor",
    (BANK, _WITHHELD): "Setoran pajak %(tax)s dibetulkan",
    (BANK, PAYABLE): "Pembayaran kembali ke kantor",
    (REFUND_DUE, BANK): "Terbayar padahal tidak perlu",
    (BANK, REFUND_DUE): "Kelebihan bayar kembali",
}
"""{(debit, credit): what it means}; msgids. Accounts of taxes are named without their code."""
