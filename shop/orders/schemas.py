"""Shapes of the JSON door of orders: what may come in, strictly, and what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shop.base.errors import FieldFault, Invalid
from shop.base.money import MAX_RUPIAH
from shop.orders import terms

_LARGEST: Final = 2**63 - 1
_QUANTITY: Final = "Jumlah harus bilangan bulat 1 sampai 100.000."
_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    # pydantic's kind of fault -> our sentence, and the name of the bound that goes into it
    "extra_forbidden": ("Isian ini tidak dikenal. Periksa ejaannya.", ""),
    "missing": ("Isian ini wajib ada.", ""),
    "int_type": ("Isi dengan bilangan bulat.", ""),
    "string_type": ("Isi dengan teks.", ""),
    "bool_type": ("Isi dengan true atau false.", ""),
    "date_type": ("Tulis tanggal sebagai TTTT-BB-HH, misalnya 2026-03-31.", ""),
    "literal_error": ("Pilihan ini tidak dikenal. Yang ada: %(bound)s.", "expected"),
    "list_type": ("Isi dengan daftar.", ""),
    "model_type": ("Isi dengan objek JSON.", ""),
    "greater_than_equal": ("Paling sedikit %(bound)s.", "ge"),
    "less_than_equal": ("Paling besar %(bound)s.", "le"),
    "string_too_short": ("Paling sedikit %(bound)s huruf.", "min_length"),
    "string_too_long": ("Paling panjang %(bound)s huruf.", "max_length"),
    "too_short": ("Paling sedikit %(bound)s baris.", "min_length"),
    "too_long": ("Paling banyak %(bound)s baris.", "max_length"),
}
Model = TypeVar("Model", bound=BaseModel)
Quantity = Annotated[int, Field(ge=1, le=terms.MAX_QUANTITY)]


class Strict(BaseModel):
    """Unknown fields are refused, and nothing is converted: `"2"`, `1.5` and `true` are no whole numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class LineIn(Strict):
    """One product and how many; `note` is a wish to the producer."""

    product_id: int = Field(ge=1, le=_LARGEST)
    quantity: Quantity
    note: str | None = Field(default=None, max_length=terms.MAX_NOTE)
    reason: str | None = Field(default=None, max_length=20)
    """Why this one. Needed when the person looked on the pages and passes over what was ranked first or a cheaper equal.
    One of: lowest_price, quality, diet, evidence, near, on_time, spread, together, agreed, other."""
    reason_words: str | None = Field(default=None, max_length=300)
    """In one's own words; needed, at least 5 letters, for the reason `other`."""
    import_reason: str | None = Field(default=None, max_length=300)
    """Needed, at least 10 letters, for what is not a domestic product."""


class DeliverIn(Strict):
    """Where and when: `at` in ISO 8601, Jakarta wall time when it names no offset."""

    address: str = Field(max_length=300)
    kecamatan: str = Field(max_length=13)
    at: str = Field(max_length=40)


class ShareIn(Strict):
    """How many pieces of one of the lines go to a place."""

    product_id: int = Field(ge=1, le=_LARGEST)
    quantity: Quantity


class PlaceIn(Strict):
    """A further place of the same order."""

    address: str = Field(max_length=300)
    kecamatan: str = Field(max_length=13)
    at: str | None = Field(default=None, max_length=40)
    """Another hour of the same day, not before `deliver.at`; left out: with the order."""
    contact: str | None = Field(default=None, max_length=120)
    note: str | None = Field(default=None, max_length=300)
    lines: list[ShareIn] = Field(min_length=1, max_length=terms.MAX_LINES)


class OrderIn(Strict):
    """A wish to one producer, and the total the caller saw."""

    rup_code: str = Field(max_length=20)
    purpose: str = Field(max_length=200)
    headcount: int | None = Field(default=None, ge=1, le=terms.MAX_HEADCOUNT)
    deliver: DeliverIn
    places: list[PlaceIn] | None = Field(default=None, max_length=19)
    """Places beside `deliver`; what does not go to them goes to `deliver`. Delivery is paid once a kecamatan and hour."""
    lines: list[LineIn] = Field(min_length=1, max_length=terms.MAX_LINES)
    shown_total: int = Field(ge=0, le=MAX_RUPIAH)
    """What the caller saw: goods and delivery. Another total today is 409 `total-changed` with the right one in `facts`."""
    risk_note: str | None = Field(default=None, max_length=500)
    """What the office says to what an auditor would ask, 10 letters at least; kept with the order, no producer reads it."""


class ProofIn(Strict):
    """A proof of payment: a PDF or a photo of paper, in base64."""

    name: str = Field(max_length=200)
    base64: str


