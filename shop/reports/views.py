"""Door: reports of the spending figures, from the city down to one line."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("reports", __name__)
