"""The public door where anyone checks a turnover letter by its code."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("letter_check", __name__)
