"""Doors of naik kelas: figures, statement, letter, recap."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("growth", __name__)
