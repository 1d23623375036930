"""Door: the public tax calculator."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("tax", __name__)
