"""Door: how an office numbers its papers."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("documents_numbering", __name__)
