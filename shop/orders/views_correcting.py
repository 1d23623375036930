"""Door: correcting what a line says about its evidence, by an entry and never by an edit."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("orders_correcting", __name__)
