"""Pages that are asked for most: what is the same for everyone is drawn once, and the rest is put into its slots.

A template is drawn with marks where its slots are; the text between the marks is kept per language and joined with
the values of each request. Such a template may depend on nothing but its slots and the language. The frame of a page
is `base.html` treated so; who is signed in gets a frame drawn anew, because it shows hat and basket.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from typing import Final

from flask import current_app, render_template, session
from markupsafe import Markup, escape

from shop.web.guard import actor
from shop.web.language import language

# A mark nobody can guess: a text that people wrote may be drawn before the cut.
_KEY: Final = secrets.token_hex(8)
_MARK: Final = re.compile(f"\ue000{_KEY}([a-z_]+)\ue001")
Cut = tuple[str, ...]
"""Texts and names of slots in turn, a text first and last."""


def slot(name: str) -> Markup:
    """Return the mark of a slot."""
    return Markup(f"\ue000{_KEY}{name}\ue001")  # noqa: S704 - a mark of ours


def cut(text: str) -> Cut:
    """Cut a drawn text at its marks."""
    return tuple(_MARK.split(text))


def fill(pieces: Cut, **values: str) -> Markup:
    """Put values into the slots; what is not Markup is escaped."""
    parts = list(pieces)
    parts[1::2] = [escape(values[name]) for name in pieces[1::2]]
    return Markup("".join(parts))  # noqa: S704 - template text and escaped values


def drawn(template: str, **values: object) -> str:
    """Draw what is kept for everyone: the template sees the language and these values, and nothing of who is asking."""
    return current_app.jinja_env.get_template(template).render(lang=language(), **values)


def filled(template: str, *choices: str | int, **values: str) -> Markup:
    """Return a template with its slots filled; drawn once per language and `choices`, which it sees under that name.

    The names of `values` are its slots. Choices must be few: each combination is kept.
    """
    return fill(pieces(template, values, *choices), **values)


def pieces(template: str, slots: Iterable[str], *choices: str | int) -> Cut:
    """Return a template cut at its slots, to be filled many times; drawn once as `filled` tells."""
    known: dict[tuple[object, ...], Cut] = current_app.extensions.setdefault("cuts", {})
    key = (template, language(), choices)
    found = known.get(key)
    if found is None:
        found = known[key] = cut(drawn(template, choices=choices, **{name: slot(name) for name in slots}))
    return found


def framed(content: str, *, title: str, here: str = "", words: str = "", wrong: bool = False, meta: str = "") -> str:
    """Return a whole page around content that is already drawn.

    `wrong` prefixes the title as form errors do; `meta` are drawn elements for the head.
    """
    known: dict[tuple[str, str], Cut] = current_app.extensions.setdefault("frames", {})
    key = (here, language())
    alike = not wrong and actor().user_id is None and "_flashes" not in session
    pieces = known.get(key) if alike else None
    if pieces is None:
        slots = {name: slot(name) for name in ("title", "words", "content", "meta")}
        pieces = cut(render_template("frame.html", here=here, errors=wrong, q=slots["words"], **slots))
        if alike:
            known[key] = pieces
    drawn_parts = {"content": Markup(content), "meta": Markup(meta)}  # noqa: S704 - drawn by our templates
    return fill(pieces, title=title, words=words, **drawn_parts)


def macro(template: str, name: str) -> Callable[..., Markup]:
    """Return a macro of a template, to be called with plain values; what it draws may be kept by them and the language."""
    found: Callable[..., Markup] = getattr(current_app.jinja_env.get_template(template).module, name)
    return found
