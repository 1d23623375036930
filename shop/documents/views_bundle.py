"""Door: the SPJ bundle."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("documents_bundle", __name__)
