"""Doors of the programme to producers: who they are, holds with reason and end, conflicts of interest."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("holds", __name__)
