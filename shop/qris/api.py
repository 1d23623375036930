"""Door: QRIS codes for programs."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("qris_api", __name__)
