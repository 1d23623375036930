"""Prepares a scene in the running shop through the real verbs: an office with its people, a package, a producer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from shop.accounts.hats import actor_of
from shop.accounts.models import Hat, Office, UserAccount
from shop.accounts.passwords import hash_password
from shop.approvals import asking
from shop.base.actor import Actor
from shop.base.clock import at_local, local, local_day, utc_now
from shop.budgets import assigning, importing
from shop.budgets.models import Package
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.negotiation import bargaining, bidding, opening, requesting
from shop.negotiation.bidding import BidLine
from shop.negotiation.offering import TermLine, Terms
from shop.negotiation.requesting import Need, NeedLine
from shop.orders import again, cart, steps
from shop.orders.models import Order
from shop.orders.placing import place_order
from shop.orders.steps import Said
from shop.orders.wish import Delivery, WantedLine, Wish
from shop.vendors.models import Vendor
from shop.vendors.papers import halal_spans
from tests.browser.visiting import PASSWORD
from tests.makers import GAMBIR, make_certificate, make_paper, make_product, make_vendor

if TYPE_CHECKING:
    from flask import Flask

MEETINGS = "5.1.02.01.01.0052"
PURPOSE = "Rapat koordinasi RW"
RIVALS = "Lomba Kenanga"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_numbers = count(1)


@dataclass(frozen=True)
class Scene:
    """Who and what a test works with; ids, because every step has a transaction of its own."""

    app: Flask
    office_id: int
    package_id: int
    rup_code: str
    vendor_id: int
    product_id: int
    product_path: str
    pa: Actor
    ppk: Actor
    pp: Actor
    bendahara: Actor
    producer: Actor

    @contextlib.contextmanager
    def work(self) -> Iterator[datetime]:
        """Do something in the shop's data behind the pages' back; committed at the end."""
        with self.app.app_context(), unit_of_work():
            yield utc_now()

    def wish(self, quantity: int, now: datetime) -> Wish:
        """Want so many of the scene's product for a meeting."""
        product = session.get_one(Product, self.product_id)
        at = again.next_time(cart.read(self.pp, local_day(now)), now)
        place = Delivery("Kantor Kelurahan Uji, Jl. Kenanga Raya No. 9", GAMBIR, at)
        wanted = (WantedLine(self.product_id, quantity),)
        return Wish(self.package_id, PURPOSE, place, wanted, product.price * quantity, 30)

    def order(self, quantity: int = 30) -> int:
        """Send an order for the scene's product; return its id."""
        with self.work() as now:
            return place_order(self.pp, self.wish(quantity, now), f"kunci-uji-{next(_numbers):06d}", now).order_ids[0]

    def ask_ppk(self, quantity: int = 30) -> int:
        """Ask the PPK before sending; return the id of the request."""
        with self.work() as now:
            return asking.ask(self.pp, self.wish(quantity, now), f"izin-uji-{next(_numbers):06d}", now)

    def take(self, order_id: int, who: Actor, verb: str, said: Said | None = None) -> None:
        """Take one step of an order."""
        with self.work() as now:
            version = session.get_one(Order, order_id).version
            steps.take(who, order_id, verb, version, said or Said(), now)

    def fill_basket(self, quantity: int = 30) -> None:
        """Let so many of the scene's product lie in the Pejabat Pengadaan's basket."""
        with self.work() as now:
            cart.put(self.pp, self.product_id, quantity, "", now, add=False)

    def change_product(self, **values: Any) -> None:
        """Let the producer's offer be another one from now on."""
        with self.work():
            product = session.get_one(Product, self.product_id)
            for name, value in values.items():
                setattr(product, name, value)

    def state(self, order_id: int) -> str:
        """Return the state an order is in."""
        with self.app.app_context():
            return session.scalars(select(Order.state).where(Order.id == order_id)).one()

    def orders(self) -> int:
        """Return how many orders this office has."""
        with self.app.app_context():
            return session.scalars(select(func.count()).where(Order.office_id == self.office_id)).one()

    def reserved(self) -> int:
        """Return how much of the pagu is bound, in rupiah."""
        with self.app.app_context():
            return session.scalars(select(Package.reserved).where(Package.id == self.package_id)).one()


