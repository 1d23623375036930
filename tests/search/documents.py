"""Makers of documents for the tests of search."""

from __future__ import annotations

from shop.search import Document


def doc(number: int, name: str, body: str = "", **more: object) -> Document:
    """A document with a card that tells its number."""
    facets = {key: tuple(value) for key, value in more.items() if isinstance(value, (list, tuple))}
    numbers = {key: value for key, value in more.items() if isinstance(value, int)}
    return Document(number, name, body, facets, numbers, f"card {number}".encode())
