"""What the test of strangers needs: a producer with a secret in everything it has, and the ids of those things by name.

A new thing of a producer is one line in `plant` and one in `PRIVATE`; a new parameter name in an address that stands
in neither list below stops the test and says so.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, select

from shop.addenda.models import Addendum
from shop.catalog.models import Certificate, ProductPhoto, ProductVersion, SheetUpload, TkdnWorksheet
from shop.curation.models import CurationCase, CurationReview
from shop.db import Base, session
from shop.documents.models import IssuedDocument
from shop.growth.models import DeclaredMonth, DeclaredSize, TurnoverLetter
from shop.handover.models import Complaint
from shop.negotiation.models import (
    Competition,
    CompetitionBid,
    CompetitionInvite,
    CompetitionLine,
    Negotiation,
    NegotiationOffer,
)
from shop.opendata import ocds
from shop.opendata.isb import DATASETS
from shop.opendata.public_files import FILES
from shop.orders.models import Order, OrderProposal
from shop.orders.models_basket import OrderAttachment
from shop.programme.models import (
    Event,
    FacilityRecord,
    HelpMatch,
    HelpNeed,
    HelpOffer,
    Participation,
)
from shop.settings import Settings
from shop.treasury.models import ClaimPledge
from shop.vendors.models import Vendor, VendorHold, VendorPaper
from tests import makers

if TYPE_CHECKING:
    from datetime import datetime

SECRET = "Rahasiatetangga"
"""Stands in every text only the first producer (and who works with it) may read."""
AMOUNT = 731_331_731
SENTINELS = (SECRET.lower(), "731.331.731", "731,331,731", "731331731", "9988776655")
"""What must not come back to a stranger; digits of the bank account and of identity numbers last."""

OURS = str(Settings.model_fields["ocid_prefix"].default)

PRIVATE = (
    "attachment_id", "case_id", "certificate_id", "competition_id", "complaint_id", "hold_id", "issued_id", "letter_id", "match_id",
    "need_id", "negotiation_id", "order_id", "paper_id", "photo_id", "pledge_id", "proposal_id", "record_id", "upload_id", "worksheet_id", "vendor_id", "draft_id",
)  # fmt: skip
"""Names of parameters that stand for a thing of one producer: a stranger hears that it is not there."""
OPEN: dict[str, tuple[object, ...]] = {
    "alert_id": (1,),
    "code": ("AAAA-BBBB-CCCC-DDDD",),
    "conflict_id": (1,),
    "dataset": DATASETS,
    "document_id": (1,),
    "entry_id": (1,),
    "event_id": (1,),
    "kind": ("bap", "bast", "csv", "xlsx"),
    "key": ("0" * 64 + ".webp",),
    "month": ("2026-10",),
    "name": ("css/app.css", *FILES),
    "delegation_id": (1,),
    "deposit_id": (1,),
    "line_id": (1,),
    "note_id": (1,),
    "number": (1,),
    "offer_id": (1,),
    "request_id": (1,),
    "rule_key": ("tax.ppn", "x"),
    "row_id": (1,),
    "run_id": (1,),
    "sample_id": (1,),
    "saved_id": (1,),
    "shape": ("csv",),
    "slug": ("x",),
    "step": ("identitas", "izin", "pajak", "rekening", "qris", "jam", "kirim"),
    "token_id": (1,),
    "verb": ("confirm", "ship", "pay", "cancel", "benar", "bantah"),
}
"""Names of parameters that stand for nothing of a producer's, with values to try."""


@dataclass
class Planted:
    """The first producer, and the ids of its things by the name they have in addresses."""

    vendor_id: int
    ids: dict[str, list[int]] = field(default_factory=dict)

    def values(self, name: str) -> tuple[object, ...]:
        """Return what to put for a parameter. Raises KeyError with advice for a name nobody has registered."""
        if name in self.ids:
            return tuple(self.ids[name])
        if name not in OPEN:
            raise KeyError(f"tests/strangers.py does not know <{name}>: plant one for PRIVATE, or name values in OPEN")
        return OPEN[name]


