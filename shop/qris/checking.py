"""Whether a QRIS code is right, and what it says. Every fault is told at once, in words, at the tag it is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shop.base.errors import FieldFault, Invalid
from shop.base.fields import Fields
from shop.base.money import rupiah
from shop.qris.codec import CRC, LONGEST, Node, crc, read

CRITERIA: Final[dict[str, str]] = {
    "UMI": "Usaha mikro",
    "UKE": "Usaha kecil",
    "UME": "Usaha menengah",
    "UBE": "Usaha besar",
    "URE": "Usaha reguler",
    "PSO": "Layanan publik (PSO)",
    "BLU": "Badan layanan umum",
    "SPBU": "Pengisian bahan bakar (SPBU)",
}
"""Criteria of a merchant, which decide its fee, in words."""
INITIATION: Final = {"11": "static", "12": "dynamic"}
NATIONAL: Final = "ID.CO.QRIS.WWW"
_SHAPES: Final[tuple[tuple[str, str, str], ...]] = (
    ("52", r"[0-9]{4}", "Jenis usaha (bagian 52, MCC) harus empat angka."),
    ("53", r"360", "Mata uang (bagian 53) harus rupiah, 360."),
    ("58", r"ID", "Negara (bagian 58) harus ID."),
    ("59", r".{1,25}", "Nama usaha (bagian 59) paling panjang 25 huruf."),
    ("60", r".{1,15}", "Kota (bagian 60) paling panjang 15 huruf."),
    ("61", r"[0-9A-Za-z ]{1,10}", "Kode pos (bagian 61) paling panjang 10 huruf atau angka."),
)
"""Tags every code needs, the shape of their values, and what is said of another shape."""
_AMOUNT: Final = re.compile(r"([0-9]+)(?:\.([0-9]*))?", re.ASCII)
_PERCENT: Final = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?", re.ASCII)
_AMOUNT_LENGTH: Final = 13
_SUB_LENGTH: Final = 25


@dataclass(frozen=True, slots=True)
class Report:
    """What a code says, as far as it can be read, and its faults; `amount` in rupiah, None when nothing (right) is said.

    `initiation`: `static` (one code for every sale), `dynamic` (one sale) or empty. `tip`: 01 the payer is asked, 02 fixed,
    03 a share, empty without one.
    """

    nodes: tuple[Node, ...] = ()
    initiation: str = ""
    amount: int | None = None
    name: str = ""
    city: str = ""
    postal_code: str = ""
    nmid: str = ""
    criteria: str = ""
    mcc: str = ""
    bill: str = ""
    terminal: str = ""
    tip: str = ""
    faults: tuple[FieldFault, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong with the code. Says nothing about money: a code confirms no payment."""
        return not self.faults

    def require(self, field: str = "payload") -> Report:
        """Return the report of a right code. Raises Invalid with every fault, all at `field`."""
        if self.faults:
            raise Invalid(faults=tuple(FieldFault(field, f.message, f.params) for f in self.faults))
        return self


def check(text: str, limit: int | None = None) -> Report:
    """Return what a code says and all that is wrong with it. `limit`: most rupiah of one payment on the day, None for no limit."""
    look = _Look({})
    if len(text) > LONGEST:
        look.fault("payload", "Kode lebih panjang dari %(most)s huruf.", most=LONGEST)
        return Report(faults=tuple(look.faults))
    if not text.strip():
        look.fault("payload", "Kode masih kosong. Tempel teks dari kode QRIS.")
        return Report(faults=tuple(look.faults))
    try:
        nodes = read(text)
    except Invalid as fault:
        look.faults += fault.faults
        if not text.isascii():
            look.fault(
                "payload",
                "Ada huruf atau gambar di luar huruf Latin biasa; karena itu panjangnya bisa salah terhitung.",
            )
        if text[-8:-4] == f"{CRC}04":
            look.checksum(text[:-4], text[-4:])
        return Report(faults=tuple(look.faults))
    return look.whole(text, nodes, limit)


