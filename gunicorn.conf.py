"""How gunicorn serves the shop: `gunicorn wsgi:app`. `dev run` uses this very file; docs/operating.md explains it."""

import os
from pathlib import Path

# SQLite and the in-process search index have one writer: one process with threads. On PostgreSQL WEB_CONCURRENCY
# may name more processes; rate limits then count per process.
_embedded = not os.environ.get("SHOP_DATABASE_URL", "").startswith("postgresql")
workers = 1 if _embedded else int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("SHOP_THREADS", "8"))
bind = os.environ.get("SHOP_BIND", "127.0.0.1:8000")
proc_name = "eorder"

# The application is loaded after the fork: no database connection and no thread is shared by two processes.
preload_app = False
timeout = 60
graceful_timeout = 20
keepalive = 5
backlog = 512

# A search address with every filter set stays under 4 kB; anything longer is not ours.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190

# No control socket: nothing here needs it, and it would be one more door.
control_socket_disable = True
# Heartbeats go to memory, so that a busy disk does not look like a hung worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - the system's, not a name of ours
errorlog = "-"
loglevel = os.environ.get("SHOP_GUNICORN_LOG", "info")
