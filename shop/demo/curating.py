"""Work for the curators of a demo: listings that wait, one refused with reasons, one changed while it is on sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from shop.accounts.hats import actor_of
from shop.accounts.models import UserAccount
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import slug
from shop.catalog.categories import shelves
from shop.catalog.models import Product
from shop.catalog.versions import content_of
from shop.curation import criteria, reviewing, submitting
from shop.curation.criteria import Verdict
from shop.curation.models import CurationCase, CurationReview
from shop.db import session
from shop.demo.logins import DOMAIN
from shop.demo.rows import insert_ids, insert_rows
from shop.demo.shapes import DemoCity

_HOME: Final = "31.71.01"
"""The kecamatan of the demo's own curator."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A listing nobody has judged yet, how many days ago it was handed in, and what became of it."""

    name: str
    category: str
    description: str
    ingredients: str
    price: int
    days: int
    fate: str = "waits"


_DRAFTS: Final = (
    _Draft("Lumpia ayam rebung isi 4", "kue-basah", "Kulit tipis, isi rebung dan ayam suwir, digoreng pagi hari.",
           "Terigu, rebung, ayam, telur, bawang putih, minyak kelapa", 22_000, 9),
    _Draft("Nasi ulam kotak", "nasi-kotak", "Nasi ulam Betawi dengan semur tahu, dendeng, dan emping.",
           "Beras, kelapa, kemangi, tahu, daging sapi, emping", 32_000, 6),
    _Draft("Bir pletok botol 250 ml", "jamu", "Minuman jahe dan rempah tanpa alkohol, tahan 5 hari di kulkas.",
           "Jahe, serai, kayu secang, kapulaga, gula batu", 12_000, 4),
    _Draft("Kembang goyang stoples 250 g", "kue-kering", "Renyah, dicetak satu per satu, untuk meja rapat.",
           "Tepung beras, telur, santan, gula, wijen", 35_000, 2),
    _Draft("Selendang mayang gelas", "minuman-segar", "Es selendang mayang dalam gelas tertutup.",
           "Tepung hunkwe, santan, gula merah", 10_000, 1),
    _Draft("Kerak telor mini isi 6", "kue-basah", "Kerak telor ukuran gigitan untuk kudapan rapat.",
           "Beras ketan, telur, ebi, kelapa sangrai", 36_000, 8, "province"),
    _Draft("Sayur babanci porsi", "nasi-kotak", "Masakan lama Betawi, porsi satu orang.", "", 38_000, 7, "refused"),
    _Draft("Dodol Betawi mika 200 g", "camilan-manis", "Dimasak delapan jam di kuali, dibungkus satu per satu.",
           "Ketan, gula merah, santan", 30_000, 12, "province"),
)  # fmt: skip
_SCORES: Final = {"taste": 4, "packaging": 4, "hygiene": 5, "halal": 4, "photo": 3}


def curate(city: DemoCity, owners: dict[str, Actor], products: dict[str, int], now: datetime) -> None:
    """Hand listings in and judge some of them, through the real verbs. Does nothing in a city without a home cook there."""
    food = {p.vendor for p in city.products if shelves()[p.category].kind == "food"}
    homes = [v.key for v in city.vendors if v.kecamatan_code == _HOME and v.key in food]
    if not homes:
        return
    curators = [_person(f"kurator.{stage}{DOMAIN}", now) for stage in ("kecamatan", "provinsi")]
    for number, draft in enumerate(_DRAFTS):
        _play(owners[homes[number % len(homes)]], draft, curators, now - timedelta(days=draft.days))
    old = [products[p.key] for p in city.products if p.vendor == homes[0]]
    _judged_long_ago(old, curators, now - timedelta(days=200))
    changed = session.get_one(Product, old[0])
    changed.description = f"{changed.description} Sekarang dengan kotak baru yang lebih rapat.".strip()
    submitting.recheck(owners[homes[0]], changed.id, now - timedelta(hours=20))


def _person(email: str, now: datetime) -> Actor:
    user_id = session.scalars(select(UserAccount.id).where(UserAccount.email == email)).one()
    found = actor_of(user_id, local_day(now))
    assert found is not None
    return found[0]


def _play(owner: Actor, draft: _Draft, curators: Sequence[Actor], at: datetime) -> None:
    product = Product(
        vendor_id=owner.vendor_id,
        category_code=draft.category,
        name=draft.name,
        slug=slug(draft.name),
        description=draft.description,
        ingredients=draft.ingredients,
        price=draft.price,
        unit="porsi" if draft.category == "nasi-kotak" else "buah",
        min_order=10,
        daily_capacity=150,
        halal=True,
        state="draft",
        source="demo",
        created_at=at,
        updated_at=at,
    )
    session.add(product)
    session.flush()
    number = submitting.submit(owner, product.id, product.version, at)
    if draft.fate == "waits":
        return
    session.flush()
    case = session.get_one(CurationCase, number)
    verdict = Verdict(_SCORES, "accept")
    if draft.fate == "refused":
        words = "Tulis semua bahan bumbunya, dan foto satu porsi penuh di tempat terang."
        verdict = Verdict({"photo": 2, "taste": 5}, "refuse", ("photo_unclear", "ingredients"), words)
    reviewing.decide(curators[0], number, case.version, verdict, at + timedelta(days=2))


def _judged_long_ago(ids: Sequence[int], curators: Sequence[Actor], at: datetime) -> None:
    """Let both stages have accepted what is on sale: what a later change is compared with."""
    cases = [_accepted(session.get_one(Product, number), at) for number in ids]
    reviews = []
    for case_id, row in zip(insert_ids(CurationCase, cases), cases, strict=True):
        applies = criteria.of_kind(str(row["lane"]))
        scores = {name: score if name in applies else None for name, score in _SCORES.items()}
        for stage, curator in zip(("kecamatan", "province"), curators, strict=True):
            reviews.append(
                {
                    "case_id": case_id,
                    "stage": stage,
                    "curator_id": curator.user_id,
                    **scores,
                    "decision": "accept",
                    "at": at,
                }
                | {"reasons": [], "words": ""}
            )
    insert_rows(CurationReview, reviews)


def _accepted(product: Product, at: datetime) -> dict[str, object]:
    return {
        "product_id": product.id,
        "vendor_id": product.vendor_id,
        "kecamatan_code": _HOME,
        "round": 1,
        "state": "accepted",
        "content": content_of(product),
        "recheck": False,
        "lane": shelves()[product.category_code].kind,
        "submitted_at": at - timedelta(days=3),
        "waiting_since": at,
        "decided_at": at,
        "version": 1,
    }
