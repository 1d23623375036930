"""Doors of registration and of the own business: save and resume, masked numbers."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("vendors", __name__)
