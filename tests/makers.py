"""Plain functions that make things as tests need them, named after their state. Each runs inside a unit of work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from shop.accounts.hats import actor_of
from shop.accounts.models import Hat, Office, UserAccount, place_key
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import slug
from shop.budgets.ceilings import load_ceilings
from shop.budgets.models import Package
from shop.catalog.categories import load_categories
from shop.catalog.models import Certificate, Product
from shop.curation import submitting
from shop.curation.models import CurationCase
from shop.db import session, unit_of_work
from shop.orders import confirming, delivering, paying, receiving
from shop.orders.models import Order
from shop.orders.paying import Proof
from shop.orders.placing import place_order
from shop.orders.wish import Delivery, WantedLine, Wish
from shop.programme.models import Event
from shop.qris.building import Merchant, build
from shop.reference.loading import load_all
from shop.reference.models import Region
from shop.vendors.models import Vendor, VendorPaper

WHEN = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
GAMBIR = "31.71.01"
_numbers = count(1)


def make_reference() -> None:
    """Regions, accounts, rules and the shelves, as an installation has them; there already but in a `blank` database."""
    if session.scalar(select(Region.code).limit(1)):
        return
    load_all(session, WHEN)
    load_categories()
    load_ceilings(WHEN)


def make_vendor(**changed: Any) -> Vendor:
    """A micro producer in Gambir that is open every day."""
    number = next(_numbers)
    values = {
        "name": f"Dapur {number}",
        "slug": f"dapur-{number}",
        "kind": "jakpreneur",
        "size": "mikro",
        "kecamatan_code": GAMBIR,
        "state": "active",
        "created_at": WHEN,
    }
    vendor = Vendor(**values | changed)
    session.add(vendor)
    session.flush()
    return vendor


def make_qris(**changed: Any) -> str:
    """The text of a static code of a merchant that does not exist."""
    values: dict[str, Any] = {
        "name": "DAPUR UJI JAKPRENEUR",
        "city": "JAKARTA PUSAT",
        "postal_code": "10110",
        "nmid": "ID1020000000001",
        "pan": "936000000000000000",
        "mid": "000000000000001",
        "criteria": "UMI",
        "mcc": "5811",
        "domain": "ID.CO.EXAMPLE.WWW",
        "extra": {"07": "A01"},
    }
    return build(Merchant(**values | changed))


def make_product(vendor: Vendor | None = None, **changed: Any) -> Product:
    """A published box of snacks, made to order within a day, without stock or daily limit."""
    vendor = vendor or make_vendor()
    name = changed.get("name", f"Snack kotak {next(_numbers)}")
    values = {
        "vendor_id": vendor.id,
        "category_code": "snack-kotak",
        "name": name,
        "slug": slug(name),
        "price": 18_500,
        "unit": "kotak",
        "min_order": 1,
        "lead_time_hours": 24,
        "state": "published",
        "pdn": True,
        "halal": False,
        "created_at": WHEN,
        "updated_at": WHEN,
    }
    product = Product(**values | changed)
    session.add(product)
    session.flush()
    return product


def make_certificate(product: Product, **changed: Any) -> Certificate:
    """A TKDN certificate of 45 % that counts all through 2026."""
    values = {
        "product_id": product.id,
        "kind": "certified",
        "number": f"{next(_numbers)}/SJ-IND.8/TKDN/1/2026",
        "tkdn_bp": 4_500,
        "bmp_bp": 0,
        "issued_on": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
    }
    certificate = Certificate(**values | changed)
    session.add(certificate)
    session.flush()
    return certificate


@dataclass(frozen=True)
class Crew:
    """The people of one office with one package in the Pejabat Pengadaan's hands, and one producer's owner."""

    office_id: int
    package_id: int
    rup_code: str
    vendor: Vendor
    pa: Actor
    ppk: Actor
    pp: Actor
    bendahara: Actor
    producer: Actor


def make_actor(
    role: str,
    *,
    office_id: int | None = None,
    vendor_id: int | None = None,
    user_id: int | None = None,
    region_code: str | None = None,
) -> Actor:
    """A person (a new one unless `user_id` is given) wearing a hat of this role from the first of January 2026 on."""
    number = next(_numbers)
    if user_id is None:
        user = UserAccount(email=f"orang{number}@contoh.id", name=f"Orang {number}", password_hash="-", created_at=WHEN)
        session.add(user)
        session.flush()
        user_id = user.id
    hat = Hat(
        user_id=user_id,
        role=role,
        office_id=office_id,
        vendor_id=vendor_id,
        region_code=region_code,
        valid_from=date(2026, 1, 1),
        created_at=WHEN,
    )
    session.add(hat)
    session.flush()
    found = actor_of(user_id, date(2026, 11, 20), hat.id)
    assert found is not None
    return found[0]


def make_office(**changed: Any) -> Office:
    """A kelurahan office in Gambir that keeps duties apart."""
    number = next(_numbers)
    values = {"code": f"OPD-{number:04d}", "name": f"Kelurahan {number}", "kind": "kelurahan", "region_code": GAMBIR}
    office = Office(**values | changed)
    session.add(office)
    session.flush()
    return office


def make_package(office: Office, ppk: Actor, pp: Actor, **changed: Any) -> Package:
    """A package of Rp 20 million for this year's meetings, in the Pejabat Pengadaan's hands."""
    values = {
        "rup_code": f"5354{next(_numbers):04d}",
        "name": "Makan minum rapat",
        "office_id": office.id,
        "account_code": "5.1.02.01.01.0052",
        "year": 2026,
        "pagu": 20_000_000,
        "reserved": 0,
        "realised": 0,
        "state": "with_pp",
        "ppk_id": ppk.user_id,
        "pp_id": pp.user_id,
        "imported_at": WHEN,
    }
    package = Package(**values | changed)
    session.add(package)
    session.flush()
    return package


def make_crew(vendor: Vendor | None = None, office: Office | None = None, **package: Any) -> Crew:
    """An office with everybody it needs, and a producer."""
    vendor, office = vendor or make_vendor(), office or make_office()
    pa, ppk, pp, bendahara = (make_actor(role, office_id=office.id) for role in ("pa_kpa", "ppk", "pp", "bendahara"))
    made = make_package(office, ppk, pp, **package)
    return Crew(
        office.id,
        made.id,
        made.rup_code,
        vendor,
        pa,
        ppk,
        pp,
        bendahara,
        make_actor("vendor_owner", vendor_id=vendor.id),
    )


def make_wish(crew: Crew, *lines: tuple[Product, int], total: int | None = None, **changed: Any) -> Wish:
    """Boxes for a meeting of 30 on Wednesday 25 November at ten, at the kelurahan."""
    values: dict[str, Any] = {
        "package_id": crew.package_id,
        "purpose": "Rapat koordinasi RW",
        "headcount": 30,
        "delivery": Delivery("Kantor Kelurahan, Jl. Medan Merdeka 1", GAMBIR, datetime(2026, 11, 25, 3, 0, tzinfo=UTC)),
        "lines": tuple(WantedLine(product.id, quantity) for product, quantity in lines),
        "shown_total": sum(p.price * q for p, q in lines) if total is None else total,
    }
    return Wish(**values | changed)


def make_sent_order(crew: Crew, now: datetime, *lines: tuple[Product, int]) -> Order:
    """An order that waits for the producer's answer; 30 boxes of Rp 18,500 unless lines are given."""
    lines = lines or ((make_product(crew.vendor), 30),)
    placed = place_order(crew.pp, make_wish(crew, *lines), f"kunci-{next(_numbers):08d}", now)
    return session.get_one(Order, placed.order_ids[0])


