"""Door: a page that reads a QRIS code."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("qris", __name__)
