"""Door: comparing up to four."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("comparing", __name__)
