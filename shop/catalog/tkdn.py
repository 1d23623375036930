"""TKDN on a listing: a certificate, a small industry's own statement, or the answer that there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound
from shop.base.money import FULL_BP
from shop.catalog.editing import begin, own_product, touch
from shop.catalog.models import Certificate, Product, TkdnWorksheet
from shop.catalog.sections import length
from shop.db import session
from shop.p3dn.tkdn import Cited, Method, Result
from shop.reference.policy import rule
from shop.vendors.models import UMK_SIZES, Vendor

KINDS: Final = {"certified": "Sertifikat TKDN", "self_declared": "Pernyataan sendiri industri kecil"}
MAX_PAPERS: Final = 10
_NUMBER: Final = re.compile(r"\d{1,6}/SJ-IND\.8(\.\d+)?/TKDN/(0?[1-9]|1[0-2])/20\d{2}")
"""As seen on certificates up to 2025; later ones are not known yet (confidence M), so another form is no fault."""


@dataclass(frozen=True, slots=True)
class PaperForm:
    """A paper as its form came back. Shares in basis points; `valid_until` is the last day printed on the paper."""

    kind: str
    number: str
    issuer: str
    tkdn_bp: int
    bmp_bp: int
    issued_on: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that lies in the store."""

    key: str
    name: str


def check(paper: PaperForm, *, size: str, has_file: bool, today: date) -> None:
    """Raise Invalid with every fault of a paper. `size` is the producer's class of PP 7/2021."""
    faults = [*length("number", one_line(paper.number), 3, 80), *length("issuer", one_line(paper.issuer), 0, 160)]
    if paper.kind not in KINDS:
        faults.append(FieldFault("kind", "Pilih sertifikat atau pernyataan sendiri."))
    if paper.tkdn_bp > FULL_BP:
        faults.append(FieldFault("tkdn", "TKDN paling besar 100 %."))
    elif paper.tkdn_bp == 0:
        faults.append(FieldFault("tkdn", "Isi TKDN yang tertulis, lebih dari 0. Kalau 0, pilih “tidak punya”."))
    if paper.issued_on > today:
        faults.append(FieldFault("issued_on", "Tanggal terbit belum tiba. Periksa lagi tahunnya."))
    else:
        faults += _dated(paper)
    if paper.valid_until < paper.issued_on:
        faults.append(FieldFault("valid_until", "Hari terakhir mendahului tanggal terbit. Mungkin keduanya tertukar."))
    if paper.kind == "certified" and not has_file:
        faults.append(FieldFault("file", "Unggah foto atau PDF sertifikatnya."))
    if paper.kind == "self_declared" and size not in UMK_SIZES:
        faults.append(
            FieldFault(
                "kind", "Hanya usaha mikro dan kecil yang boleh menyatakan sendiri. Usaha Anda perlu sertifikat."
            )
        )
    if faults:
        raise Invalid(faults=tuple(faults))


