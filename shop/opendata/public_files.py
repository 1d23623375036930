"""The files anybody may download, column by column. A column that is not in these lists cannot leave the shop."""

from __future__ import annotations

from typing import Final

from sqlalchemy import String, Table, cast, func

from shop.accounts.models import Office
from shop.budgets.models import Package
from shop.opendata.columns import Column, File, Kind
from shop.orders.models import Order, OrderLine
from shop.p3dn.posting import ledger
from shop.p3dn.rules import MEASURES
from shop.vendors.models import Vendor

_OFFICES: Final[Table] = Office.__table__  # type: ignore[assignment]
_PARENTS: Final = _OFFICES.alias("parent")
_PACKAGES: Final[Table] = Package.__table__  # type: ignore[assignment]
_ORDERS: Final[Table] = Order.__table__  # type: ignore[assignment]
_LINES: Final[Table] = OrderLine.__table__  # type: ignore[assignment]
_VENDORS: Final[Table] = Vendor.__table__  # type: ignore[assignment]

_MEASURES: Final = dict(
    zip(
        MEASURES,
        (
            "Direncanakan, rupiah", "Dipesan, rupiah", "Dibayar, rupiah", "Dibayar untuk produk dalam negeri, rupiah",
            "Bagian PDN yang bersertifikat TKDN, rupiah", "Dibayar dikali TKDN, dibulatkan per baris, rupiah",
            "Dibayar kepada usaha mikro dan kecil, rupiah", "Banyak pesanan", "Banyak baris pesanan",
        ),
        strict=True,
    )
)  # fmt: skip


def _of(table: Table, *columns: tuple[str, Kind, str]) -> tuple[Column, ...]:
    """Return columns that are called as in the table."""
    return tuple(Column(name, kind, table.c[name], about) for name, kind, about in columns)


LEDGER_LINES: Final = File(
    "lines",
    "Baris buku P3DN",
    "Setiap perubahan angka P3DN: apa yang bertambah atau berkurang, pada hari apa, karena baris pesanan mana.",
    (
        Column("id", "whole", ledger.c.id, "Nomor tetap. Naik terus, tidak pernah dipakai ulang."),
        *_of(
            ledger,
            ("source", "text", "Siapa yang menyatakan: pesanan atau paket"),
            ("key", "text", "Baris pesanan atau paket yang dihitung"),
            ("day", "day", "Hari perubahan ini dihitung, waktu Jakarta"),
            ("at", "moment", "Saat dicatat"),
        ),
        Column("order", "text", _ORDERS.c.number, "Nomor surat pesanan"),
        Column("package", "text", _PACKAGES.c.rup_code, "Kode RUP paket"),
        Column("office", "text", func.coalesce(_OFFICES.c.code, cast(ledger.c.office_id, String)), "Kode kantor"),
        Column("account", "text", ledger.c.account_code, "Kode rekening"),
        Column("kecamatan", "text", ledger.c.kecamatan_code, "Kode kecamatan produsen, kosong untuk rencana"),
        Column("vendor", "whole", ledger.c.vendor_id, "Nomor produsen, kosong untuk rencana"),
        Column("category", "text", ledger.c.category_code, "Kategori barang"),
        Column("evidence", "text", ledger.c.evidence, "Bukti TKDN pada hari pesanan"),
        Column("channel", "text", ledger.c.channel, "Cara memesan, kosong bila tidak tercatat"),
        Column("tkdn_bp", "whole", ledger.c.tkdn_bp, "TKDN, perseratus persen (10000 = 100 %)"),
        *(Column(name, "whole", ledger.c[name], about) for name, about in _MEASURES.items()),
    ),
    ledger.join(_OFFICES, _OFFICES.c.id == ledger.c.office_id, isouter=True)
    .join(_ORDERS, _ORDERS.c.id == ledger.c.order_id, isouter=True)
    .join(_PACKAGES, _PACKAGES.c.id == ledger.c.package_id, isouter=True),
    ledger.c.id,
    year=ledger.c.day,
    grows=True,
)  # fmt: skip

