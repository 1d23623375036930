"""A slow phone must be able to shop: what a first visit transfers, and that nothing is fetched from elsewhere."""

from __future__ import annotations

import pytest

from tests.browser.visiting import PHONE

MOST = 100_000
"""Bytes of a page without its photos, headers included."""


@pytest.mark.parametrize("path", ["/katalog", "/", "/produk/62", "/p3dn"])
def test_a_first_visit_is_light_and_stays_in_the_house(visit, shop, path):
    visitor = visit(size=PHONE)
    seen = []
    visitor.page.on("requestfinished", lambda request: seen.append(request))  # noqa: PLW0108 - it marks its handler
    visitor.goto(path)
    visitor.page.wait_for_load_state("networkidle")
    weights = {}
    for request in seen:
        assert request.url.startswith((shop.url, "data:")), request.url
        sizes = request.sizes()
        if "/foto/" not in request.url and not request.url.startswith("data:"):
            weights[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]
    assert sum(weights.values()) < MOST, weights
