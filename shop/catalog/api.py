"""JSON door of the catalogue: search, one product, completions. Open to everyone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import cast

from flask import Blueprint, Response, current_app, json, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.catalog import browsing, listing, places, reading
from shop.catalog.cards import photo_url
from shop.catalog.categories import shelves
from shop.catalog.reading import Facts
from shop.catalog.schemas import (
    CertificateOut,
    LeadTierOut,
    PhotoOut,
    ProductList,
    ProductOut,
    ProductQuery,
    Suggestions,
    SuggestQuery,
    Tier,
    VariantOut,
    VendorRef,
)
from shop.search import Engine, Result
from shop.storage.uploads import PHOTO_WIDTHS
from shop.web.guard import public
from shop.web.language import language
from shop.web.openapi import Description, described
from shop.web.paging import Page, page_from

bp = Blueprint("catalog_api", __name__, url_prefix="/api/v1")


def _engine() -> Engine:
    engine = cast("Engine", current_app.extensions["search"])
    engine.refresh()
    return engine


@bp.get("/products")
@described(Description({200: ProductList}, query=ProductQuery))
@public
def products() -> ResponseReturnValue:
    """Search products, with exact total and counts for each filter."""
    now = utc_now()
    wish = browsing.read_wish(request.args.to_dict(flat=False), now, strict=True)
    page = page_from(request.args.get("page"), request.args.get("per_page"), strict=True)
    begun = perf_counter()
    result = _engine().find(browsing.to_query(wish, now, offset=page.offset, limit=page.size))
    return _listed(wish.text, result, page, round((perf_counter() - begun) * 1000, 3))


def _listed(text: str, result: Result, page: Page, took_ms: float) -> Response:
    """Answer a list. Cards are items already written as JSON, so they are put in as they are."""
    head = json.dumps(
        {
            "query": text,
            "did_you_mean": result.did_you_mean,
            "total": result.total,
            "page": page.number,
            "per_page": page.size,
            "facets": {name: _counted(name, result.facets[name]) for name in browsing.COUNTED},
            "took_ms": took_ms,
        }
    )
    items = b",".join(hit.card for hit in result.hits)
    return Response(b'%b,"items":[%b]}\n' % (head[:-1].encode(), items), content_type="application/json")


def _counted(name: str, counts: Mapping[str, int]) -> list[dict[str, object]]:
    return [{"value": value, "label": _label(name, value), "count": count} for value, count in counts.items()]


def _label(name: str, value: str) -> str:
    if name == "category":
        shelf = shelves().get(value)
        return shelf.name(language()) if shelf else value
    if name == "kecamatan":
        return places.kecamatan().get(value, value)
    return str(_(listing.LABELS[value]))


@bp.get("/products/<int:product_id>")
@described(Description({200: ProductOut}, problems=(404,)))
@public
def product(product_id: int) -> ResponseReturnValue:
    """One product with attributes, price tiers and certificates."""
    return jsonify(_told(reading.product_facts(product_id, local_day(utc_now()))).model_dump(mode="json"))


def _told(facts: Facts) -> ProductOut:
    proof, shelf = facts.proof, shelves().get(facts.category_code)
    return ProductOut(
        id=facts.id,
        slug=facts.slug,
        name=facts.name,
        price=facts.price,
        unit=facts.unit,
        vendor=VendorRef(
            id=facts.vendor_id, name=facts.vendor_name, kecamatan=places.kecamatan().get(facts.kecamatan_code, "")
        ),
        category=facts.category_code,
        tkdn_bp=proof.tkdn_bp,
        bmp_bp=proof.bmp_bp,
        evidence=proof.evidence,
        pdn=facts.pdn,
        umk=facts.umk,
        halal=facts.halal,
        image=photo_url(facts.photos[0].key, 320) if facts.photos else None,
        art=shelf.art if shelf else "umum",
        available=facts.available,
        description=facts.description,
        ingredients=facts.ingredients,
        min_order=facts.min_order,
        serves=facts.serves,
        weight_gram=facts.weight_gram,
        stock=facts.stock,
        daily_capacity=facts.daily_capacity,
        lead_time_hours=facts.lead_time_hours,
        lead_tiers=[LeadTierOut(min_quantity=quantity, hours=hours) for quantity, hours in facts.leads],
        attributes=dict(facts.attributes),
        allergens=list(facts.allergens),
        sold_out=facts.sold_out,
        variants=[VariantOut(id=v.id, label=v.label or v.name, price=v.price) for v in facts.variants],
        price_tiers=[Tier(min_quantity=quantity, price=price) for quantity, price in facts.tiers],
        certificates=list(_papers(facts)),
        photos=[PhotoOut(alt=p.alt, sizes={str(w): photo_url(p.key, w) for w in PHOTO_WIDTHS}) for p in facts.photos],
    )


def _papers(facts: Facts) -> Iterable[CertificateOut]:
    for paper in facts.papers:
        yield CertificateOut(
            kind="certified" if paper.kind == "certified" else "self_declared",
            number=paper.number,
            tkdn_bp=paper.tkdn_bp,
            bmp_bp=paper.bmp_bp,
            issued_on=paper.issued_on,
            valid_until=paper.valid_until,
            counts=paper.issued_on <= facts.day <= paper.valid_until,
        )


@bp.get("/suggest")
@described(Description({200: Suggestions}, query=SuggestQuery))
@public
def suggest() -> ResponseReturnValue:
    """Complete what is being typed."""
    text = request.args.get("q", "")[: browsing.MAX_TEXT]
    return jsonify(items=list(_engine().suggest(text)) if text.strip() else [])
