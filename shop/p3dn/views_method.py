"""Door: how the figures are made, in plain language."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("p3dn_method", __name__)
