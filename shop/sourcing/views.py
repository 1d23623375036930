"""Door: the need: headcount, day, place and budget."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("need", __name__)
