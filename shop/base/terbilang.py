"""Numbers in Indonesian words, as kuitansi write an amount a second time so that no digit can be added later."""

from __future__ import annotations

from typing import Final

_ONES: Final = (
    "", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas",
)  # fmt: skip
_GROUPS: Final = ((10**15, "kuadriliun"), (10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"))
_TEN: Final = 10
_TEENS: Final = 20
_HUNDRED: Final = 100
_THOUSAND: Final = 1000


def terbilang(amount: int) -> str:
    """Return an amount of rupiah in words, lower case.

    Raises ValueError below zero and from 10**18 on, where no money of ours is.

    >>> terbilang(1_100_000), terbilang(1011), terbilang(0)
    ('satu juta seratus ribu rupiah', 'seribu sebelas rupiah', 'nol rupiah')
    """
    if not 0 <= amount < 10**18:
        raise ValueError(amount)
    return f"{' '.join(_words(amount)) or 'nol'} rupiah"


def _words(number: int) -> list[str]:
    for size, name in _GROUPS:
        if number >= size:
            whole, rest = divmod(number, size)
            # "seribu", never "satu ribu"; but "satu juta".
            head = ["seribu"] if (whole, size) == (1, _THOUSAND) else [*_words(whole), name]
            return [*head, *_words(rest)]
    if number >= _HUNDRED:
        whole, rest = divmod(number, _HUNDRED)
        return [*(["seratus"] if whole == 1 else [_ONES[whole], "ratus"]), *_words(rest)]
    if number >= _TEENS:
        whole, rest = divmod(number, _TEN)
        return [_ONES[whole], "puluh", *_words(rest)]
    if number > len(_ONES) - 1:
        return [_ONES[number - _TEN], "belas"]
    return [_ONES[number]] if number else []
