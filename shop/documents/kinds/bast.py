"""BAST, as `handover` issued it."""

from __future__ import annotations

from typing import Final

from shop.documents.kinds.handed_over import handed_over

KIND: Final = handed_over("BAST")
