"""Door: claims a bank may finance."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("treasury_finance", __name__)
