"""The programme at work in a demo city: facilities, who looks after whom, events past and coming, help, and targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import select

from shop.accounts.models import Office, UserAccount
from shop.db import session
from shop.demo.logins import DOMAIN
from shop.demo.rows import insert_ids, insert_rows
from shop.demo.shapes import DemoCity
from shop.programme.models import (
    Collaborator,
    Event,
    EventOffice,
    FacilityRecord,
    FunnelTarget,
    Guidance,
    HelpMatch,
    HelpNeed,
    HelpOffer,
    Participation,
)  # fmt: skip
from shop.programme.rules import counts_as

_GAMBIR: Final = "31.71.01"
_PARTNERS: Final = (
    ("Kampus Melati", "university", "Kelas kemasan, foto produk, dan uji rasa."),
    ("Komunitas Dapur Kota", "community", "Saling meminjam alat dan berbagi pesanan besar."),
    ("PT Kemas Ceria", "company", "Kemasan contoh dan cetak label."),
    ("Rintis Bersama", "startup_support", "Mendampingi pencatatan dan permodalan awal."),
)
_EVENTS: Final = (
    # kind, name, days from today, place, only Gambir, partner, places
    ("training", "Kelas kemasan yang tahan kirim", -95, "Aula Kecamatan Gambir", True, 0, 20),
    ("matching", "Temu bisnis produsen dan kantor", -70, "Balai warga", False, 3, 40),
    ("jbl", "Jumat Beli Lokal", -25, "Halaman kantor wali kota", False, 1, None),
    ("exhibition", "Bazar akhir pekan", -8, "Taman kota", False, 2, 30),
    ("training", "Kelas foto produk dengan HP", 9, "Aula Kecamatan Gambir", True, 0, 4),
    ("matching", "Temu bisnis menjelang akhir tahun", 16, "Balai warga", False, 3, 40),
    ("exhibition", "Bazar Jakpreneur", 30, "Taman kota", False, 1, None),
)
_OFFERS: Final = (
    ("facility", "Pinjam oven dan mesin adonan", None, 1, None, "food", 5),
    ("loan", "Pinjaman tanpa bunga untuk alat", 5_000_000, 3, None, "", 10),
    ("training", "Pendampingan menghitung harga pokok", None, 0, _GAMBIR, "", 6),
    ("facility", "Cetak label dan kemasan contoh", 1_500_000, 2, None, "", 8),
    ("loan", "Modal bahan untuk pesanan kantor", 3_000_000, 3, _GAMBIR, "food", 3),
)
_NEEDS: Final = (
    ("facility", "Oven besar untuk pesanan kantor", 4_000_000),
    ("loan", "Modal bahan untuk pesanan rapat", 2_500_000),
    ("training", "Belajar menghitung harga jual", None),
    ("facility", "Label dan kemasan yang rapi", 1_000_000),
)
_TARGETS: Final = {"P1": 240, "P2": 180, "P3": 160, "P4": 150, "P5": 120, "P6": 80, "P7": 30}


@dataclass(frozen=True, slots=True)
class _Stage:
    """What every part needs: the city, ids, who acts, the moment, and a chance of its own."""

    vendors: dict[str, int]
    homes: dict[str, str]
    staff: int
    mentor: int
    today: date
    now: datetime
    rng: Random


def fill_programme(city: DemoCity, vendors: dict[str, int], now: datetime) -> None:
    """Write the programme's part of a demo city; a fixed number of bulk inserts, whatever its size."""
    emails = select(UserAccount.email, UserAccount.id).where(UserAccount.email.endswith(DOMAIN))
    people = {row.email: row.id for row in session.execute(emails)}
    stage = _Stage(
        vendors,
        {vendor.key: vendor.kecamatan_code for vendor in city.vendors},
        people[f"staf.program{DOMAIN}"],
        people[f"pendamping.gambir{DOMAIN}"],
        city.today,
        now,
        Random(f"programme/{city.size}"),  # noqa: S311 - made-up content, not a secret
    )
    known = _facilities(stage, city)
    _guidance(stage)
    partners = insert_ids(
        Collaborator,
        [
            {"name": name, "kind": kind, "about": about, "site": "", "active": True, "added_at": now}
            for name, kind, about in _PARTNERS
        ],
    )
    _events(stage, partners, [office.code for office in city.offices], known)
    _help(stage, partners)
    scale = max(1, 1_200 // len(vendors))
    insert_rows(
        FunnelTarget,
        [
            {"year": city.today.year, "facility": code, "kecamatan_code": "", "producers": -(-wanted // scale),
             "set_by": stage.staff, "set_at": now}
            for code, wanted in _TARGETS.items()
        ],
    )  # fmt: skip


def _facilities(stage: _Stage, city: DemoCity) -> set[tuple[int, str, date]]:
    rows: list[dict[str, Any]] = []
    for vendor in city.vendors:
        for code, day in vendor.facilities:
            lasting = {"P2": 2, "P3": 180}.get(code, 0)
            until = (
                None if code == "P5" or day + timedelta(days=lasting) > city.today else day + timedelta(days=lasting)
            )
            rows.append(
                {
                    "vendor_id": stage.vendors[vendor.key],
                    "facility": code,
                    "from_day": day,
                    "until_day": until,
                    "recorded_by": None if code in {"P1", "P5"} else stage.staff,
                    "recorded_at": stage.now,
                }
            )
    insert_rows(FacilityRecord, rows)
    return {(row["vendor_id"], row["facility"], row["from_day"]) for row in rows}


def _guidance(stage: _Stage) -> None:
    ppkukm = select(Office.id).where(Office.kind == "dinas", Office.name.contains("Perindustrian"))
    agency = session.scalars(ppkukm).first()
    rows = []
    for index, (key, vendor_id) in enumerate(stage.vendors.items()):
        near = stage.homes[key] == _GAMBIR
        if near or index % 5:
            rows.append(
                {
                    "vendor_id": vendor_id,
                    "agency_id": agency,
                    "mentor_id": stage.mentor if near else None,
                    "since": stage.today - timedelta(days=30 + index * 7 % 400),
                }
            )
    insert_rows(Guidance, rows)


def _events(
    stage: _Stage, partners: Sequence[int], office_codes: Sequence[str], known: set[tuple[int, str, date]]
) -> None:
    days = [stage.today + timedelta(days=row[2]) for row in _EVENTS]
    ids = insert_ids(
        Event,
        [
            {
                "kind": kind, "name": name, "about": "", "from_day": day, "until_day": day, "place": place,
                "kecamatan_code": _GAMBIR if near else None, "collaborator_id": partners[partner], "places": places,
                "made_by": stage.staff, "made_at": stage.now - timedelta(days=120),
            }
            for (kind, name, _, place, near, partner, places), day in zip(_EVENTS, days, strict=True)
        ],
    )  # fmt: skip
    offices = session.scalars(select(Office.id).where(Office.code.in_(office_codes[:40]))).all()
    parts: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    coming = []
    for event_id, row, day in zip(ids, _EVENTS, days, strict=True):
        joined = _joined(stage, event_id, row, day)
        parts += joined
        facility = counts_as(row[0])
        records += [
            {
                "vendor_id": part["vendor_id"], "facility": facility, "from_day": day, "until_day": day, "note": row[1],
                "event_id": event_id, "recorded_by": stage.staff, "recorded_at": stage.now,
            }
            for part in joined
            if part["attended"] and (part["vendor_id"], facility, day) not in known
        ]  # fmt: skip
        if row[0] == "matching":
            coming += [{"event_id": event_id, "office_id": office_id} for office_id in offices]
    insert_rows(Participation, parts)
    insert_rows(FacilityRecord, records)
    insert_rows(EventOffice, coming)


def _joined(stage: _Stage, event_id: int, row: tuple[Any, ...], day: date) -> list[dict[str, Any]]:
    kind, _, _, _, near, _, places = row
    may = [stage.vendors[key] for key in stage.vendors if not near or stage.homes[key] == _GAMBIR]
    over = day < stage.today
    who = stage.rng.sample(may, min(len(may), (places or 45) if over else 4))
    found = []
    for index, vendor_id in enumerate(who):
        attended = (stage.rng.randrange(100) < 85) if over else None  # noqa: PLR2004 - most who sign up come
        sold = stage.rng.randrange(2, 40) * 50_000 if attended and kind in {"exhibition", "jbl"} and index % 4 else None
        found.append(
            {
                "event_id": event_id, "vendor_id": vendor_id, "attended": attended, "declared_sales": sold,
                "signed_up_at": stage.now - timedelta(days=100, minutes=-index),
            }
        )  # fmt: skip
    return found


def _help(stage: _Stage, partners: Sequence[int]) -> None:
    offers = insert_ids(
        HelpOffer,
        [
            {
                "kind": kind, "title": title, "detail": "", "amount": amount, "collaborator_id": partners[partner],
                "kecamatan_code": place, "category_kind": goods, "places": places,
                "until_day": stage.today + timedelta(days=60), "added_by": stage.staff, "added_at": stage.now,
            }
            for kind, title, amount, partner, place, goods, places in _OFFERS
        ],
    )  # fmt: skip
    askers = list(stage.vendors.values())[: max(len(_NEEDS) * 2, len(stage.vendors) // 60)]
    needs = insert_ids(
        HelpNeed,
        [
            {
                "vendor_id": vendor_id, "kind": kind, "title": title, "detail": "", "amount": amount,
                "asked_at": stage.now - timedelta(days=1 + index % 20),
            }
            for index, vendor_id in enumerate(askers)
            for kind, title, amount in (_NEEDS[index % len(_NEEDS)],)
        ],
    )  # fmt: skip
    insert_rows(
        HelpMatch,
        [
            {
                "offer_id": offers[1], "need_id": needs[1], "matched_by": stage.staff, "answer": "",
                "matched_at": stage.now - timedelta(days=1),
            }
        ],
    )  # fmt: skip
