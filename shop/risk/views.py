"""Door: the public list of risk rules, and what they say of an order."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("risk", __name__)
