"""Door: proving the figures, run after run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import utc_now
from shop.base.errors import Conflict
from shop.db import unit_of_work
from shop.oversight import reading, verifying
from shop.oversight.verifying import RUN
from shop.web import proofs
from shop.web.asked_orders import number_from
from shop.web.errors import told
from shop.web.guard import actor, requires

bp = Blueprint("oversight_verify", __name__)


@bp.get("/audit/verifikasi")
@requires(RUN)
def index() -> ResponseReturnValue:
    """Show the runs, the newest first, and let one begin."""
    return _page()


@bp.post("/audit/verifikasi")
@requires(RUN)
def start() -> ResponseReturnValue:
    """Ask for a run; the background does it."""
    try:
        with unit_of_work():
            run_id = verifying.ask(actor(), utc_now())
    except Conflict as error:
        return _page(told(error), 409)
    flash(_("Pemeriksaan dimulai. Halaman ini boleh ditutup; hasilnya tersimpan."), "ok")
    return redirect(f"/audit/verifikasi/{run_id}", 303)


@bp.get("/audit/verifikasi/<int:run_id>")
@requires(RUN)
def show(run_id: int) -> ResponseReturnValue:
    """Show one run: each step with what it compared, how fast, and the first differences."""
    found = reading.run(actor(), run_id, utc_now())
    return render_template("oversight/run.html", run=found, words=difference)


def difference(one: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return a difference that was kept as (where in words, by how much, address of what it is about or empty)."""
    return proofs.told(
        one["kind"], str(one["where"]), [(name, expected, found) for name, expected, found in one["numbers"]]
    )


def _page(fault: str = "", status: int = 200) -> tuple[str, int]:
    before = number_from(request.args.get("sebelum"))
    runs = reading.runs(actor(), utc_now(), before)
    last = runs[reading.PAGE - 1].id if len(runs) > reading.PAGE else None
    shown = runs[: reading.PAGE]
    return render_template("oversight/verify.html", runs=shown, next=last, first=before, fault=fault), status