class StepIn(Strict):
    """A step of an order: the version seen, and what the step needs (reason; payment)."""

    version: int = Field(ge=0, le=2**31 - 1)
    reason: str | None = Field(default=None, max_length=500)
    words: str | None = Field(default=None, max_length=500)
    lines: list[dict[str, Any]] | None = Field(default=None, max_length=terms.MAX_LINES)
    reference: str | None = Field(default=None, max_length=100)
    paid_on: str | None = Field(default=None, max_length=10)
    withheld: int | None = Field(default=None, ge=0, le=MAX_RUPIAH)
    proof: ProofIn | None = None


class OrderQuery(BaseModel):
    """Which page, of which group: giliran, berjalan, selesai, batal, or all when left out."""

    status: str | None = Field(default=None, pattern="^(|giliran|berjalan|selesai|batal)$")
    q: str | None = Field(
        default=None, description="Part of number, producer or purpose; the first 100 characters count."
    )
    page: int = Field(default=1, ge=1, le=10_000)
    per_page: int = Field(default=20, ge=1, le=100)


class ActionOut(BaseModel):
    """A step the caller may take now, and until when it should be taken."""

    verb: str
    label: str
    due_at: str | None


class TurnOut(BaseModel):
    """Whose turn it is."""

    party: str
    label: str
    name: str
    until: str | None


class OfficeOut(BaseModel):
    """The ordering office."""

    id: int
    name: str


class PackageRef(BaseModel):
    """The RUP package that pays."""

    rup_code: str
    name: str


class VendorRef(BaseModel):
    """The producer, with the kecamatan as it was that day."""

    id: int
    name: str
    kecamatan: str


class DeliverOut(BaseModel):
    """Where and when."""

    address: str
    kecamatan: str
    at: str


class LineOut(BaseModel):
    """One line as photographed at ordering. Rupiah, basis points."""

    id: int
    product_id: int
    name: str
    unit: str
    quantity: int
    unit_price: int
    amount: int
    note: str
    tkdn_bp: int
    bmp_bp: int
    evidence: str
    certificate_number: str | None
    pdn: bool
    umk: bool


class TotalsOut(BaseModel):
    """Rupiah: value with delivery, domestic products, of these certified, weighted by TKDN, micro and small businesses."""

    total: int
    pdn: int
    certified: int
    tkdn_weighted: int
    umk: int


class ProposalOut(BaseModel):
    """What the producer proposes and the office has not answered: a moment, smaller quantities by line, words."""

    number: int
    deliver_at: str | None
    lines: dict[str, int]
    words: str


class TaxOut(BaseModel):
    """One tax of a paid order, as on its day: rupiah, basis points, who remits it, and the rule's source."""

    code: str
    amount: int
    base: int
    rate_bp: int
    remitted_by: str
    """treasurer, platform, seller, or empty when nothing is due."""
    source: str


class PaymentOut(BaseModel):
    """How an order was paid. `received`: what reached the producer, of `amount`, rupiah."""

    channel: str
    reference: str
    paid_on: str
    amount: int
    withheld: int
    received: int
    taxes: list[TaxOut]


class OrderOut(BaseModel):
    """One surat pesanan."""

    id: int
    number: str
    state: str
    state_label: str
    version: int
    office: OfficeOut
    package: PackageRef
    vendor: VendorRef
    purpose: str
    headcount: int | None
    deliver: DeliverOut
    lines: list[LineOut]
    shipping: int
    totals: TotalsOut
    placed_at: str
    seen_at: str | None
    confirmed_at: str | None
    ready_at: str | None
    arrived_at: str | None
    received_at: str | None
    paid_at: str | None
    due_at: str | None
    relaxed: list[str]
    proposal: ProposalOut | None
    payment: PaymentOut | None
    """Only from `paid` on."""
    turn: TurnOut | None
    actions: list[ActionOut]


class OrderPage(BaseModel):
    """One page of the caller's own orders."""

    items: list[OrderOut]
    total: int
    page: int
    per_page: int


def parsed(model: type[Model], data: object) -> Model:
    """Return the body as a model. Raises Invalid naming every wrong or unknown field."""
    try:
        return model.model_validate(data)
    except ValidationError as refusal:
        raise Invalid(
            faults=tuple(_fault(error) for error in refusal.errors(include_url=False, include_input=False))
        ) from None


def _fault(error: Any) -> FieldFault:
    # A name the caller made up is told back shortened and on one line.
    name = ".".join(str(part)[:60] for part in error["loc"])
    if error["loc"] and error["loc"][-1] == "quantity" and error["type"] != "missing":
        return FieldFault(name, _QUANTITY)
    sentence, bound = _SENTENCES.get(error["type"], ("Isian ini tidak benar.", ""))
    return FieldFault(name, sentence, (("bound", error["ctx"][bound]),) if bound else ())
