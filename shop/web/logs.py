"""Logs: one JSON object a line on standard error, without local variables (they may hold what nobody should read)."""

from __future__ import annotations

import logging
import sys

import structlog
from flask import Flask, g, has_request_context


def _with_request(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if has_request_context() and "request_id" in g:
        event["request_id"] = g.request_id
    return event


def init_app(app: Flask) -> None:
    """Set up structlog for the process. Tracebacks carry file and line, never values."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_request,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if app.debug else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=not app.testing,
    )