ORDER_LINES: Final = File(
    "order-lines",
    "Baris pesanan",
    "Isi surat pesanan seperti dipotret pada hari pesanan: barang, harga, bukti TKDN.",
    (
        Column("id", "whole", _LINES.c.id, "Nomor tetap baris pesanan"),
        Column("order", "text", _ORDERS.c.number, "Nomor surat pesanan"),
        Column("state", "text", _ORDERS.c.state, "Keadaan pesanan sekarang"),
        Column("package", "text", _PACKAGES.c.rup_code, "Kode RUP paket"),
        Column("year", "whole", _PACKAGES.c.year, "Tahun anggaran"),
        Column("office", "text", _OFFICES.c.code, "Kode kantor"),
        Column("account", "text", _ORDERS.c.account_code, "Kode rekening"),
        Column("vendor", "whole", _ORDERS.c.vendor_id, "Nomor produsen"),
        Column("vendor_name", "text", _ORDERS.c.vendor_name, "Nama usaha pada hari pesanan"),
        Column("kecamatan", "text", _ORDERS.c.vendor_kecamatan, "Kode kecamatan produsen"),
        Column("placed_at", "moment", _ORDERS.c.placed_at, "Saat dipesan"),
        Column("paid_at", "moment", _ORDERS.c.paid_at, "Saat pembayaran dicatat"),
        *_of(
            _LINES,
            ("product_id", "whole", "Nomor produk di katalog"),
            ("product_name", "text", "Nama produk"),
            ("category_code", "text", "Kategori barang"),
            ("unit", "text", "Satuan"),
            ("quantity", "whole", "Jumlah"),
            ("list_price", "whole", "Harga di katalog, rupiah"),
            ("unit_price", "whole", "Harga satuan yang disepakati, rupiah"),
            ("amount", "whole", "Jumlah kali harga satuan, rupiah"),
            ("evidence", "text", "Bukti TKDN pada hari pesanan"),
            ("tkdn_bp", "whole", "TKDN, perseratus persen (10000 = 100 %)"),
            ("certificate_number", "text", "Nomor sertifikat TKDN"),
            ("certificate_until", "day", "Hari terakhir sertifikat berlaku"),
            ("pdn", "truth", "Produk dalam negeri"),
            ("umk", "truth", "Dari usaha mikro atau kecil"),
        ),
    ),
    _LINES.join(_ORDERS, _ORDERS.c.id == _LINES.c.order_id)
    .join(_OFFICES, _OFFICES.c.id == _ORDERS.c.office_id)
    .join(_PACKAGES, _PACKAGES.c.id == _ORDERS.c.package_id),
    _LINES.c.id,
    year=_PACKAGES.c.year,
)  # fmt: skip

PACKAGES: Final = File(
    "packages",
    "Paket RUP",
    "Paket rencana umum pengadaan yang dimuat di sistem ini, dengan pagu dan pemakaiannya sekarang.",
    (
        *_of(
            _PACKAGES,
            ("id", "whole", "Nomor tetap di sistem ini"),
            ("rup_code", "text", "Kode RUP"),
            ("year", "whole", "Tahun anggaran"),
            ("name", "text", "Nama paket seperti diumumkan"),
        ),
        Column("office", "text", _OFFICES.c.code, "Kode kantor"),
        *_of(
            _PACKAGES,
            ("account_code", "text", "Kode rekening"),
            ("fund_source", "text", "Sumber dana"),
            ("method", "text", "Cara pengadaan"),
            ("pagu", "whole", "Pagu, rupiah"),
            ("reserved", "whole", "Terikat pesanan yang belum dibayar, rupiah"),
            ("realised", "whole", "Sudah dibayar, rupiah"),
            ("pdn", "truth", "Diumumkan sebagai PDN"),
            ("umk", "truth", "Diumumkan untuk usaha kecil"),
        ),
    ),
    _PACKAGES.join(_OFFICES, _OFFICES.c.id == _PACKAGES.c.office_id),
    _PACKAGES.c.id,
    year=_PACKAGES.c.year,
)  # fmt: skip

OFFICES: Final = File(
    "offices",
    "Kantor",
    "Kantor pemesan dengan kantor induknya.",
    (
        *_of(
            _OFFICES,
            ("id", "whole", "Nomor tetap di sistem ini"),
            ("code", "text", "Kode kantor"),
            ("name", "text", "Nama kantor"),
            ("kind", "text", "Jenis kantor"),
        ),
        Column("parent", "text", _PARENTS.c.code, "Kode kantor induk"),
        *_of(_OFFICES, ("region_code", "text", "Kode wilayah"), ("active", "truth", "Masih memesan")),
    ),
    _OFFICES.join(_PARENTS, _PARENTS.c.id == _OFFICES.c.parent_id, isouter=True),
    _OFFICES.c.id,
)  # fmt: skip

VENDORS: Final = File(
    "producers",
    "Produsen",
    "Usaha yang berjualan di sini, dengan nama usahanya dan kecamatannya. Tanpa nama orang, nomor, dan alamat.",
    _of(
        _VENDORS,
        ("id", "whole", "Nomor tetap di sistem ini"),
        ("name", "text", "Nama usaha seperti di etalase"),
        ("kind", "text", "Jakpreneur atau UMKM lain"),
        ("size", "text", "Kelas usaha"),
        ("legal_form", "text", "Bentuk usaha"),
        ("kbli_code", "text", "Kode KBLI"),
        ("kecamatan_code", "text", "Kode kecamatan"),
        ("state", "text", "Keadaan sekarang"),
    ),
    _VENDORS,
    _VENDORS.c.id,
    (_VENDORS.c.state != "registering",),
)  # fmt: skip

FILES: Final = {file.name: file for file in (LEDGER_LINES, ORDER_LINES, PACKAGES, OFFICES, VENDORS)}
"""Every public file by its name in the address."""
