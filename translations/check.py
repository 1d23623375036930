"""The laws of the catalogue: complete, true to its placeholders, without leftovers; and no page speaks past it."""  # noqa: INP001

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from jinja2 import Environment, nodes

from translations.extract import ROOT, Msgid, first, found, read, reads_like_words, strings_of

_SLOT: Final = re.compile(r"%\(\w+\)[a-z]")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_LABEL: Final = re.compile(r"[A-Z][a-z]+(?: \w+)*\Z")
_SAME: Final = {
    "Order", "Jakpreneur", "Bahasa", "Indonesia", "English", "Rp", "openapi", "json",
    "aria", "describedby", "invalid", "true", "required",
}  # fmt: skip
"""Names that stand in every language as they are, and the attributes that the macro `_wires` draws.

Words all in capitals (TKDN, RUP, API) stand by themselves.
"""
_SPOKEN_ATTRIBUTES: Final = {"alt", "title", "placeholder", "label", "aria-label", "aria-description", "data-label"}
_CODE_ELEMENTS: Final = {"code", "pre", "script", "style"}
_SHOWN: Final = {"data", "variable_begin"}
_TRANSLATORS: Final = {"_", "gettext", "ngettext"}


def faults(root: Path = ROOT) -> list[str]:
    """Return everything that is wrong with the English under `root`, a sentence each."""
    texts, catalogue = found(root), read(root / "translations" / "en" / "LC_MESSAGES" / "messages.po")
    said = [*untranslated(texts, catalogue), *leftovers(texts, catalogue), *broken_slots(catalogue)]
    for page in sorted((root / "templates").rglob("*.html")):
        name = page.relative_to(root).as_posix()
        said += [f"{name}: visible outside _(): {text!r}" for text in bare_texts(page.read_text())]
    return said


def untranslated(texts: Mapping[Msgid, Iterable[str]], catalogue: Catalog) -> Iterator[str]:
    """Yield the texts that have no English, or no English plural."""
    for msgid, files in texts.items():
        message = catalogue.get(first(msgid))
        strings = strings_of(message) if message else []
        if not strings or not all(strings) or (isinstance(msgid, tuple) and len(strings) != catalogue.num_plurals):
            yield f"{', '.join(sorted(set(files)))}: no English for {msgid!r}"


def leftovers(texts: Mapping[Msgid, Iterable[str]], catalogue: Catalog) -> Iterator[str]:
    """Yield the translations that nothing on any screen asks for."""
    wanted = {first(msgid) for msgid in texts}
    for message in catalogue:
        if message.id and first(message.id) not in wanted:
            yield f"nothing says {first(message.id)!r}"


def broken_slots(catalogue: Catalog) -> Iterator[str]:
    """Yield the translations whose placeholders are not those of the text, or that `%` would stumble over."""
    for message in catalogue:
        slots = set(_SLOT.findall(first(message.id)))
        for string in strings_of(message) if message.id else []:
            if string and set(_SLOT.findall(string)) != slots:
                yield f"{first(message.id)!r} has {sorted(slots)}, its English {sorted(set(_SLOT.findall(string)))}"
            elif slots and "%" in _SLOT.sub("", string).replace("%%", ""):
                yield f"a lone % among the placeholders of {string!r}"


def bare_texts(source: str) -> list[str]:
    """Return the words a template shows without `_()`: between tags, in spoken attributes, as literals of expressions."""
    environment = Environment(autoescape=True, extensions=["jinja2.ext.loopcontrols"])
    lexed = environment.lex(source)
    page = _Page()
    page.feed("".join("…" if kind == "variable_begin" else text for _, kind, text in lexed if kind in _SHOWN))
    page.close()
    literals = (text for text in _literals(environment.parse(source)) if reads_like_words(text) or _LABEL.match(text))
    return [text for text in (*page.texts, *literals) if _speaks(text)]


def _speaks(text: str) -> bool:
    return any(not word.isupper() and word not in _SAME for word in _WORD.findall(text))


def _literals(node: nodes.Node) -> Iterator[str]:
    """Yield the text literals in expressions, those handed to a translator left out."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in _TRANSLATORS:
        return
    for child in node.iter_child_nodes():
        yield from _literals(child)


class _Page(HTMLParser):
    """Collects what a reader or a screen reader meets."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element and hear its spoken attributes."""
        self._code += tag in _CODE_ELEMENTS
        self.texts += [value for name, value in attrs if value and name in _SPOKEN_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._code -= tag in _CODE_ELEMENTS

    def handle_data(self, data: str) -> None:
        """Hear the text between tags."""
        if not self._code and data.strip():
            self.texts.append(data.strip())
