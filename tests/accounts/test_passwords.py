"""Passwords: what is accepted, and that nobody's name costs what somebody's does."""

from __future__ import annotations

import threading

import pytest

from shop.accounts import passwords
from shop.base.errors import Invalid, TooMany

SARI = {"name": "Sari Wulandari", "email": "sari.wulandari@jakarta.go.id", "nrk": "1234567890"}


@pytest.mark.parametrize(
    "password",
    [
        "burung gereja",
        "kopi-tubruk-77-gelas",
        "纸上得来终觉浅绝知此事",
        "päröissä2kertaa",
        "9f!Kd0s2lQ",
        "NUL\x00dalam sandi",
    ],
)
def test_an_uncommon_password_of_ten_characters_is_accepted_whatever_its_characters(password):
    passwords.check_rules(password, "new", **SARI)


@pytest.mark.parametrize(
    "password",
    [
        "pendek",
        "password123",
        "P@ssw0rd2026",
        "jakarta2026!",
        "Bismillah123",
        "rahasiarahasia",
        "qwertyuiop",
        "1234567890",
        "0987654321",
        "aaaaaaaaaaaa",
        "1212121212",
        "Indonesia#45",
        "sayangkamu99",
        "Sari Wulandari",
        "sari.wulandari@jakarta.go.id",
        "sari.wulandari",
        "SARIWULANDARI",
        "12345.67890",
        "x" * 257,
    ],
)
def test_short_common_own_and_endless_passwords_are_refused_with_a_reason(password):
    with pytest.raises(Invalid) as caught:
        passwords.check_rules(password, "new", **SARI)
    assert caught.value.faults[0].field == "new"
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("password", ["dengan\x00nol di tengah", "\ud800 setengah pasangan", "é" * 100, "😀" * 12])
def test_any_characters_round_trip(password):
    stored = passwords.hash_password(password)
    assert passwords.verify(stored, password)
    assert not passwords.verify(stored, password + "x")
    assert not passwords.verify(stored, password.split("\x00")[0] + "!")


def test_composed_and_decomposed_letters_are_one_password():
    assert passwords.verify(passwords.hash_password("caf\u00e9 di ujung jalan"), "cafe\u0301 di ujung jalan")


def test_an_endless_password_is_refused_without_hashing_it_whole():
    stored = passwords.hash_password("x" * 256)
    assert passwords.verify(stored, "x" * 256)
    assert not passwords.verify(stored, "x" * 257)
    assert not passwords.verify(stored, "x" * 5_000_000)


def test_nobody_is_hashed_with_the_parameters_of_everybody():
    assert not passwords.is_outdated(passwords.NOBODY)
    assert not passwords.verify(None, "apa saja")


def test_a_hash_with_old_parameters_is_seen_as_outdated():
    from argon2 import PasswordHasher

    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("lama"))


def test_a_broken_stored_hash_is_a_wrong_password():
    assert not passwords.verify("bukan hash", "apa saja")


def test_a_flood_is_told_when_to_come_back(monkeypatch):
    monkeypatch.setattr(passwords, "_GATE", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "_PATIENCE_SECONDS", 0.01)
    passwords._GATE.acquire()
    with pytest.raises(TooMany) as caught:
        passwords.verify(None, "apa saja")
    assert caught.value.retry_after > 0
