"""Doors of the guided listing: steps, checklist, variants, preview, submission."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("listing", __name__)
