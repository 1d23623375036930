"""Door: bargaining with one producer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from shop.base.actor import Actor
from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound
from shop.catalog.offers import read_offers
from shop.catalog.places import kecamatan
from shop.db import unit_of_work
from shop.negotiation import bargaining, drawing, forms, ordering, reading, states, terms
from shop.orders import again, basket
from shop.orders.cart import BasketLine
from shop.orders.forms import for_input
from shop.web import asked, choosing, placed
from shop.web.downloads import PDF, download
from shop.web.errors import faults_told, spoken, status_of, told
from shop.web.guard import actor, requires
from shop.web.paging import page_from

bp = Blueprint("negotiation", __name__)
_ID: Final = "<int:negotiation_id>"


@bp.get("/tawar")
@requires(states.READ)
def index() -> ResponseReturnValue:
    """List negotiations, newest first."""
    who, page = actor(), page_from(request.args.get("page"), default_size=reading.PAGE)
    group = request.args.get("status", "")
    rows, total = reading.talks(who, group, page.offset, page.size)
    return render_template(
        "negotiation/index.html",
        rows=rows,
        group=group,
        groups=reading.GROUPS,
        labels=states.LABELS,
        tones=states.TONES,
        page=page.number,
        last=page.last(total),
        now=utc_now(),
    )


@bp.get("/tawar/baru")
@requires(states.BUY)
def new() -> ResponseReturnValue:
    """Ask for price, contents, place and time of products chosen elsewhere, everything filled in that can be known."""
    who, now = actor(), utc_now()
    ids = [forms.wide(text) for text in request.args.getlist("produk")[: terms.MAX_LINES]]
    counts = [forms.wide(text) for text in request.args.getlist("jumlah")]
    found = read_offers([i for i in ids if i > 0], local_day(now))
    lines = []
    for at, product_id in enumerate(dict.fromkeys(ids)):
        offer = found.get(product_id)
        if offer is not None and offer.for_sale:
            asked = counts[at] if at < len(counts) and 0 < counts[at] <= 100_000 else offer.min_order  # noqa: PLR2004
            lines.append(BasketLine(offer.id, asked, "", offer.price, offer))
    if not lines:
        flash(_("Pilih produk yang ingin ditawar dari katalog atau keranjang."), "info")
        return redirect("/katalog", 303)
    place = basket.usual(who, lines)
    values: MultiDict[str, str] = MultiDict(
        {
            "package_id": request.args.get("paket", ""),
            "deliver.address": place.address,
            "deliver.kecamatan": place.kecamatan,
            "deliver.at": for_input(again.next_time(lines, now)),
        }
    )
    for index, line in enumerate(lines):
        values[f"lines.{index}.product_id"] = str(line.product_id)
        values[f"lines.{index}.quantity"] = str(line.quantity)
    return _form(values)


def _form(
    values: MultiDict[str, str], faults: list[tuple[str, str]] | None = None, status: int = 200
) -> tuple[str, int]:
    who, now = actor(), utc_now()
    rows = _rows(values, now)
    if not rows:
        raise NotFound(_("Produk ini tidak ada."))
    return render_template(
        "negotiation/new.html",
        values=values,
        rows=rows,
        packages=forms.package_options(who, now),
        kecamatan=list(kecamatan().items()),
        faults=faults or [],
    ), status


def _rows(values: MultiDict[str, str], now: datetime) -> list[tuple[int, Any, int]]:
    """Return (number in the form, offer, list price at the typed quantity) of the lines of a form."""
    ids = {n: forms.wide(values.get(f"lines.{n}.product_id")) for n in range(terms.MAX_LINES)}
    found = read_offers([i for i in ids.values() if i > 0], local_day(now))
    counts = {n: min(max(forms.wide(values.get(f"lines.{n}.quantity")), 1), 100_000) for n in ids}
    return [(n, found[i], found[i].price_at(counts[n])) for n, i in ids.items() if i in found]


@bp.post("/tawar")
@requires(states.BUY)
def start() -> ResponseReturnValue:
    """Open bargaining. Whatever stands in the way, everything typed is still there."""
    who, form = actor(), request.form
    try:
        given, paid_by = forms.offered(form), forms.package(form)
        with unit_of_work():
            made = bargaining.start(who, paid_by, form.get("purpose", ""), given, utc_now()).id
    except (Invalid, Conflict, Forbidden) as error:
        return _form(form, *spoken(error))
    flash(_("Tawaran dikirim. Produsen sudah diberi tahu."), "ok")
    return redirect(f"/tawar/{made}", 303)


@bp.get(f"/tawar/{_ID}")
@requires(states.READ)
def show(negotiation_id: int) -> ResponseReturnValue:
    """Show one negotiation: whose turn, all versions with what changed, and what you can do."""
    return _page(negotiation_id)


def _page(
    negotiation_id: int, faults: list[tuple[str, str]] | None = None, opened: str = "", status: int = 200
) -> tuple[str, int]:
    who, now = actor(), utc_now()
    talk = reading.talk(who, negotiation_id)
    bill = None
    if talk.state == "agreed":
        rows = ordering.promised("negotiation", talk.id)
        bill = next(iter(ordering.bills(rows, talk.last.deliver_kecamatan, talk.last.deliver_at, now)), None)
    seat = talk.seat(who)
    return render_template(
        "negotiation/show.html",
        talk=talk,
        seat=seat,
        mine=seat == talk.turn and talk.is_open and now <= talk.turn_due,
        label=states.LABELS[talk.state],
        tone=states.TONES[talk.state],
        bill=bill,
        places=kecamatan(),
        values=request.form if opened == "balas" else _as_typed(talk),
        opened=opened,
        faults=faults or [],
        now=now,
    ), status


def _as_typed(talk: reading.Talk) -> dict[str, str]:
    """Return the last version as the form of the next one has it."""
    last = talk.last
    values = {
        "deliver.at": for_input(last.deliver_at),
        "deliver.address": last.deliver_address,
        "deliver.kecamatan": last.deliver_kecamatan,
    }
    for index, line in enumerate(last.lines):
        values |= {f"lines.{index}.{name}": str(line[name]) for name in ("product_id", "quantity", "contents", "why")}
        values[f"lines.{index}.price"] = str(line["unit_price"])
    return values


@bp.post(f"/tawar/{_ID}/setuju")
@requires(states.READ)
def accept(negotiation_id: int) -> ResponseReturnValue:
    """Agree to what is on the table: one tap."""
    return _act(
        negotiation_id,
        lambda who, version, now: bargaining.accept(who, negotiation_id, version, now),
        _("Sepakat. Berita Acara sudah dibuat."),
        "setuju",
    )


@bp.post(f"/tawar/{_ID}/balas")
@requires(states.READ)
def counter(negotiation_id: int) -> ResponseReturnValue:
    """Put another version on the table."""
    return _act(
        negotiation_id,
        lambda who, version, now: bargaining.counter(who, negotiation_id, version, forms.offered(request.form), now),
        _("Versi baru dikirim. Sekarang giliran pihak lain."),
        "balas",
    )


@bp.post(f"/tawar/{_ID}/akhiri")
@requires(states.READ)
def end(negotiation_id: int) -> ResponseReturnValue:
    """Stop without agreement, with a reason."""
    return _act(
        negotiation_id,
        lambda who, version, now: bargaining.end(who, negotiation_id, version, request.form.get("note", ""), now),
        _("Tawar-menawar dihentikan."),
        "akhiri",
    )


def _act(
    negotiation_id: int, verb: Callable[[Actor, int, datetime], object], done: str, opened: str
) -> ResponseReturnValue:
    who = actor()
    reading.talk(who, negotiation_id)  # somebody else's answers 404 before anything else is said
    try:
        with unit_of_work():
            verb(who, forms.wide(request.form.get("version")), utc_now())
    except Invalid as error:
        return _page(negotiation_id, faults_told(error), opened, 422)
    except (Conflict, Forbidden) as error:
        return _page(negotiation_id, [("", told(error))], opened, status_of(error))
    flash(done, "ok")
    return redirect(f"/tawar/{negotiation_id}", 303)


@bp.post(f"/tawar/{_ID}/pesan")
@requires(states.BUY)
def order(negotiation_id: int) -> ResponseReturnValue:
    """Send what was agreed as a surat pesanan: one action."""
    who = actor()
    reading.talk(who, negotiation_id)
    try:
        with unit_of_work():
            now, shown = utc_now(), forms.wide(request.form.get("shown_total"))
            made = ordering.order_agreed(who, negotiation_id, shown, now)
            placed.follow_up(who, made, choosing.said_in_form(), "", now)
    except Invalid as error:
        return _page(negotiation_id, choosing.only_asked(faults_told(error)), status=422)
    except (Conflict, Forbidden) as error:
        if error.kind == "needs-approval":  # what was agreed goes to the PPK at the agreed price instead
            return asked.instead(lambda: ordering.agreed(who, negotiation_id, shown, now))
        return _page(negotiation_id, [("", told(error))], status=status_of(error))
    return redirect("/kirim/selesai?pesanan=" + ",".join(map(str, made.order_ids)), 303)


@bp.get(f"/tawar/{_ID}/berita-acara")
@requires(states.READ)
def paper(negotiation_id: int) -> ResponseReturnValue:
    """Hand out the Berita Acara Negosiasi as PDF."""
    talk = reading.talk(actor(), negotiation_id)
    if not talk.record_number or talk.ended_at is None:
        raise NotFound(_("Berita Acara ada setelah kedua pihak sepakat."))
    content = drawing.talk_pdf(talk, kecamatan(), talk.ended_at)
    return download(content, PDF, f"berita-acara-{talk.record_number}.pdf")
