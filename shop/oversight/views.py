"""Door: the auditor's room. Reads the city's business, changes none of it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("oversight", __name__)
