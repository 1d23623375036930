"""Puts the people, producers, products and packages of a demo city into an empty installation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from shop.audit import trail
from shop.base.actor import SYSTEM, Actor
from shop.base.codes import slug
from shop.budgets.facts import of_package
from shop.budgets.models import Package, PackageDocument
from shop.catalog.models import Certificate, PriceTier, Product
from shop.demo import curating, listings
from shop.demo.people import People, add_people
from shop.demo.programme import fill_programme
from shop.demo.rows import insert_ids, insert_rows
from shop.demo.shapes import DemoCity, DemoOffice, DemoPackage, DemoProduct, DemoVendor
from shop.demo.wallets import fill_wallets
from shop.p3dn import posting
from shop.qris.building import Merchant, build
from shop.vendors.models import Vendor

_FORMS: Final = {"perorangan": "individual"}
_WITH_QRIS: Final = 3
"""Every third producer has a QRIS code, the first among them."""
_HOME: Final = "31.71.01"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what is there, by the demo's own keys: what playing the orders needs."""

    officers: dict[tuple[str, str], Actor]
    """(office code, role) -> the first person with that role there."""
    vendors: dict[str, Actor]
    products: dict[str, int]
    packages: dict[str, int]
    kecamatan: dict[str, str]
    """Office code -> the kecamatan it receives deliveries in."""


def fill(city: DemoCity, now: datetime) -> Cast:
    """Write everything but the orders. Runs in the caller's unit of work, on an installation without accounts."""
    long_ago = now - timedelta(days=800)
    vendors = _vendors(city.vendors, long_ago)
    people = add_people(city, vendors, long_ago)
    products = _products(city.products, vendors, now)
    fill_wallets(city.products, vendors, city.today, now)
    listings.complete(products, now)
    packages = _packages(city, people, now)
    fill_programme(city, vendors, now)
    curating.curate(city, people.owners, products, now)
    trail.record(SYSTEM, "demo_filled", "demo", 0, now, size=city.size)
    return Cast(people.officers, people.owners, products, packages, {o.code: _kecamatan(o) for o in city.offices})


def _kecamatan(office: DemoOffice) -> str:
    """Return the kecamatan of an office; those of the whole city or a wilayah sit in Gambir here."""
    return office.region_code[:8] if len(office.region_code) >= len(_HOME) else _HOME


def _vendors(vendors: Sequence[DemoVendor], since: datetime) -> dict[str, int]:
    taken: set[str] = set()
    rows = []
    for number, vendor in enumerate(vendors, 1):
        address = slug(vendor.name)
        address = address if address not in taken else f"{address}-{vendor.key}"
        taken.add(address)
        rows.append(
            {
                "name": vendor.name,
                "slug": address,
                "kind": vendor.kind,
                "size": vendor.umk_class,
                "pkp": vendor.pkp,
                "legal_form": _FORMS.get(vendor.legal_form, vendor.legal_form),
                "kecamatan_code": vendor.kecamatan_code,
                "address": vendor.address,
                "story": vendor.story,
                "state": "active",
                "created_at": since,
                "version": 1,
                "closed_weekdays": sum(1 << day for day in vendor.closed_weekdays),
                "phone": "",
                # What official papers print. No province is 99, and no bank is called so.
                "owner_name": vendor.owner,
                "nib": f"99{number:011d}",
                "nik": f"99{number:014d}",
                "bank_name": "Bank Contoh",
                "bank_account": f"99{number:08d}",
                "bank_holder": vendor.owner,
                "qris": _qris(vendor.name, number) if number % _WITH_QRIS == 1 else "",
            }
        )
    return dict(zip((v.key for v in vendors), insert_ids(Vendor, rows), strict=True))


def _qris(name: str, number: int) -> str:
    """Return the static code of a merchant that does not exist: no acquirer is called so."""
    return build(
        Merchant(name, "JAKARTA", "10110", f"ID99{number:011d}", f"9360099900{number:08d}", f"{number:015d}", "UMI", "5811", "ID.CO.EXAMPLE.WWW")
    )  # fmt: skip