class _Look(Fields):
    """One look over a code; faults are noted as `shop.base.fields.Fields` does."""

    def whole(self, text: str, nodes: tuple[Node, ...], limit: int | None) -> Report:
        self.repeated(nodes, "")
        self.letters(nodes, "")
        values = {node.tag: node.value for node in reversed(nodes)}  # of two the first is shown
        parts = {node.tag: self.inside(node) for node in nodes if node.is_template}
        self.frame(text, nodes, values)
        for tag, shape, message in _SHAPES:
            if tag not in values:
                self.fault(tag, "Bagian %(tag)s tidak ada; kode QRIS selalu memuatnya.", tag=tag)
            elif not re.fullmatch(shape, values[tag], re.DOTALL):
                self.fault(tag, message)
        amount = self.money(values, limit)
        self.tips(values)
        nmid, criteria = self.merchant(values, parts)
        for tag, value in parts.get("62", {}).items():
            if len(value) > _SUB_LENGTH:
                self.fault(f"62.{tag}", "Bagian %(tag)s paling panjang 25 huruf.", tag=f"62.{tag}")
        more = parts.get("62", {})
        return Report(
            nodes=nodes,
            initiation=INITIATION.get(values.get("01", ""), ""),
            amount=amount,
            name=values.get("59", ""),
            city=values.get("60", ""),
            postal_code=values.get("61", ""),
            nmid=nmid,
            criteria=criteria,
            mcc=values.get("52", ""),
            bill=more.get("01", ""),
            terminal=more.get("07", ""),
            tip=values.get("55", ""),
            faults=tuple(self.faults),
        )

    def repeated(self, nodes: Sequence[Node], within: str) -> None:
        for tag, count in Counter(node.tag for node in nodes).items():
            if count > 1:
                self.fault(
                    within + tag,
                    "Bagian %(tag)s tertulis %(count)s kali; hanya boleh sekali.",
                    tag=within + tag,
                    count=count,
                )

    def letters(self, nodes: Sequence[Node], within: str) -> None:
        """Hold values to printable ASCII; only the other script of template 64 may go beyond, and nothing to control characters."""
        for node in nodes:
            plain = node.value.isascii() or node.tag == "64" or within == "64."
            if not (plain and node.value.isprintable()):
                self.fault(
                    within + node.tag,
                    "Bagian %(tag)s memuat huruf atau gambar yang tidak boleh ada di kode QRIS. Minta kode baru kepada penerbitnya.",
                    tag=within + node.tag,
                )  # fmt: skip

    def inside(self, node: Node) -> Mapping[str, str]:
        try:
            parts = node.parts
        except Invalid as fault:
            self.faults += fault.faults
            return {}
        self.repeated(parts, f"{node.tag}.")
        return {part.tag: part.value for part in reversed(parts)}

    def frame(self, text: str, nodes: Sequence[Node], values: Mapping[str, str]) -> None:
        if nodes[0] != Node("00", "01"):
            self.fault("00", "Kode harus diawali 000201.")
        if values.get("01") not in INITIATION:
            self.fault("01", "Bagian 01 harus 11 (tetap) atau 12 (sekali pakai).")
        if CRC not in values:
            self.fault(CRC, "Angka pemeriksa (bagian 63) tidak ada.")
        elif nodes[-1].tag != CRC:
            self.fault(CRC, "Angka pemeriksa (bagian 63) harus di paling akhir; ada tulisan sesudahnya.")
        elif len(values[CRC]) != 4:  # noqa: PLR2004 - hex digits of 16 bits
            self.fault(CRC, "Angka pemeriksa (bagian 63) harus empat huruf atau angka.")
        else:
            self.checksum(text[:-4], text[-4:])

    def checksum(self, over: str, told: str) -> None:
        right = crc(over)
        if told == right:
            return
        if told.upper() == right:
            self.fault(CRC, "Angka pemeriksa (bagian 63) harus ditulis dengan huruf besar: %(right)s.", right=right)
        else:
            self.fault(CRC, "Angka pemeriksa tidak cocok: ada yang berubah atau salah salin. Jangan dibayar.")

    def money(self, values: Mapping[str, str], limit: int | None) -> int | None:
        """Return the amount in rupiah. A code for one sale needs one; a fraction of a rupiah cannot be paid."""
        if "54" not in values:
            if values.get("01") == "12":
                self.fault("54", "Kode sekali pakai harus memuat jumlah (bagian 54).")
            return None
        found = _AMOUNT.fullmatch(values["54"]) if len(values["54"]) <= _AMOUNT_LENGTH else None
        if found is None:
            self.fault("54", "Jumlah (bagian 54) hanya angka, paling panjang 13, tanpa titik ribuan dan tanpa Rp.")
            return None
        if (found[2] or "").strip("0"):
            self.fault("54", "Jumlah (bagian 54) harus rupiah bulat, tanpa sen.")
            return None
        amount = int(found[1])
        if amount == 0:
            self.fault("54", "Jumlah (bagian 54) tidak boleh nol.")
        elif limit is not None and amount > limit:
            self.fault("54", "Jumlah di atas batas QRIS %(limit)s sekali bayar.", limit=rupiah(limit))
        return amount

    def tips(self, values: Mapping[str, str]) -> None:
        kind = values.get("55")
        if kind not in {None, "01", "02", "03"}:
            self.fault("55", "Tip (bagian 55) harus 01, 02, atau 03.")
        for tag, owner in (("56", "02"), ("57", "03")):
            if (kind == owner) != (tag in values):
                self.fault(
                    tag, "Bagian %(tag)s ada bila, dan hanya bila, bagian 55 bernilai %(kind)s.", tag=tag, kind=owner
                )
        if "56" in values and (len(values["56"]) > _AMOUNT_LENGTH or not _AMOUNT.fullmatch(values["56"])):
            self.fault("56", "Tip tetap (bagian 56) hanya angka.")
        if "57" in values and not (_PERCENT.fullmatch(values["57"]) and values["57"].strip("0.")):
            self.fault("57", "Tip persen (bagian 57) dari 0.01 sampai 99.99.")

    def merchant(self, values: Mapping[str, str], parts: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
        """Return NMID and criteria: of the national template, the criteria else of the first acquirer that says them."""
        national = parts.get("51", {})
        if "51" not in values:
            self.fault("51", "Bagian 51 (data nasional QRIS) tidak ada: ini bukan kode QRIS.")
        elif national:
            if national.get("00", "").upper() != NATIONAL:
                self.fault("51.00", "Bagian 51.00 harus ID.CO.QRIS.WWW.")
            if not re.fullmatch(r"ID[0-9]{13}", national.get("02", ""), re.ASCII):
                self.fault("51.02", "NMID (bagian 51.02) harus ID diikuti 13 angka.")
        criteria = national.get("03") or next(
            (p["03"] for tag, p in parts.items() if "26" <= tag <= "45" and "03" in p), ""
        )
        if criteria not in CRITERIA:
            self.fault("51.03", "Kriteria usaha (bagian 51.03) tidak dikenal: misalnya UMI, UKE, UME, atau UBE.")
        return national.get("02", ""), criteria
