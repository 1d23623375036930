"""Door: what the gateway tells us by itself."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("payments_hook", __name__)
