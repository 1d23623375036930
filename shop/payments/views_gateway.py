"""Door: payments through the gateway."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("payments_gateway", __name__)
