"""A difference that verification found, in words people know: which order and line, which measure, by how much."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.base.money import rupiah
from shop.p3dn import labels
from shop.web import spending

_ORDER: Final = re.compile(r"order:(\d{1,18}) line:(\d{1,18})", re.ASCII)
_KEPT: Final = re.compile(r"(\S+) dim=(\S+) office=(\S+) account=(\S+) key=(.+)")
_COUNTS: Final = frozenset({"orders", "lines"})
_MEASURES: Final = {
    "planned": _l("Direncanakan"), "committed": _l("Dipesan"), "paid_total": _l("Dibayar"), "pdn_value": _l("PDN"),
    "pdn_certified": _l("PDN bersertifikat"), "tkdn_weighted": _l("TKDN tertimbang"), "umk_value": _l("UMK"),
    "orders": _l("Pesanan"), "lines": _l("Baris"),
}  # fmt: skip


def told(kind: str, where: str, gaps: Iterable[tuple[str, int, int]]) -> tuple[str, str, str]:
    """Return a difference as (where in words, what should be and what is, address of what it is about or empty).

    `gaps` are (measure, expected, found) as `p3dn.verify.Gap` has them. One statement where an order or office is named.
    """
    numbers = "; ".join(
        _("%(measure)s seharusnya %(expected)s, tercatat %(found)s",
          measure=_MEASURES.get(name, name), expected=_amount(name, expected), found=_amount(name, found))
        for name, expected, found in gaps
    )  # fmt: skip
    if kind == "trail":
        return _("Catatan jejak nomor %(number)s tidak menyambung dengan yang sebelumnya.", number=where), "", ""
    if kind == "books":
        return where, "", ""
    if kind == "totals":
        return (*_kept(where, numbers),)
    order = _ORDER.fullmatch(where)
    name = spending.named(where)
    if order is None:
        return _("Buku besar berbeda dari paketnya: %(where)s.", where=name), numbers, ""
    if kind == "unstated":
        return _("Buku besar mencatat pesanan yang tidak ada: %(where)s.", where=name), numbers, ""
    return _("Buku besar berbeda dari pesanan %(where)s.", where=name), numbers, f"/pesanan/{order[1]}"


def _kept(where: str, numbers: str) -> tuple[str, str, str]:
    """Say which kept sum it is; where a day, month or year holds it, its address lists the lines it should be made of."""
    key = _KEPT.fullmatch(where)
    if key is None:
        return _("Jumlah tersimpan %(where)s bukan jumlah baris buku besarnya.", where=where), numbers, ""
    period, dim, office_id, account, group = key.groups()
    offices = labels.offices([int(office_id)]) if office_id.isdecimal() else {}
    ref = offices.get(int(office_id)) if offices else None
    place = _("semua kantor") if office_id == "all" else ref.name if ref else office_id
    parts = [period, place, *([account] if account != "all" else []), *([f"{dim} {group}"] if dim != "-" else [])]
    words = _("Jumlah tersimpan %(where)s bukan jumlah baris buku besarnya.", where=", ".join(parts))
    asked = {4: f"year={period}", 7: f"month={period}"}.get(len(period), f"from={period}&to={period}")
    return words, numbers, f"/p3dn/baris?{asked}{f'&office={ref.code}' if ref else ''}"


def _amount(name: str, value: int) -> Any:
    return value if name in _COUNTS else rupiah(value)
