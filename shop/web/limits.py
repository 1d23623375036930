"""Rate limits of single doors. Memory is per process; lock-outs that must last live in the database."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=[], storage_uri="memory://", strategy="fixed-window")
