"""Commands about the words on the screen. What they call lies in translations/, beside the words."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

words = AppGroup("translations", help="Teks layar dan bahasa Inggrisnya.")


@words.command("extract")
def extract_words() -> None:
    """Bring translations/en in step with the texts of code and templates; new ones wait there for their English."""
    from translations import extract

    extract.ENGLISH.write_bytes(extract.renew(extract.found(), extract.read()))


@words.command("check")
def check_words() -> None:
    """Say what the English lacks and which page speaks past it; exits 1 when there is anything."""
    from translations.check import faults

    said = faults()
    click.echo("\n".join(said) or "lengkap")
    sys.exit(bool(said))
