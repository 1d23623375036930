"""Door: how orders are spread over producers, how punctual offices and producers are."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("spread", __name__)