def plant(now: datetime) -> Planted:
    """Make a producer with one of everything, a secret in each."""
    crew = makers.make_crew()
    vendor, boss = crew.vendor, crew.producer.user_id
    vendor.owner_name, vendor.bank_account, vendor.nik = SECRET, "9988776655", "3171019988776655"
    vendor.qris = makers.make_qris(name=SECRET, nmid="ID1029988776655")
    vendor.qris_nmid = "ID1029988776655"
    public = makers.make_product(vendor, stock=500)
    draft = makers.make_product(vendor, name=f"Kue {SECRET}", state="draft", price=AMOUNT)
    orders = [
        made(crew, now, (public, 2))
        for made in (makers.make_sent_order, makers.make_received_order, makers.make_paid_order)
    ]
    for order in orders:
        order.purpose, order.deliver_address = f"Rapat {SECRET}", f"Jalan {SECRET}"
    text = {"said": SECRET, "name": SECRET}
    offer = _add(HelpOffer(kind="loan", title="Pinjaman", until_day=date(2026, 12, 31), added_by=boss, added_at=now))
    need = _add(HelpNeed(vendor_id=vendor.id, kind="loan", title=SECRET, amount=AMOUNT, asked_at=now))
    event = _add(
        Event(kind="jbl", name="Bazar", from_day=date(2026, 11, 1), until_day=date(2026, 11, 30), made_by=boss,
              made_at=now)
    )  # fmt: skip
    _add(Participation(event_id=event.id, vendor_id=vendor.id, signed_up_at=now, declared_sales=AMOUNT))
    terms = {
        "deliver_at": now.isoformat(),
        "address": SECRET,
        "purpose": SECRET,
        "shipping": 0,
        "total": AMOUNT,
        "lines": [],
    }
    _add(Addendum(order_id=orders[0].id, office_id=crew.office_id, vendor_id=vendor.id, number=1, side="office", before=terms,
                  after=terms, reason=SECRET, made_by=crew.pp.user_id, made_at=now, answer_by=now))  # fmt: skip
    case = _add(
        CurationCase(product_id=draft.id, vendor_id=vendor.id, kecamatan_code=makers.GAMBIR, round=1, state="refused",
                     lane="food", content=text, submitted_at=now, waiting_since=now)
    )  # fmt: skip
    _add(CurationReview(case_id=case.id, stage="kecamatan", curator_id=boss, decision="refuse", words=SECRET, at=now))
    _add(ProductVersion(product_id=draft.id, version=1, content=text, kept_at=now))
    _add(DeclaredMonth(vendor_id=vendor.id, month=date(2026, 10, 1), outside_sales=AMOUNT, declared_by=boss,
                       declared_at=now))  # fmt: skip
    _add(DeclaredSize(vendor_id=vendor.id, on_day=date(2026, 10, 1), cash=AMOUNT, workers=3, declared_by=boss,
                      declared_at=now))  # fmt: skip
    day, end = date(2026, 1, 1), date(2027, 1, 1)
    things: dict[str, Any] = {
        "case_id": case,
        "need_id": need,
        "match_id": HelpMatch(offer_id=offer.id, need_id=need.id, matched_by=boss, matched_at=now),
        "certificate_id": Certificate(product_id=draft.id, kind="certified", number=SECRET, tkdn_bp=4_000,
                                      issued_on=day, valid_until=end),
        "worksheet_id": TkdnWorksheet(product_id=draft.id, inputs=text, tkdn_bp=1, bmp_bp=0, method={}, made_at=now),
        "photo_id": ProductPhoto(product_id=draft.id, key="1" * 59 + ".webp", alt=SECRET, width=1, height=1,
                                 added_at=now),
        "upload_id": SheetUpload(vendor_id=vendor.id, file_name=f"{SECRET}.xlsx", file_key="x", stage="saved",
                                 report={}, sent_by=boss, sent_at=now),
        "paper_id": VendorPaper(vendor_id=vendor.id, kind="halal", number=SECRET, issued_on=day, valid_until=end,
                                file_name=f"{SECRET}.pdf", added_at=now),
        "hold_id": VendorHold(vendor_id=vendor.id, kind="pause", reason="other", words=SECRET, from_day=day,
                              until_day=day, made_by=boss, made_at=now, lifted_at=now),
        "record_id": FacilityRecord(vendor_id=vendor.id, facility="P2", from_day=day, note=SECRET, recorded_at=now),
        "complaint_id": Complaint(order_id=orders[1].id, office_id=crew.office_id, vendor_id=vendor.id, side="office",
                                  kind="other", state="open", words=SECRET, opened_by=boss, opened_at=now, due_at=now),
        "proposal_id": OrderProposal(order_id=orders[0].id, number=1, words=SECRET, made_by=boss, made_at=now),
        "attachment_id": OrderAttachment(order_id=orders[0].id, office_id=crew.office_id, kind="other", file_key="x",
                                         file_name=f"{SECRET}.pdf", added_by=boss, added_at=now),
        "pledge_id": ClaimPledge(code="AAAA-BBBB-CCCC-FFFF", order_id=orders[1].id, office_id=crew.office_id,
                                 vendor_id=vendor.id, bank=SECRET, content=text | {"gross": AMOUNT}, fingerprint="0" * 64,
                                 offered_by=boss, offered_at=now),
        "letter_id": TurnoverLetter(code="AAAA-BBBB-CCCC-EEEE", vendor_id=vendor.id, from_month=day, until_month=day,
                                    content=text, fingerprint="0" * 64, issued_by=boss, issued_at=now),
    }  # fmt: skip
    ids = {name: [_add(thing).id] for name, thing in things.items()}
    ids |= _bargains(crew, public.id, now)
    ids["issued_id"] = [_add(IssuedDocument(
        kind="surat_pesanan", office_id=crew.office_id, order_id=orders[0].id, vendor_id=vendor.id, number=SECRET,
        version=1, content=text, fingerprint="0" * 64, check_code="AAAAA-BBBBB", issued_at=now,
    )).id]  # fmt: skip
    ids |= {
        "vendor_id": [vendor.id],
        "draft_id": [draft.id],
        "product_id": [draft.id, public.id],
        "order_id": [order.id for order in orders],
        "package_id": [crew.package_id],
        "ocid": [ocds.ocid_of_order(OURS, order.id) for order in orders],
    }
    return Planted(vendor.id, ids)


