"""Finds every text of the screen in code and templates, and keeps the English catalogue in step with them.

Most texts are written bare where they arise (an error's sentence, a table of labels, the subject of a mail) and
translated later, at the door. So code is not searched for calls of gettext alone: whatever reads like words is taken.
Documentation, descriptions of the API and what is said to operators are English or bilingual and left out.
"""  # noqa: INP001 - a folder of catalogues that holds its two programs, not a package

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
ENGLISH: Final = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"

_GETTEXT: Final = {"_", "_l", "gettext", "lazy_gettext"}
_TO_OPERATORS: Final = (
    "shop/demo/",
    "shop/commands/",
    "shop/cli.py",
    "shop/start.py",
    "shop/settings.py",
    "shop/web/openapi.py",
)
"""Content of the demo, what the command line says, and the description of the API."""
_NOT_SPOKEN: Final = {
    "CheckConstraint", "Index", "text", "cast", "TypeVar", "ZoneInfo", "compile", "Description", "Field", "Info",
    "debug", "info", "warning", "error", "exception", "critical",
}  # fmt: skip
"""Calls whose literals are SQL, types, documentation of the API, or the log."""
_SLOT: Final = re.compile(r"%\(\w+\)[sd]")
_CODE: Final = re.compile(r"[_=<>{}\[\]|\\]|::|https?:|%[a-zA-Z]")
_WORDS: Final = re.compile(r"(?=[A-Z“%]).*(?<![^\s(“/])[a-z][a-z-]+", re.DOTALL)
_LABEL: Final = re.compile(r"[A-Z][a-z]+(?: \w+)*\Z")
_HEADER_NAME: Final = re.compile(r"[A-Z][a-z]+(?:-[A-Z][a-z]+)+\Z")
_PHRASE: Final = re.compile(r"[a-z]+,? [a-z ,]+\Z")

Msgid = str | tuple[str, str]
_HEADER: Final = """\
# English of e-Order Jakpreneur. The msgids are the screen's Bahasa Indonesia.
# Kept in step with code and templates by `python3 dev flask translations extract`.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def reads_like_words(literal: object) -> bool:
    """Tell whether a literal is a text for people: it begins as a sentence does and goes on in lower case."""
    return isinstance(literal, str) and bool(_WORDS.match(literal)) and not _CODE.search(_SLOT.sub("", literal))


def python(fileobj: IO[bytes], _keywords: Any, _comment_tags: Any, options: dict[str, Any]) -> Iterator[Any]:
    """Yield the texts of a module, as Babel's extractors do. `options["path"]` is set by `found` only."""
    tree = ast.parse(fileobj.read())
    for line, msgid in spoken(tree):
        yield line, "ngettext" if isinstance(msgid, tuple) else None, msgid, []
    del options


def spoken(tree: ast.Module) -> Iterator[tuple[int, Msgid]]:
    """Yield (line, msgid) of each text in a module."""
    skipped = set(_silent(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _name(node)) in {*_GETTEXT, "ngettext"}:
            literals = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if name == "ngettext" and len(literals) > 1:
                yield node.lineno, (literals[0], literals[1])
                skipped |= {id(a) for a in node.args[:2]}
            elif name != "ngettext" and literals:
                yield node.lineno, literals[0]
        elif isinstance(node, ast.Constant) and id(node) not in skipped and reads_like_words(node.value):
            yield node.lineno, str(node.value)
    for constant in _constants(tree):
        for node in _values(constant):
            label = str(node.value)
            if id(node) not in skipped and (_LABEL.match(label) or _PHRASE.match(label)):
                yield node.lineno, label


def _silent(tree: ast.Module) -> Iterator[int]:
    """Yield the ids of literals nobody reads on a screen: docstrings, parts of f-strings, headers, `_NOT_SPOKEN` calls."""
    quiet: list[ast.AST]
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            headers = (isinstance(key, ast.Constant) and bool(_HEADER_NAME.match(str(key.value))) for key in node.keys)
            quiet = [value for value, header in zip(node.values, headers, strict=True) if header]
        elif (
            isinstance(node, (ast.JoinedStr, ast.Subscript))
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            or (isinstance(node, ast.Call) and _name(node) in _NOT_SPOKEN)
        ):
            quiet = [node]
        else:
            continue
        yield from (id(inner) for outer in quiet for inner in ast.walk(outer))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _constants(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield the values of module-level constants: tables of labels, among others."""
    for node in tree.body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id.isupper() for target in targets):
            yield node.value


def _values(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the text literals in a constant, keys of dicts left out: those are codes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    inner = node.values if isinstance(node, ast.Dict) else ast.iter_child_nodes(node)
    for child in inner:
        yield from _values(child)


def found(root: Path = ROOT) -> dict[Msgid, list[str]]:
    """Return every text of the screen under `root` and the files it stands in."""
    with (ROOT / "translations" / "messages.cfg").open() as handle:
        methods, options = parse_mapping_cfg(handle)  # type: ignore[no-untyped-call] # Babel's own hole
    texts: dict[Msgid, list[str]] = {}
    for file, _line, msgid, _comments, _context in extract_from_dir(
        str(root), methods, options, directory_filter=_is_ours
    ):
        if not file.startswith(_TO_OPERATORS):
            texts.setdefault(msgid if isinstance(msgid, str) else (msgid[0], msgid[1]), []).append(file)
    return texts


def _is_ours(folder: str) -> bool:
    """Babel by itself passes over folders that begin with `_`, and our parts of pages lie in one."""
    return not Path(folder).name.startswith((".", "__"))


def read(path: Path = ENGLISH) -> Catalog:
    """Return the catalogue as it lies on disk, an empty one when there is none."""
    if not path.exists():
        return Catalog("en")
    with path.open("rb") as handle:
        return read_po(handle, locale="en")


def first(msgid: Any) -> str:
    """Return the key of a text in the catalogue: for a plural its singular."""
    return str(msgid if isinstance(msgid, str) else msgid[0])


def strings_of(message: Message) -> list[str]:
    """Return the translations of a message: one, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def renew(texts: Iterable[Msgid], known: Catalog) -> bytes:
    """Return the catalogue for exactly these texts, with the translations that are known. Sorted, without dates and places."""
    fresh = Catalog("en", charset="utf-8")
    for msgid in texts:
        message = known.get(first(msgid))
        strings = strings_of(message) if message else []
        if isinstance(msgid, tuple):
            fresh.add(msgid, tuple(strings) if len(strings) == fresh.num_plurals else ("",) * fresh.num_plurals)
        else:
            fresh.add(msgid, strings[0] if strings else "")
    buffer = io.BytesIO()
    write_po(buffer, fresh, width=120, omit_header=True, sort_output=True, no_location=True)
    return _HEADER.encode() + buffer.getvalue().lstrip()
