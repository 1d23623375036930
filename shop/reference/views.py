"""Door: dated rules: reading and changing them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("reference", __name__)
