"""Bahasa Indonesia first, English complete: which language, and how amounts and dates are written."""

from __future__ import annotations

import io
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, g, request
from flask_babel import Babel, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from shop.base import clock, money
from shop.settings import ROOT, Settings
from shop.web.charts import brief

LANGUAGES: Final = ("id", "en")
COOKIE: Final = "lang"


def language() -> str:
    """Return the language of this answer: asked for now, chosen before, else Indonesian.

    The JSON door follows Accept-Language; pages do not, because borrowed office machines are often set to English.
    """
    known: str | None = g.get("lang")
    if known is not None:
        return known
    chosen = request.args.get("lang") or request.cookies.get(COOKIE)
    if chosen not in LANGUAGES and request.path.startswith("/api/"):
        chosen = request.accept_languages.best_match(LANGUAGES)
    g.lang = known = chosen if chosen in LANGUAGES else "id"
    return known


def tanggal(value: date | datetime) -> str:
    """Return a day written out: `Rabu, 25 November 2026`."""
    day = clock.local_day(value) if isinstance(value, datetime) else value
    return format_date(day, "EEEE, d MMMM y", locale=_locale())


def tanggal_pendek(value: date | datetime) -> str:
    """Return a short day: `25 Nov 2026`."""
    day = clock.local_day(value) if isinstance(value, datetime) else value
    return format_date(day, "d MMM y", locale=_locale())


def tanggal_jam(value: datetime) -> str:
    """Return a moment in Jakarta time: `Rabu, 25 November 2026 pukul 10.00 WIB`."""
    at = {"id": "'pukul'", "en": "'at'"}[language()]
    dot = {"id": "HH.mm", "en": "HH:mm"}[language()]
    return format_datetime(clock.local(value), f"EEEE, d MMMM y {at} {dot} 'WIB'", locale=_locale())


def jam(value: datetime) -> str:
    """Return the Jakarta wall time: `10.00`."""
    return clock.local(value).strftime("%H.%M" if language() == "id" else "%H:%M")


def angka(value: int) -> str:
    """Return a whole number with the thousands separator of the language."""
    return numeral(value, language())


def numeral(value: int, lang: str) -> str:
    """Return the same for whoever has the language at hand already."""
    written = f"{value:,}"
    return written.replace(",", ".") if lang == "id" else written


def ringkas(value: int) -> str:
    """Return rupiah in few letters, for an axis or a tile: `Rp1,2 jt`."""
    return brief(value, language())


def persen(basis_points: int | None) -> str:
    """Return basis points as a percentage, a dash when there is nothing to divide by."""
    if basis_points is None:
        return "–"
    written = money.percent(basis_points)
    return written if language() == "id" else written.replace(",", ".").replace(" %", "%")


def _locale() -> str:
    return "id_ID" if language() == "id" else "en_GB"


def gettext(text: str, **variables: object) -> str:
    """Translate for a door, from a catalogue that is found once per language; Flask-Babel looks for it at each word."""
    lang = language()
    words = text if lang == "id" or not text else str(_catalogue(lang).gettext(text))
    return words % variables if variables else words


@pass_eval_context
def _written(context: EvalContext, text: str, **variables: object) -> str:
    """Translate in templates as Jinja's own `_` does, from a catalogue that is found once per language.

    A page says some forty things; looking the catalogue up for each took longer than drawing the page.
    """
    lang = language()
    words = (
        text if lang == "id" or not text else _catalogue(lang).gettext(text)
    )  # the head of a catalogue lies under ""
    shown = Markup(words) if context.autoescape else words  # noqa: S704 - the catalogue is ours; variables are escaped
    return shown % variables if variables else shown


def _catalogue(lang: str) -> Any:
    known: dict[str, Any] = current_app.extensions["catalogues"]
    if lang not in known:
        known[lang] = get_translations()
    return known[lang]


def compile_translations(var: Path) -> Path:
    """Compile translations/*.po into `var` when they are newer, and return the folder.

    Binary catalogues are made, never committed: a stale one would show old words.
    """
    target_root = var / "translations"
    for source in sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po")):
        target = target_root / source.relative_to(ROOT / "translations").with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.write_bytes(_binary(source, source.stat().st_mtime_ns))
        fresh.replace(target)
    return target_root


@lru_cache(maxsize=4)
def _binary(source: Path, _changed: int) -> bytes:
    """Compile one catalogue; once a process and change, however many applications it makes."""
    buffer = io.BytesIO()
    with source.open("rb") as handle:
        write_mo(buffer, read_po(handle, locale=source.parts[-3]))
    return buffer.getvalue()


def init_app(app: Flask, settings: Settings) -> None:
    """Set up Babel and the filters of every template."""
    app.config.update(
        BABEL_DEFAULT_LOCALE="id",
        BABEL_DEFAULT_TIMEZONE="Asia/Jakarta",
        BABEL_TRANSLATION_DIRECTORIES=str(compile_translations(settings.var)),
    )
    Babel(app, locale_selector=language)
    app.extensions["catalogues"] = {}
    app.jinja_env.globals["_"] = _written
    app.jinja_env.filters.update(
        rupiah=money.rupiah,
        percent_bp=persen,
        tanggal=tanggal,
        tanggal_pendek=tanggal_pendek,
        tanggal_jam=tanggal_jam,
        jam=jam,
        angka=angka,
        ringkas=ringkas,
    )
