"""The eyes of these tests are open: what they are to find, put there on purpose, is found."""

from __future__ import annotations

import pytest

from tests.browser.axe import findings
from tests.browser.visiting import LAPTOP, Visitor
from tests.browser.watching import Watch


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        ("console.error('anything')", "anything"),
        ("setTimeout(() => { throw new Error('thrown'); })", "thrown"),
        ("document.body.setAttribute('style', 'color: red')", "CSP"),
        ("document.body.append(Object.assign(new Image(), { src: 'https://elsewhere.test/x.png' }))", "CSP"),
        ("document.body.append(Object.assign(new Image(), { src: '/static/img/none.svg' }))", "404"),
    ],
)
def test_whatever_a_browser_complains_about_is_noticed(chromium, shop, shots, harm, word):
    watch = Watch()
    visitor = Visitor(chromium, shop.url, shots, watch, LAPTOP)
    visitor.goto("/tentang")
    assert watch.complaints == []
    visitor.page.evaluate(f"() => {{ {harm}; }}")
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    visitor.context.close()
    assert any(word in complaint for complaint in watch.complaints), watch.complaints


def test_axe_finds_a_field_that_lost_its_label_and_a_page_that_is_too_wide(visit):
    visitor = visit()
    visitor.goto("/masuk")
    visitor.page.evaluate("document.querySelector('label[for=f-identifier]').remove()")
    visitor.page.evaluate("document.querySelector('h1').textContent = 'x'.repeat(300)")
    visitor.page.evaluate("document.querySelector('h1').style.whiteSpace = 'nowrap'")
    visitor.page.evaluate("document.querySelector('h1').style.overflowWrap = 'normal'")
    found = "\n".join(findings(visitor, "/masuk"))
    assert "label" in found
    assert "px wide" in found
