"""What the programme holds to: the seven facilities in plain words, what an event counts as, and how help is matched. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.base.money import rupiah

PROGRAMME_BEGAN: Final = date(2018, 1, 1)
"""Pergub 102/2018; nothing of the programme is older."""
MATCHING_DAYS: Final = 90
"""Orders accepted so many days after a business matching are shown as its result. Our own rule, not a legal one."""
STUCK_DAYS: Final = 30
"""Licensed for longer than this and not yet marketed: somebody should ask why."""


@dataclass(frozen=True, slots=True)
class Facility:
    """One of the 7 PAS as a home cook understands it (Pergub 2/2020). Texts are msgids."""

    name: str
    what: str
    whom: str
    gain: str


FACILITY: Final[Mapping[str, Facility]] = {
    "P1": Facility(
        "Pendaftaran",
        "Nama usaha Anda tercatat sebagai peserta. Hanya ini yang wajib.",
        "Semua warga Jakarta yang punya usaha atau ingin memulainya.",
        "Anda bisa memakai enam fasilitas lainnya.",
    ),
    "P2": Facility(
        "Pelatihan",
        "Kelas tentang usaha: memasak, mengemas, menghitung harga, berjualan.",
        "Siapa saja yang ingin belajar. Boleh berkali-kali.",
        "Ilmu baru, teman usaha, dan kadang sertifikat.",
    ),
    "P3": Facility(
        "Pendampingan",
        "Seorang pendamping menengok usaha Anda dan membantu langkah berikutnya.",
        "Usaha yang ingin ditemani, baru maupun lama.",
        "Orang yang bisa ditanyai di kecamatan Anda.",
    ),
    "P4": Facility(
        "Perizinan",
        "Bantuan mengurus NIB, PIRT, halal, BPOM, dan merek.",
        "Usaha yang belum lengkap suratnya.",
        "Surat resmi, sehingga kantor pemerintah boleh memesan.",
    ),
    "P5": Facility(
        "Pemasaran",
        "Produk Anda tayang di sini, ikut bazar, atau bertemu kantor pembeli.",
        "Usaha yang produknya siap dijual.",
        "Pembeli baru dan pesanan pertama.",
    ),
    "P6": Facility(
        "Pelaporan keuangan",
        "Catatan pemasukan dan pengeluaran setiap bulan.",
        "Usaha yang sudah berjualan.",
        "Anda tahu untung atau rugi, dan bank bisa percaya.",
    ),
    "P7": Facility(
        "Permodalan",
        "Jalan ke pinjaman atau bantuan modal.",
        "Usaha yang punya catatan penjualan.",
        "Modal untuk alat, bahan, atau tempat.",
    ),
}
EVENT_KINDS: Final = {
    "training": "Kelas pelatihan",
    "exhibition": "Pameran atau bazar",
    "matching": "Temu bisnis dengan kantor",
    "jbl": "Jumat Beli Lokal",
}
COLLABORATOR_KINDS: Final = {
    "university": "Perguruan tinggi",
    "community": "Komunitas",
    "company": "Perusahaan",
    "startup_support": "Pendukung usaha rintisan",
}
HELP_KINDS: Final = {"facility": "Alat atau tempat", "loan": "Pinjaman", "training": "Pelatihan atau pendampingan"}
GOODS_KINDS: Final = {"food": "Makanan dan minuman", "goods": "Barang", "service": "Jasa"}

FUNNEL_2021: Final = (
    ("P1", 284_164), ("P2", 176_891), ("P3", 157_498), ("P4", 148_374), ("P5", 44_456), ("P6", 32_883), ("P7", 6_159),
)  # fmt: skip
"""The whole programme on 27 October 2021, as Kompas printed it on 12 November 2021: something to compare with."""


def counts_as(event_kind: str) -> str:
    """Return the facility that having been there is: a class is P2, everything else is marketing, P5."""
    return "P2" if event_kind == "training" else "P5"


@dataclass(frozen=True, slots=True)
class Offered:
    """Help on offer, as far as matching looks at it. Empty kecamatan or kind of goods: for all. Rupiah."""

    kind: str
    kecamatan_code: str | None
    category_kind: str
    amount: int | None
    places_left: int


@dataclass(frozen=True, slots=True)
class Needed:
    """Help asked for, and who asks: kecamatan and the kinds of goods the producer lists. Rupiah."""

    kind: str
    kecamatan_code: str
    category_kinds: frozenset[str]
    amount: int | None


Why = tuple[str, Mapping[str, object]]
"""A sentence (msgid) and what fills it."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well an offer fits a need: points, and why, one sentence for each point of view."""

    score: int
    why: tuple[Why, ...]


def fit(offer: Offered, need: Needed) -> Fit | None:
    """Return how well they fit, None when they cannot: another kind, another kecamatan, other goods, or no place left.

    Nearer counts more than general: own kecamatan 3, whole city 1; own kind of goods 2, all kinds 1; amount enough 2, part 1.
    """
    near = offer.kecamatan_code in {None, need.kecamatan_code}
    suits = not offer.category_kind or offer.category_kind in need.category_kinds
    if offer.kind != need.kind or offer.places_left < 1 or not near or not suits:
        return None
    points: list[tuple[int, Why]] = [
        (3, ("Khusus kecamatan ini.", {})) if offer.kecamatan_code else (1, ("Untuk seluruh Jakarta.", {})),
        (2, ("Khusus jenis produknya.", {})) if offer.category_kind else (1, ("Untuk semua jenis produk.", {})),
    ]
    if need.amount is not None and offer.amount is not None:
        points.append(
            (2, ("Jumlahnya cukup.", {}))
            if offer.amount >= need.amount
            else (
                1,
                (
                    "Hanya menutup %(part)s dari %(whole)s.",
                    {"part": rupiah(offer.amount), "whole": rupiah(need.amount)},
                ),
            )
        )
    points.append((0, ("Tersisa %(places)s tempat.", {"places": offer.places_left})))
    return Fit(sum(score for score, _ in points), tuple(why for _, why in points))
