"""Door: taxes to remit, month by month."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("treasury_remit", __name__)
