"""Door: a sealed request to several producers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from shop.base.actor import Actor
from shop.base.clock import at_local, local_day, utc_now
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound
from shop.catalog.categories import shelves
from shop.catalog.places import kecamatan
from shop.db import session, unit_of_work
from shop.negotiation import (
    awarding,
    bidding,
    competitions,
    drawing,
    forms,
    opening,
    ordering,
    reasons,
    requesting,
    states,
    terms,
)
from shop.negotiation.requesting import Able
from shop.orders import basket
from shop.orders.forms import for_input
from shop.orders.terms import FARTHEST_DELIVERY
from shop.reference import calendar
from shop.web import asked, choosing, placed
from shop.web.downloads import PDF, download
from shop.web.errors import faults_told, spoken, status_of, told
from shop.web.guard import actor, requires
from shop.web.language import language
from shop.web.paging import page_from

bp = Blueprint("competition", __name__)
_ID: Final = "<int:competition_id>"
_TICKED: Final = 5
"""How many of those found are ticked beforehand: neighbours first, the others in turn."""
Faults = list[tuple[str, str]]


@bp.get("/kompetisi")
@requires(states.READ)
def index() -> ResponseReturnValue:
    """List competitions, newest first: the office's own, or those a producer is asked to."""
    who, page = actor(), page_from(request.args.get("page"), default_size=competitions.PAGE)
    group = request.args.get("status", "")
    rows, total = competitions.tenders(who, group, page.offset, page.size)
    return render_template(
        "negotiation/competitions.html",
        rows=rows,
        group=group,
        groups=competitions.GROUPS,
        labels=states.LABELS,
        tones=states.TONES,
        page=page.number,
        last=page.last(total),
        now=utc_now(),
    )


@bp.get("/kompetisi/baru")
@requires(states.BUY)
def new() -> ResponseReturnValue:
    """Ask what is needed; who is able is looked for on the next screen of the same form."""
    who, now = actor(), utc_now()
    place = basket.usual(who, ())
    day, free = local_day(now), calendar.holiday_set(session)
    values: MultiDict[str, str] = MultiDict(
        {
            "category": request.args.get("kategori", ""),
            "package_id": request.args.get("paket", ""),
            "deliver.address": place.address,
            "deliver.kecamatan": place.kecamatan,
            "deliver.at": for_input(at_local(calendar.add_working_days(day, 5, free), time(10))),
            "deadline": for_input(at_local(calendar.add_working_days(day, 2, free), time(15))),
        }
    )
    return _form(values, found=None)


def _form(
    values: MultiDict[str, str], faults: Faults | None = None, status: int = 200, *, found: Sequence[Able] | None
) -> tuple[str, int]:
    who, now = actor(), utc_now()
    filled = [n for n in range(terms.MAX_LINES) if values.get(f"lines.{n}.need", "").strip()]
    ticked = forms.chosen(values) if "vendor" in values else [one.id for one in (found or ())][:_TICKED]
    return render_template(
        "negotiation/competition_new.html",
        values=values,
        rows=min(max(3, max(filled, default=-1) + 2), terms.MAX_LINES),
        found=found,
        ticked=ticked,
        least=terms.least_invited(local_day(now)),
        packages=forms.package_options(who, now),
        categories=[(code, shelf.name(language())) for code, shelf in shelves().items()],
        kecamatan=list(kecamatan().items()),
        faults=faults or [],
    ), status


@bp.post("/kompetisi")
@requires(states.BUY)
def call() -> ResponseReturnValue:
    """Look for who is able (`act=find`), or send the request to who is ticked. Everything typed is kept."""
    who, form, now = actor(), request.form, utc_now()
    found = _able(who, form, now)
    try:
        need = forms.need(form)
        if form.get("act") == "send":
            with unit_of_work():
                able = {one.id for one in found or () if not one.added}
                made = requesting.call(who, need, forms.chosen(form), able, now).id
            flash(_("Permintaan dikirim. Sampai batas waktunya tidak seorang pun melihat harga."), "ok")
            return redirect(f"/kompetisi/{made}", 303)
        requesting.check(who, need, now)
    except (Invalid, Conflict, Forbidden) as error:
        return _form(form, *spoken(error), found=found)
    return _form(form, found=found)