def set_scene(app: Flask, *, pagu: int = 20_000_000, one_person: bool = False, **product: Any) -> Scene:
    """Build an office in Gambir with a package in its Pejabat Pengadaan's hands, and a producer with one product.

    `one_person`: PPK and Pejabat Pengadaan are one, in an office that keeps duties apart all the same.
    """
    number = next(_numbers)
    with app.app_context(), unit_of_work():
        office = Office(code=f"UJI-{number:03d}", name=f"Kelurahan Uji {number}", kind="kelurahan", region_code=GAMBIR)
        session.add(office)
        session.flush()
        pa = _person("Siti Rahayu", "pa_kpa", office_id=office.id)
        ppk = _person("Budi Santoso", "ppk", office_id=office.id)
        pp = _person("Dewi Lestari" if not one_person else "Budi Santoso", "pp", office_id=office.id,
                     user_id=ppk.user_id if one_person else None)  # fmt: skip
        bendahara = _person("Agus Wijaya", "bendahara", office_id=office.id)
        vendor = make_vendor(name=f"Dapur Bu Yati {number}", slug=f"dapur-bu-yati-{number}")
        producer = _person("Yati Suryati", "vendor_owner", vendor_id=vendor.id)
        made = _product(vendor, **product)
        office_id, vendor_id, product_id, path = office.id, vendor.id, made.id, f"/produk/{made.id}-{made.slug}"
    rup_code = f"98{number:06d}"
    package_id = _package(app, f"UJI-{number:03d}", rup_code, pagu, (pa, ppk, pp))
    return Scene(app, office_id, package_id, rup_code, vendor_id, product_id, path, pa, ppk, pp, bendahara, producer)


def let_sign_in(scene: Scene, who: Actor) -> str:
    """Give somebody of the scene the password of the demo; return the e-mail to sign in with."""
    stored = hash_password(PASSWORD)
    with scene.work():
        user = session.get_one(UserAccount, who.user_id)
        user.password_hash = stored
        return user.email


def demo_hat(app: Flask, email: str, role: str) -> Actor:
    """Return somebody of the demo wearing one of their hats."""
    with app.app_context():
        hat = session.execute(
            select(Hat.user_id, Hat.id).join(UserAccount, UserAccount.id == Hat.user_id)
            .where(UserAccount.email == email, Hat.role == role)
        ).one()  # fmt: skip
        found = actor_of(hat.user_id, local_day(utc_now()), hat.id)
    assert found is not None
    return found[0]


def package_of(app: Flask, pp: Actor) -> int:
    """Return this year's roomiest package in a Pejabat Pengadaan's hands."""
    with app.app_context():
        return session.scalars(
            select(Package.id).where(Package.pp_id == pp.user_id, Package.year == local(utc_now()).year)
            .order_by((Package.pagu - Package.reserved - Package.realised).desc()).limit(1)
        ).one()  # fmt: skip


def _person(name: str, role: str, user_id: int | None = None, **place: int) -> Actor:
    now = utc_now()
    if user_id is None:
        user = UserAccount(email=f"uji{next(_numbers)}@contoh.test", name=name, password_hash="-", created_at=now)
        session.add(user)
        session.flush()
        user_id = user.id
    hat = Hat(user_id=user_id, role=role, valid_from=local_day(now), created_at=now, **place)
    session.add(hat)
    session.flush()
    found = actor_of(user_id, local_day(now), hat.id)
    assert found is not None
    return found[0]


def _product(vendor: Vendor, **changed: Any) -> Product:
    if not halal_spans([vendor.id]):
        make_paper(vendor)
    made = make_product(vendor, **{"name": "Snack kotak kue basah", "halal": True, **changed})
    today = local_day(utc_now())
    make_certificate(
        made, issued_on=today.replace(month=1, day=1), valid_until=today.replace(year=today.year + 1, day=1)
    )
    return made


