"""Quicker than a phone call: a repeat order of meeting food, and one from the need, in at most twelve actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.hands import Keyboard, Mouse, order_again, order_from_need
from tests.browser.stage import PURPOSE, let_sign_in, set_scene

if TYPE_CHECKING:
    from flask import Flask

    from tests.browser.conftest import Open

MOST = 12


@pytest.mark.parametrize("kind", [Mouse, Keyboard])
def test_from_sign_in_to_sent_takes_few_actions_by_mouse_and_by_keyboard(
    visit: Open, app: Flask, kind: type[Mouse]
) -> None:
    scene = set_scene(app)
    scene.order()
    email = let_sign_in(scene, scene.pp)
    again = kind(visit().page)
    order_again(again, email, PURPOSE)
    assert scene.orders() == 2
    need = kind(visit().page)
    order_from_need(need, email, 25)
    assert scene.orders() == 3
    assert max(again.actions, need.actions) <= MOST, (again.actions, need.actions)
