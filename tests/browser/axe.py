"""axe-core over a page as it stands: laptop in the light, then phone in the dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

from tests.browser.visiting import LAPTOP, PHONE

if TYPE_CHECKING:
    from tests.browser.visiting import Visitor

_AXE = Axe()
_RUN = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"


def findings(visitor: Visitor, name: str) -> list[str]:
    """Return what axe finds on the page now open, one line each, named by page and face."""
    page = visitor.page
    page.evaluate(_AXE.axe_script)
    found: list[str] = []
    for size, scheme in ((LAPTOP, "light"), (PHONE, "dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": size[0], "height": size[1]})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size[0]:
            found.append(f"{name} {scheme} {size[0]}: the page is {wide} px wide")
        found += [f"{name} {scheme} {size[0]}: {_told(violation)}" for violation in page.evaluate(_RUN)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    return found


def _told(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    return f"{violation['id']} ({violation['help']}) {len(nodes)}x: {nodes[0]['html'][:200]} {nodes[0]['failureSummary'][:300]}"
