"""The account tests work inside the application's context."""

from __future__ import annotations

import pytest


@pytest.fixture
def shop(app):
    """Open the application's context, for tests that call verbs."""
    with app.app_context():
        yield app
