"""What papers are made of: one order with everything that is told about its office, its producer and its people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import or_, select

from shop.accounts.models import Hat, Office, UserAccount
from shop.accounts.permissions import Role
from shop.base.clock import local_day
from shop.budgets.models import Package
from shop.db import session
from shop.orders import dossier
from shop.orders.dossier import PaymentView
from shop.orders.models import Order
from shop.orders.models_tax import OrderTax
from shop.reference.models import AccountCode
from shop.vendors.models import Vendor

Person = Mapping[str, str]
"""{name, nip}, empty texts for what is not known."""
NOBODY: Final[Person] = {"name": "", "nip": ""}


@dataclass(frozen=True, slots=True)
class Ground:
    """One order (with its lines) and what papers say around it, read in five statements; `now` is the issuing moment."""

    order: Order
    office: Office
    package: Package
    account_name: str
    vendor: Vendor
    people: Mapping[int, Person]
    heads: Mapping[str, int]
    """Who bears a role in the office on the day: {`pa_kpa` or `bendahara`: user id}, the longest in office."""
    payment: PaymentView | None
    taxes: Sequence[OrderTax]
    """As they were frozen with the payment."""
    now: datetime

    @property
    def day(self) -> date:
        """The day of issuing in Jakarta."""
        return local_day(self.now)

    def person(self, user_id: int | None) -> Person:
        """Return somebody's name and NIP."""
        return self.people.get(user_id or 0, NOBODY)

    def head(self, role: Role) -> Person:
        """Return who bears a role in the office."""
        return self.person(self.heads.get(role.value))


def read_ground(order: Order, now: datetime) -> Ground:
    """Gather what papers say around an order, whose lines are loaded."""
    office, package, vendor, account = session.execute(
        select(Office, Package, Vendor, AccountCode.name)
        .select_from(Office)
        .join(Package, Package.id == order.package_id)
        .join(Vendor, Vendor.id == order.vendor_id)
        .outerjoin(AccountCode, AccountCode.code == order.account_code)
        .where(Office.id == order.office_id)
    ).one()
    heads = _heads(office.id, local_day(now))
    hands = {order.placed_by, order.placed_for, order.received_by, order.paid_by, package.ppk_id, *heads.values()}
    payment = dossier.read_payment(order.id)
    taxes = _taxes(order.id) if payment else ()
    return Ground(order, office, package, account or "", vendor, _people(hands), heads, payment, taxes, now)


def _taxes(order_id: int) -> Sequence[OrderTax]:
    return session.scalars(select(OrderTax).where(OrderTax.order_id == order_id).order_by(OrderTax.kind)).all()


def _heads(office_id: int, day: date) -> dict[str, int]:
    rows = session.execute(
        select(Hat.role, Hat.user_id)
        .where(
            Hat.office_id == office_id,
            Hat.role.in_((Role.PA_KPA, Role.BENDAHARA)),
            Hat.for_user_id.is_(None),  # papers name who bears the office, not who stands in for a week
            Hat.valid_from <= day,
            or_(Hat.valid_until.is_(None), Hat.valid_until >= day),
        )
        .order_by(Hat.valid_from.desc(), Hat.id.desc())
    )
    return {row.role: row.user_id for row in rows}


def _people(user_ids: Iterable[int | None]) -> dict[int, Person]:
    columns = (UserAccount.id, UserAccount.name, UserAccount.nip)
    rows: Any = session.execute(select(*columns).where(UserAccount.id.in_({i for i in user_ids if i})))
    return {row.id: {"name": row.name, "nip": row.nip or ""} for row in rows}