def _package(app: Flask, office: str, rup_code: str, pagu: int, people: tuple[Actor, Actor, Actor]) -> int:
    pa, ppk, pp = people
    year = local(utc_now()).year
    head = "kd_rup,nama_paket,tahun_anggaran,kode_kantor,kode_rekening,pagu"
    content = f"{head}\n{rup_code},Makan minum rapat kelurahan,{year},{office},{MEETINGS},{pagu}\n"
    with app.app_context(), unit_of_work():
        report = importing.import_packages(pa, content.encode(), utc_now())
        assert report.created == 1, report
    with app.app_context(), unit_of_work():
        package = session.scalars(select(Package).where(Package.rup_code == rup_code)).one()
        assert ppk.user_id is not None
        assert pp.user_id is not None
        assigning.assign_ppk(pa, package.id, ppk.user_id, package.version, utc_now())
        session.flush()
        key = app.extensions["files"].put(PDF, "pdf")
        assigning.attach(ppk, package.id, assigning.Paper("kak", "KAK rapat kelurahan", key, "kak.pdf"), utc_now())
        assigning.assign_pp(ppk, package.id, pp.user_id, package.version, utc_now())
        return package.id


def bargain(scene: Scene) -> int:
    """Let the Pejabat Pengadaan bargain for 200 of the scene's product; return the negotiation's id."""
    with scene.work() as now:
        price = session.get_one(Product, scene.product_id).price
        line = TermLine(scene.product_id, 200, price * 9 // 10, "Lemper, risol, air mineral")
        return bargaining.start(
            scene.pp, scene.package_id, "Rapat RW", Terms((line,), _place(now), "Untuk dua rapat"), now
        ).id


def rivals(scene: Scene, *names: str) -> list[Actor]:
    """Open other kitchens that sell the same, each also ginger drinks; all are found under the same owner's name, "Lomba Kenanga"."""
    with scene.work():
        own = session.get_one(Vendor, scene.vendor_id)
        own.owner_name = RIVALS
        vendors = [make_vendor(name=name, slug=f"lomba-{next(_numbers)}", owner_name=RIVALS) for name in names]
        for vendor in vendors:
            make_product(vendor)
        for vendor in (own, *vendors):
            make_product(vendor, name="Wedang jahe", price=8_000, unit="gelas")
        return [_person(vendor.name, "vendor_owner", vendor_id=vendor.id) for vendor in vendors]


def one_product(scene: Scene, who: Actor) -> int:
    """Return the first product of a kitchen."""
    with scene.work():
        return (
            session.scalars(select(Product.id).where(Product.vendor_id == who.vendor_id).order_by(Product.id)).first()
            or 0
        )


def colleague(scene: Scene, name: str, role: str) -> Actor:
    """Let somebody more work in the scene's office."""
    with scene.work():
        return _person(name, role, office_id=scene.office_id)


def compete(scene: Scene) -> int:
    """Ask the scene's producer and two more for sealed bids, which all three give; return the competition's id."""
    with scene.work() as now:
        goods = [
            session.get_one(Product, scene.product_id),
            *(make_product(make_vendor(), lead_time_hours=6) for _ in "12"),
        ]
        bidders = [scene.producer]
        bidders += [_person("Pesaing", "vendor_owner", vendor_id=product.vendor_id) for product in goods[1:]]
        lines = (NeedLine("Snack kotak isi 4 macam dan air mineral", 200, "kotak", None),)
        need = Need(scene.package_id, "snack-kotak", "Upacara hari jadi", "Tahan 4 jam", lines, _place(now),
                    now + timedelta(days=1))  # fmt: skip
        asked = [product.vendor_id for product in goods]
        number = requesting.call(scene.pp, need, asked, asked, now).id
        line_id = bidding.lines_of(number)[0].id
        for who, product in zip(bidders, goods, strict=True):
            bidding.bid(who, number, 0, [BidLine(line_id, product.id, product.price - 500, "Isi 4 macam")], now)
        return number


def open_bids(scene: Scene, competition_id: int) -> None:
    """Let the deadline of a competition be over."""
    with scene.work() as now:
        opening.open_if_due(competition_id, now + timedelta(days=2))


def _place(now: datetime) -> Delivery:
    day = local_day(now) + timedelta(days=7 if local_day(now).weekday() < 5 else 9)
    return Delivery("Kantor Kelurahan Uji, Jl. Kenanga Raya No. 9", GAMBIR, at_local(day, time(10)))
