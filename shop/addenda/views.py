"""Door: changes of an order that both sides sign."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("addenda", __name__)
