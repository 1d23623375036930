"""Door: who takes whose place, from when to when."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("delegation", __name__)
