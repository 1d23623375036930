"""What the JSON doors of the catalogue take and answer. Rupiah as integers, shares in basis points."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from shop.catalog.bands import BANDS
from shop.catalog.browsing import EVIDENCE, MAX_HEADCOUNT
from shop.catalog.pricing import MAX_PRICE
from shop.reference import files

Evidence = Literal["certified", "self_declared", "none"]
Flag = Literal["true", "false", "1", "0"]
_CATEGORIES: Final = [row.code for row in files.categories()]
_KECAMATAN: Final = [row.code for row in files.regions() if row.level == "kecamatan"]


def _values(values: list[str] | tuple[str, ...]) -> Any:
    return Field(default_factory=list, json_schema_extra={"items": {"type": "string", "enum": list(values)}})


class ProductQuery(BaseModel):
    """What to look for. Values of one filter are alternatives, different filters all apply."""

    q: str = Field("", description="Words, as people write them; the first 240 characters count.")
    category: list[str] = _values(_CATEGORIES)
    kecamatan: list[str] = _values(_KECAMATAN)
    tkdn_band: list[str] = _values(BANDS)
    tkdn_min: int = Field(0, ge=0, le=10_000, description="Least TKDN that counts today, in basis points.")
    evidence: list[str] = _values(EVIDENCE)
    pdn: Flag = "true"
    umk: Flag = "true"
    halal: Flag = "true"
    price_min: int = Field(0, ge=0, le=MAX_PRICE, description="Rupiah per unit.")
    price_max: int = Field(0, ge=0, le=MAX_PRICE, description="Rupiah per unit.")
    serves_on: str = Field(
        "",
        pattern=r"^2\d{3}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$",
        description="Day of delivery, or a moment in ISO 8601: open then, lead time kept, not booked out.",
    )
    headcount: int = Field(1, ge=1, le=MAX_HEADCOUNT, description="People one day's making must be enough for.")
    sort: Literal["relevance", "price", "-price", "-tkdn", "newest"] = "relevance"
    page: int = Field(1, ge=1, le=10_000)
    per_page: int = Field(24, ge=1, le=100)


class VendorRef(BaseModel):
    """The producer of an item; `kecamatan` is a name."""

    id: int
    name: str
    kecamatan: str


class ProductItem(BaseModel):
    """One product in a list. `evidence` and the shares are those that count today."""

    id: int
    slug: str
    name: str
    price: int
    unit: str
    vendor: VendorRef
    category: str
    tkdn_bp: int
    bmp_bp: int
    evidence: Evidence
    pdn: bool
    umk: bool
    halal: bool
    image: str | None
    art: str
    available: bool


class FacetValue(BaseModel):
    """How many products carry a value, with every other filter applied."""

    value: str
    label: str
    count: int


class Facets(BaseModel):
    """Counts of the four filters."""

    category: list[FacetValue]
    kecamatan: list[FacetValue]
    tkdn_band: list[FacetValue]
    evidence: list[FacetValue]


class ProductList(BaseModel):
    """One page of products, with the exact total."""

    query: str
    did_you_mean: str | None
    total: int
    page: int
    per_page: int
    facets: Facets
    items: list[ProductItem]
    took_ms: Annotated[float, Field(ge=0, description="Time spent searching, in milliseconds.")]


class Tier(BaseModel):
    """A lower price per unit from a quantity on."""

    min_quantity: int
    price: int


class LeadTierOut(BaseModel):
    """A longer lead time from a quantity on."""

    min_quantity: int
    hours: int


class VariantOut(BaseModel):
    """Another size or taste of the same product, on sale."""

    id: int
    label: str
    price: int


class CertificateOut(BaseModel):
    """One paper of TKDN evidence; `counts` says whether it is valid today."""

    kind: Literal["certified", "self_declared"]
    number: str
    tkdn_bp: int
    bmp_bp: int
    issued_on: date
    valid_until: date
    counts: bool


class PhotoOut(BaseModel):
    """A photo by address and width."""

    alt: str
    sizes: dict[str, str]


class ProductOut(ProductItem):
    """One product with attributes, price tiers and certificates."""

    description: str
    ingredients: str
    min_order: int
    serves: int | None
    weight_gram: int | None
    stock: int | None
    daily_capacity: int | None
    lead_time_hours: int
    lead_tiers: list[LeadTierOut]
    attributes: dict[str, str | int]
    allergens: list[str]
    sold_out: bool
    variants: list[VariantOut]
    price_tiers: list[Tier]
    certificates: list[CertificateOut]
    photos: list[PhotoOut]


class SuggestQuery(BaseModel):
    """What has been typed so far."""

    q: str = Field("", description="The first 240 characters count.")


class Suggestions(BaseModel):
    """Up to ten completions, the most frequent first."""

    items: list[str]
