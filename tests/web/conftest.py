"""Fixtures of the doors' tests: one small city with something in every list, and a browser for every role."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import date, timedelta

import pytest

from shop.accounts import delegating, tokens
from shop.accounts.delegating import Leave
from shop.accounts.hats import actor_of
from shop.accounts.models import Hat, UserAccount
from shop.accounts.permissions import Role
from shop.addenda import agreeing
from shop.addenda.contents import Wanted
from shop.approvals import asking
from shop.base.actor import SYSTEM
from shop.budgets.models import PackageDocument
from shop.catalog.models import Product
from shop.db import db, session, unit_of_work
from shop.handover import complaints, ratings
from shop.negotiation import bargaining, requesting
from shop.negotiation.offering import TermLine, Terms
from shop.negotiation.requesting import Need, NeedLine
from shop.orders import attaching, cart, saved
from shop.orders.models import Order
from shop.orders.wish import Delivery
from shop.programme import facilities, helping, joining
from shop.risk import notes
from shop.sourcing import record_freezing
from shop.vendors.models import Vendor
from tests import makers
from tests.browsing import Person

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class City:
    """What there is: the crew of one office, a stranger's crew, orders by state, and who wears which role."""

    def __init__(self, app, now):
        self.app = app
        makers.make_reference()
        self.crew, self.others = makers.make_crew(), makers.make_crew()
        self.product = makers.make_product(self.crew.vendor, stock=500)
        makers.make_certificate(self.product)
        lines = (self.product, 2)
        self.orders = {
            "sent": makers.make_sent_order(self.crew, now, lines).id,
            "received": makers.make_received_order(self.crew, now, lines).id,
            "paid": makers.make_paid_order(self.crew, now, lines).id,
            "confirmed": makers.make_confirmed_order(self.crew, now, lines).id,
        }
        cart.put(self.crew.pp, self.product.id, 3, "", now)
        session.add(
            PackageDocument(
                package_id=self.crew.package_id,
                kind="kak",
                title="KAK rapat",
                added_by=self.crew.ppk.user_id,
                added_at=now,
            )
        )
        self.product_id, self.slug = self.product.id, self.product.slug
        self.maker_slug = self.crew.vendor.slug
        self.actors = {
            "pa_kpa": self.crew.pa,
            "ppk": self.crew.ppk,
            "pp": self.crew.pp,
            "bendahara": self.crew.bendahara,
            "vendor_owner": self.crew.producer,
            "vendor_staff": makers.make_actor("vendor_staff", vendor_id=self.crew.vendor.id),
            "auditor": makers.make_actor("auditor"),
            "admin": makers.make_actor("admin"),
            "attendant": makers.make_actor("attendant"),
            "curator_province": makers.make_actor("curator_province"),
            "curator_kecamatan": _placed("curator_kecamatan"),
            "mentor": _placed("mentor"),
            "programme": makers.make_actor("programme"),
        }
        assert set(self.actors) == set(Role)
        _programme(self.actors, now)
        _bargains(self, now)
        _desk(self, now)
        self.tokens = {
            role: tokens.create_token(SYSTEM, "uji", now, user_id=actor.user_id) for role, actor in self.actors.items()
        }

        self._vendors = self.crew.vendor.id, self.others.vendor.id

    def person(self, role):
        return Person(self.app, self.actors[role])

    def seen_from(self, app):
        """Return the same city for another application: what belongs to the database is read anew."""
        again = copy(self)
        again.app, again.product = app, session.get_one(Product, self.product_id)
        again.crew, again.others = (
            replace(crew, vendor=session.get_one(Vendor, number))
            for crew, number in zip((self.crew, self.others), self._vendors, strict=True)
        )
        again.orders, again.actors, again.tokens = dict(self.orders), dict(self.actors), dict(self.tokens)
        return again


