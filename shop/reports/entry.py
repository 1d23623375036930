"""One ledger line to its ground: the order line as it was photographed, every entry about it, and how each figure follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from shop.base.errors import NotFound
from shop.base.money import share
from shop.budgets.models import Package
from shop.db import session
from shop.orders import facts
from shop.orders.models import Order, OrderLine
from shop.orders.models_correction import OrderLineCorrection
from shop.p3dn import labels
from shop.p3dn.labels import OfficeRef
from shop.p3dn.models import LedgerEntry
from shop.p3dn.rules import MEASURES, ZERO, Measures

_PROVEN: Final = frozenset({"certified", "self_declared"})


@dataclass(frozen=True, slots=True)
class Photograph:
    """What the order line says of itself since it was ordered. Nothing here names a person."""

    number: str
    placed_at: datetime
    product_id: int
    product: str
    unit: str
    unit_price: int
    quantity: int
    amount: int
    vendor: str
    kecamatan: str
    evidence: str
    tkdn_bp: int
    bmp_bp: int
    certificate: str
    until: date | None
    pdn: bool
    umk: bool
    basis: str
    """On which basis the line counts: the rule of the day it was ordered (rules.basis_name)."""
    counted: int
    """Rupiah it counts on that basis."""
    first: bool
    """Whether it is the first line of its order, on which the order is counted."""
    corrections: Sequence[OrderLineCorrection]
    """What was corrected of the line, oldest first: the last one counts instead of the photograph."""


@dataclass(frozen=True, slots=True)
class Step:
    """How one figure of today follows: `value` times a flag or share. `told` are words (msgid), `flag` what is multiplied by.

    `fits` is False when the entries come to something else, which nothing lawful does.
    """

    measure: str
    told: str
    flag_bp: int | None
    follows: int
    is_now: int

    @property
    def fits(self) -> bool:
        """Whether the photograph, or its last correction, explains the figure."""
        return self.follows == self.is_now


@dataclass(frozen=True, slots=True)
class Story:
    """One ledger line and everything it stands on. `entries` are all of the same order line, oldest first."""

    line: LedgerEntry
    entries: tuple[tuple[LedgerEntry, Measures], ...]
    today: Measures
    office: OfficeRef
    account_name: str
    kecamatan_name: str
    rup_code: str
    package: str
    photo: Photograph | None
    steps: tuple[Step, ...]


def story(entry_id: int) -> Story:
    """Return the story of a ledger line. Raises NotFound. A fixed number of statements."""
    line = session.get(LedgerEntry, entry_id)
    if line is None:
        raise NotFound("Baris ini tidak ada.")
    about = session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.source == line.source, LedgerEntry.key == line.key)
        .order_by(LedgerEntry.id)
    )
    entries = tuple((entry, Measures(*(getattr(entry, name) for name in MEASURES))) for entry in about)
    today = sum((measures for _entry, measures in entries), ZERO)
    photo = _photograph(line.line_id) if line.line_id is not None else None
    package = session.execute(select(Package.rup_code, Package.name).where(Package.id == line.package_id)).first()
    known = labels.offices([line.office_id])
    place = photo.kecamatan if photo else line.kecamatan_code
    return Story(
        line, entries, today,
        office=known.get(line.office_id) or OfficeRef(line.office_id, str(line.office_id), ""),
        account_name=labels.account_names([line.account_code]).get(line.account_code, ""),
        kecamatan_name=labels.kecamatan_names([place]).get(place, ""),
        rup_code=package.rup_code if package else "", package=package.name if package else "",
        photo=photo, steps=_steps(photo, today) if photo else (),
    )  # fmt: skip


def _photograph(line_id: int) -> Photograph | None:
    row = session.execute(
        select(OrderLine, Order.number, Order.placed_at, Order.vendor_name, Order.vendor_kecamatan, Order.value_basis)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id == line_id)
    ).first()
    if row is None:
        return None
    line: OrderLine = row[0]
    first = session.scalar(
        select(OrderLine.id).where(OrderLine.order_id == line.order_id).order_by(OrderLine.id).limit(1)
    )
    return Photograph(
        row.number, row.placed_at, line.product_id, line.product_name, line.unit, line.unit_price, line.quantity,
        line.amount, row.vendor_name, row.vendor_kecamatan, line.evidence, line.tkdn_bp, line.bmp_bp,
        line.certificate_number or "", line.certificate_until, line.pdn, line.umk, row.value_basis,
        line.amount if line.counted is None else line.counted, first == line.id,
        [found for found in facts.corrections(line.order_id) if found.line_id == line.id],
    )  # fmt: skip


def _steps(photo: Photograph, today: Measures) -> tuple[Step, ...]:
    """Explain today's figures from the value of the line and its flags, as `rules.line_measures` makes them."""
    value, said = photo.counted, photo.corrections[-1] if photo.corrections else photo
    # Two facts no photograph holds, because they come later: that the producer accepted, and that it was paid.
    committed, paid = value if today.committed else 0, value if today.paid_total else 0
    certified = said.pdn and said.evidence == "certified"
    tkdn_bp = said.tkdn_bp if said.evidence in _PROVEN else 0
    return (
        Step("committed", "Nilai baris, bila pesanan diterima produsen dan tidak dibatalkan", None, committed, today.committed),
        Step("paid_total", "Nilai baris, bila pesanan sudah dibayar", None, paid, today.paid_total),
        Step("pdn_value", "Yang dibayar × 1 bila produk dalam negeri, × 0 bila bukan", said.pdn, paid * said.pdn, today.pdn_value),
        Step("pdn_certified", "Yang dibayar × 1 bila produk dalam negeri dan sertifikat TKDN berlaku pada hari pesanan, × 0 bila tidak",
             certified, paid * certified, today.pdn_certified),
        Step("tkdn_weighted", "Yang dibayar × TKDN, dibulatkan ke rupiah terdekat; tanpa bukti TKDN dihitung 0", tkdn_bp,
             share(paid, tkdn_bp), today.tkdn_weighted),
        Step("umk_value", "Yang dibayar × 1 bila produsen usaha mikro atau kecil, × 0 bila bukan", said.umk, paid * said.umk,
             today.umk_value),
    )  # fmt: skip
