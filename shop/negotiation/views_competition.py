"""Door: a sealed request to several producers."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("competition", __name__)
