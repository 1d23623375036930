"""What a browser complains about while people work: any of it fails the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Response

_BROKEN = 400
_OUR_FAULT = 500
_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
"""


class Watch:
    """Collects console errors, uncaught exceptions, CSP violations and parts of pages that did not arrive."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context."""
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A page that answers 404 or 422 is reported here too; _response tells it apart from a missing part.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text} at {message.location}")

    def _response(self, response: Response) -> None:
        status, is_page = response.status, response.request.is_navigation_request()
        if status >= _OUR_FAULT or (status >= _BROKEN and not is_page):
            self.complaints.append(f"{status} {response.request.method} {response.url}")
