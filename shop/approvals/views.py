"""Door: asking for approval and giving it, line by line."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("approvals", __name__)
