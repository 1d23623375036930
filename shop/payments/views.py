"""Door: what a bendahara pays, by which channel."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("payments", __name__)
