"""What a file called .xlsx really is, found out before anything of it is believed or unpacked whole."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Final

from shop.base.errors import Invalid

MAX_BYTES: Final = 10 * 1024 * 1024
"""Most bytes of a file as it is sent."""
MAX_UNPACKED: Final = 100 * 1024 * 1024
"""Most bytes of all its parts together: 5,000 products need 5 million, a sheet formatted to its last row some 80 million."""
MAX_WORDS: Final = 24 * 1024 * 1024
"""Most bytes of any part but the sheets: shared texts are held in memory as a whole."""
_MAX_PARTS: Final = 300
_RATIO: Final = 400
"""A sheet of empty formatted rows packs about 30 to 1, zeros about 1,000 to 1."""
_RATIO_FROM: Final = 1024 * 1024
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL: Final = 30
_STEP: Final = 1024 * 1024
_FIELD: Final = "file"


def looks_like_workbook(content: bytes) -> bool:
    """Tell whether these bytes are for `open_workbook` (a zip, or an old Excel file that it refuses) and not CSV."""
    return content[:2] == b"PK" or content[:8] == _OLE


def open_workbook(content: bytes) -> zipfile.ZipFile:
    """Return the package of an .xlsx whose parts are what they say, all within bounds.

    Raises Invalid (field `file`) with what to do: old .xls, .ods, macros, a password, a bomb, or nothing of Excel.
    """
    if len(content) > MAX_BYTES:
        raise Invalid.at(
            _FIELD, "Berkas lebih besar dari %(size)s MB. Bagi menjadi beberapa berkas.", size=MAX_BYTES // _STEP
        )
    if content[:8] == _OLE:
        raise Invalid.at(
            _FIELD, "Berkas ini Excel lama (.xls) atau berkata sandi. Buka, hapus sandinya, lalu simpan sebagai .xlsx."
        )
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as fault:
        raise _broken() from fault
    parts = package.infolist()
    _is_excel({part.filename for part in parts})
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _bomb()
    for part in parts:
        _check_part(content, part)
    if sum(part.compress_size for part in parts) > len(content):
        raise _bomb()  # parts that lie over each other
    return package


def _is_excel(names: set[str]) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid.at(_FIELD, "Berkas ini berisi makro (.xlsm). Simpan sebagai “Buku Kerja Excel (.xlsx)”.")
    if "content.xml" in names and "mimetype" in names:
        raise Invalid.at(_FIELD, "Berkas ini OpenDocument (.ods). Simpan sebagai .xlsx, lalu unggah lagi.")
    if "xl/workbook.bin" in names:
        raise Invalid.at(_FIELD, "Berkas ini Excel biner (.xlsb). Simpan sebagai .xlsx, lalu unggah lagi.")
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise Invalid.at(_FIELD, "Berkas ini bukan Excel (.xlsx). Unduh templat, isi, lalu unggah berkas itu.")


def _check_part(content: bytes, part: zipfile.ZipInfo) -> None:
    """Hold a part to the size it claims: readers that trust the claim less than we do would unpack on and on."""
    is_sheet = part.filename.startswith("xl/worksheets/")
    if part.flag_bits & 0x1:
        raise Invalid.at(_FIELD, "Berkas ini berkata sandi. Hapus sandinya di Excel, simpan, lalu unggah lagi.")
    if part.filename.startswith("/") or ".." in part.filename or part.filename.lower().endswith((".zip", ".xlsx")):
        raise _broken()
    if part.file_size > max(_RATIO_FROM, part.compress_size * _RATIO) or (not is_sheet and part.file_size > MAX_WORDS):
        raise _bomb()
    head = content[part.header_offset : part.header_offset + _LOCAL]
    if len(head) < _LOCAL or head[:4] != b"PK\3\4":
        raise _broken()
    name, extra = struct.unpack("<HH", head[26:30])
    start = part.header_offset + _LOCAL + name + extra
    packed = memoryview(content)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        true = len(packed)
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        true = _inflated(packed, part.file_size)
    else:
        raise _broken()
    if true != part.file_size:
        raise _bomb()


def _inflated(packed: memoryview, claimed: int) -> int:
    """Return how many bytes come out, never holding more than one step of them; one more than claimed ends it."""
    unpacker, total, rest = zlib.decompressobj(-15), 0, bytes(packed)
    try:
        while rest and not unpacker.eof and total <= claimed:
            total += len(unpacker.decompress(rest, _STEP))
            rest = unpacker.unconsumed_tail
    except zlib.error as fault:
        raise _broken() from fault
    return total if unpacker.eof or total > claimed else -1


def _broken() -> Invalid:
    return Invalid.at(_FIELD, "Berkas ini rusak atau bukan Excel (.xlsx). Buka di Excel, simpan lagi sebagai .xlsx.")


def _bomb() -> Invalid:
    return Invalid.at(
        _FIELD, "Isi berkas ini jauh lebih besar daripada berkasnya. Salin datanya ke templat yang baru, lalu unggah."
    )
