"""Door: asking for approval and giving it, line by line."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.approvals import answering, asking, keeping, reading, sending, states
from shop.approvals.answering import Verdict
from shop.approvals.reading import RequestView
from shop.base.actor import Actor
from shop.base.clock import utc_now
from shop.base.errors import Conflict, Invalid, SeparationOfDuties
from shop.catalog import places
from shop.db import session, unit_of_work
from shop.orders import forms
from shop.reference import regions
from shop.sourcing.record_reasons import REASONS, Said
from shop.storage.files import FileStore, mimetype
from shop.web import placed
from shop.web.errors import faults_told, say, status_of, told
from shop.web.guard import actor, requires
from shop.web.paging import page_from

bp = Blueprint("approvals", __name__)
_ID: Final = "/persetujuan/<int:request_id>"
_PER_PAGE: Final = 20


@bp.get("/persetujuan")
@requires(asking.READ)
def index() -> ResponseReturnValue:
    """List requests: those that wait for this hat, and all of the office."""
    who = actor()
    page = page_from(request.args.get("page"), default_size=_PER_PAGE)
    group = "giliran" if request.args.get("status") == "giliran" else ""
    rows, total = reading.requests(who, group, offset=page.offset, limit=page.size)
    return render_template(
        "approvals/index.html",
        rows=rows,
        total=total,
        page=page,
        group=group,
        tones=states.TONES,
        may_turn=who.may(answering.ANSWER) or who.may(asking.ASK),
    )


@bp.get(_ID)
@requires(asking.READ)
def show(request_id: int) -> ResponseReturnValue:
    """Show one request: what is asked, at which prices, until when, and what was said."""
    return _page(request_id)


def _page(request_id: int, faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    who, now = actor(), utc_now()
    view = reading.request(who, request_id)
    place = regions.regions(session).get(view.deliver_kecamatan)
    rule = asking.freeze_hours(view.asked_at)
    return render_template(
        "approvals/show.html",
        asked=view,
        tones=states.TONES,
        place=place.name if place else "",
        cost=reading.to_send(view) if view.state == "answered" else None,
        stops=reading.stops(view),
        papers=keeping.listed(view.papers),
        chosen_why={of: (REASONS.get(code, ""), words) for of, (code, words, _) in keeping.why_of(view.said).items()},
        place_names=places.kecamatan(),
        reasons=[(code, _(label)) for code, label in answering.REFUSE.items()],
        reason_of={code: _(label) for code, label in answering.REFUSE.items()},
        late=now > view.due_at and view.state in states.OPEN,
        blocked=_blocked(who, view),
        may_answer=view.state == "waiting" and who.may(answering.ANSWER),
        may_send=view.state == "answered" and who.may(asking.ASK) and who.acts_for(view.pp_id),
        may_withdraw=view.state in states.OPEN
        and who.may(asking.ASK)
        and any(map(who.acts_for, (view.asked_by, view.asked_for))),
        rule=rule,
        form=request.form,
        faults=faults or [],
    ), status


def _blocked(who: Actor, view: RequestView) -> str:
    """Return why this person may not answer, as a sentence; empty when nothing speaks against it."""
    if answering.is_own(who, view.asked_by, view.asked_for):
        return say(answering.OWN, {})
    return "" if who.acts_for(view.ppk_id) else say(answering.ONLY_ITS_PPK, {})


@bp.post(f"{_ID}/jawab")
@requires(answering.ANSWER)
def answer(request_id: int) -> ResponseReturnValue:
    """Answer every line: all, none, or each for itself."""
    who, form = actor(), request.form
    view = reading.request(who, request_id)  # somebody else's answers 404 before anything else is said
    words = form.get("message", "")
    try:
        with unit_of_work():
            answering.answer(who, request_id, forms.version(form), _verdicts(view), words, utc_now())
    except Invalid as error:
        return _page(request_id, _named(view, faults_told(error)), 422)
    except (Conflict, SeparationOfDuties) as error:
        return _page(request_id, [("", told(error))], status_of(error))
    flash(_("Jawaban tersimpan dan diberitahukan kepada yang meminta."), "success")
    return redirect(f"/persetujuan/{request_id}", 303)


def _verdicts(view: RequestView) -> dict[int, Verdict]:
    form = request.form
    act = form.get("act")
    if act == "all":
        return {line.id: Verdict(approved=True) for line in view.lines}
    if act == "none":
        no = Verdict(False, form.get("reason", ""), form.get("note", ""))  # noqa: FBT003 - its first field says it
        return {line.id: no for line in view.lines}
    found = {}
    for line in view.lines:
        said = form.get(f"line-{line.id}")
        if said in {"yes", "no"}:
            reason, words = form.get(f"reason-{line.id}", ""), form.get(f"words-{line.id}", "")
            found[line.id] = Verdict(said == "yes", reason, words)
    return found


def _named(view: RequestView, faults: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Say of which line a fault speaks; refusing everything has one pair of fields, and says each fault once."""
    if request.form.get("act") == "none":
        return list(dict.fromkeys((name.split("-", 1)[0], words) for name, words in faults))
    names = {f"{field}-{line.id}": line.name for line in view.lines for field in ("reason", "words")}
    return [(name, f"{names[name]}: {words}" if name in names else words) for name, words in faults]


@bp.post(f"{_ID}/kirim")
@requires(asking.ASK)
def send(request_id: int) -> ResponseReturnValue:
    """Send what was approved, at the kept prices."""
    who, form = actor(), request.form
    view = reading.request(who, request_id)
    try:
        shown = forms.number(form.get("shown_total"), "", "Muat ulang halaman ini lalu kirim lagi.")
        with unit_of_work():
            now = utc_now()
            sent = sending.send(who, request_id, forms.version(form), shown, now)
            placed.follow_up(who, sent, _said(view), view.risk_note, now)
    except Invalid as error:
        return _page(request_id, [("", words) for _name, words in faults_told(error)], 422)
    except Conflict as error:
        return _page(request_id, [("", told(error))], status_of(error))
    return redirect("/kirim/selesai?pesanan=" + ",".join(map(str, sent.order_ids)), 303)


def _said(view: RequestView) -> dict[int, Said]:
    return {product_id: Said(*why) for product_id, why in keeping.why_of(view.said).items()}


@bp.get(f"{_ID}/lampiran/<int:number>")
@requires(asking.READ)
def paper(request_id: int, number: int) -> ResponseReturnValue:
    """Hand out a paper that goes with the request, always as a download under a name of ours."""
    found = keeping.one_of(reading.request(actor(), request_id).papers, number)
    store: FileStore = current_app.extensions["files"]
    name = f"{found.kind}-{request_id}-{number}.{found.key.rsplit('.', 1)[-1]}"
    answer: Response = send_file(
        store.path(found.key), mimetype=mimetype(found.key), as_attachment=True, download_name=name, max_age=0
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post(f"{_ID}/tarik")
@requires(asking.ASK)
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take one's own request back."""
    who = actor()
    reading.request(who, request_id)
    try:
        with unit_of_work():
            asking.withdraw(who, request_id, forms.version(request.form), utc_now())
    except Conflict as error:
        return _page(request_id, [("", told(error))], status_of(error))
    flash(_("Permintaan ditarik. Tidak ada yang terikat."), "success")
    return redirect(f"/persetujuan/{request_id}", 303)
