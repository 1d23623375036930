"""Door: bank statements and what they match."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("treasury_bank", __name__)