def make_confirmed_order(crew: Crew, now: datetime, *lines: tuple[Product, int]) -> Order:
    """An order that the producer prepares."""
    order = make_sent_order(crew, now, *lines)
    return confirming.confirm(crew.producer, order.id, order.version, now)


def make_arrived_order(crew: Crew, now: datetime, *lines: tuple[Product, int]) -> Order:
    """An order that stands at the office and waits for the PPK."""
    order = make_confirmed_order(crew, now, *lines)
    session.flush()
    delivering.ship(crew.producer, order.id, order.version, now)
    session.flush()
    return delivering.arrive(crew.producer, order.id, order.version, now)


def make_received_order(crew: Crew, now: datetime, *lines: tuple[Product, int]) -> Order:
    """An order that waits for the bendahara."""
    order = make_arrived_order(crew, now, *lines)
    session.flush()
    return receiving.receive(crew.ppk, order.id, order.version, now)


def make_paid_order(crew: Crew, now: datetime, *lines: tuple[Product, int]) -> Order:
    """An order that was paid today by a transfer, and waits to be closed."""
    order = make_received_order(crew, now, *lines)
    session.flush()
    return paying.pay(crew.bendahara, order.id, order.version, Proof("TRF-2026-11-001", local_day(now)), now)


def make_paper(vendor: Vendor, **changed: Any) -> VendorPaper:
    """A halal certificate in the wallet that counts from 2026 on, without an end."""
    values = {
        "vendor_id": vendor.id,
        "kind": "halal",
        "number": f"ID3111{next(_numbers):09d}26",
        "issued_on": date(2026, 1, 1),
        "added_at": WHEN,
    }
    paper = VendorPaper(**values | changed)
    session.add(paper)
    session.flush()
    return paper


