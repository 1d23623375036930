"""What all papers have in common on paper: their head, who signed, and where anybody checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shop.base.clock import stamp
from shop.documents.table import KINDS
from shop.papers import qr
from shop.papers.pdf import Paper
from shop.storage.files import FileStore

if TYPE_CHECKING:
    from shop.documents.kind import Signed
    from shop.documents.reading import Issued

_HOW: Final = {
    "account": "ditandatangani secara elektronik dengan akun e-Order",
    "step": "disetujui melalui langkah pesanan di e-Order",
    "certified": "ditandatangani dengan tanda tangan elektronik tersertifikasi",
}


def draw(issued: Issued, files: FileStore, root: str) -> bytes:
    """Return the PDF of a paper; `root` is the public address of the shop. The same paper and signatures, the same bytes."""

    def end(paper: Paper) -> None:
        _end(paper, issued, f"{root}/cek/{issued.check_code}")

    return KINDS[issued.kind].draw(issued, files, end)


def _end(paper: Paper, issued: Issued, address: str) -> None:
    if issued.signatures and KINDS[issued.kind].signed is None:  # else the room that draws it has drawn them
        paper.subheading("Persetujuan elektronik")
        paper.facts((signed.label, _signed(signed)) for signed in issued.signatures)
    lines = [
        f"Kode periksa {issued.check_code}",
        f"Dokumen {issued.number}, versi {issued.version}. Pindai atau buka {address} untuk memeriksa.",
        f"Sidik isi (SHA-256): {issued.fingerprint}",
    ]
    paper.beside(qr.png(address), alt=f"Kode QR menuju {address}", size=28, lines=lines)


def _signed(signed: Signed) -> str:
    instead = f" (menggantikan {signed.for_name})" if signed.for_name else ""
    return f"{signed.name}{instead}, {_HOW[signed.how]}, {stamp(signed.at)}"
