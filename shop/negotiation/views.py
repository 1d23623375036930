"""Door: bargaining with one producer."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("negotiation", __name__)
