"""Who acts: a person wearing one hat. Every verb takes the actor first."""

from __future__ import annotations

from dataclasses import dataclass, field

from shop.base.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the hat worn now. Plain values: safe to keep across transactions.

    `permissions` are names `room:thing:act`. `office_id`, `vendor_id` and `region_code` say where the hat
    is valid; verbs compare them with the thing in hand and answer NotFound when they differ.
    """

    user_id: int | None
    name: str
    role: str
    permissions: frozenset[str] = field(default_factory=frozenset, repr=False)
    hat_id: int | None = None
    office_id: int | None = None
    vendor_id: int | None = None
    region_code: str | None = None
    role_label: str = ""
    place_label: str = ""
    for_user_id: int | None = None
    """Whose place this person takes under a dated delegation; None when acting for oneself."""
    for_name: str = ""
    """The name of the one replaced, empty when acting for oneself."""

    @property
    def hands(self) -> tuple[int, ...]:
        """Ids of those whose packages and orders this person may work on: one's own, and of the one replaced today."""
        return tuple(user_id for user_id in (self.user_id, self.for_user_id) if user_id is not None)

    def acts_for(self, user_id: int | None) -> bool:
        """Tell whether what is in this person's hands is in the actor's: one's own, or of the one replaced today."""
        return user_id is not None and user_id in (self.user_id, self.for_user_id)

    def may(self, permission: str) -> bool:
        """Tell whether this hat carries the permission."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise Forbidden unless this hat carries the permission."""
        if permission not in self.permissions:
            raise Forbidden(
                "Peran Anda saat ini (%(role)s) tidak boleh melakukan ini.", role=self.role_label or self.role
            )


SYSTEM = Actor(None, "Sistem", "system", frozenset({"system"}), role_label="Sistem")
"""The process itself: deadlines that pass, imports from the command line, the demo."""

ANYONE = Actor(None, "Pengunjung", "public", role_label="Pengunjung")
"""A visitor without an account."""