def _able(who: Actor, form: MultiDict[str, str], now: datetime) -> Sequence[Able] | None:
    place = forms.sought(form)
    if place is None or not now < place.at <= now + FARTHEST_DELIVERY or place.kecamatan not in kecamatan():
        return None
    return requesting.able(who, form.get("category", ""), place, form.get("cari", ""), now)


@bp.get(f"/kompetisi/{_ID}")
@requires(states.READ)
def show(competition_id: int) -> ResponseReturnValue:
    """Show one competition as this hat may see it; a deadline that has passed opens it here if nobody was quicker."""
    who, now = actor(), utc_now()
    found = competitions.tender(who, competition_id, now)
    if found.row.state == "collecting" and now > found.row.deadline:
        with unit_of_work():
            opening.open_if_due(competition_id, now)
    elif who.vendor_id is not None:
        with unit_of_work():
            bidding.see(who, competition_id, now)
    return _page(competition_id)


def _page(competition_id: int, faults: Faults | None = None, opened: str = "", status: int = 200) -> tuple[str, int]:
    who, now = actor(), utc_now()
    found = competitions.tender(who, competition_id, now)
    row = found.row
    bills = []
    if row.state == "awarded" and who.vendor_id is None:
        bills = ordering.bills(ordering.promised("competition", row.id), row.deliver_kecamatan, row.deliver_at, now)
    bidding_open = row.state == "collecting" and now <= row.deadline
    return render_template(
        "negotiation/competition.html",
        tender=found,
        row=row,
        holds=found.holds(who),
        bidding_open=bidding_open,
        goods=bidding.own_goods(who, row.category_code) if who.vendor_id is not None and bidding_open else (),
        values=request.form if opened else forms.as_bid(found.mine),
        opened=opened,
        label=states.LABELS[row.state],
        tone=states.TONES[row.state],
        category=shelves()[row.category_code].name(language()) if row.category_code in shelves() else "",
        places=kecamatan(),
        reasons=reasons,
        bills=bills,
        names={invite.vendor_id: invite.vendor_name for invite in found.invites},
        may_extend=row.extended_at is None,
        least_bids=terms.least_bids(local_day(row.made_at)),
        faults=faults or [],
        now=now,
    ), status


@bp.post(f"/kompetisi/{_ID}/penawaran")
@requires(states.READ)
def bid(competition_id: int) -> ResponseReturnValue:
    """Put the own bid into its envelope, or replace it."""

    def verb(who: Actor, _version: int, now: datetime) -> None:
        who.require(states.SELL)
        given = forms.bids(request.form, [line.id for line in bidding.lines_of(competition_id)])
        bidding.bid(who, competition_id, forms.wide(request.form.get("seen")), given, now)

    done = _("Penawaran Anda tersimpan dalam amplop tertutup. Anda boleh mengganti atau menariknya sampai batas waktu.")
    return _act(competition_id, verb, done, "penawaran")


@bp.post(f"/kompetisi/{_ID}/tarik")
@requires(states.READ)
def withdraw(competition_id: int) -> ResponseReturnValue:
    """Take the own bid back."""
    return _act(
        competition_id,
        lambda who, _version, now: bidding.withdraw_bid(who, competition_id, forms.wide(request.form.get("seen")), now),
        _("Penawaran Anda ditarik."),
    )


@bp.post(f"/kompetisi/{_ID}/perpanjang")
@requires(states.BUY)
def extend(competition_id: int) -> ResponseReturnValue:
    """Give more time, once."""
    return _act(
        competition_id,
        lambda who, version, now: opening.extend(who, competition_id, version, now),
        _("Waktu diperpanjang. Semua produsen yang diminta sudah diberi tahu."),
    )


