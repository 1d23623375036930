"""Tax and delivery count or do not, by the rule of the day an order was placed; the parts always make the whole."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from shop.catalog.offers import read_offers
from shop.db import session, unit_of_work
from shop.orders import facts, states
from shop.orders.models import Order
from shop.orders.models_tax import OrderTax
from shop.p3dn import basis, verify
from shop.p3dn.rules import BASIS, basis_name, line_values, spread
from shop.p3dn.totals import Filters, totals
from shop.reference import policy
from shop.reference.models import Rule
from shop.vendors.models import Vendor
from tests import makers

amounts = st.lists(st.integers(1, 10**12), min_size=1, max_size=5)
flags = st.sampled_from(("included", "excluded"))


@given(amounts, st.integers(0, 10**10), st.integers(0, 10_000), flags, flags)
def test_lines_delivery_and_tax_make_what_is_paid(lines, shipping, tax_bp, tax, delivery):
    total = sum(lines) + shipping
    inside = total * tax_bp // 20_000
    name = basis_name({"tax": tax, "shipping": delivery})
    found = line_values(lines, shipping, inside, name)
    taxed = total - inside if tax == "excluded" else total
    out = spread(taxed, [*lines, shipping])[-1] if tax == "excluded" else shipping
    assert sum(found) == taxed - (0 if delivery == "included" else out)
    assert min(found) >= 0
    if name == BASIS:
        assert found == lines
    parts = spread(total, lines)
    assert sum(parts) == total
    assert all(abs(part * sum(lines) - total * line) < sum(lines) for part, line in zip(parts, lines, strict=True))


def test_a_rule_of_a_coming_day_never_moves_an_order_of_before(crew, now):
    """Before the day: tax in, delivery out. From it on the other way round; what each order counts is told with it."""
    tomorrow = now + timedelta(days=1)
    with unit_of_work():
        session.get_one(Vendor, crew.vendor.id).pkp = True
        session.execute(update(Rule).where(Rule.key == basis.KEY).values(valid_to=date(2026, 11, 21)))
        value = {"tax": "excluded", "shipping": "included"}
        session.execute(
            insert(Rule).values(
                key=basis.KEY,
                valid_from=date(2026, 11, 21),
                valid_to=None,
                value=value,
                source="Uji",
                confidence="L",
                recorded_at=now,
            )
        )
        policy.changed(session)
        goods = [
            (makers.make_product(crew.vendor, category_code="suvenir-kriya", price=price), 10)
            for price in (33_333, 11_111)
        ]
        assert read_offers([goods[0][0].id], now.date())
        before = makers.make_paid_order(crew, now, *goods)
        after = makers.make_paid_order(crew, tomorrow, *goods)
        ids = before.id, after.id
    old, new = (session.get_one(Order, order_id, populate_existing=True) for order_id in ids)
    assert [old.value_basis, new.value_basis] == [BASIS, "paid_gross_excl_tax_incl_shipping"]
    one, two = (totals(Filters(start=day, end=day), now=now) for day in (date(2026, 11, 20), date(2026, 11, 21)))
    ppn, pbjt = session.execute(select(OrderTax.ppn, OrderTax.pbjt).where(OrderTax.order_id == new.id)).one()
    assert ppn + pbjt > 0, "a case without tax proves nothing"
    assert one.total.paid_total == old.total - old.shipping
    assert two.total.paid_total == new.total - ppn - pbjt == two.total.pdn_value
    assert one.bases == (BASIS,)
    assert two.bases == (BASIS, new.value_basis)
    report = verify.verify(facts.statements(states.standing))
    assert report.ok, report.differences
