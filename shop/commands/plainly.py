"""Errors as sentences: an operator reads what to do, not a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from shop.base.errors import Invalid, ShopError

P = ParamSpec("P")
R = TypeVar("R")


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Print our own errors as sentences and exit 1, without a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Invalid as error:
            for fault in error.faults:
                click.echo(f"{fault.field}: {fault.message % dict(fault.params)}", err=True)
            click.echo(str(error), err=True)
        except ShopError as error:
            click.echo(str(error), err=True)
        except (OperationalError, ProgrammingError) as error:
            if not any(words in str(error.orig) for words in ("no such table", "does not exist")):
                raise
            click.echo("Basis data belum disiapkan. Jalankan dahulu: python3 dev flask db upgrade", err=True)
        sys.exit(1)

    return run
