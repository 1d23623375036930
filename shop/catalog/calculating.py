"""From the fields of the TKDN calculator to its inputs, by the method of the day asked for; and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shop.base import sheet
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid, NotFound
from shop.base.sheet import basis_points, whole
from shop.p3dn import tkdn
from shop.p3dn.methods import method_on
from shop.p3dn.tkdn import Costs, Factors, Material, Method, Result

ROWS: Final = 6
"""Materials a form has room for; smaller ones are put together in the last."""
OVERHEAD: Final = {
    "own": "Tempat produksi sendiri di Indonesia",
    "other_plant": "Alat milik sendiri, dibuat di tempat orang lain",
    "other_industry": "Dibuatkan pabrik lain",
    "none": "Tidak punya tempat maupun alat produksi di Indonesia",
}
FACTORS: Final = {
    "jobs": "Menyerap tenaga kerja", "investment": "Investasi baru", "partnership": "Kemitraan dan rantai pasok",
    "pioneer": "Industri pionir, pengganti impor", "machinery": "Mesin buatan dalam negeri", "location": "Lokasi industri",
    "brand": "Merek dalam negeri", "industry4": "Industri 4.0", "green": "Industri hijau",
    "people": "Pengembangan SDM", "exports": "Ekspor", "certification": "Sertifikasi dan akreditasi",
    "esg": "Lingkungan, sosial, tata kelola", "awards": "Penghargaan", "siinas": "Melapor di SIINas",
}  # fmt: skip
"""Labels are msgids, by the keys of the dated rules."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants calculated: the day, its method, and the result or what is wrong. `inputs` are plain values."""

    day: date
    method: Method | None
    inputs: Mapping[str, Any]
    result: Result | None = None
    faults: tuple[FieldFault, ...] = ()


def read(given: Mapping[str, str], today: date, *, wanted: bool = False) -> Asked:
    """Read the fields and calculate when asked to (`hitung`, or `wanted`). Never raises Invalid: faults are carried."""
    day, method, faults = _day(given.get("day", ""), today)
    if method is None or faults or not (wanted or given.get("hitung")):
        return Asked(day, method, {}, None, tuple(faults))
    inputs = _factors(given, method, faults) if method.weights else _costs(given, faults)
    plain = {"day": day.isoformat(), **_plain(inputs)}
    if given.get("total") and method.weights:
        faults.append(
            FieldFault("day", "Sejak 12 Desember 2025 berlaku rumus baru: isi bahan, tenaga kerja, dan pabrik.")
        )
    if faults:
        return Asked(day, method, plain, None, tuple(faults))
    try:
        return Asked(day, method, plain, tkdn.goods(inputs, method))
    except Invalid as error:
        return Asked(day, method, plain, None, error.faults)


def _day(text: str, today: date) -> tuple[date, Method | None, list[FieldFault]]:
    if not text:
        return today, method_on(today), []
    day = sheet.day(text)
    if day is None:
        return today, None, [FieldFault("day", "Isi tanggal, misalnya 25-11-2026.")]
    try:
        return day, method_on(day), []
    except NotFound:
        return today, None, [FieldFault("day", "Pada tanggal itu belum ada aturan TKDN. Periksa lagi tahunnya.")]


def _factors(given: Mapping[str, str], method: Method, faults: list[FieldFault]) -> Factors:
    materials, rows = [], []
    for row in range(1, ROWS + 1):
        name, cost, own = (given.get(f"{field}-{row}", "").strip() for field in ("material", "cost", "tkdn"))
        if name or cost or own:
            rows.append(row)
            materials.append(
                Material(one_line(name)[:80], _amount(f"cost-{row}", cost, faults), _share(f"tkdn-{row}", own, faults))
            )
    if rows != list(range(1, len(rows) + 1)):
        faults.append(FieldFault(f"cost-{len(rows) + 1}", "Isi baris bahan berurutan, tanpa baris kosong di tengah."))
    chosen = {key: _share(f"bmp-{key}", given.get(f"bmp-{key}", "").strip(), faults) for key in method.bmp_factors}
    return Factors(
        materials,
        _share("wni", given.get("wni", "").strip(), faults),
        given.get("overhead", ""),
        _share("rnd", given.get("rnd", "").strip(), faults),
        {key: value for key, value in chosen.items() if value},
    )


def _costs(given: Mapping[str, str], faults: list[FieldFault]) -> Costs:
    return Costs(
        _amount("total", given.get("total", ""), faults), _amount("foreign", given.get("foreign", "") or "0", faults)
    )


def _amount(name: str, text: str, faults: list[FieldFault]) -> int:
    value = whole(text)
    if value is None:
        faults.append(FieldFault(name, "Isi dengan bilangan bulat, misalnya 25000 atau 25.000."))
    return value or 0


def _share(name: str, text: str, faults: list[FieldFault]) -> int:
    value = basis_points(text) if text else 0
    if value is None:
        faults.append(FieldFault(name, "Isi persen, misalnya 62,40."))
    return value or 0


def _plain(inputs: Factors | Costs) -> dict[str, Any]:
    if isinstance(inputs, Costs):
        return {"total": inputs.total, "foreign": inputs.foreign}
    return {
        "materials": [[m.name, m.cost, m.tkdn_bp] for m in inputs.materials],
        "wni_bp": inputs.wni_bp, "overhead": inputs.overhead, "rnd_bp": inputs.rnd_bp, "bmp": dict(inputs.bmp),
    }  # fmt: skip
