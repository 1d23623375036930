"""What doors that show products share: the index they ask, and the cards they draw from it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from flask import current_app
from markupsafe import Markup

from shop.base.money import rupiah
from shop.catalog.cards import unpack
from shop.search import Engine, Hit
from shop.settings import Settings
from shop.web.frame import filled
from shop.web.language import language, persen


def engine() -> Engine:
    """Return the index, having seen what other processes wrote."""
    found = cast("Engine", current_app.extensions["search"])
    found.refresh()
    return found


# What is kept depends on nothing but its arguments, of which the language is one.
@lru_cache(8_192)
def _card(_lang: str, card: bytes, compare: bool) -> Markup:  # noqa: FBT001 - as kept
    item = unpack(card)
    vendor, image = item["vendor"], item["image"] or ""
    tkdn = "" if item["evidence"] == "none" else persen(item["tkdn_bp"])
    return filled(
        "catalog/card.html",
        item["evidence"],
        item["pdn"],
        item["umk"],
        item["halal"],
        item["available"],
        "" if image else item["art"],
        bool(vendor["kecamatan"]),
        compare,
        number=str(item["id"]),
        href=f"/produk/{item['id']}-{item['slug']}",
        name=item["name"],
        vendor=vendor["name"],
        kecamatan=vendor["kecamatan"],
        price=rupiah(item["price"]),
        unit=item["unit"],
        tkdn=tkdn,
        image=image,
    )


def cards(hits: Iterable[Hit], *, compare: bool = False) -> Markup:
    """Return the cards of found products in the language of this answer; with `compare` each has a box to tick."""
    lang = language()
    return joined([_card(lang, hit.card, compare) for hit in hits])


def joined(parts: Iterable[str]) -> Markup:
    """Return drawn parts one after another."""
    return Markup("".join(parts))  # noqa: S704 - drawn by our templates


def share_meta(path: str, title: str, about: str, *, kind: str = "website", image: str = "") -> Markup:
    """Return what other sites read of a page: its lasting address, what it is, and its picture.

    Without `SHOP_PUBLIC_URL` addresses stay paths: a host that somebody made up must not become the page's name.
    """
    settings: Settings = current_app.config["SHOP"]
    root = settings.public_url
    return filled(
        "catalog/share_meta.html",
        bool(image),
        url=root + path,
        title=title,
        about=" ".join(about.split())[:200],
        kind=kind,
        image=root + image if image else "",
    )
