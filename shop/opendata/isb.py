"""Exchange with LKPP's systems: exactly the fields their data sets have, in their order, filled where we know the value.

The list of fields is our own data file. A field we have no value for stays empty and is named as empty on the page. What
is about a person, or a tax number, is empty in the public file; `never` is not given to anybody.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, and_, case, func, literal, null, select

from shop.accounts.models import Office, UserAccount
from shop.budgets.models import Package
from shop.opendata.columns import Column, File, Kind
from shop.orders.models import Order, OrderLine, Payment
from shop.orders.states import COMMITTED, PAID
from shop.p3dn.rules import SYSTEM
from shop.reference.models import Region
from shop.vendors.models import Vendor

_FIELDS: Final = Path(__file__).parent / "data" / "isb_fields.csv"
_KINDS: Final[Mapping[str, Kind]] = {
    "string": "text", "int": "whole", "decimal": "whole", "date": "day", "datetime": "moment", "bool": "truth",
}  # fmt: skip
_OFFICES, _PACKAGES, _ORDERS, _LINES, _PAYMENTS, _VENDORS, _PEOPLE, _REGIONS = (
    model.__table__ for model in (Office, Package, Order, OrderLine, Payment, Vendor, UserAccount, Region)
)
_PPK: Final = _PEOPLE.alias("ppk")
_BUYER: Final = _PEOPLE.alias("buyer")
_PROVINCE: Final = literal("Provinsi DKI Jakarta")
_IS_PAID: Final = _ORDERS.c.state.in_(sorted(PAID))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a data set as LKPP names it. `reach` is public, personal (only with the permission) or never."""

    name: str
    kind: Kind
    reach: str


@cache
def fields(dataset: str) -> tuple[Field, ...]:
    """Return the fields of a data set, in order."""
    with _FIELDS.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Field(row["field"], _KINDS[row["type"]], row["reach"])
            for row in csv.DictReader(lines)
            if row["dataset"] == dataset
        )


def unfilled(dataset: str) -> list[str]:
    """Return the fields that stay empty for everybody, because we do not have or do not give the value."""
    known = _SETS[dataset].known
    return [field.name for field in fields(dataset) if field.name not in known or field.reach == "never"]


def file(dataset: str, *, personal: bool = False) -> File:
    """Return a data set as a file; with `personal` also names of officials and tax numbers."""
    found = _SETS[dataset]
    columns = tuple(
        Column(
            field.name,
            field.kind,
            found.known[field.name]
            if field.name in found.known and (field.reach == "public" or (personal and field.reach == "personal"))
            else null(),
        )
        for field in fields(dataset)
    )
    return File(
        f"isb/{dataset}", found.title, found.about, columns, found.table, found.key, found.where, _PACKAGES.c.year
    )


@dataclass(frozen=True, slots=True)
class _Set:
    title: str
    about: str
    table: FromClause
    key: ColumnElement[int]
    known: Mapping[str, ColumnElement[Any]]
    where: tuple[ColumnElement[bool], ...] = ()


def _summed(flag: ColumnElement[bool]) -> ColumnElement[Any]:
    own = select(func.coalesce(func.sum(_LINES.c.amount), 0)).where(_LINES.c.order_id == _ORDERS.c.id, flag)
    return case((_IS_PAID, own.scalar_subquery()), else_=0)


