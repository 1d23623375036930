"""Doors of the product spreadsheet: template, upload, preview, bad rows, export."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("sheet", __name__)
