"""The WSGI entrance, for gunicorn and for `flask --app wsgi`."""

from shop.app import create_app

app = create_app()
