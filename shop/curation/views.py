"""Doors of the curators: queue, one case, verdict."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("curation", __name__)
