"""One person at one screen: a browser context with what people do on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Browser, Locator, Page, Response

    from shop.base.actor import Actor
    from tests.browser.watching import Watch

LAPTOP = (1280, 860)
PHONE = (360, 740)
PASSWORD = "kue-rangi-hangat"
_TIMEOUT = 10_000.0
_HIGHEST = 6_000
expect.set_options(timeout=_TIMEOUT)


class Visitor:
    """A browser window of somebody. `page` is Playwright's own; the rest are the habits of this shop's people."""

    def __init__(
        self, browser: Browser, url: str, shots: Path, watch: Watch, size: tuple[int, int], **options: Any
    ) -> None:
        touch = {"has_touch": True, "is_mobile": True} if size == PHONE else {}
        self.context = browser.new_context(
            base_url=url, viewport={"width": size[0], "height": size[1]}, locale="id-ID", timezone_id="Asia/Jakarta",
            reduced_motion="reduce", **touch, **options,
        )  # fmt: skip
        self.context.set_default_timeout(_TIMEOUT)
        watch.over(self.context)
        self.page: Page = self.context.new_page()
        self._size, self._url, self._shots = size, url, shots

    def carry(self, app: Flask, who: Actor, epoch: int = 1) -> None:
        """Put the session of somebody who signed in earlier into this browser."""
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        value = serializer.dumps({"_permanent": True, "_user_id": f"{who.user_id}:{epoch}", "hat": who.hat_id})
        self.context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": value, "url": self._url}])

    def goto(self, path: str, status: int = 200) -> Response:
        """Open an address and require its status."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, (path, answer.status)
        return answer

    def sign_in(self, name: str) -> None:
        """Sign in through the page, with the password of the demo."""
        self.goto("/masuk")
        form = self.page.locator("main form").first
        form.get_by_label("NRK atau e-mail").fill(name)
        form.get_by_label("Kata sandi").fill(PASSWORD)
        form.get_by_role("button", name="Masuk").click()
        expect(self.page.locator("details.menu")).to_be_visible()  # only who is signed in has it

    def sign_out(self) -> None:
        """Sign out through the menu of the hat."""
        self.page.locator("details.menu summary").click()
        self.page.get_by_role("button", name="Keluar").click()
        expect(self.flash).to_contain_text("Anda sudah keluar")

    def button(self, name: str, exact: bool = False) -> Locator:
        """Return the first button of this name in the content of the page."""
        return self.page.locator("main").get_by_role("button", name=name, exact=exact).first

    def link(self, name: str, exact: bool = False) -> Locator:
        """Return the first link of this name in the content of the page."""
        return self.page.locator("main").get_by_role("link", name=name, exact=exact).first

    def ask(self, name: str) -> Locator:
        """Open the question a verb asks before it is done; return its dialog."""
        self.main.locator("details[data-dialog] > summary", has_text=name).click()
        return self.page.get_by_role("dialog")

    @property
    def search(self) -> Locator:
        """Search box of every page."""
        return self.page.get_by_role("combobox", name="Cari produk atau produsen")

    @property
    def main(self) -> Locator:
        """Content of the page."""
        return self.page.locator("main")

    @property
    def flash(self) -> Locator:
        """What the page tells after something was done."""
        return self.page.locator(".flashes")

    @property
    def summary(self) -> Locator:
        """Box on top of a form that says what has to be mended."""
        return self.page.locator("#kesalahan")

    def shoot(self, name: str) -> None:
        """Keep a picture of the whole page at laptop and phone width; on neither may it be wider than the screen."""
        for size in (LAPTOP, PHONE):
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            wide, high = self.page.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
            )
            # A screen as high as the page, so that what stays in sight stands at its foot and not across the picture.
            self.page.set_viewport_size({"width": size[0], "height": min(max(high, size[1]), _HIGHEST)})
            self.page.screenshot(path=self._shots / f"{name}-{size[0]}.png")
            assert wide <= size[0], f"{name} is {wide} px wide on a screen of {size[0]}"
        self.page.set_viewport_size({"width": self._size[0], "height": self._size[1]})
