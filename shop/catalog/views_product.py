"""Door: one product: what it is, who makes it, what it costs, what proves its TKDN."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, make_response, redirect
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from shop.base.clock import local_day, utc_now
from shop.base.money import rupiah
from shop.catalog import attributes, listing, places, reading, sections
from shop.catalog.categories import chain, shelves
from shop.catalog.pricing import unit_price
from shop.catalog.reading import Facts
from shop.sourcing import compare, weighing
from shop.web import choosing
from shop.web.frame import Cut, cut, fill, filled, framed, macro, slot
from shop.web.guard import actor, public, signed_in, worn_hats
from shop.web.language import angka, language, persen, tanggal
from shop.web.language import gettext as _
from shop.web.record import record
from shop.web.shelf import engine, joined, share_meta

bp = Blueprint("product", __name__)


@bp.get("/produk/<int:product_id>", defaults={"slug": ""})
@bp.get("/produk/<int:product_id>-<slug>")
@public
def product(product_id: int, slug: str) -> ResponseReturnValue:
    """One product: what it is, who makes it, what it costs, what proves its TKDN."""
    facts = reading.product_facts(product_id, local_day(utc_now()))
    if slug != facts.slug:
        return redirect(f"/produk/{facts.id}-{facts.slug}", 301)
    order = _order(facts) if facts.available else ""
    content = _content(facts, order, _beside(facts))
    meta = share_meta(
        f"/produk/{facts.id}-{facts.slug}",
        f"{facts.name}, {rupiah(facts.price)} / {facts.unit}",
        facts.description or facts.vendor_name,
        kind="product",
        image=f"/bagikan/{facts.id}.jpg" if facts.for_sale else "",
    )
    drawn = framed(content, title=facts.name, here="/katalog", meta=meta)
    choosing.note("product", {}, [(facts.id, facts.price)])
    return drawn


def _beside(facts: Facts) -> Markup:
    """What the price is held against, and goods like it; three statements, one more for products of industry."""
    proof = facts.proof
    price = unit_price(facts.price, facts.tiers, facts.min_order)
    good = weighing.Good(facts.id, facts.category_code, facts.unit, price, facts.min_order, facts.serves, facts.pdn,
                         proof.evidence, proof.tkdn_bp, proof.bmp_bp)  # fmt: skip
    weighed = weighing.weigh([good], choosing.kecamatan_of(actor()), facts.day)[facts.id]
    near = compare.neighbours(engine(), facts.category_code, facts.price)
    likes = compare.similar(near, {facts.id}, dict(facts.attributes), facts.unit, facts.price)
    shelf = listing.address([("category", facts.category_code)])
    return macro("sourcing/_weighed.html", "on_product")(weighed, likes, facts.id, shelf)


@bp.get("/produk-saya/<int:product_id>/pratinjau")
@signed_in
def preview(product_id: int) -> ResponseReturnValue:
    """The same page of a product that buyers do not see yet, for its producer and curators of its place."""
    facts = reading.preview(actor(), product_id, local_day(utc_now()))
    note = filled("catalog/product_preview.html", facts.vendor_id == actor().vendor_id, back=f"/produk-saya/{facts.id}")
    answer = make_response(framed(note + _content(facts, "", ""), title=facts.name, here="/produk-saya"))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _content(facts: Facts, order: str | Markup, similar: str | Markup) -> Markup:
    return filled(
        "catalog/product.html",
        crumbs=_crumbs(facts),
        gallery=_gallery(facts),
        head=_head(facts),
        variants=_variants(facts),
        order=order,
        tiers=_tiers(facts),
        side=_side(facts),
        more=_proof(facts),
        record=record("product", facts.id, facts.vendor_id),
        text=_text(facts),
        similar=similar,
    )


def _variants(facts: Facts) -> Markup | str:
    if not facts.variants:
        return ""
    links = [(f"/produk/{v.id}-{v.slug}", v.label or v.name, rupiah(v.price)) for v in facts.variants]
    return macro("catalog/product_parts.html", "variants")(links, facts.variant_label)


def _order(facts: Facts) -> str | Markup:
    """The basket's form for who may buy; for others the one step that brings them there."""
    who, here = actor(), f"/produk/{facts.id}-{facts.slug}"
    if who.may("orders:cart:edit"):
        drawn: str | Markup = macro("catalog/product_parts.html", "order")(facts, generate_csrf())
    elif who.user_id is None:
        drawn = macro("catalog/product_parts.html", "sign_in")(here)
    else:
        able = [(hat.hat_id, hat.place_label) for hat in worn_hats() if "orders:cart:edit" in hat.permissions]
        drawn = macro("catalog/product_parts.html", "change_hat")(able, here, generate_csrf()) if able else ""
    return drawn


