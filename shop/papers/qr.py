"""QR codes: drawn as SVG on a page, as PNG for a paper. What stands in them is always said beside them in words."""

from __future__ import annotations

import io
from typing import Final

import segno

_QUIET: Final = 4
"""Modules of white around the code; scanners ask for four (ISO/IEC 18004)."""
PRINTED: Final = 12
"""Pixels a module for a picture to print: about 7 cm at 300 dots an inch, which a phone reads from a counter."""


def svg(text: str, *, title: str, css_class: str = "qr") -> str:
    """Return an inline SVG of a QR code without size or style of its own; `title` names it for screen readers.

    Error correction M: a smudge on a printed slip is survived. Raises segno.DataOverflowError beyond about 2,300 bytes.
    """
    return str(
        segno.make(text, error="m", micro=False).svg_inline(
            border=_QUIET, omitsize=True, svgclass=css_class, lineclass=None, title=title, dark="#000", light="#fff"
        )
    )


def png(text: str, *, scale: int = 8) -> bytes:
    """Return a PNG of a QR code, `scale` pixels a module, black on white."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=scale, border=_QUIET)
    return out.getvalue()
