"""Logs: one JSON object a line on standard error, without local variables (they may hold what nobody should read)."""

from __future__ import annotations

import logging
import re
import sys
from typing import Final

import structlog
from flask import Flask, g, has_request_context

_DETAIL: Final = re.compile(r"\n\s*DETAIL: .*?(?=\n\s*\[SQL|\n\s*CONTEXT: |\n\s*HINT: |\n\n|\Z)", re.DOTALL)


def _with_request(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if has_request_context() and "request_id" in g:
        event["request_id"] = g.request_id
    return event


def _without_rows(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Leave out PostgreSQL's DETAIL, which repeats the row that was refused: names, addresses, hashes."""
    if "exception" in event:
        event["exception"] = _DETAIL.sub("", event["exception"])
    return event


def init_app(app: Flask) -> None:
    """Set up structlog for the process. Tracebacks carry file and line, never values."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_request,
            structlog.processors.format_exc_info,
            _without_rows,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if app.debug else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=not app.testing,
    )
