"""JSON door of the open data: OCDS releases and records, incremental by cursor."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("opendata_api", __name__, url_prefix="/api/v1/ocds")
