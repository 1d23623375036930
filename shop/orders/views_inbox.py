"""Doors of a producer's order inbox: what is new, proposals, days off."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("inbox", __name__)