def make_mentor(region_code: str = GAMBIR) -> Actor:
    """A mentor of one kecamatan."""
    actor = make_actor("mentor")
    hat = session.get_one(Hat, actor.hat_id)
    hat.region_code, hat.place_key = region_code, place_key(region_code=region_code)
    session.flush()
    return replace(actor, region_code=region_code)


def make_event(staff: Actor, **changed: Any) -> Event:
    """A class for all of Jakarta on 2 December 2026, without a limit of places."""
    values: dict[str, Any] = {
        "kind": "training",
        "name": f"Kelas {next(_numbers)}",
        "from_day": date(2026, 12, 2),
        "until_day": date(2026, 12, 2),
        "made_by": staff.user_id,
        "made_at": WHEN,
    }
    event = Event(**values | changed)
    session.add(event)
    session.flush()
    return event


def make_actor_of(vendor_id: int) -> Actor:
    """The owner of a producer, a new person, in a unit of work of its own."""
    with unit_of_work():
        return make_actor("vendor_owner", vendor_id=vendor_id)


def make_curator(region_code: str | None = GAMBIR, *, user_id: int | None = None) -> Actor:
    """A curator of a kecamatan, or of the province with `region_code=None`."""
    role = "curator_kecamatan" if region_code else "curator_province"
    return make_actor(role, user_id=user_id, region_code=region_code)


def make_case(vendor: Vendor | None = None, now: datetime = WHEN, **product: Any) -> CurationCase:
    """A listing that its producer handed in at `now`; it waits at the kecamatan."""
    vendor = vendor or make_vendor()
    made = make_product(vendor, **{"state": "draft", **product})
    owner = make_actor("vendor_owner", vendor_id=vendor.id)
    return session.get_one(CurationCase, submitting.submit(owner, made.id, made.version, now))


def make_papers_complete(crew: Crew) -> None:
    """Fill in what official papers need of an office, its people and its producer; all numbers are made up."""
    office = session.get_one(Office, crew.office_id)
    office.address, office.npwp = "Jl. Medan Merdeka Selatan 8-9, Jakarta Pusat", "0012345678901000"
    office.pptk_name, office.pptk_nip = "Siti Rahmawati", "198502152010012003"
    for number, actor in enumerate((crew.pa, crew.ppk, crew.pp, crew.bendahara)):
        session.get_one(UserAccount, actor.user_id).nip = f"19800101200501100{number}"
    vendor = session.get_one(Vendor, crew.vendor.id)
    vendor.owner_name, vendor.nik = "Dian Pertiwi", "3171010101800001"
    vendor.nib = f"91200{next(_numbers):08d}"
    vendor.address = "Jl. Petojo 5, Gambir"
    vendor.bank_name, vendor.bank_account, vendor.bank_holder = "Bank Jakarta", "1230009988", "Dian Pertiwi"
    session.flush()
