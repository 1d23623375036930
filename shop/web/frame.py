"""Pages that are asked for most: the frame around them is drawn once for all visitors, and the content put into it.

A frame is `base.html` drawn with marks where title, words of the search box and content stand; the text between the
marks is kept per language. Who is signed in gets a frame of his own each time, because it shows his hat and basket.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import current_app, render_template, session
from markupsafe import Markup, escape

from shop.web.guard import actor
from shop.web.language import language

_MARK: Final = "\ue000"  # private use: no keyboard has it, and what people send never reaches the frame's own text
_TITLE, _WORDS, _CONTENT = f"{_MARK}t{_MARK}", f"{_MARK}q{_MARK}", f"{_MARK}c{_MARK}"
_Frame = tuple[str, ...]


def framed(content: str, *, title: str, here: str = "", words: str = "", wrong: bool = False) -> str:
    """Return a whole page around content that is already drawn. `wrong` prefixes the title as form errors do."""
    if actor().user_id is None and "_flashes" not in session and not wrong:
        frames: dict[tuple[str, str], _Frame] = current_app.extensions.setdefault("frames", {})
        frame = frames.get((language(), here))
        if frame is None:
            frame = frames[language(), here] = _drawn(here, wrong=False)
    else:
        frame = _drawn(here, wrong=wrong)
    before, between, after, end = frame
    return "".join((before, str(escape(title)), between, str(escape(words)), after, content, end))


def _drawn(here: str, *, wrong: bool) -> _Frame:
    text = render_template("frame.html", title=_TITLE, q=_WORDS, content=_CONTENT, here=here, errors=wrong)
    before, rest = text.split(_TITLE, 1)
    between, rest = rest.split(_WORDS, 1)
    after, end = rest.split(_CONTENT, 1)
    return before, between, after, end


def macro(template: str, name: str) -> Callable[..., Markup]:
    """Return a macro of a template, to be called with plain values; what it draws may be kept by them and the language."""
    found: Callable[..., Markup] = getattr(current_app.jinja_env.get_template(template).module, name)
    return found
