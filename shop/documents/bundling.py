"""The SPJ bundle as a ZIP and as one PDF. Both are handed on while they are made: one paper is in memory at a time."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from PIL import Image

from shop.base.clock import stamp
from shop.base.errors import NotFound
from shop.documents import drawing
from shop.documents.pieces import Folder, Piece
from shop.papers.binding import Binder, Unbindable
from shop.papers.pdf import Paper
from shop.papers.pouring import BLOCK, Blocks, Well, zipped
from shop.sheets import commas
from shop.storage.files import FileStore

_HEADS: Final = (
    "Berkas", "Isi", "Nomor", "Versi", "Keadaan", "Terbit", "Sidik isi", "Kode periksa", "SHA-256 berkas", "Ukuran (bita)",
)  # fmt: skip
_LOST: Final = "hilang dari penyimpanan"
_WIDE, _HIGH = 174, 200
"""Room for a picture on a page, millimetres."""


@dataclass(frozen=True, slots=True)
class About:
    """What a bundle is, for its first page: a title, facts in pairs, who asked for it and when."""

    title: str
    facts: Sequence[tuple[str, str]]
    by: str
    now: datetime
    root: str
    """Public address of the shop, which the QR codes lead to."""


@dataclass(slots=True)
class _Index:
    """The table of a ZIP, filled while its files go by."""

    rows: list[list[object]] = field(default_factory=list)
    missing: dict[str, Sequence[str]] = field(default_factory=dict)

    def note(self, name: str, piece: Piece, digest: str, size: int) -> None:
        """Add one file. `digest` is empty for one that is lost."""
        paper = piece.issued
        said = (paper.number, paper.version, piece.mark or "berlaku", stamp(paper.issued_at), paper.fingerprint,
                paper.check_code) if paper else ("", "", "" if digest else _LOST, "", "", "")  # fmt: skip
        self.rows.append([name, piece.title, *said, digest, size])

    def as_csv(self) -> bytes:
        """Return the table for a spreadsheet; no cell of it begins like a formula."""
        return ("\ufeff" + "".join(commas.written(_HEADS, [self.rows]))).encode()

    def as_json(self, about: About) -> bytes:
        """Return the table for a program, with what lacks."""
        told = {
            "title": about.title, "facts": dict(about.facts), "made_at": about.now.isoformat(), "by": about.by,
            "files": [dict(zip(_HEADS, row, strict=True)) for row in self.rows], "missing": self.missing,
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False, indent=1).encode()


def as_zip(about: About, folders: Iterable[Folder], files: FileStore) -> Iterator[bytes]:
    """Yield a ZIP of everything, in folders for each order, with `daftar-isi.csv` and `.json` naming each fingerprint."""
    return zipped(_entries(about, folders, files), about.now)


def _entries(about: About, folders: Iterable[Folder], files: FileStore) -> Iterator[tuple[str, Blocks]]:
    index = _Index()
    for folder in folders:
        if folder.missing:
            index.missing[folder.title] = folder.missing
        for piece in folder.pieces:
            name = f"{folder.name}/{piece.name}" if folder.name else piece.name
            if _is_lost(piece, files):
                index.note(name, piece, "", 0)
            else:
                yield name, _noted(index, name, piece, _blocks(piece, files, about.root))
    yield "daftar-isi.csv", [index.as_csv()]
    yield "daftar-isi.json", [index.as_json(about)]


def _noted(index: _Index, name: str, piece: Piece, blocks: Blocks) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    for block in blocks:
        digest.update(block)
        size += len(block)
        yield block
    index.note(name, piece, digest.hexdigest(), size)


def _blocks(piece: Piece, files: FileStore, root: str) -> Iterator[bytes]:
    if piece.issued is not None:
        yield drawing.draw(piece.issued, files, root)
        return
    with files.path(piece.key).open("rb") as handle:
        while block := handle.read(BLOCK):
            yield block


def _is_lost(piece: Piece, files: FileStore) -> bool:
    """Tell whether a kept file is gone: one lost photo must not cost an inspector the whole bundle."""
    if piece.issued is None:
        try:
            files.path(piece.key)
        except NotFound:
            return True
    return False


def as_pdf(about: About, folders: Iterable[Folder], files: FileStore) -> Iterator[bytes]:
    """Yield one PDF of everything: contents first with links, a bookmark for each order and paper, pages counted through."""
    well = Well()
    binder = Binder(well, about.title, about.now)
    rows: list[tuple[int, str, str, int]] = []
    missing: list[tuple[str, Sequence[str]]] = []
    for folder in folders:
        if folder.missing:
            missing.append((folder.title, folder.missing))
        if not folder.pieces:
            continue
        rows.append((0, folder.title, "", binder.mark_next(folder.title)))
        for piece in folder.pieces:
            rows.append((1, piece.title, _small(piece), _bind(binder, piece, files, about)))
            yield well.pour()
    if binder.next_page == 1:
        binder.add(_told("Berkas ini kosong", "Belum ada dokumen untuk disatukan.", about.now), 0, "Berkas ini kosong")
    binder.finish(_front(about, rows, missing))
    yield well.pour()


def _small(piece: Piece) -> str:
    if piece.issued is None:
        return f"berkas {piece.key[:16]}"
    return f"{piece.issued.number}, sidik {piece.issued.fingerprint[:16]}, kode periksa {piece.issued.check_code}"


def _bind(binder: Binder, piece: Piece, files: FileStore, about: About) -> int:
    """Bind a piece and return its first page; what cannot be bound gets a page that says where it is."""
    if piece.issued is not None:
        return binder.add(drawing.draw(piece.issued, files, about.root), 1, piece.title)
    if _is_lost(piece, files):
        return binder.add(_told(piece.title, f"Berkas ini {_LOST}.", about.now), 1, piece.title)
    content = files.path(piece.key).read_bytes()
    try:
        bound = content if piece.key.endswith(".pdf") else _pictured(piece, content, about.now)
        return binder.add(bound, 1, piece.title)
    except Unbindable:
        words = f"Berkas ini tidak dapat disatukan ke sini (rusak, terkunci, atau terlalu panjang). Buka {piece.name} di dalam ZIP."
        return binder.add(_told(piece.title, words, about.now), 1, piece.title)


def _pictured(piece: Piece, content: bytes, now: datetime) -> bytes:
    """Return a page with a picture, as JPEG: a PDF would keep WebP as bare pixels, megabytes each."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(content), formats=("WEBP", "PNG", "JPEG")) as opened:
        width, height = opened.size
        opened.convert("RGB").save(out, "JPEG", quality=80)
    paper = Paper(piece.title, now)
    paper.subheading(piece.title)
    paper.picture(out.getvalue(), alt=piece.title, width=max(1, min(_WIDE, _HIGH * width // height)))
    paper.note(f"Berkas {piece.name}, sidik {piece.key}")
    return paper.content()


def _told(title: str, words: str, now: datetime) -> bytes:
    paper = Paper(title, now)
    paper.heading(title)
    paper.paragraph(words)
    return paper.content()


def _front(
    about: About, rows: Sequence[tuple[int, str, str, int]], missing: Sequence[tuple[str, Sequence[str]]]
) -> bytes:
    paper = Paper(about.title, about.now)
    paper.heading(about.title)
    paper.facts([*about.facts, ("Disusun", f"{stamp(about.now)} oleh {about.by}")])
    paper.subheading("Daftar isi")
    paper.contents(rows)
    if missing:
        paper.subheading("Yang belum ada")
        for title, lacking in missing:
            paper.paragraph(f"{title}: {'; '.join(lacking)}.", size=10)
    paper.note(
        "Setiap dokumen resmi membawa kode QR ke halaman periksa. Nomor pada tepi bawah setiap halaman adalah halaman berkas ini."
    )
    return paper.content()
