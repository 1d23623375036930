"""The text in a QRIS code: tag (2), length (2), value, again and again, and a checksum over all of it. Pure.

EMVCo's merchant-presented specification counts lengths in *characters*, and so do we: in Python a character is a code point.
The checksum is taken over the bytes of its UTF-8. Only template 64 (name and city in another script) may hold characters
beyond ASCII; a code whose maker counted bytes there, or put an emoji into the name, does not fall apart silently: its lengths
no longer meet its end, or `checking` names the value.

Reading keeps every value as it stood, so that `write(read(text)) == text` to the byte. Whether the values are right is asked
in `checking`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from shop.base.errors import Invalid

LONGEST: Final = 512
"""Most characters of a whole code (EMVCo)."""
LONGEST_VALUE: Final = 99
CRC: Final = "63"
_HEAD: Final = 4
_TEMPLATES: Final = frozenset({*map(str, range(26, 52)), "62", "64"})


@dataclass(frozen=True, slots=True)
class Node:
    """One data object: its tag of two digits and its value, 1 to 99 characters."""

    tag: str
    value: str

    @property
    def is_template(self) -> bool:
        """Whether the value holds data objects itself (merchant accounts, additional data, language)."""
        return self.tag in _TEMPLATES

    @property
    def parts(self) -> tuple[Node, ...]:
        """The data objects inside a template, empty for a plain value. Raises Invalid when they cannot be read."""
        return read(self.value, self.tag) if self.is_template else ()


def read(text: str, within: str = "") -> tuple[Node, ...]:
    """Return the data objects of a code, or of the template `within`. Raises Invalid saying where the text breaks off."""
    nodes, at = [], 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + _HEAD]
        place = f"{within}.{tag}" if within else tag
        if not (_digits(tag) and _digits(length)):
            raise Invalid.at(within or "payload", _BROKEN_INSIDE if within else _BROKEN, at=at + 1, within=within)
        end = at + _HEAD + int(length)
        if end == at + _HEAD:
            raise Invalid.at(place, "Bagian %(tag)s kosong; panjangnya tertulis 00.", tag=place)
        if end > len(text):
            raise Invalid.at(place, _CUT, tag=place, told=int(length), found=len(text) - at - _HEAD)
        nodes.append(Node(tag, text[at + _HEAD : end]))
        at = end
    return tuple(nodes)


_BROKEN: Final = (
    "Susunan kode rusak pada huruf ke-%(at)s: di situ harus ada dua angka penanda dan dua angka panjang. "
    "Biasanya ada yang terpotong, berlebih, atau panjang yang salah."
)
_BROKEN_INSIDE: Final = (
    "Susunan di dalam bagian %(within)s rusak pada huruf ke-%(at)s. Minta kode baru kepada penerbitnya."
)
_CUT: Final = "Bagian %(tag)s terpotong: panjangnya tertulis %(told)s, tetapi hanya ada %(found)s huruf. Salin ulang kodenya sampai akhir."


def write(nodes: Iterable[Node]) -> str:
    """Return the text of data objects. Raises Invalid at the tag of a value that is empty or longer than 99 characters."""
    nodes = tuple(nodes)
    for node in nodes:
        if not 1 <= len(node.value) <= LONGEST_VALUE:
            raise Invalid.at(node.tag, "Isi bagian %(tag)s harus 1 sampai 99 huruf.", tag=node.tag)
    return "".join(f"{node.tag}{len(node.value):02d}{node.value}" for node in nodes)


def crc(text: str) -> str:
    """Return the CRC-16/CCITT-FALSE of a text as four upper-case hex digits, zeros in front kept.

    >>> crc("123456789")
    '29B1'
    """
    register = 0xFFFF
    # A lone half of a character has no bytes of its own; it is a fault of the code, and must not stop the reading.
    for byte in text.encode("utf-8", "surrogatepass"):
        register ^= byte << 8
        for _bit in range(8):
            register = (register << 1 ^ 0x1021 if register & 0x8000 else register << 1) & 0xFFFF
    return f"{register:04X}"


def seal(nodes: Iterable[Node]) -> str:
    """Return the text of data objects closed with their checksum, as tag 63 at the end."""
    text = f"{write(nodes)}{CRC}04"
    return text + crc(text)


def put(nodes: Iterable[Node], values: Mapping[str, str]) -> tuple[Node, ...]:
    """Return data objects with values set: in its place when the tag is there, else before the first greater tag."""
    found = [Node(node.tag, values.get(node.tag, node.value)) for node in nodes]
    for tag in sorted(values.keys() - {node.tag for node in found}):
        at = next((n for n, node in enumerate(found) if node.tag > tag), len(found))
        found.insert(at, Node(tag, values[tag]))
    return tuple(found)


def _digits(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isdigit()  # noqa: PLR2004 - a tag and a length have two
