"""Hands at a page, by mouse or by keyboard alone: every action is counted, and the officer's two journeys are walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.visiting import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MOST_STOPS = 150
_MARKED = """() => {
    const at = document.activeElement, seen = (x) => {
        const style = getComputedStyle(x);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
    };
    // In a date field the browser draws its own ring around the part or the picker that has the focus.
    const own = at.matches("input[type^=date]:focus-within"), box = at.getBoundingClientRect();
    return (own || [at, at.parentElement, at.closest(".card") || at].some(seen)) && box.bottom > 0 && box.top < innerHeight;
}"""


def tab_to(page: Page, target: Locator) -> int:
    """Press Tab until the target has the focus; at each stop the focus must be marked and on the screen. Return the stops."""
    for stop in range(1, MOST_STOPS + 1):
        page.keyboard.press("Tab")
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 160)")
        assert page.evaluate(_MARKED), f"no visible focus at {where}"
        if target.evaluate("(x) => x === document.activeElement"):
            return stop
    raise AssertionError(f"not reached by Tab: {target}")


class Mouse:
    """A hand on the mouse. An action is a click, or a field filled."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions, self.stops = page, 0, 0

    def fill(self, field: Locator, text: str) -> None:
        """Fill a field: one action, however long the text."""
        self.actions += 1
        field.fill(text)

    def choose(self, field: Locator, value: str) -> None:
        """Choose from a list: one action."""
        self.actions += 1
        field.select_option(value=value)

    def press(self, target: Locator) -> None:
        """Press a button or a link that leads to another page, and be there."""
        self.actions += 1
        with self.page.expect_navigation():
            target.click()


class Keyboard(Mouse):
    """Hands on the keyboard alone. An action is a key that activates, or a field filled; `stops` counts Tab besides."""

    def fill(self, field: Locator, text: str) -> None:
        """Go to the field and type over what stands in it."""
        self.actions += 1
        self.stops += tab_to(self.page, field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, field: Locator, value: str) -> None:
        """Go to the list and type the beginning of what is meant."""
        self.actions += 1
        self.stops += tab_to(self.page, field)
        self.page.keyboard.type(field.locator(f"option[value={value}]").inner_text()[:9])

    def press(self, target: Locator) -> None:
        """Go there and press Enter."""
        self.actions += 1
        self.stops += tab_to(self.page, target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def order_again(hands: Mouse, email: str, purpose: str) -> None:
    """From sign-in to sent: the meeting that was ordered for before, once more."""
    _sign_in(hands, email)
    main = hands.page.locator("main")
    hands.press(main.get_by_role("button", name=f"Pesan lagi: {purpose}"))
    _send(hands)


def order_from_need(hands: Mouse, email: str, people: int) -> None:
    """From sign-in to sent: so many people this time, the first who can."""
    _sign_in(hands, email)
    main = hands.page.locator("main")
    hands.press(main.get_by_role("link", name="Mulai dari kebutuhan"))
    hands.fill(main.get_by_label("Untuk berapa orang"), str(people))
    hands.press(main.get_by_role("button", name="Cari yang bisa"))
    hands.press(main.get_by_role("button", name="Masukkan").first)
    _send(hands)


def _sign_in(hands: Mouse, email: str) -> None:
    hands.page.goto("/masuk")
    form = hands.page.locator("main form").first
    hands.fill(form.get_by_label("NRK atau e-mail"), email)
    hands.fill(form.get_by_label("Kata sandi"), PASSWORD)
    hands.press(form.get_by_role("button", name="Masuk"))


def _send(hands: Mouse) -> None:
    main = hands.page.locator("main")
    why = main.get_by_label("Mengapa memilih")
    if why.count():  # something cheaper was seen on the way: the shop wants to know why this one
        hands.choose(why.first, "spread")
    hands.press(main.get_by_role("button", name="Kirim ke 1 produsen"))
    expect(main).to_contain_text("1 surat pesanan terkirim")
