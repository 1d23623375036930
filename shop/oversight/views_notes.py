"""Door: notes of auditors, and the one answer of an office to a question."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import utc_now
from shop.base.errors import Conflict, Invalid
from shop.db import unit_of_work
from shop.orders import reading as orders
from shop.oversight import notes
from shop.oversight.notes import ANSWER, AUDIENCES, KINDS, WRITE, Subject
from shop.web.asked_orders import number_from
from shop.web.errors import say, spoken
from shop.web.guard import actor, requires

bp = Blueprint("oversight_notes", __name__)
_QUESTION: Final = "/pesanan/<int:order_id>/tanya/<int:note_id>"


@bp.get("/audit/catatan")
@requires(WRITE)
def index() -> ResponseReturnValue:
    """Show the own notes, the newest first, with what offices answered; or all about one thing, with a form."""
    if request.args.get("tentang"):
        return _about(notes.subject_from(request.args.get("tentang"), request.args.get("id")))
    before = number_from(request.args.get("sebelum"))
    rows = notes.notes(actor(), before=before)
    last = rows[notes.PAGE - 1].id if len(rows) > notes.PAGE else None
    return render_template(
        "oversight/notes.html", rows=rows[: notes.PAGE], next=last, first=before, audiences=AUDIENCES, kinds=KINDS
    )


@bp.post("/audit/catatan")
@requires(WRITE)
def write() -> ResponseReturnValue:
    """Keep a note about something; shared with the office it becomes a question."""
    about = notes.subject_from(request.form.get("tentang"), request.form.get("id"))
    try:
        with unit_of_work():
            notes.write(actor(), about, request.form, utc_now())
    except (Invalid, Conflict) as error:
        return _about(about, *spoken(error))
    flash(_("Catatan disimpan."), "ok")
    return redirect(_address(about), 303)


@bp.get("/audit/catatan/<int:note_id>")
@requires(WRITE)
def show(note_id: int) -> ResponseReturnValue:
    """Show one note, and let its writer supersede it."""
    return _one(note_id)


@bp.post("/audit/catatan/<int:note_id>")
@requires(WRITE)
def supersede(note_id: int) -> ResponseReturnValue:
    """Keep a later note in the place of this one; both stay readable."""
    old = notes.note(actor(), note_id)
    about = Subject(old.subject_kind, old.subject_id, old.order_id)
    try:
        with unit_of_work():
            notes.write(actor(), about, request.form, utc_now(), note_id)
    except (Invalid, Conflict) as error:
        return _one(note_id, *spoken(error))
    flash(_("Catatan disimpan. Yang lama tetap dapat dibaca."), "ok")
    return redirect(_address(about), 303)


@bp.get(_QUESTION)
@requires(ANSWER)
def question(order_id: int, note_id: int) -> ResponseReturnValue:
    """Show a question about an order of the own office, to be answered."""
    return _question(order_id, note_id)


@bp.post(_QUESTION)
@requires(ANSWER)
def answer(order_id: int, note_id: int) -> ResponseReturnValue:
    """Answer it, once."""
    try:
        with unit_of_work():
            notes.answer(actor(), order_id, note_id, request.form.get("jawaban", ""), utc_now())
    except (Invalid, Conflict) as error:
        return _question(order_id, note_id, *spoken(error))
    flash(_("Jawaban disimpan dan dikirim kepada auditor."), "ok")
    return redirect(f"/pesanan/{order_id}#part-oversight", 303)


def _question(
    order_id: int, note_id: int, faults: list[tuple[str, str]] | None = None, status: int = 200
) -> tuple[str, int]:
    who = actor()
    found = notes.question(who, order_id, note_id)
    order = orders.order(orders.scope_of([who]), order_id)
    words = request.form.get("jawaban", "")
    return render_template("oversight/answer.html", order=order, note=found, words=words, faults=faults or []), status


def _address(about: Subject) -> str:
    return f"/audit/catatan?tentang={about.kind}&id={about.id}"


def _choices(*, on_order: bool) -> list[tuple[str, str]]:
    return [(code, say(label, {})) for code, label in AUDIENCES.items() if on_order or code != "office"]


def _about(about: Subject, faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    return render_template(
        "oversight/note_about.html", about=about, rows=notes.notes(actor(), about=about)[: notes.PAGE], kinds=KINDS,
        audiences=AUDIENCES, choices=_choices(on_order=about.order_id is not None), faults=faults or [], sent=request.form,
    ), status  # fmt: skip


def _one(note_id: int, faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    who = actor()
    found = notes.note(who, note_id)
    mine = found.written_by == who.user_id and found.later is None and found.audience != "office"
    return render_template(
        "oversight/note.html", note=found, mine=mine, kinds=KINDS, audiences=AUDIENCES,
        choices=_choices(on_order=found.order_id is not None), faults=faults or [], sent=request.form,
    ), status  # fmt: skip
