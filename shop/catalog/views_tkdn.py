"""Doors of TKDN on a listing: papers and the calculator."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("tkdn", __name__)
