"""The producer's door: where a listing is in curation, since when, and what to mend."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from shop.curation import criteria, reading, states
from shop.curation.reasons import REASONS
from shop.web.guard import actor, requires

bp = Blueprint("curation_own", __name__)


@bp.get("/produk-saya/<int:product_id>/kurasi")
@requires("catalog:product:manage")
def story(product_id: int) -> ResponseReturnValue:
    """Tell the whole story of one own product."""
    return render_template(
        "curation/story.html",
        story=reading.story(actor(), product_id),
        most=reading.MOST,
        states=states.LABELS,
        labels=criteria.LABELS,
        words=criteria.WORDS,
        reasons=REASONS,
    )