def _programme(actors, now):
    """A matching to come with the producer in it, a need with an offer made for it, and a facility recorded."""
    staff, owner = actors["programme"], actors["vendor_owner"]
    joining.join(owner, makers.make_event(staff, kind="matching").id, now)
    facilities.record(actors["mentor"], owner.vendor_id, facilities.Entry("P3", date(2026, 11, 2)), now)
    need = helping.ask(owner, helping.NeedEntry("loan", "Oven besar", "", 2_000_000), now)
    entry = helping.OfferEntry("loan", "Pinjaman warga", "", 1_000_000, None, None, "", 2, date(2026, 12, 31))
    helping.match(staff, need.id, helping.offer(staff, entry, now).id, now)


def _bargains(city, now):
    """A negotiation that waits for the producer, and a sealed request to it and to two others."""
    place, package_id = Delivery("Kantor Kelurahan", makers.GAMBIR, now + timedelta(days=7)), city.crew.package_id
    terms = Terms((TermLine(city.product_id, 10, 15_000),), place)
    bargaining.start(city.crew.pp, package_id, "Rapat RW", terms, now)
    asked = [city.crew.vendor.id, makers.make_vendor().id, makers.make_vendor().id]
    lines = (NeedLine("Snack kotak", 30, "kotak", None),)
    need = Need(package_id, "snack-kotak", "Rapat RW", "", lines, place, now + timedelta(days=2))
    requesting.call(city.crew.pp, need, asked, asked, now)


def _desk(city, now):
    """One of everything an officer's desk knows: what is asked, kept, enclosed, changed, complained about and explained."""
    crew, orders = city.crew, city.orders
    wish = makers.make_wish(crew, (city.product, 4))
    asking.ask(crew.pp, wish, "minta-00000001", now)
    saved.save(crew.pp, saved.Naming("Rapat bulanan", "Rapat RW", 30, shared=False), now)
    paper = attaching.NewPaper("other", city.app.extensions["files"].put(PDF, "pdf"), "undangan.pdf")
    attaching.attach(crew.pp, orders["sent"], paper, now)
    attaching.put_by(crew.pp, paper, now)
    record_freezing.freeze(crew.pp, [orders["sent"]], {}, now)
    notes.keep(crew.pp, [orders["sent"]], "Dua acara yang berbeda", now)
    complaints.open_complaint(crew.ppk, orders["confirmed"], "other", "Alamatnya dibaca keliru", now)
    order = session.get_one(Order, orders["confirmed"])
    session.flush()
    wanted = Wanted(purpose="Rapat RW dan PKK", reason="Acara digabung")
    agreeing.propose(crew.pp, order.id, order.version, wanted, now)
    ratings.rate(crew.pp, orders["received"], ratings.Opinion(as_ordered=True, packed=True, words="Rapi"), now)
    days = date(2026, 11, 20), date(2026, 11, 21)
    delegating.delegate(crew.pa, Leave(crew.bendahara.hat_id, crew.ppk.user_id, *days, "Cuti tahunan"), now)


def _placed(role):
    user = UserAccount(email=f"{role}@contoh.id", name=role, password_hash="-", created_at=makers.WHEN)
    session.add(user)
    session.flush()
    session.add(
        Hat(
            user_id=user.id,
            role=role,
            region_code=makers.GAMBIR,
            valid_from=date(2026, 1, 1),
            created_at=makers.WHEN,
        )
    )
    session.flush()
    found = actor_of(user.id, date(2026, 11, 20))
    assert found is not None
    return found[0]


_LAID_OUT = []
"""The city of this process: laying it out takes seconds, so it is done once and its database and files are copied."""


@pytest.fixture
def city(app, now, settings, db_url, _databases):
    """Give the city; its index knows the products."""
    from shop.catalog import indexing

    with app.app_context():
        if not _databases.has_kept:
            with unit_of_work():
                _LAID_OUT[:] = [City(app, now)]
            indexing.rebuild(app.extensions["search"], now)
            session.remove()
            db.engine.dispose()  # the last one out writes everything into the file
            _databases.keep(settings.var, db_url)
        yield _LAID_OUT[0].seen_from(app)
