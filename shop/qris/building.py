"""Making QRIS codes: one for one sale out of a producer's own, or a whole one from its parts. Pure.

Never by replacing text: `010211` and `5802ID` may stand inside a name. A code made here carries no call back from the acquirer,
so nobody is told that it was paid: whoever shows it says that it is unconfirmed until there is proof.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from shop.base.errors import FieldFault, Invalid
from shop.base.fields import Fields
from shop.base.money import rupiah
from shop.qris.checking import NATIONAL, check
from shop.qris.codec import CRC, LONGEST, LONGEST_VALUE, Node, put, seal, write

BILL_LENGTH: Final = 25
"""Most characters of a bill number or terminal (EMVCo 62.01, 62.07)."""
_MADE_ANEW: Final = frozenset({"54", "55", "56", "57", CRC})
_MOST_PERCENT: Final = 9_999


@dataclass(frozen=True, slots=True)
class Tip:
    """A tip: the payer is asked (`value` 0), a fixed one in rupiah, or a share in basis points."""

    kind: Literal["ask", "fixed", "percent"]
    value: int = 0


def dynamic(text: str, amount: int, limit: int, *, bill: str = "", terminal: str = "", tip: Tip | None = None) -> str:
    """Return a code for one sale of `amount` rupiah out of a right code: everything else of it is kept as it stood.

    `limit`: most rupiah of one payment on the day. A bill number or terminal replaces the one in the code. Raises Invalid
    with every fault at payload, amount, bill, terminal or tip.
    """
    asked, report = _Asked({}), check(text)
    asked.faults += (FieldFault("payload", f.message, f.params) for f in report.faults)
    if amount < 1:
        asked.fault("amount", "Isi jumlah dalam rupiah bulat, di atas nol.")
    elif amount > limit:
        asked.fault("amount", "Jumlah di atas batas QRIS %(limit)s sekali bayar.", limit=rupiah(limit))
    asked.line("bill", bill)
    asked.line("terminal", terminal)
    if tip is not None:
        asked.tip(tip, limit)
    asked.check()
    nodes = put([node for node in report.nodes if node.tag not in _MADE_ANEW], {"01": "12"})
    at = next(n for n, node in enumerate(nodes) if node.tag == "58")
    nodes = (*nodes[:at], Node("54", str(amount)), *_tip(tip), *nodes[at:])
    if more := {tag: value for tag, value in (("01", bill), ("07", terminal)) if value}:
        nodes = put(nodes, {"62": _more(nodes, more)})
    made = seal(nodes)
    if len(made) > LONGEST:
        raise Invalid.at("payload", "Kode menjadi lebih panjang dari %(most)s huruf.", most=LONGEST)
    return made


class _Asked(Fields):
    """What was asked of a new code; faults are noted as `shop.base.fields.Fields` does."""

    def line(self, name: str, value: str) -> None:
        if len(value) > BILL_LENGTH or not (value.isascii() and value.isprintable()) or value != value.strip():
            self.fault(name, "Paling panjang 25 huruf, angka, atau tanda baca biasa.")

    def tip(self, tip: Tip, limit: int) -> None:
        bounds = {"ask": (0, 0), "fixed": (1, limit), "percent": (1, _MOST_PERCENT)}
        least, most = bounds[tip.kind]
        if not least <= tip.value <= most:
            self.fault("tip", "Tip jenis ini antara %(least)s dan %(most)s.", least=least, most=most)


def _tip(tip: Tip | None) -> tuple[Node, ...]:
    if tip is None:
        return ()
    if tip.kind == "ask":
        return (Node("55", "01"),)
    if tip.kind == "fixed":
        return Node("55", "02"), Node("56", str(tip.value))
    whole, rest = divmod(tip.value, 100)
    return Node("55", "03"), Node("57", f"{whole}.{rest:02d}".rstrip("0").rstrip("."))


def _more(nodes: tuple[Node, ...], more: dict[str, str]) -> str:
    """Return the value of template 62 with a bill number or terminal, its parts in order."""
    kept = next((node.parts for node in nodes if node.tag == "62"), ())
    value = write(sorted(put(kept, more), key=lambda part: part.tag))
    if len(value) > LONGEST_VALUE:
        raise Invalid.at("bill", "Nomor tagihan tidak muat di kode ini. Pendekkan menjadi beberapa huruf.")
    return value


@dataclass(frozen=True, slots=True)
class Merchant:
    """What a code from the beginning is made of; `extra` are further parts of template 62, `07` the terminal."""

    name: str
    city: str
    postal_code: str
    nmid: str
    pan: str
    mid: str
    criteria: str
    mcc: str
    domain: str
    extra: dict[str, str] = field(default_factory=dict)


def build(merchant: Merchant) -> str:
    """Return a static code of a merchant; name and city are cut to 25 and 15 characters, as issuers do.

    Raises Invalid with every fault of what came out.
    """
    account = {"00": merchant.domain, "01": merchant.pan, "02": merchant.mid, "03": merchant.criteria}
    values = {
        "00": "01", "01": "11",
        "26": write(put((), account)),
        "51": write(put((), {"00": NATIONAL, "02": merchant.nmid, "03": merchant.criteria})),
        "52": merchant.mcc, "53": "360", "58": "ID",
        "59": merchant.name[:25], "60": merchant.city[:15], "61": merchant.postal_code,
    }  # fmt: skip
    if merchant.extra:
        values["62"] = write(put((), merchant.extra))
    made = seal(put((), values))
    check(made).require()
    return made