@bp.post(f"/kompetisi/{_ID}/buka")
@requires(states.BUY)
def open_anyway(competition_id: int) -> ResponseReturnValue:
    """Open fewer bids than the rule wants, with a reason."""
    return _act(
        competition_id,
        lambda who, version, now: opening.open_anyway(who, competition_id, version, request.form.get("note", ""), now),
        _("Amplop dibuka. Alasan Anda tercatat dalam Berita Acara."),
    )


@bp.post(f"/kompetisi/{_ID}/tutup")
@requires(states.BUY)
def close(competition_id: int) -> ResponseReturnValue:
    """End without a winner, with a reason."""
    return _act(
        competition_id,
        lambda who, version, now: opening.close(who, competition_id, version, request.form.get("note", ""), now),
        _("Permintaan ditutup tanpa pemenang. Semua yang diminta sudah diberi tahu."),
    )


@bp.post(f"/kompetisi/{_ID}/tetapkan")
@requires(states.BUY)
def award(competition_id: int) -> ResponseReturnValue:
    """Give each line to a winner, with a reason where it is not the cheapest."""

    def verb(who: Actor, version: int, now: datetime) -> None:
        given = forms.choices(request.form, [line.id for line in bidding.lines_of(competition_id)])
        awarding.award(who, competition_id, version, given, now)

    return _act(competition_id, verb, _("Pemenang ditetapkan. Semua yang menawar sudah diberi tahu."), "tetapkan")


@bp.post(f"/kompetisi/{_ID}/pesan")
@requires(states.BUY)
def order(competition_id: int) -> ResponseReturnValue:
    """Send what was awarded: one surat pesanan for each winner, in one action."""
    who, form, now = actor(), request.form, utc_now()
    competitions.tender(who, competition_id, now)
    shown, only = forms.wide(form.get("shown_total")), forms.wide(form.get("vendor"))
    try:
        with unit_of_work():
            made = ordering.order_awarded(who, competition_id, only if only > 0 else None, shown, now)
            placed.follow_up(who, made, choosing.said_in_form(), "", now)
    except Invalid as error:
        return _page(competition_id, choosing.only_asked(faults_told(error)), status=422)
    except (Conflict, Forbidden) as error:
        if error.kind == "needs-approval":  # what was agreed goes to the PPK at the agreed price instead
            return asked.instead(lambda: ordering.awarded(who, competition_id, only if only > 0 else None, shown, now))
        return _page(competition_id, [("", told(error))], status=status_of(error))
    return redirect("/kirim/selesai?pesanan=" + ",".join(map(str, made.order_ids)), 303)


@bp.get(f"/kompetisi/{_ID}/berita-acara")
@requires(states.READ)
def paper(competition_id: int) -> ResponseReturnValue:
    """Hand out the Berita Acara with the comparison, to the office and to auditors."""
    who = actor()
    found = competitions.tender(who, competition_id, utc_now())
    if who.vendor_id is not None or not found.row.record_number or found.row.ended_at is None:
        raise NotFound(_("Berita Acara ada setelah pemenang ditetapkan, untuk kantor."))
    content = drawing.tender_pdf(found, kecamatan(), found.row.ended_at)
    return download(content, PDF, f"berita-acara-{found.row.record_number}.pdf")


def _act(
    competition_id: int, verb: Callable[[Actor, int, datetime], object], done: str, opened: str = ""
) -> ResponseReturnValue:
    who, now = actor(), utc_now()
    competitions.tender(who, competition_id, now)  # somebody else's answers 404 before anything else is said
    try:
        with unit_of_work():
            verb(who, forms.wide(request.form.get("version")), now)
    except Invalid as error:
        return _page(competition_id, faults_told(error), opened, 422)
    except (Conflict, Forbidden) as error:
        return _page(competition_id, [("", told(error))], opened, status_of(error))
    flash(done, "ok")
    return redirect(f"/kompetisi/{competition_id}", 303)
