"""Door: unit price ceilings by year."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("ceilings", __name__)
