"""What the guided page of a listing shows: its sections with what is kept, and what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, or_, select

from shop.base.errors import FieldFault, Invalid
from shop.catalog import attributes, checklist, sections
from shop.catalog.categories import shelves
from shop.catalog.checklist import Item
from shop.catalog.models import Certificate, LeadTier, PriceTier, Product
from shop.catalog.reading import Picture, photos_of
from shop.catalog.sections import MAX_TIERS, Tiers
from shop.db import session

SECTIONS: Final = ("tentang", "foto", "isi", "harga", "kesanggupan", "tkdn", "varian")
"""In the order of the page."""
_FLAGS: Final = {"isi": ("halal", "pdn"), "kesanggupan": ("sold_out",)}


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything around an own product that its page shows. `variants` are (id, label, state) of the others."""

    items: Sequence[Item]
    photos: Sequence[Picture]
    tiers: Tiers
    leads: Tiers
    papers: int
    variants: Sequence[tuple[int, str, str]]
    kind: str
    industrial: bool

    @property
    def missing(self) -> list[Item]:
        """What must be there before the listing is handed in, and is not."""
        return [item for item in self.items if item.must and not item.done]

    @property
    def first_open(self) -> str:
        """The section of the first thing to do."""
        return next((item.section for item in self.items if not item.done), "tentang")

    def done(self, section: str) -> bool:
        """Return whether a section lacks nothing that must be there."""
        return all(item.section != section for item in self.missing)


def guide(product: Product) -> Guide:
    """Return what the page of an own product shows; five statements."""
    shelf = shelves().get(product.category_code)
    kind, industrial = (shelf.kind, shelf.industrial) if shelf else ("goods", False)
    photos = photos_of(product.id)
    tiers = _tiers(PriceTier, "price", product.id)
    papers = session.execute(
        select(func.count()).select_from(Certificate).where(Certificate.product_id == product.id)
    ).scalar_one()
    state = checklist.State(
        kind=kind,
        industrial=industrial,
        description=product.description,
        ingredients=product.ingredients,
        allergens=product.allergens,
        attributes=product.attributes,
        asked=sections.asked(product.category_code),
        stock=product.stock,
        daily_capacity=product.daily_capacity,
        serves=product.serves,
        photos=len(photos),
        tiers=len(tiers),
        papers=papers,
        tkdn_none=product.tkdn_none,
    )
    leads = _tiers(LeadTier, "hours", product.id)
    return Guide(checklist.items(state), photos, tiers, leads, papers, _variants(product), kind, industrial)


def _tiers(model: type[PriceTier | LeadTier], column: str, product_id: int) -> Tiers:
    rows = session.execute(
        select(model.min_quantity, getattr(model, column))
        .where(model.product_id == product_id)
        .order_by(model.min_quantity)
    )
    return tuple((row[0], row[1]) for row in rows)


def _variants(product: Product) -> list[tuple[int, str, str]]:
    root = product.variant_of or product.id
    rows = session.execute(
        select(Product.id, Product.variant_label, Product.name, Product.state)
        .where(or_(Product.variant_of == root, Product.id == root), Product.id != product.id)
        .where(Product.vendor_id == product.vendor_id, Product.state != "archived")
        .order_by(Product.id)
    )
    return [(row.id, row.variant_label or row.name, row.state) for row in rows]


def values(product: Product, around: Guide, section: str, kept: Any | None) -> dict[str, Any]:
    """Return the values of every field; those of `section` as they were typed, when `kept` holds a form."""
    known = _values(product, around)
    if kept is None:
        return {name: value for fields in known.values() for name, value in fields.items()}
    flags = _FLAGS.get(section, ())
    known[section] = {
        name: kept.getlist(name)
        if name == "allergens"
        else kept.get(name) == "1"
        if name in flags
        else kept.get(name, "")
        for name in known[section]
    }
    return {name: value for fields in known.values() for name, value in fields.items()}


def _values(product: Product, around: Guide) -> dict[str, dict[str, Any]]:
    answers = {
        attributes.PREFIX + one.key: product.attributes.get(one.key, "")
        for one in sections.asked(product.category_code)
    }
    return {
        "tentang": _columns(product, "name", "category_code", "description"),
        "isi": _columns(product, "ingredients", "allergens", "serves", "weight_gram", "halal", "pdn") | answers,
        "harga": _columns(product, "price", "unit", "min_order") | _rows("tier", "price", around.tiers),
        "kesanggupan": _columns(product, "lead_time_hours", "daily_capacity", "stock", "sold_out")
        | {"seen_stock": product.stock}
        | _rows("lead", "hours", around.leads),
    }


def _columns(product: Product, *names: str) -> dict[str, Any]:
    return {name: getattr(product, name) for name in names}


def _rows(name: str, value: str, tiers: Tiers) -> dict[str, Any]:
    filled: list[tuple[Any, Any]] = [*tiers, *[("", "")] * (MAX_TIERS - len(tiers))]
    return {
        key: cell
        for row, (least, much) in enumerate(filled, 1)
        for key, cell in ((f"{name}-from-{row}", least), (f"{name}-{value}-{row}", much))
    }


def refuse_unfinished(product: Product) -> None:
    """Raise Invalid naming everything that must be there before a listing is handed in; its field is the section."""
    if missing := guide(product).missing:
        raise Invalid(faults=tuple(FieldFault(item.section, item.words) for item in missing))


def after(section: str) -> str:
    """Return the section that comes next on the page."""
    return SECTIONS[min(SECTIONS.index(section) + 1, len(SECTIONS) - 1)]