def _crumbs(facts: Facts) -> Markup:
    return fill(_way(language(), facts.category_code), name=facts.name)


@lru_cache(256)
def _way(lang: str, code: str) -> Cut:
    above = [shelf for step in reversed(chain(code)) if (shelf := shelves().get(step))]
    steps = [(shelf.name(lang), listing.address([("category", shelf.code)])) for shelf in above]
    return cut(macro("catalog/product_parts.html", "crumbs")([(_("Katalog"), "/katalog"), *steps, (slot("name"), "")]))


def _gallery(facts: Facts) -> Markup:
    shelf = shelves().get(facts.category_code)
    photos = [
        filled(
            "catalog/product_photo.html",
            not at,
            key=photo.key,
            alt=photo.alt or _("Foto %(name)s", name=facts.name),
            width=str(photo.width),
            height=str(photo.height),
        )
        for at, photo in enumerate(facts.photos)
    ]
    return filled(
        "catalog/product_gallery.html", "" if photos else shelf.art if shelf else "umum", photos=joined(photos)
    )


def _head(facts: Facts) -> Markup:
    proof, place = facts.proof, places.kecamatan().get(facts.kecamatan_code, "")
    return filled(
        "catalog/product_head.html",
        proof.evidence,
        facts.pdn,
        facts.umk,
        facts.halal,
        facts.for_sale or facts.state in {"draft", "submitted"},
        facts.available or facts.state in {"draft", "submitted"},
        bool(place),
        name=facts.name,
        vendor=facts.vendor_name,
        vendor_slug=facts.vendor_slug,
        kecamatan=place,
        price=rupiah(facts.price),
        unit=facts.unit,
        tkdn=persen(proof.tkdn_bp),
    )


def _tiers(facts: Facts) -> Markup | str:
    if not facts.tiers:
        return ""
    steps = [(facts.min_order, facts.price), *((least, min(price, facts.price)) for least, price in facts.tiers)]
    rows = [filled("catalog/product_tier.html", least=angka(least), price=rupiah(price)) for least, price in steps]
    return filled("catalog/product_tiers.html", unit=facts.unit, rows=joined(rows))


def _leads(facts: Facts) -> str:
    return ", ".join(_("%(hours)s jam mulai %(count)s %(unit)s", hours=angka(hours), count=angka(least), unit=facts.unit)
                     for least, hours in facts.leads)  # fmt: skip


def _side(facts: Facts) -> Markup:
    numbers = {
        "least": facts.min_order,
        "hours": facts.lead_time_hours,
        "capacity": facts.daily_capacity,
        "stock": facts.stock,
        "serves": facts.serves,
        "weight": facts.weight_gram,
    }
    # 0, 1 and many are said differently; None is not said at all.
    ways = [-1 if number is None else min(number, 2) for number in numbers.values()]
    shown = {name: angka(number or 0) for name, number in numbers.items()}
    return filled(
        "catalog/product_side.html",
        *ways,
        facts.closed_weekdays,
        bool(facts.leads),
        unit=facts.unit,
        leads=_leads(facts),
        **shown,
    )


def _proof(facts: Facts) -> Markup:
    proof = facts.proof
    gone = [
        filled("catalog/product_gone.html", number=paper.number, day=tanggal(paper.valid_until))
        for paper in facts.papers
        if paper.valid_until < facts.day
    ]
    return filled(
        "catalog/product_proof.html",
        proof.evidence,
        facts.pdn,
        facts.umk,
        facts.halal,
        gone=joined(gone),
        tkdn=persen(proof.tkdn_bp),
        bmp=persen(proof.bmp_bp),
        both=persen(proof.tkdn_bp + proof.bmp_bp),
        number=proof.number or "",
        until=tanggal(proof.valid_until) if proof.valid_until else "",
    )


def _text(facts: Facts) -> Markup:
    lines = [filled("catalog/product_line.html", line=line) for line in facts.description.splitlines() if line.strip()]
    answers = attributes.shown(sections.asked(facts.category_code), dict(facts.attributes), language())
    named = [_(attributes.ALLERGENS[key]) for key in facts.allergens if key in attributes.ALLERGENS]
    old = facts.old_since
    return filled(
        "catalog/product_text.html",
        bool(lines),
        bool(facts.ingredients),
        bool(named),
        bool(answers),
        bool(old),
        lines=joined(lines),
        ingredients=facts.ingredients,
        allergens=", ".join(named),
        answers=joined(filled("catalog/product_answer.html", term=term, words=words) for term, words in answers),
        day=tanggal(old) if old else "",
    )