def _bargains(crew: makers.Crew, product_id: int, now: datetime) -> dict[str, list[int]]:
    """A negotiation and a sealed bid of the first producer."""
    boss, later = crew.producer.user_id, now + timedelta(days=3)
    at = {"deliver_address": f"Jalan {SECRET}", "deliver_kecamatan": makers.GAMBIR, "deliver_at": later}
    common = {"office_id": crew.office_id, "package_id": crew.package_id, "purpose": f"Rapat {SECRET}"}
    good = {"product_id": product_id, "name": SECRET, "unit": "kotak", "unit_price": AMOUNT, "list_price": AMOUNT,
            "why": SECRET}  # fmt: skip
    talk = _add(
        Negotiation(state="open_vendor", vendor_id=crew.vendor.id, vendor_name=crew.vendor.name, opened_by=crew.pp.user_id,
                    opened_at=now, waiting_since=now, turn_due=later, **common)
    )  # fmt: skip
    _add(
        NegotiationOffer(negotiation_id=talk.id, number=1, side="buyer", total=AMOUNT, words=SECRET, made_by=boss,
                         made_by_name="x", made_at=now, lines=[{**good, "quantity": 1, "contents": SECRET}], **at)
    )  # fmt: skip
    tender = _add(
        Competition(state="collecting", category_code="snack-kotak", need=SECRET, deadline=later, made_by=crew.pp.user_id,
                    made_at=now, **common, **at)
    )  # fmt: skip
    line = _add(
        CompetitionLine(competition_id=tender.id, position=0, need=SECRET, quantity=1, unit="kotak", ranking=[])
    )
    _add(
        CompetitionInvite(competition_id=tender.id, vendor_id=crew.vendor.id, vendor_name=crew.vendor.name, why="able")
    )
    bid = {**good, "line": line.id, "note": SECRET, "evidence": "none", "tkdn_bp": 0}
    _add(
        CompetitionBid(competition_id=tender.id, vendor_id=crew.vendor.id, number=1, withdrawn=False, lines=[bid],
                       salt="x", seal="0" * 64, made_by=boss, made_at=now)
    )  # fmt: skip
    return {"negotiation_id": [talk.id], "competition_id": [tender.id]}


def _add(thing: Any) -> Any:
    session.add(thing)
    session.flush()
    return thing


def belongings(planted: Planted) -> dict[str, list[tuple[object, ...]]]:
    """Return every row that hangs on the producer, on its products or its orders, by table."""
    products = select(_column("product", "id")).where(_column("product", "vendor_id") == planted.vendor_id)
    orders = select(_column(Order.__tablename__, "id")).where(
        _column(Order.__tablename__, "vendor_id") == planted.vendor_id
    )
    found: dict[str, list[tuple[object, ...]]] = {}
    for table in Base.metadata.sorted_tables:
        for name, owners in (("vendor_id", [planted.vendor_id]), ("product_id", products), ("order_id", orders)):
            if name in table.c:
                rows = session.execute(select(table).where(table.c[name].in_(owners)))
                found.setdefault(table.name, []).extend(sorted((tuple(row) for row in rows), key=repr))
    found["vendor"] = [
        tuple(r) for r in session.execute(select(_table("vendor")).where(Vendor.id == planted.vendor_id))
    ]
    session.rollback()
    return found


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _column(table: str, name: str) -> Any:
    return _table(table).c[name]


def text_of(answer: Any) -> str:
    """Return what an answer says in small letters; a workbook is unpacked first."""
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist()).lower()
    return str(answer.data.decode("utf-8", "replace")).lower()
