"""Reading a sent form one field after another: what is wrong is kept, so that all of it is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from shop.base.errors import FieldFault, Invalid
from shop.base.sheet import day

A_DAY: Final = "Isi tanggal, misalnya 25-11-2026."


class Fields:
    """What was sent, and the faults found in it so far. Rooms add readers of what they ask for."""

    def __init__(self, sent: Mapping[str, str]) -> None:
        self.sent = sent
        self.faults: list[FieldFault] = []

    def fault(self, name: str, message: str, **params: object) -> None:
        """Note what is wrong with a field."""
        self.faults.append(FieldFault(name, message, tuple(params.items())))

    def typed(self, name: str) -> str:
        """Return what was typed, without space around it."""
        return self.sent.get(name, "").strip()

    def day(self, name: str, needed: str = "") -> date | None:
        """Return a day as browsers send it or people write it; None when left empty, which is a fault when it is `needed`."""
        text = self.typed(name)
        found = day(text) if text else None
        if found is None and (text or needed):
            self.fault(name, A_DAY if text else needed)
        return found

    def check(self) -> None:
        """Raise Invalid with every fault when there is any."""
        if self.faults:
            raise Invalid(faults=tuple(self.faults))
