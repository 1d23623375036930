"""Door: the public check of a paper."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("documents_check", __name__)
