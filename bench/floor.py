"""The floor: what a page of 24 cards costs on this machine when it is nothing but Flask and Jinja.

No database, no search, no session, no headers of ours: one list in memory, one template, served by gunicorn with the
very same configuration. Everything the shop adds is seen as a multiple of this.
"""

from __future__ import annotations

from flask import Flask, render_template
from jinja2 import DictLoader

_PAGE = """<!doctype html>
<html lang="id">
<head><meta charset="utf-8"><title>{{ title }}</title><link rel="stylesheet" href="/static/floor.css"></head>
<body>
<header><a href="/">Toko</a><form action="/"><input type="search" name="q" value="{{ words }}"></form></header>
<main><h1>{{ cards|length }} produk</h1>
<div class="cards">
{% for card in cards %}<article class="card"><a href="/produk/{{ card.id }}-{{ card.slug }}">
<h2>{{ card.name }}</h2></a>
<p class="by">{{ card.vendor }} &middot; {{ card.place }}</p>
<p class="money">Rp{{ card.price }} <small>/ {{ card.unit }}</small></p>
{% if card.tkdn %}<p class="mark">TKDN {{ card.tkdn }} %</p>{% else %}<p class="mark">Tanpa TKDN</p>{% endif %}
</article>
{% endfor %}</div></main>
<footer><p>{{ title }}</p></footer>
</body></html>
"""
_CARDS = [
    {
        "id": number,
        "slug": f"nasi-kotak-ayam-{number}",
        "name": f"Nasi Kotak Ayam Bakar & Sambal {number}",
        "vendor": f"Dapur Ibu Nomor {number}",
        "place": "Gambir",
        "price": f"{20 + number}.500",
        "unit": "kotak",
        "tkdn": 40 + number if number % 3 else 0,
    }
    for number in range(24)
]

app = Flask("floor")
app.jinja_env.loader = DictLoader({"floor.html": _PAGE})


@app.get("/")
def page() -> str:
    """Answer the 24 cards."""
    return render_template("floor.html", title="Lantai", words="nasi kotak", cards=_CARDS)
