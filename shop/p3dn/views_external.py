"""Door: figures of other systems, kept beside ours and never mixed with them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("p3dn_external", __name__)
