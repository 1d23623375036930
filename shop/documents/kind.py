"""What a kind of paper tells about itself. A kind is a file in `kinds/` with one `KIND` in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from shop.orders import states
from shop.papers.pdf import End
from shop.storage.files import FileStore

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued

Content = Mapping[str, Any]
PROFILE: Final = ("Pejabat itu sendiri, di halaman Profil", "/profil")
OFFICE: Final = ("PA/KPA, di halaman Identitas kantor", "/kantor/identitas")
VENDOR: Final = ("Produsen, di halaman Usaha saya", "/usaha")


@dataclass(frozen=True, slots=True)
class Need:
    """A field no paper of the kind is issued without. `path` names it in the content, parts separated by dots."""

    path: str
    words: str
    """What is missing, a sentence and msgid."""
    mends: tuple[str, str]
    """Who fills it in (msgid), and the address where."""
    blocks: bool = True
    """Whether it stops the paper; else it is only said."""

    def lacks(self, content: Content) -> bool:
        """Tell whether the content has nothing there."""
        value: Any = content
        for part in self.path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return not value


@dataclass(frozen=True, slots=True)
class Party:
    """Who signs a paper: a label (msgid) and the roles that may. `hands`: only who ordered, or the package's PPK."""

    label: str
    roles: frozenset[str]
    hands: bool = False
    steps: tuple[str, ...] = ()
    """Steps of the order by which it has signed: by taking them, or by having asked for what the other side agreed to."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature: in which capacity (msgid), by whom, how (`models.Signature.how`, or `silence` without a name), when."""

    party: str
    label: str
    name: str
    for_name: str
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper of one order."""

    code: str
    title: str
    """Its name, as it stands on the paper; a msgid."""
    series: str
    """The sequence its numbers come from, at most ten letters; empty when the content brings its own `number`."""
    gather: Callable[[Ground], dict[str, Any] | None]
    """Return everything the paper says, as plain values without anything of the issuing; None when this order has none."""
    draw: Callable[[Issued, FileStore, End], bytes]
    states: frozenset[str] = states.COMMITTED
    """States of the order in which it may be issued."""
    automatic: bool = True
    """Whether it issues by itself with the first step after which it is due and complete."""
    guess: Callable[[Ground], dict[str, Any]] | None = None
    """What is only expected on the day of issuing, as estimates: asked for once, and no reason for a new version."""
    renewed_by: Mapping[str, str] = field(default_factory=dict)
    """{step after which a new version issues by itself: the reason it gives}."""
    needs: Sequence[Need] = ()
    parties: Mapping[str, Party] = field(default_factory=dict)
    signed: Callable[[Collection[int]], Mapping[int, Sequence[Signed]]] | None = None
    """{order: signatures}, where the room that issues and draws the paper keeps them; None where they are kept here."""
    by: frozenset[str] = frozenset({"ppk", "pp", "bendahara"})
    """Roles that may issue it by hand."""
    for_vendor: bool = True
    """Whether the producer may read it."""

    def missing(self, content: Content) -> list[Need]:
        """Return what is lacking, what blocks first."""
        return sorted((need for need in self.needs if need.lacks(content)), key=lambda need: not need.blocks)
