"""Drawing share cards: the picture that stands beside a link when somebody sends it on. Knows no business."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import font_source_sans_pro
from PIL import Image, ImageDraw, ImageFont, ImageOps

SIZE: Final = (1200, 630)
"""What messengers and social pages show unshrunk."""
_FILES: Final = Path(font_source_sans_pro.__file__).parent / "files"
_PAPER, _TEAL, _GOLD, _INK, _MUTED = "#fbf7ef", "#0f4c4a", "#e8a317", "#1e1b16", "#635a4d"
_PICTURE: Final = 560
_LEFT: Final = _PICTURE + 48
_TOOTH: Final = 40
_MOST_LINES: Final = 4


def card(title: str, price: str, maker: str, foot: str, photo: bytes | None) -> bytes:
    """Return a JPEG of 1200 by 630: photo (or our ornament) to the left, the words to the right. `photo` is one we drew."""
    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    if photo:
        with Image.open(io.BytesIO(photo)) as opened:
            image.paste(ImageOps.fit(opened.convert("RGB"), (_PICTURE, SIZE[1])), (0, 0))
    else:
        _ornament(draw)
    top = 76
    for line in _broken(title, _font(54, bold=True), SIZE[0] - _LEFT - 44):
        draw.text((_LEFT, top), line, _INK, _font(54, bold=True))
        top += 64
    draw.text((_LEFT, top + 18), price, _TEAL, _font(46, bold=True))
    draw.text((_LEFT, top + 86), _short(maker, _font(32), SIZE[0] - _LEFT - 44), _MUTED, _font(32))
    draw.rectangle((_PICTURE, SIZE[1] - 76, SIZE[0], SIZE[1]), _TEAL)
    draw.text((_LEFT, SIZE[1] - 60), foot, "#ffffff", _font(30, bold=True))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def _ornament(draw: ImageDraw.ImageDraw) -> None:
    """Rows of gigi balang where a photo would be."""
    draw.rectangle((0, 0, _PICTURE, SIZE[1]), _TEAL)
    for row, start in enumerate(range(0, SIZE[1], _TOOTH * 3)):
        for left in range(-_TOOTH * (row % 2), _PICTURE, _TOOTH * 2):
            points = ((left, start), (left + _TOOTH * 2, start), (left + _TOOTH, start + _TOOTH * 2))
            draw.polygon([(min(x, _PICTURE), y) for x, y in points], _GOLD if row % 2 else "#1f6662")


def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FILES / f"SourceSansPro-{'Semibold' if bold else 'Regular'}.ttf", size)


def _broken(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES - 1] += " …"
    return [_short(line, font, width) for line in lines[:_MOST_LINES]]


def _short(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    text = text[:200]
    while text and font.getlength(text) > width:
        text = text[:-2].rstrip(" …") + "…" if len(text) > 2 else ""  # noqa: PLR2004
    return text
