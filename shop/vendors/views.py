"""Doors of registration and of the own business: save and resume, masked numbers."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.accounts import people
from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound, Stale
from shop.base.numbers import mask
from shop.base.sheet import whole
from shop.db import session, unit_of_work
from shop.reference import regions
from shop.vendors import business_lines, forms, own_qris, registering, states, taxpaying
from shop.vendors.models import Vendor
from shop.web import login
from shop.web.errors import faults_told, told
from shop.web.guard import actor, public, requires
from shop.web.language import language
from shop.web.limits import limiter

bp = Blueprint("vendors", __name__)

_LIMIT: Final = "10/minute;60/hour"
"""Each try costs a password hash; a kecamatan office registers people one after another from one address."""
SECRETS: Final = ("nik", "phone", "nib", "npwp", "bank_account", "tax_paper_number", "qris", "qris_nmid")
_HINTS: Final = {
    "identitas": "Siapkan KTP.",
    "izin": "NIB dan bidang usaha.",
    "pajak": "Omzet tahun lalu; NPWP bila punya.",
    "rekening": "Tempat kantor membayar Anda.",
    "qris": "Boleh kosong. Agar kantor dapat membayar lewat QRIS Anda.",
    "jam": "Kapan pesanan dapat diantar.",
    "kirim": "Kosong berarti ke seluruh Jakarta tanpa ongkos.",
}


@bp.get("/daftar")
@public
def begin() -> ResponseReturnValue:
    """Ask for what makes an account and a business; whoever is signed in goes on to it."""
    return redirect("/usaha") if actor().vendor_id else _begin([], 200)


def _begin(faults: list[tuple[str, str]], status: int) -> ResponseReturnValue:
    page = render_template(
        "vendors/begin.html",
        faults=faults,
        faults_of=dict(faults),
        errors=bool(faults),
        sent=request.form,
        places=_places(),
        taken=status == 409,  # noqa: PLR2004 - Conflict
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _places() -> list[tuple[str, str]]:
    return sorted(((row.code, row.name) for row in regions.kecamatan(session)), key=lambda pair: pair[1])


@bp.post("/daftar")
@public
@limiter.limit(_LIMIT)
def register() -> ResponseReturnValue:
    """Make account, business and hat in one unit of work, sign in, and go on to the steps."""
    try:
        user, business = _asked()
        with unit_of_work():
            user_id, hat_id = registering.open_business(user, business, utc_now())
    except Invalid as error:
        return _begin(faults_told(error), 422)
    except Conflict as error:
        return _begin([("email", told(error))], 409)
    login.start(user_id, 1, hat_id)
    flash(_("Akun Anda sudah jadi. Lanjutkan langkah di bawah; setiap langkah tersimpan sendiri."), "ok")
    return redirect("/usaha", 303)


def _asked() -> tuple[people.NewUser, registering.NewBusiness]:
    sent = request.form
    faults: list[FieldFault] = []
    business, user = registering.NewBusiness("", "", "", ""), None
    try:
        user = people.prepare_user(
            email=sent.get("email", ""),
            name=sent.get("name", ""),
            password=sent.get("password", ""),
            locale=language(),
        )
    except Invalid as error:
        faults += error.faults
    try:
        business = registering.check_business(
            registering.NewBusiness(
                sent.get("business", ""), sent.get("kind", ""), sent.get("kecamatan_code", ""), sent.get("phone", "")
            )
        )
    except Invalid as error:
        faults += error.faults
    if sent.get("agree") != "1":
        faults.append(FieldFault("agree", "Centang persetujuan untuk melanjutkan."))
    if faults or user is None:
        raise Invalid(faults=tuple(faults))
    return user, business


@bp.get("/usaha")
@requires(registering.MANAGE)
def business() -> ResponseReturnValue:
    """The registration as a checklist; afterwards the same steps serve to change data."""
    vendor = registering.own_vendor(actor())
    missing = registering.missing(vendor)
    return render_template(
        "vendors/business.html",
        vendor=vendor,
        steps=[(step, registering.TITLES[step], _HINTS[step], step not in missing) for step in registering.STEPS],
        missing=missing,
        state=states.LABELS[vendor.state],
    )


@bp.post("/usaha/selesai")
@requires(registering.MANAGE)
def finish() -> ResponseReturnValue:
    """Finish the registration."""
    try:
        with unit_of_work():
            registering.complete(actor(), _version(), utc_now())
    except Invalid as error:
        flash(told(error), "bad")
        return redirect("/usaha", 303)
    flash(_("Pendaftaran selesai. Sekarang tambahkan produk pertama Anda."), "ok")
    return redirect("/produk-saya", 303)


@bp.get("/usaha/<step>")
@requires(registering.MANAGE)
def step_page(step: str) -> ResponseReturnValue:
    """One step as a form of its own."""
    return _step(step, registering.own_vendor(actor()))


@bp.post("/usaha/<step>")
@requires(registering.MANAGE)
def save_step(step: str) -> ResponseReturnValue:
    """Keep one step; what was typed stays when something is wrong or somebody was first."""
    who, now = actor(), utc_now()
    vendor = registering.own_vendor(who)
    if step not in registering.TITLES:
        raise NotFound
    if step == "izin" and request.form.get("search"):
        return _step(step, vendor)
    try:
        if step == "kirim":
            costs = forms.read_areas(request.form, [code for code, _name in _places()])
            with unit_of_work():
                registering.save_areas(who, _version(), costs, now)
        else:
            values = forms.READERS[step](forms.Form(request.form, local_day(now), _kept(vendor)))
            with unit_of_work():
                vendor = registering.save_step(who, step, _version(), values, now)
    except Invalid as error:
        return _step(step, vendor, faults_told(error), 422)
    except Stale as error:
        return _step(step, registering.own_vendor(who), [("", told(error))], 409)
    except Conflict as error:
        return _step(step, registering.own_vendor(who), [("nib", told(error))], 409)
    flash(_("Tersimpan."), "ok")
    if step == "qris" and vendor.qris and not own_qris.is_named(vendor.qris, vendor.name):
        return redirect("/usaha/qris", 303)  # where it says that the names differ
    return redirect("/usaha", 303)


def _version() -> int:
    return whole(request.form.get("version", "")) or 0


def _kept(vendor: Vendor) -> dict[str, Any]:
    return {name: getattr(vendor, name) for name in SECRETS}


def _step(
    step: str, vendor: Vendor, faults: list[tuple[str, str]] | None = None, status: int = 200
) -> ResponseReturnValue:
    if step not in registering.TITLES:
        raise NotFound
    typed = request.form if request.method == "POST" else None
    chosen = typed.get("kbli_code", "") if typed is not None else vendor.kbli_code or ""
    words = typed.get("words", "") if typed is not None else ""
    page = render_template(
        f"vendors/step_{step}.html",
        title=registering.TITLES[step],
        vendor=vendor,
        version=typed.get("version", vendor.version) if typed is not None else vendor.version,
        values=typed if typed is not None else _shown(vendor),
        kept={name: mask(value) for name, value in _kept(vendor).items()},
        faults=faults or [],
        faults_of=dict(faults or ()),
        errors=bool(faults),
        places=_places() if step in {"identitas", "kirim"} else (),
        areas=registering.areas_of(vendor.id) if step == "kirim" else {},
        lines=business_lines.find(words, [chosen]) if step == "izin" else (),
        chosen=chosen,
        words=words,
        tax=taxpaying,
        pairs=_pairs,
        qris_name=own_qris.name_of(vendor.qris) if step == "qris" else "",
        qris_named=step != "qris" or own_qris.is_named(vendor.qris, vendor.name),
        rule=registering.eligible_forms(local_day(utc_now())) if step == "pajak" else None,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _pairs(labels: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key, _(label if isinstance(label, str) else label[0])) for key, label in labels.items()]


def _shown(vendor: Vendor) -> dict[str, Any]:
    """Return what the forms show of a kept business: clocks as people write them, secret numbers as nothing."""
    names = {name for step in registering.STEPS.values() for name in step} - set(SECRETS)
    values = {name: getattr(vendor, name) for name in names}
    values |= {
        name: f"{values[name] // 60:02d}:{values[name] % 60:02d}"
        for name in ("opens_at", "closes_at")
        if values[name] is not None
    }
    return values | {f"closed-{day}": "1" for day in range(7) if vendor.closed_weekdays >> day & 1}
