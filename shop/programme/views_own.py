"""Doors of a producer to the programme: own facilities, events, help."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("facilities", __name__)