def _dated(paper: PaperForm) -> list[FieldFault]:
    """Return what the rules of the day of issue say against it."""
    try:
        cap = rule(session, "bmp.cap_bp", paper.issued_on).value
    except NotFound:
        return [FieldFault("issued_on", "Pada tanggal itu belum ada aturan TKDN. Periksa lagi tahunnya.")]
    faults = []
    if paper.bmp_bp > cap:
        faults.append(FieldFault("bmp", "BMP paling besar %(most)s %%.", (("most", cap // 100),)))
    if paper.kind == "self_declared":
        try:
            most = rule(session, "tkdn.ik_self_declare_cap_bp", paper.issued_on).value
        except NotFound:
            return [*faults, FieldFault("issued_on", "Pada tanggal itu industri kecil belum boleh menyatakan sendiri.")]
        if most is not None and most < paper.tkdn_bp <= FULL_BP:
            faults.append(
                FieldFault(
                    "tkdn", "Pernyataan sendiri dari tanggal itu paling besar %(most)s %%.", (("most", most // 100),)
                )
            )
    return faults


def unusual(paper: PaperForm) -> bool:
    """Return whether a certificate's number looks unlike those known: worth a second look, never a refusal."""
    return paper.kind == "certified" and _NUMBER.fullmatch(one_line(paper.number)) is None


def add_paper(
    actor: Actor,
    product_id: int,
    paper: PaperForm,
    file: KeptFile | None,
    now: datetime,
    *,
    worksheet_id: int | None = None,
) -> int:
    """Put a paper on an own product; returns its id. Raises Invalid, NotFound, Conflict when it is there already."""
    product = begin(actor, product_id)
    size = session.get_one(Vendor, product.vendor_id).size
    check(paper, size=size, has_file=file is not None, today=local_day(now))
    held = papers_of(product_id)
    number = one_line(paper.number)
    if any(one.number.casefold() == number.casefold() for one in held):
        raise Invalid.at("number", "Bukti dengan nomor ini sudah ada di produk ini.")
    if len(held) >= MAX_PAPERS:
        raise Conflict("Satu produk paling banyak 10 bukti TKDN. Hapus yang lama dahulu.", kind="too-many-papers")
    if worksheet_id is not None:
        _worksheet(product_id, worksheet_id)
    added = Certificate(
        product_id=product_id, kind=paper.kind, number=number, issuer=one_line(paper.issuer), tkdn_bp=paper.tkdn_bp,
        bmp_bp=paper.bmp_bp, issued_on=paper.issued_on, valid_until=paper.valid_until, worksheet_id=worksheet_id,
        file_key=file.key if file else "", file_name=one_line(file.name)[:200] if file else "",
        added_by=actor.user_id, added_at=now,
    )  # fmt: skip
    session.add(added)
    product.tkdn_none = False
    touch(actor, product, "add_tkdn", now, paper=_told(added))
    return added.id


def remove_paper(actor: Actor, product_id: int, paper_id: int, now: datetime) -> None:
    """Take a paper off an own product. Raises NotFound.

    The row goes; the trail keeps what it said. Orders are not touched: each has photographed its evidence.
    """
    product = begin(actor, product_id)
    paper = paper_of(product_id, paper_id)
    session.delete(paper)
    touch(actor, product, "remove_tkdn", now, paper=_told(paper))


def have_none(actor: Actor, product_id: int, now: datetime) -> None:
    """Note the producer's answer that there is no TKDN paper. Raises NotFound, Conflict while there is one."""
    product = begin(actor, product_id)
    if papers_of(product_id):
        raise Conflict("Produk ini punya bukti TKDN. Hapus dahulu bila memang tidak ada.", kind="has-papers")
    product.tkdn_none = True
    touch(actor, product, "have_no_tkdn", now)


def keep_worksheet(
    actor: Actor, product_id: int, inputs: Mapping[str, Any], result: Result, method: Method, now: datetime
) -> int:
    """Keep a calculation as evidence; returns its id. Raises NotFound."""
    product = begin(actor, product_id)
    sheet = TkdnWorksheet(
        product_id=product_id,
        inputs=dict(inputs),
        tkdn_bp=result.tkdn_bp,
        bmp_bp=result.bmp_bp,
        method={
            "weights": method.weights,
            "steps": [asdict(step) for step in result.steps],
            "cited": [asdict(one) for one in method.cited],
        },
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(sheet)
    session.flush()
    touch(actor, product, "keep_tkdn_worksheet", now, worksheet=sheet.id, tkdn_bp=result.tkdn_bp, bmp_bp=result.bmp_bp)
    return sheet.id


def papers_of(product_id: int) -> list[Certificate]:
    """Return the papers of a product, the one that lasts longest first."""
    return list(
        session.scalars(
            select(Certificate)
            .where(Certificate.product_id == product_id)
            .order_by(Certificate.valid_until.desc(), Certificate.id)
        )
    )


def paper_of(product_id: int, paper_id: int) -> Certificate:
    """Return one paper of a product. Raises NotFound."""
    found = session.scalars(
        select(Certificate).where(Certificate.id == paper_id, Certificate.product_id == product_id)
    ).first()
    if found is None:
        raise NotFound("Bukti ini tidak ada.")
    return found


def worksheets_of(product_id: int, limit: int = 10) -> list[TkdnWorksheet]:
    """Return the last calculations of a product, newest first."""
    return list(
        session.scalars(
            select(TkdnWorksheet)
            .where(TkdnWorksheet.product_id == product_id)
            .order_by(TkdnWorksheet.id.desc())
            .limit(limit)
        )
    )


def own_worksheet(actor: Actor, product_id: int, worksheet_id: int) -> tuple[Product, TkdnWorksheet]:
    """Return an own product with one of its calculations. Raises NotFound."""
    return own_product(actor, product_id), _worksheet(product_id, worksheet_id)


def _worksheet(product_id: int, worksheet_id: int) -> TkdnWorksheet:
    found = session.get(TkdnWorksheet, worksheet_id)
    if found is None or found.product_id != product_id:
        raise NotFound("Lembar hitung ini tidak ada.")
    return found


def cited_of(sheet: TkdnWorksheet) -> list[Cited]:
    """Return the rules a kept calculation stands on."""
    return [Cited(**one) for one in sheet.method["cited"]]


def _told(paper: Certificate) -> dict[str, Any]:
    return {
        "kind": paper.kind, "number": paper.number, "issuer": paper.issuer, "tkdn_bp": paper.tkdn_bp,
        "bmp_bp": paper.bmp_bp, "issued_on": paper.issued_on.isoformat(), "valid_until": paper.valid_until.isoformat(),
        "file": paper.file_key, "worksheet": paper.worksheet_id,
    }  # fmt: skip
