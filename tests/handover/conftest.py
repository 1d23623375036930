"""Fixtures of the handover room: an office with its people and a producer, and a photo as a phone takes it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from shop.db import unit_of_work
from tests import makers


@pytest.fixture
def crew(app):
    """An office with a package of Rp 20 million, and a producer, in a database with the reference tables."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew()
        yield made


@pytest.fixture
def photo():
    """Return a function that gives a photo of a colour, ready to be uploaded."""

    def taken(colour="red", name="kirim.jpg"):
        out = io.BytesIO()
        Image.new("RGB", (800, 600), colour).save(out, "JPEG")
        return io.BytesIO(out.getvalue()), name

    return taken
