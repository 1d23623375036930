"""Door: the papers of an order."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("documents", __name__)
