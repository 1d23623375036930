"""Passwords: Argon2id behind a gate, so that a flood of sign-ins cannot take all memory and processors."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shop.base.errors import Invalid, TooMany

MIN_LENGTH: Final = 10
MAX_LENGTH: Final = 256
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Nobody's password, hashed with the parameters above: an unknown name costs what a known one costs.
NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$CTAHR3CDVlb1EJW3LWCjVA$M73KDqcYtEiVxiyEoTrNTg6DKIfVFoxZtAhJUExFOAM"
_GATE: Final = threading.BoundedSemaphore(4)
_PATIENCE_SECONDS: Final = 4.0

_LEET: Final = str.maketrans("013457@$!", "oieastasi")
# Bases people lengthen with digits and signs to satisfy a rule; refused with whatever decoration.
_COMMON: Final = frozenset(
    """
    password passwort passw katasandi sandi rahasia admin administrator user welcome login letmein master secret
    qwerty qwertyuiop asdfghjkl zxcvbnm qazwsx abc abcd abcdef abcdefgh abcdefghij iloveyou monkey dragon sunshine
    princess football baseball superman batman trustno changeme default test testing demo guest indonesia jakarta
    jakartajakarta dkijakarta pemprov pemprovdki pemda pemerintah merdeka garuda pancasila nusantara bhinneka
    bhinnekatunggalika persija monas betawi bppbj eorder jakpreneur jakprener umkm anggaran bendahara pengadaan
    kelurahan kecamatan dinas bismillah alhamdulillah assalamualaikum subhanallah masyaallah insyaallah sayang
    sayangku sayangkamu akucintakamu aku cinta cintaku kamu anjing bangsat ganteng cantik terserah rahasiaku lupa
    lupalagi gakada semangat selamat selamatpagi terimakasih
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_SEQUENCES: Final = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_NOT_LETTER: Final = re.compile(r"[^a-z]+")
_TRIMMINGS: Final = re.compile(r"^[\d_]+|[\W\d_]+$")


def _prepared(password: str) -> bytes:
    # One password typed on two keyboards may arrive composed or decomposed; NFKC makes them one (NIST SP 800-63B).
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


@contextmanager
def _gate() -> Iterator[None]:
    """Let few hashings run at once; whoever waits too long is told when to come back."""
    if not _GATE.acquire(timeout=_PATIENCE_SECONDS):
        raise TooMany("Sedang banyak yang masuk. Coba lagi sebentar lagi.", retry_after=5)
    try:
        yield
    finally:
        _GATE.release()


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password. Takes about 20 ms: call it outside a unit of work.

    Raises TooMany when too many are being hashed right now.
    """
    with _gate():
        return _HASHER.hash(_prepared(password))


def verify(stored: str | None, password: str) -> bool:
    """Tell whether the password fits. Without a stored hash it does the same work and answers False.

    Raises TooMany when too many are being hashed right now.
    """
    fits = len(password) <= MAX_LENGTH  # longer ones were never accepted, and need not be hashed whole
    with _gate():
        try:
            _HASHER.verify(stored or NOBODY, _prepared(password[:MAX_LENGTH]))
        except (VerificationError, InvalidHashError):
            return False
    return fits and stored is not None


def is_outdated(stored: str) -> bool:
    """Tell whether the hash was made with other parameters than today's and should be made anew."""
    return _HASHER.check_needs_rehash(stored)


def check_rules(password: str, field: str, *, name: str, email: str, nrk: str | None) -> None:
    """Raise Invalid at `field` when the password is short, common, or the person's own name, e-mail or NRK.

    No rule about kinds of characters: length and being unknown protect better (NIST SP 800-63B 5.1.1.2).
    """
    if len(password) < MIN_LENGTH:
        raise Invalid.at(field, "Kata sandi minimal %(min)s karakter. Kalimat pendek mudah diingat.", min=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise Invalid.at(field, "Kata sandi paling panjang %(max)s karakter.", max=MAX_LENGTH)
    plain = unicodedata.normalize("NFKC", password).casefold()
    if _is_common(plain):
        raise Invalid.at(field, "Kata sandi ini terlalu umum dan mudah ditebak. Pilih yang lain.")
    own = {_squeezed(part) for part in (name, email, email.partition("@")[0], nrk or "")} - {""}
    if _squeezed(plain) in own:
        raise Invalid.at(field, "Kata sandi tidak boleh sama dengan nama, e-mail, atau NRK Anda.")


def _squeezed(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _is_common(plain: str) -> bool:
    # Trimmings first: the 2026 of "p@ssw0rd2026" is a year, while its 0 is an o.
    letters = _NOT_LETTER.sub("", _TRIMMINGS.sub("", plain).translate(_LEET))
    bare = _NOT_LETTER.sub("", plain)
    if letters in _COMMON or bare in _COMMON or len(set(plain)) <= 2:  # noqa: PLR2004 - "aaaa…", "1212…"
        return True
    halves = {plain[: len(plain) // 2], plain[len(plain) // 2 :]}
    if len(halves) == 1 and (_NOT_LETTER.sub("", halves.pop()) in _COMMON):
        return True
    return any(plain in run or plain[::-1] in run for run in _SEQUENCES)
