"""Door: who takes whose place, from when to when."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.accounts import delegating, deputies
from shop.accounts.delegating import Leave
from shop.accounts.permissions import LABELS, Role
from shop.base.clock import local_day, utc_now
from shop.base.errors import FieldFault, Invalid
from shop.base.sheet import day as read_day
from shop.db import session, unit_of_work
from shop.reference import policy
from shop.web.errors import faults_told
from shop.web.guard import actor, requires

bp = Blueprint("delegation", __name__)
_PATH: Final = "/delegasi"


@bp.get(_PATH)
@requires(delegating.MAKE)
def index() -> ResponseReturnValue:
    """Show who replaces whom in this office, and ask for a new one."""
    return _page()


def _page(faults: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    who, today = actor(), local_day(utc_now())
    worn = delegating.own_hats(who, today)
    form: dict[str, Any] = request.form.to_dict() if faults else {}
    mine = next((hat.id for hat in worn if hat.user_id == who.user_id), "")
    page = render_template(
        "accounts/delegations.html",
        rows=deputies.delegations(who, today),
        hat_options=[(hat.id, f"{_(LABELS[Role(hat.role)])} · {hat.name}") for hat in worn],
        colleagues=delegating.colleagues(who, today),
        form={"hat_id": mine, "from_day": today.isoformat()} | form,
        faults=faults or [],
        today=today,
        rule=policy.rule(session, "delegation.max_days", today),
    )
    return page, status


@bp.post(_PATH)
@requires(delegating.MAKE)
def make() -> ResponseReturnValue:
    """Let a colleague take a place."""
    try:
        leave = _leave()
        with unit_of_work():
            delegating.delegate(actor(), leave, utc_now())
    except Invalid as error:
        return _page(faults_told(error), 422)
    flash(_("Penggantian tercatat. Rekan Anda melihat peran itu di daftar perannya pada hari pertama."), "success")
    return redirect(_PATH, 303)


def _leave() -> Leave:
    """Read the form. Raises Invalid with every unreadable field at once."""
    form, faults = request.form, list[FieldFault]()
    first, last = read_day(form.get("from_day", "")), read_day(form.get("until_day", ""))
    hat_id, deputy_id = _number(form.get("hat_id", "")), _number(form.get("deputy_id", ""))
    if hat_id is None:
        faults.append(FieldFault("hat_id", "Pilih siapa yang digantikan."))
    if deputy_id is None:
        faults.append(FieldFault("deputy_id", "Pilih rekan yang menggantikan."))
    if first is None:
        faults.append(FieldFault("from_day", "Isi hari pertama, misalnya 25-11-2026."))
    if last is None:
        faults.append(FieldFault("until_day", "Isi hari terakhir, misalnya 27-11-2026."))
    if faults or hat_id is None or deputy_id is None or first is None or last is None:
        raise Invalid(faults=tuple(faults))
    return Leave(hat_id, deputy_id, first, last, form.get("reason", ""))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - below 2**63


@bp.post(f"{_PATH}/<int:delegation_id>/tarik")
@requires(delegating.MAKE)
def withdraw(delegation_id: int) -> ResponseReturnValue:
    """End a delegation at once."""
    with unit_of_work():
        delegating.withdraw(actor(), delegation_id, utc_now())
    flash(_("Penggantian ditarik. Peran pengganti itu sudah berakhir."), "success")
    return redirect(_PATH, 303)
