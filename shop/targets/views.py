"""Door: targets of offices, their forecast to the year's end, ranking and alerts."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("targets", __name__)
