"""Door: the comparison record and the whole defence of an order."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("defence", __name__)
