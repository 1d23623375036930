"""What the demo city is made of: frozen rows without any database. Keys are stable for the same size and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

Size: TypeAlias = Literal["small", "city"]
Evidence: TypeAlias = Literal["none", "self_declared", "certified"]
Halal: TypeAlias = Literal["certified", "declared", "unknown", "not_applicable"]
PlannedState: TypeAlias = Literal[
    "sent", "confirmed", "refused", "expired", "cancelled", "on_the_way", "arrived", "received", "paid", "closed"
]


@dataclass(frozen=True, slots=True)
class DemoCategory:
    """A category of the real tree (`shop/reference/data/categories.csv`); leaves carry the accounts they are bought under."""

    code: str
    parent_code: str | None
    name_id: str
    name_en: str
    kind: str
    industrial: bool
    art: str
    account_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoVendor:
    """An invented producer. Hours are Jakarta time; weekdays count from Monday = 0; `facilities` are programme steps P1-P7."""

    key: str
    name: str
    kind: Literal["jakpreneur", "umkm"]
    trade: str
    kbli: str | None
    owner: str
    kecamatan_code: str
    kelurahan_code: str
    address: str
    legal_form: Literal["perorangan", "pt_perorangan", "cv", "koperasi", "pt"]
    umk_class: Literal["mikro", "kecil"]
    pkp: bool
    tax_letter: Literal["none", "pernyataan_500jt", "sk_pp55"]
    accepts_from: int
    accepts_until: int
    closed_weekdays: tuple[int, ...]
    since: int
    facilities: tuple[tuple[str, date], ...]
    story: str


@dataclass(frozen=True, slots=True)
class DemoCertificate:
    """Proof of local content. Shares in basis points; `valid_until` is the last day it counts."""

    number: str
    tkdn_bp: int
    bmp_bp: int
    issued: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """An invented offer. Money in rupiah, weight in grams; `tiers` are (quantity from, unit price), rising quantity.

    `stock` is the opening stock, before the planned orders; None means made to order, bounded by `daily_capacity`.
    """

    key: str
    vendor: str
    category: str
    name: str
    description: str
    composition: str
    price: int
    unit: str
    min_order: int
    serves: int | None
    weight_g: int | None
    daily_capacity: int
    lead_time_hours: int
    stock: int | None
    tiers: tuple[tuple[int, int], ...]
    halal: Halal
    halal_number: str | None
    pdn: bool
    evidence: Evidence
    certificate: DemoCertificate | None

    def price_for(self, quantity: int) -> int:
        """Return the unit price at this quantity, in rupiah."""
        return next((price for start, price in reversed(self.tiers) if quantity >= start), self.price)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented officer. `roles`: pa_kpa, ppk, pp, bendahara; more than one only where the office relaxed its duties."""

    key: str
    name: str
    email: str
    nip: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoOffice:
    """A real office by name and code, with invented people. `relaxed`: duties may fall to one person, on the record."""

    code: str
    name: str
    kind: str
    region_code: str
    address: str
    relaxed: bool
    people: tuple[DemoPerson, ...]


@dataclass(frozen=True, slots=True)
class DemoPackage:
    """A RUP package. Codes 990xxxxx are ours: SiRUP counts far below. `pagu` in rupiah for the whole year."""

    rup_code: str
    office: str
    year: int
    name: str
    account_code: str
    sub_activity: str
    pagu: int


@dataclass(frozen=True, slots=True)
class DemoOrderPlan:
    """An order to be placed and brought to `state`. Lines are (product key, quantity), products of one vendor only.

    Moments are aware (Jakarta). `subtotal` in rupiah at the tier prices, before tax; `reason` for refused and cancelled.
    """

    key: str
    office: str
    package: str
    vendor: str
    lines: tuple[tuple[str, int], ...]
    subtotal: int
    headcount: int | None
    purpose: str
    delivery_address: str
    ordered_at: datetime
    serve_at: datetime
    state: PlannedState
    reason: str | None


@dataclass(frozen=True, slots=True)
class DemoCity:
    """Everything there is in a demo city of one size as of `today`."""

    size: Size
    today: date
    categories: tuple[DemoCategory, ...]
    vendors: tuple[DemoVendor, ...]
    products: tuple[DemoProduct, ...]
    offices: tuple[DemoOffice, ...]
    packages: tuple[DemoPackage, ...]
    orders: tuple[DemoOrderPlan, ...]
