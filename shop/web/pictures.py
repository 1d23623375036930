"""Photos only some people may see, answered the same way wherever they hang."""

from __future__ import annotations

from flask import Response, current_app, send_file

from shop.storage.files import FileStore


def private_photo(key: str) -> Response:
    """Answer a stored photo; who may see it was judged before. What a key stands for never changes. Raises NotFound."""
    files: FileStore = current_app.extensions["files"]
    answer: Response = send_file(files.path(key), mimetype="image/webp", max_age=0)
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return answer
