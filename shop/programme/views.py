"""Doors of the programme's people: facilities, partners, events, help, funnel."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("programme", __name__)
