"""JSON door of the description itself."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from shop.web.guard import public
from shop.web.openapi import document

bp = Blueprint("house_api", __name__, url_prefix="/api/v1")


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """Answer the OpenAPI description of all JSON doors."""
    return jsonify(document(current_app))
