"""The letters of our papers, cut down once a process to what drawing uses of them."""

from __future__ import annotations

import logging
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

import font_source_sans_pro
from fontTools.ttLib import TTFont

REGULAR: Final = "SourceSansPro-Regular.ttf"
BOLD: Final = "SourceSansPro-Semibold.ttf"
_FILES: Final = Path(font_source_sans_pro.__file__).parent / "files"
_UNUSED: Final = ("GPOS", "GSUB", "GDEF", "DSIG", "kern")
"""What moves and joins letters in fine print. Nothing here asks for it, and reading it took half of a paper's time."""
# It remarks on every table it looks at while cutting the letters down to those used.
logging.getLogger("fontTools").setLevel(logging.ERROR)


def folder() -> Path:
    """Return where the two files lie."""
    return Path(_kept().name)


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that goes with the process."""
    made = tempfile.TemporaryDirectory(prefix="jakpreneur-letters-")
    for name in (REGULAR, BOLD):
        font = TTFont(_FILES / name, recalcTimestamp=False)
        for table in _UNUSED:
            if table in font:
                del font[table]
        font.save(Path(made.name) / name)
    return made
