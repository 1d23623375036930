"""Door: proving the figures, run after run."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("oversight_verify", __name__)