def _products(products: Sequence[DemoProduct], vendors: dict[str, int], now: datetime) -> dict[str, int]:
    rows = [
        {
            "vendor_id": vendors[p.vendor],
            "category_code": p.category,
            "name": p.name,
            "slug": slug(p.name),
            "description": p.description,
            "ingredients": p.composition,
            "price": p.price,
            "unit": p.unit,
            "min_order": p.min_order,
            "serves": p.serves,
            "weight_gram": p.weight_g,
            "stock": p.stock,
            "daily_capacity": p.daily_capacity,
            "lead_time_hours": p.lead_time_hours,
            "halal": p.halal == "certified",
            "pdn": p.pdn,
            "state": "published",
            "source": "demo",
            "source_ref": p.key,
            "created_at": now - timedelta(days=10 + index * 7919 % 690),
            "updated_at": now - timedelta(days=index % 60),
            "version": 1,
        }
        for index, p in enumerate(products)
    ]
    ids = dict(zip((p.key for p in products), insert_ids(Product, rows), strict=True))
    _tiers_and_papers(products, ids)
    return ids


def _tiers_and_papers(products: Sequence[DemoProduct], ids: dict[str, int]) -> None:
    insert_rows(
        PriceTier,
        [
            {"product_id": ids[p.key], "min_quantity": start, "price": price}
            for p in products
            for start, price in p.tiers
            if start > 1
        ],
    )
    insert_rows(
        Certificate,
        [
            {
                "product_id": ids[p.key],
                "kind": p.evidence,
                "number": p.certificate.number,
                "tkdn_bp": p.certificate.tkdn_bp,
                "bmp_bp": p.certificate.bmp_bp,
                "issued_on": p.certificate.issued,
                "valid_until": p.certificate.valid_until,
            }
            for p in products
            if p.certificate is not None and p.evidence != "none"
        ],
    )


def _packages(city: DemoCity, people: People, now: datetime) -> dict[str, int]:
    """Packages that orders are planned from are in a Pejabat Pengadaan's hands; the rest wait at each earlier step."""
    used = {order.package for order in city.orders}
    idle: dict[str, int] = defaultdict(int)
    rows, papers = [], []
    for package in city.packages:
        state = "with_pp"
        if package.rup_code not in used and package.year == city.today.year:
            state = ("available", "with_ppk", "with_pp")[min(idle[package.office], 2)]
            idle[package.office] += 1
        ppk, pp = people.officers[package.office, "ppk"], people.officers[package.office, "pp"]
        rows.append(_package_row(package, people.offices[package.office], state, ppk, pp))
        papers.append((state, ppk.user_id, package))
    ids = insert_ids(Package, rows)
    insert_rows(
        PackageDocument,
        [
            {
                "package_id": package_id,
                "kind": "kak",
                "title": f"KAK {package.name}"[:200],
                "file_name": "",
                "added_by": ppk_id,
                "added_at": datetime(package.year, 1, 9, 2, tzinfo=UTC),
            }
            for package_id, (state, ppk_id, package) in zip(ids, papers, strict=True)
            if state == "with_pp"
        ],
    )
    for year in sorted({package.year for package in city.packages}):
        posting.settle_many(
            SYSTEM,
            [
                of_package(i, r["office_id"], r["account_code"], r["pagu"], pdn=True)
                for i, r in zip(ids, rows, strict=True)
                if r["year"] == year
            ],
            now,
            on=date(year, 1, 1),
        )
    return {package.rup_code: package_id for package, package_id in zip(city.packages, ids, strict=True)}


def _package_row(package: DemoPackage, office_id: int, state: str, ppk: Actor, pp: Actor) -> dict[str, Any]:
    return {
        "rup_code": package.rup_code,
        "name": package.name,
        "office_id": office_id,
        "account_code": package.account_code,
        "year": package.year,
        "pagu": package.pagu,
        "reserved": 0,
        "realised": 0,
        "state": state,
        "mak": ".".join(filter(None, (package.sub_activity, package.account_code))),
        "fund_source": "APBD",
        "method": "E-Purchasing",
        "pdn": True,
        "umk": True,
        "ppk_id": None if state == "available" else ppk.user_id,
        "pp_id": pp.user_id if state == "with_pp" else None,
        "imported_at": datetime(package.year, 1, 5, 2, tzinfo=UTC),
        "version": 1,
    }
