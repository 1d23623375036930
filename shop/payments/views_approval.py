"""Door: what a PA/KPA approves: autodebet."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("payments_approval", __name__)
