"""Faults of a form: what a verb complained about beside its field, and all of them for the summary on top."""

from __future__ import annotations

from typing import Any

from shop.base.errors import Invalid
from shop.web.errors import faults_told


def show_faults(form: Any, error: Invalid) -> None:
    """Put a verb's complaints beside the fields they speak of; what fits no field goes on top of the form."""
    for name, sentence in faults_told(error):
        if name in form:
            form[name].errors = [*form[name].errors, sentence]
        else:
            form.form_errors.append(sentence)


def form_faults(form: Any) -> list[tuple[str, str]]:
    """Return (field name, sentence) of every fault for the summary; an empty name is the form as a whole."""
    found = [(field.name, str(sentence)) for field in form for sentence in field.errors]
    return [*(("", str(sentence)) for sentence in form.form_errors), *found]
