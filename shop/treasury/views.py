"""Door: the money of an office, order by order."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("treasury", __name__)
