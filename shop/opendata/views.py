"""Door: downloads for anybody, each with its description."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("opendata", __name__)
