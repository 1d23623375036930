"""Door: taxes to remit, month by month."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from shop.accounts.models import Office
from shop.base.actor import Actor
from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound, or_fault
from shop.base.fields import Fields
from shop.base.sheet import whole
from shop.db import session, unit_of_work
from shop.documents import reading
from shop.orders.models_tax import OrderTax
from shop.sheets import commas
from shop.sheets.writing import MEDIA_TYPE
from shop.storage.files import FileStore, mimetype
from shop.storage.uploads import read_paper
from shop.treasury import remit_export, remit_lists, remitting
from shop.treasury.models_remit import TaxDeposit
from shop.treasury.remit_lists import month_key, month_text
from shop.treasury.remitting import Told
from shop.treasury.rights import READ, READ_ALL, RECORD, office_of, office_to_read
from shop.web import exported
from shop.web.downloads import download
from shop.web.errors import spoken
from shop.web.guard import actor, requires
from shop.web.paging import year_from
from shop.web.spending import month_name

bp = Blueprint("treasury_remit", __name__)
_AT: Final = "/bendahara/setor"


def _office(who: Actor) -> int | None:
    """Return the office that is asked for, None for the whole city. Raises NotFound for another's or an unknown one."""
    text = request.args.get("kantor", "")
    asked = (whole(text) or 0) % 2**63 if text else None
    found = office_to_read(who, asked)
    if found is not None and session.get(Office, found) is None:
        raise NotFound
    return found


def _number(text: str | None) -> int:
    return (whole(text or "") or 0) % 2**63


@bp.get(_AT)
@requires(READ)
def index() -> ResponseReturnValue:
    """Show a year: each period and tax with what was kept back, deposited and left; for the programme of the whole city."""
    who, today = actor(), local_day(utc_now())
    office_id = _office(who)
    year = year_from(request.args.get("tahun"), "tahun") or today.year
    return render_template(
        "treasury/remit_year.html", year=year, this=today.year, today=today, labels=remit_lists.LABELS,
        dues=remit_lists.dues(office_id, year * 100 + 1, year * 100 + 12), name=month_name, key=month_text,
        office=session.get(Office, office_id) if office_id else None, chosen=_chosen(who, office_id),
    )  # fmt: skip


def _chosen(who: Actor, office_id: int | None) -> str:
    """Return the office as a part of addresses, for who sees all of them."""
    return f"kantor={office_id}" if office_id is not None and who.may(READ_ALL) else ""


@bp.get(f"{_AT}.xlsx")
@requires(READ)
def year_file() -> ResponseReturnValue:
    """Hand out the year as a workbook."""
    who, now = actor(), utc_now()
    office_id = _office(who)
    year = year_from(request.args.get("tahun"), "tahun") or local_day(now).year
    with unit_of_work():
        remit_export.note_export(who, office_id, 0, f"recap-{year}", now)
    dues = remit_lists.dues(office_id, year * 100 + 1, year * 100 + 12)
    return download(
        remit_export.recap_workbook(f"DRAF rekap pajak {year}", dues, now), MEDIA_TYPE, f"DRAF-rekap-pajak-{year}.xlsx"
    )


@bp.get(f"{_AT}/<month>")
@requires(READ)
def show(month: str) -> ResponseReturnValue:
    """Show a period: what is due of each tax, deposits, and every line with its order; for the city its offices."""
    return _page(month)


