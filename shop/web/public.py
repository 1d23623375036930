"""Where the world finds this shop: the base of every link that is printed, shared or fed to others."""

from __future__ import annotations

from flask import current_app, request

from shop.settings import Settings


def public_root() -> str:
    """Return the base address without a slash at its end: `SHOP_PUBLIC_URL`, else the host that was asked."""
    settings: Settings = current_app.config["SHOP"]
    return settings.public_url or request.host_url.rstrip("/")
