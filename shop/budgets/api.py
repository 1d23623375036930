"""JSON door of packages."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from shop.base.clock import local, utc_now
from shop.budgets import reading
from shop.budgets.schemas import PackageList, PackageOut, PackageQuery
from shop.web.guard import actor, requires
from shop.web.openapi import Description, described
from shop.web.paging import page_from, year_from

bp = Blueprint("budgets_api", __name__, url_prefix="/api/v1")


@bp.get("/packages")
@described(Description({200: PackageList}, query=PackageQuery))
@requires("orders:order:place")
def packages() -> ResponseReturnValue:
    """The budget packages the caller may order from."""
    page = page_from(request.args.get("page"), request.args.get("per_page"), strict=True)
    year = year_from(request.args.get("year")) or local(utc_now()).year
    rows, total = reading.packages(actor(), year, mine=True, offset=page.offset, limit=page.size)
    items = [
        PackageOut(
            rup_code=p.rup_code,
            name=p.name,
            account_code=p.account_code,
            year=p.year,
            pagu=p.pagu,
            committed=p.reserved,
            realised=p.realised,
            left=p.left,
        )
        for p in rows
    ]
    return jsonify(PackageList(items=items, total=total, page=page.number, per_page=page.size).model_dump())