def _page(month: str, faults: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    who, key = actor(), month_key(month)
    office_id = _office(who)
    after = _number(request.args.get("sesudah"))
    more: dict[str, Any] = {}
    if office_id is None:
        more["offices"], more["next"] = remit_lists.offices(key, after)
    else:
        full = who.may(RECORD)
        more["lines"], more["next"] = remit_lists.lines(office_id, key, after=after, full=full)
        more["papers"] = reading.numbers_of({line.order_id for line in more["lines"]}, remit_export.PAPERS)
        more |= {"deposits": remit_lists.deposits(office_id, key), "sums": remit_lists.line_sums(office_id, key)}
    return render_template(
        "treasury/remit_month.html", month=month, key=key, dues=remit_lists.dues(office_id, key, key),
        labels=remit_lists.LABELS, parties=remit_lists.PARTIES, today=local_day(utc_now()), name=month_name,
        office=session.get(Office, office_id) if office_id else None, may_record=who.may(RECORD) and office_id is not None,
        chosen=_chosen(who, office_id), faults=faults or [], form=request.form, **more,
    ), status  # fmt: skip


@bp.post(f"{_AT}/<month>")
@requires(RECORD)
def record(month: str) -> ResponseReturnValue:
    """Record a deposit with its NTPN and proof."""
    who, key = actor(), month_key(month)
    try:
        told = _told()
        with unit_of_work():
            remitting.record(who, key, told, utc_now())
    except (Invalid, Conflict) as error:
        said, status = spoken(error)
        return _page(month, said, status)
    flash(_("Setoran dicatat."), "ok")
    return redirect(f"{_AT}/{month}", 303)


def _told() -> Told:
    """Read the deposit and its proof before the writer's lock is taken."""
    fields, upload = Fields(request.form), request.files.get("proof")
    amount = whole(fields.typed("amount"))
    if amount is None:
        fields.fault("amount", "Isi jumlah yang disetor dalam rupiah.")
    if fields.typed("code") not in remit_lists.LABELS:
        fields.fault("code", "Pilih pajak yang disetor.")
    day = fields.day("deposited_on", "Isi tanggal setor.")
    faults: list[FieldFault] = fields.faults
    paper = None
    if upload is None or not upload.filename:
        faults.append(FieldFault("proof", "Pilih bukti penerimaan negara: PDF atau foto."))
    else:
        paper = or_fault(faults, read_paper, upload.read(), "proof")
    fields.check()
    if amount is None or day is None or paper is None or upload is None:
        raise Invalid
    files: FileStore = current_app.extensions["files"]
    name = upload.filename or ""
    return Told(fields.typed("code"), fields.typed("ntpn")[:100], amount, day, files.put(*paper), name)


@bp.post(f"{_AT}/batal/<int:deposit_id>")
@requires(RECORD)
def reverse(deposit_id: int) -> ResponseReturnValue:
    """Take back a deposit that was recorded wrongly."""
    month = _own(deposit_id)
    try:
        with unit_of_work():
            remitting.reverse(actor(), deposit_id, request.form.get("note", ""), utc_now())
    except (Invalid, Conflict) as error:
        said, status = spoken(error)
        return _page(month, said, status)
    flash(_("Setoran dibatalkan. Catat lagi dengan isian yang benar."), "ok")
    return redirect(f"{_AT}/{month}", 303)


def _own(deposit_id: int) -> str:
    deposit = session.get(TaxDeposit, deposit_id)
    if deposit is None or deposit.office_id != office_of(actor()):
        raise NotFound
    return month_text(deposit.month)


@bp.get(f"{_AT}/bukti/<int:deposit_id>")
@requires(RECORD)
def proof(deposit_id: int) -> ResponseReturnValue:
    """Hand out the proof of a deposit, under a name of ours."""
    month = _own(deposit_id)
    deposit = session.get_one(TaxDeposit, deposit_id)
    if not deposit.proof_key:
        raise NotFound
    files: FileStore = current_app.extensions["files"]
    suffix = deposit.proof_key.rsplit(".", 1)[-1]
    answer = send_file(
        files.path(deposit.proof_key), mimetype=mimetype(deposit.proof_key), as_attachment=True, max_age=0,
        download_name=f"setoran-{month}-{deposit.code}-{deposit.id}.{suffix}",
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post(f"{_AT}/bukti-potong/<int:line_id>")
@requires(RECORD)
def slip(line_id: int) -> ResponseReturnValue:
    """Keep the number of a bukti potong after filing."""
    form, who = request.form, actor()
    line = session.get(OrderTax, line_id)
    if line is None or line.office_id != office_of(who):
        raise NotFound
    month = month_text(line.month)
    try:
        with unit_of_work():
            remitting.note_slip(who, line_id, form.get("tax", ""), form.get("number", ""), utc_now())
    except (Invalid, Conflict) as error:
        said, status = spoken(error)
        return _page(month, [("", sentence) for _name, sentence in said], status)
    flash(_("Nomor bukti potong disimpan."), "ok")
    return redirect(f"{_AT}/{month}", 303)


@bp.get(f"{_AT}/<month>/daftar.csv")
@requires(READ)
def list_csv(month: str) -> ResponseReturnValue:
    """Hand out the lines of a period as CSV."""
    who, office_id = _exported(month, "csv")
    rows = remit_export.as_csv(who, office_id, month_key(month), _papers(office_id, month))
    return _recorded(
        office_id, month, ("\ufeff" + "".join(rows)).encode(), commas.MEDIA_TYPE, f"DRAF-pajak-{month}.csv"
    )


@bp.get(f"{_AT}/<month>/daftar.xlsx")
@requires(READ)
def list_xlsx(month: str) -> ResponseReturnValue:
    """Hand out the lines of a period as a workbook."""
    who, office_id = _exported(month, "xlsx")
    content = remit_export.as_workbook(who, office_id, month_key(month), _papers(office_id, month), utc_now())
    return _recorded(office_id, month, content, MEDIA_TYPE, f"DRAF-pajak-{month}.xlsx")


def _recorded(office_id: int, month: str, content: bytes, kind: str, name: str) -> ResponseReturnValue:
    where = (OrderTax.office_id == office_id, OrderTax.month == month_key(month))
    rows = session.scalar(select(func.count()).select_from(OrderTax).where(*where)) or 0
    told = exported.taken(
        "tax", name, {"kantor": str(office_id), "masa": month}, _("Pajak masa %(month)s", month=month)
    )
    return exported.whole(told, content, rows, kind)


def _papers(office_id: int, month: str) -> remit_export.Papers:
    """Return the numbers of the papers behind a period's lines."""
    where = (OrderTax.office_id == office_id, OrderTax.month == month_key(month))
    return reading.numbers_of(select(OrderTax.order_id).where(*where), remit_export.PAPERS)


def _exported(month: str, kind: str) -> tuple[Actor, int]:
    """Note who takes the list. Raises NotFound for the whole city: lines are an office's."""
    who, key = actor(), month_key(month)
    office_id = _office(who)
    if office_id is None:
        raise NotFound
    with unit_of_work():
        remit_export.note_export(who, office_id, key, kind, utc_now())
    return who, office_id
