"""Doors for being found elsewhere: poster, product feed, export sheet in English."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("share", __name__)
