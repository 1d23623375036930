"""Door: the money of an office, of a producer, of the city: months from kept sums, then postings, then the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, month_days, month_number, utc_now
from shop.base.errors import NotFound
from shop.base.sheet import whole
from shop.books import accounts
from shop.books import reading as books
from shop.db import session
from shop.growth.months import month_from
from shop.orders import punctuality
from shop.orders.paying import CHANNELS
from shop.reference import policy
from shop.sheets import commas
from shop.treasury import aging, reading
from shop.treasury.purses import READ, Purse, purse_of
from shop.web.downloads import download
from shop.web.guard import actor, requires
from shop.web.paging import page_from
from shop.web.spending import month_name

bp = Blueprint("treasury", __name__)

_PAGE: Final = 50
_MONTHS: Final = 120
"""Ten years of months are one page."""
_LARGEST: Final = 2**63 - 1
FLOWS: Final = {
    "due": "Tagihan diakui",
    "paid": "Dibayar, bersih",
    "kept": "Pajak dipungut bendahara",
    "platform": "Pajak dipungut platform",
    "remitted": "Pajak disetor",
    "returned": "Kembali ke kantor",
}
"""Columns of the table of months and filters of its postings; msgids."""
_HEADS: Final = (
    "nomor_pesanan", "kantor", "produsen", "jumlah_rupiah", "tanggal_bast", "batas_bayar", "hari_kerja_sejak_bast",
    "hari_kerja_lewat_batas", "ditawarkan_ke_bank",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A posting as the page says it: where it leads, and each transfer in words."""

    row: books.PostingRow
    order: tuple[int, str, str] | None
    moves: tuple[tuple[str, int], ...]


def _number(name: str) -> int | None:
    """Return a row number from the address, None when not given. Raises NotFound for what no database can hold."""
    text = request.args.get(name, "")
    if not text:
        return None
    number = whole(text)
    if number is None or not 0 < number <= _LARGEST:
        raise NotFound("Kantor ini tidak ada.")
    return number


def _looked_into() -> tuple[Purse, str]:
    """Return the purse that is asked for, and the words that keep it in addresses."""
    office_id = _number("kantor")
    purse = purse_of(actor(), office_id)
    return purse, f"kantor={office_id}" if office_id else ""


@bp.get("/uang")
@requires(READ)
def index() -> ResponseReturnValue:
    """Show a party's months, what it owes or is owed today, and how punctually it pays."""
    purse, words = _looked_into()
    now = utc_now()
    months = books.months(purse.party, purse.party_id)[-_MONTHS:]
    record = punctuality.of_offices([purse.party_id], now)[purse.party_id] if purse.party == "office" else None
    city = purse.party == "city"
    return render_template(
        "treasury/index.html", purse=purse, words=words, months=months[::-1], name=_month_name, flows=FLOWS,
        # The city's arrears by age are a page of their own: they are read from orders, and these sums are kept.
        groups=() if city else aging.groups(purse, now), offices=books.owing_offices(aging.MOST_GROUPS) if city else (),
        labels=aging.LABELS, record=record, can_offer=actor().may("treasury:claim:offer"),
        rule=policy.rule(session, "payment.due_working_days", local_day(now)),
    )  # fmt: skip


@bp.get("/uang/<month>")
@requires(READ)
def month(month: str) -> ResponseReturnValue:
    """List the postings of a month, the newest first; each leads to its order."""
    chosen = month_from(month, local_day(utc_now()))
    purse, words = _looked_into()
    if purse.party == "city":
        raise NotFound("Pilih kantor dahulu.")
    flow = request.args.get("arus", "")
    rows = books.postings(
        purse.party, purse.party_id, month_number(chosen), flow=flow, after=_number("setelah") or 0,
        limit=_PAGE + 1,
    )  # fmt: skip
    shown = rows[:_PAGE]
    orders = reading.orders_of(shown)
    told = [Told(row, orders.get(row.source), _moves(row)) for row in shown]
    return render_template(
        "treasury/month.html", purse=purse, words=words, month=month, name=_month_name(month_number(chosen)),
        rows=told, flow=flow, flows=FLOWS, channels=CHANNELS, following=shown[-1].id if len(rows) > _PAGE else None,
    )  # fmt: skip


@bp.get("/uang/belum-dibayar")
@requires(READ)
def unpaid() -> ResponseReturnValue:
    """List what is owed and how old it is, by counterparty and order by order."""
    purse, words = _looked_into()
    now, page = utc_now(), page_from(request.args.get("page"), default_size=_PAGE)
    found = aging.groups(purse, now)
    rows = aging.owed(purse, now, offset=page.offset, limit=page.size + 1)
    return render_template(
        "treasury/unpaid.html", purse=purse, words=words, groups=found, labels=aging.LABELS, rows=rows[: page.size],
        page=page.number, more=len(rows) > page.size, most=aging.MOST_GROUPS,
        rule=policy.rule(session, "payment.due_working_days", local_day(now)),
    )  # fmt: skip


@bp.get("/uang/belum-dibayar.csv")
@requires(READ)
def unpaid_csv() -> ResponseReturnValue:
    """Stream the same, order by order, as CSV."""
    purse, _words = _looked_into()
    batches = (
        [
            (r.number, r.office, r.vendor, r.amount, r.received_on, r.due_on, r.days, r.days_late, r.bank)
            for r in rows
        ]
        for rows in aging.every_row(purse, utc_now())
    )  # fmt: skip
    content = stream_with_context(commas.written(_HEADS, batches))
    return download(content, commas.MEDIA_TYPE, "belum-dibayar.csv")


def _moves(row: books.PostingRow) -> tuple[tuple[str, int], ...]:
    found = []
    for debit, credit, amount in row.transfers:
        words, tax = accounts.said(debit, credit)
        found.append((_(words, tax=tax) if tax else _(words), amount))
    return tuple(found)


def _month_name(month: int) -> str:
    return month_name(month_days(month)[0].isoformat()[:7])
