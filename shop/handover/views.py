"""Door: what arrived, and the papers of handing over."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("handover", __name__)
