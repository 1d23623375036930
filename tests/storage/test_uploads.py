"""Uploads: photos are drawn anew, papers are checked, and everything else is refused in words."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from shop.base.errors import Invalid, NotFound
from shop.storage import uploads
from shop.storage.files import FileStore


def jpeg(width: int = 1600, height: int = 900, *, orientation: int | None = None) -> bytes:
    image = Image.new("RGB", (width, height), "orange")
    exif = Image.Exif()
    exif[0x010F] = "Kamera rahasia"
    exif.get_ifd(0x8825)[1] = "S"
    if orientation:
        exif[0x0112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """Return a small PNG that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + chunk(b"IEND", b"")
    )


def test_a_photo_is_kept_small_upright_and_without_its_maker_or_place() -> None:
    photo = uploads.read_photo(jpeg(orientation=6))
    for width, content in photo.sizes.items():
        with Image.open(io.BytesIO(content)) as image:
            assert image.format == "WEBP"
            assert image.width <= width
            assert image.height > image.width, "turned upright"
            assert not image.getexif()
        assert b"rahasia" not in content


@pytest.mark.parametrize(
    "content",
    [
        bomb(),
        b"<html><script>alert(1)</script>",
        b"GIF89a" + b"\0" * 40,
        b"",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
        jpeg()[:2000],
        b"%!PS-Adobe-3.0",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    ],
)
def test_what_is_not_a_whole_photo_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        uploads.read_photo(content)
    assert refused.value.faults[0].field == "photo"


@pytest.mark.parametrize("size", [(1, 20_000), (20_000, 1), (17_000, 300), (1, 1)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_strips_and_specks_are_photos_too(size: tuple[int, int], kind: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, kind)
    assert uploads.read_photo(buffer.getvalue()).sizes
    assert uploads.read_paper(buffer.getvalue(), "file")[1] == "webp"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_pixel_is_drawn_anew(mode: str) -> None:
    buffer = io.BytesIO()
    image = Image.new("RGBA", (3000, 40), (200, 10, 10, 128))
    image = Image.new(mode, (3000, 40)) if mode == "I;16" else image.convert(mode)
    image.save(buffer, "PNG")
    assert uploads.read_photo(buffer.getvalue()).sizes


def test_more_pixels_than_memory_likes_are_refused_before_they_are_decoded() -> None:
    for kind, size in (("PNG", (6000, 4001)), ("WEBP", (6000, 4001)), ("JPEG", (8000, 5001))):
        buffer = io.BytesIO()
        Image.new("L", size).save(buffer, kind)
        with pytest.raises(Invalid, match="megapiksel"):
            uploads.read_photo(buffer.getvalue())


def test_transparent_parts_become_white() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(buffer, "PNG")
    photo = uploads.read_photo(buffer.getvalue())
    with Image.open(io.BytesIO(photo.sizes[320])) as image:
        assert min(image.convert("RGB").getpixel((5, 5))) > 250


def test_papers_are_pdf_or_photos() -> None:
    pdf = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
    assert uploads.read_paper(pdf, "file") == (pdf, "pdf")
    assert uploads.read_paper(jpeg(), "file")[1] == "webp"
    for wrong in (b"%PDF-1.7 but cut short", b"MZ\x90", b""):
        with pytest.raises(Invalid):
            uploads.read_paper(wrong, "file")


def test_a_name_from_outside_is_never_a_path(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    key = store.put(b"content", "pdf")
    assert store.put(b"content", "pdf") == key
    assert store.path(key).read_bytes() == b"content"
    for name in ("../secret_key", "/etc/passwd", key + "/..", key.upper(), "a" * 64 + ".exe", "b" * 64 + ".pdf"):
        with pytest.raises(NotFound):
            store.path(name)