_of_office: Final = {
    "nama_klpd": _PROVINCE,
    "jenis_klpd": literal("Provinsi"),
    "kd_satker": _OFFICES.c.code,
    "kd_satker_str": _OFFICES.c.code,
    "satker_id": _OFFICES.c.code,
    "nama_satker": _OFFICES.c.name,
    "alamat_satker": _OFFICES.c.address,
    "npwp_satker": _OFFICES.c.npwp,
}
_of_package: Final = {
    **_of_office,
    "tahun_anggaran": _PACKAGES.c.year,
    "kd_rup": _PACKAGES.c.rup_code,
    "kd_rup_paket": _PACKAGES.c.rup_code,
    "nama_paket": _PACKAGES.c.name,
    "pagu": _PACKAGES.c.pagu,
    "sumber_dana": _PACKAGES.c.fund_source,
    "nama_sumber_dana": _PACKAGES.c.fund_source,
    "kode_anggaran": _PACKAGES.c.account_code,
    "metode_pengadaan": _PACKAGES.c.method,
    "mtd_pemilihan": _PACKAGES.c.method,
    "kd_user_ppk": _PACKAGES.c.ppk_id,
    "nip_ppk": _PPK.c.nip,
    "ppk_nip": _PPK.c.nip,
    "nama_ppk": _PPK.c.name,
}
_orders: Final = (
    _ORDERS.join(_PACKAGES, _PACKAGES.c.id == _ORDERS.c.package_id)
    .join(_OFFICES, _OFFICES.c.id == _ORDERS.c.office_id)
    .join(_PPK, _PPK.c.id == _PACKAGES.c.ppk_id, isouter=True)
    .join(_PAYMENTS, _PAYMENTS.c.order_id == _ORDERS.c.id, isouter=True)
)
_agreed: Final = _ORDERS.c.state.in_(sorted(COMMITTED))
_SETS: Final[Mapping[str, _Set]] = {
    "toko-daring": _Set(
        "Bela-TokoDaringRealisasi",
        "Satu baris tiap pesanan yang diterima produsen.",
        _orders.join(_BUYER, _BUYER.c.id == _ORDERS.c.placed_by).join(
            _REGIONS, _REGIONS.c.code == func.substr(_ORDERS.c.vendor_kecamatan, 1, 5), isouter=True
        ),
        _ORDERS.c.id,
        {
            **_of_package,
            "order_id": _ORDERS.c.number,
            "tahun": _PACKAGES.c.year,
            "order_desc": _PACKAGES.c.name,
            "valuasi": _ORDERS.c.total,
            "kategori": select(func.min(_LINES.c.category_code))
            .where(_LINES.c.order_id == _ORDERS.c.id)
            .scalar_subquery(),
            "metode_bayar": _PAYMENTS.c.channel,
            "tanggal_transaksi": _ORDERS.c.placed_at,
            "marketplace": literal(SYSTEM),
            "nama_merchant": _ORDERS.c.vendor_name,
            "merchant_name": _ORDERS.c.vendor_name,
            "kota_kab": _REGIONS.c.name,
            "provinsi": literal("DKI Jakarta"),
            "nama_pemesan": _BUYER.c.name,
            "sumber_data": literal(SYSTEM),
        },
        (_agreed,),
    ),
    "e-purchasing": _Set(
        "Ecat-PaketEPurchasing",
        "Satu baris tiap barang dalam pesanan yang diterima produsen.",
        _LINES.join(_orders, _ORDERS.c.id == _LINES.c.order_id),
        _LINES.c.id,
        {
            **_of_package,
            "kd_paket": _ORDERS.c.id,
            "no_paket": _ORDERS.c.number,
            "kd_produk": _LINES.c.product_id,
            "kd_penyedia": _ORDERS.c.vendor_id,
            "kuantitas": _LINES.c.quantity,
            "harga_satuan": _LINES.c.unit_price,
            "ongkos_kirim": _ORDERS.c.shipping,
            "total_harga": _LINES.c.amount,
            "tanggal_buat_paket": _ORDERS.c.placed_at,
            "status_paket": case((_IS_PAID, "paket_selesai"), else_=None),
            "paket_status_str": case((_IS_PAID, "Paket Selesai"), else_=None),
            "kd_paket_produk": _LINES.c.id,
        },
        (_agreed,),
    ),
    "rup": _Set(
        "RUP-PaketPenyedia-Terumumkan",
        "Satu baris tiap paket RUP yang dimuat di sistem ini.",
        _PACKAGES.join(_OFFICES, _OFFICES.c.id == _PACKAGES.c.office_id).join(
            _PPK, _PPK.c.id == _PACKAGES.c.ppk_id, isouter=True
        ),
        _PACKAGES.c.id,
        {
            **_of_package,
            "status_pdn": case((_PACKAGES.c.pdn, "PDN"), else_="Non PDN"),
            "status_ukm": case((_PACKAGES.c.umk, "UKM"), else_="Non UKM"),
            "status_umumkan_rup": literal("Terumumkan"),
        },
    ),
    "non-tender": _Set(
        "pencatatan-non-tender",
        "Satu baris tiap pesanan yang diterima produsen, dengan nilai PDN dan UMK yang sudah dibayar.",
        _orders,
        _ORDERS.c.id,
        {
            **_of_package,
            "kd_nontender_pct": _ORDERS.c.id,
            "total_realisasi": _PAYMENTS.c.amount,
            "nilai_pdn_pct": _summed(_LINES.c.pdn),
            "nilai_umk_pct": _summed(_LINES.c.umk),
            "status_nontender_pct": _ORDERS.c.state,
            "tgl_buat_paket": _ORDERS.c.placed_at,
            "tgl_mulai_paket": _ORDERS.c.confirmed_at,
            "tgl_selesai_paket": _ORDERS.c.paid_at,
        },
        (_agreed,),
    ),
    "non-tender-realisasi": _Set(
        "pencatatan-non-tender-realisasi",
        "Satu baris tiap pembayaran.",
        _orders.join(_VENDORS, _VENDORS.c.id == _ORDERS.c.vendor_id),
        _ORDERS.c.id,
        {
            **_of_package,
            "kd_nontender_pct": _ORDERS.c.id,
            "no_realisasi": _PAYMENTS.c.reference,
            "nilai_realisasi": _PAYMENTS.c.amount,
            "tgl_realisasi": _ORDERS.c.paid_at,
            "nama_penyedia": _ORDERS.c.vendor_name,
            "npwp_penyedia": _VENDORS.c.npwp,
        },
        (and_(_IS_PAID, _PAYMENTS.c.order_id.is_not(None)),),
    ),
}
DATASETS: Final = tuple(_SETS)
"""Names of the data sets in the address."""
