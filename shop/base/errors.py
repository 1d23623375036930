"""One tree of errors that knows no HTTP. `web.errors` maps each branch to a status, once.

Messages are complete sentences in Bahasa Indonesia (the msgid language); doors translate them.
`params` fill the placeholders after translation, so that a message is translated before it is filled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One wrong field: its name as the caller sent it, and what to do about it."""

    field: str
    message: str
    params: tuple[tuple[str, object], ...] = ()


class ShopError(Exception):
    """Root of every error a person can cause or meet. `kind` is stable and machine-readable."""

    kind = "error"

    def __init__(self, message: str, *, kind: str | None = None, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params
        if kind is not None:
            self.kind = kind

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Invalid(ShopError):  # noqa: N818 - named after the state of the input, as the whole tree is
    """The input is wrong; `faults` says which fields and how to mend them. Nothing was changed."""

    kind = "invalid"

    def __init__(
        self, message: str = "Periksa kembali isian Anda.", faults: tuple[FieldFault, ...] = (), **params: object
    ) -> None:
        super().__init__(message, kind=None, **params)
        self.faults = faults

    @classmethod
    def at(cls, field: str, message: str, **params: object) -> Invalid:
        """Build the error for one wrong field."""
        return cls(message, (FieldFault(field, message, tuple(params.items())),), **params)


def or_fault(faults: list[FieldFault], read: Callable[..., T], *given: Any, **how: Any) -> T | None:
    """Return what `read` makes of what was given; None after adding its faults, so that all fields are told at once."""
    try:
        return read(*given, **how)
    except Invalid as fault:
        faults += fault.faults
        return None


class Unauthenticated(ShopError):  # noqa: N818
    """Nobody is signed in, or the token is not valid (any more)."""

    kind = "unauthenticated"


class Forbidden(ShopError):  # noqa: N818
    """Signed in, but this hat may not do this. Reading somebody else's thing is NotFound instead."""

    kind = "forbidden"


class SeparationOfDuties(Forbidden):
    """Who orders does not receive, who receives does not pay (UU 1/2004 on the state treasury, internal control)."""

    kind = "separation-of-duties"


class NotFound(ShopError):  # noqa: N818
    """There is no such thing, or it is somebody else's: the two answers are one on purpose."""

    kind = "not-found"

    def __init__(self, message: str = "Yang Anda cari tidak ada.", **params: object) -> None:
        super().__init__(message, kind=None, **params)


class Conflict(ShopError):  # noqa: N818
    """The world moved on: price, stock, capacity, pagu or another person was first. `facts` tells the new values."""

    kind = "conflict"

    def __init__(
        self, message: str, *, kind: str | None = None, facts: dict[str, object] | None = None, **params: object
    ) -> None:
        super().__init__(message, kind=kind, **params)
        self.facts = facts or {}


class Stale(Conflict):
    """Somebody changed it since this screen was opened."""

    kind = "stale"

    def __init__(self, message: str = "Data ini sudah diubah orang lain. Muat ulang lalu periksa lagi.") -> None:
        super().__init__(message)


class WrongState(Conflict):
    """The verb is not allowed in the state the thing is in now."""

    kind = "wrong-state"


class Reused(ShopError):  # noqa: N818
    """An idempotency key came back with another body."""

    kind = "key-reused"


class TooMany(ShopError):  # noqa: N818
    """Too many tries; `retry_after` seconds from now it is allowed again."""

    kind = "too-many"

    def __init__(self, message: str, *, retry_after: int, **params: object) -> None:
        super().__init__(message, kind=None, **params)
        self.retry_after = retry_after


class NotReady(ShopError):  # noqa: N818
    """A part this needs (index, database, mail) is not there right now; trying later helps."""

    kind = "not-ready"
