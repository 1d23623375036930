"""Door: evidence that is about to expire, and categories bought without TKDN where a certified producer exists."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("reports_outlook", __name__)
