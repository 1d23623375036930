"""What may come in: photos are decoded and drawn anew; papers are PDF or a photo of paper."""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from shop.base.errors import Invalid

MAX_PIXELS: Final = {"JPEG": 40_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}
"""More than phone cameras and screens send, and a bound on memory: only JPEG can be decoded at less than its full size."""
_LARGEST: Final = 2560
"""Nothing we keep is wider or higher; WebP itself ends at 16,383 pixels, which a strip of 1 x 20,000 would exceed."""
_ONE_AT_A_TIME: Final = threading.Lock()
"""One photo costs up to 200 MB for a moment. Eight producers at once must not cost eight times that."""
PHOTO_WIDTHS: Final = (320, 640, 1280)
"""Widths kept of each photo: card, product page, large screen."""
_PHOTO_FORMATS: Final = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as we keep it: WebP at several widths, upright, without EXIF or GPS."""

    sizes: dict[int, bytes]
    width: int
    height: int


def read_photo(content: bytes, field: str = "photo") -> Photo:
    """Decode a JPEG, PNG or WebP and draw it anew. Raises Invalid for anything else, however it is named."""
    image = _decode(content, field)
    sizes = {width: _webp(image, width) for width in PHOTO_WIDTHS}
    return Photo(sizes, image.width, image.height)


def read_paper(content: bytes, field: str) -> tuple[bytes, str]:
    """Return (content, suffix) of a PDF or of a re-encoded photo of a paper. Raises Invalid for other kinds."""
    if content[:5] == b"%PDF-" and b"%%EOF" in content[-2048:]:
        return content, "pdf"
    if not content:
        raise Invalid.at(field, "Berkas ini kosong. Pilih berkas PDF, JPG, atau PNG.")
    return _webp(_decode(content, field), 2000), "webp"


def _decode(content: bytes, field: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with _ONE_AT_A_TIME, Image.open(io.BytesIO(content), formats=_PHOTO_FORMATS) as opened:
                # The header names the size before anything is decoded: a bomb is refused unopened.
                most = MAX_PIXELS[opened.format or "PNG"]
                if opened.width * opened.height > most:
                    raise Invalid.at(
                        field, "Foto terlalu besar. Paling besar %(most)s megapiksel.", most=most // 1_000_000
                    )
                opened.draft("RGB", (1600, 1600))
                opened.thumbnail((_LARGEST, _LARGEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
                upright = ImageOps.exif_transpose(opened)
                clean = Image.new("RGB", upright.size, "white")
                clean.paste(
                    upright.convert("RGBA") if "A" in upright.getbands() or upright.mode == "P" else upright,
                    mask=upright.convert("RGBA").getchannel("A") if _transparent(upright) else None,
                )
                return clean
    except Invalid:
        raise
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ) as fault:
        raise Invalid.at(field, "Berkas ini bukan foto JPG, PNG, atau WebP yang utuh.") from fault


def _transparent(image: Image.Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


def _webp(image: Image.Image, width: int) -> bytes:
    if image.width > width:
        image = image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=80, method=4)
    return buffer.getvalue()
