"""Forms of the packages: what comes in as text, before a verb judges it."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import IntegerField, StringField


class HandOnForm(FlaskForm):  # type: ignore[misc]
    """To whom a package goes; the version says which state of it the person saw."""

    user_id = IntegerField()
    version = IntegerField()


class DocumentForm(FlaskForm):  # type: ignore[misc]
    """A document to attach."""

    kind = StringField()
    title = StringField()
    amount = StringField()
    file = FileField()


class ImportForm(FlaskForm):  # type: ignore[misc]
    """A CSV of RUP packages."""

    file = FileField()
