"""Door: a tax assessment for programs."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("tax_api", __name__)
