"""Doors of the accounts room: signing in and out, the hat, the profile, tokens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request
from flask import session as visit
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.accounts import forms, hats, keeping_safe, people, ringing, signing_in, tokens
from shop.base.clock import utc_now
from shop.base.errors import Invalid, ShopError, TooMany
from shop.base.numbers import mask
from shop.db import unit_of_work
from shop.settings import Settings
from shop.web import language, login
from shop.web.errors import status_of, told
from shop.web.formfaults import form_faults, show_faults
from shop.web.guard import actor, public, signed_in, worn_hats
from shop.web.limits import limiter
from shop.web.onward import path_here

bp = Blueprint("accounts", __name__)
LAST_HAT = "peran"
"""Cookie with the hat worn last, so that the next sign-in begins with it. Worth nothing without a session."""
_YEAR_SECONDS = 31_536_000
# One office's people often share one address; single accounts are held by the lock in the database.
_SIGN_IN_LIMIT = "30/minute;600/hour"
_HASHING_LIMIT = "10/minute"


@bp.get("/masuk")
@public
def sign_in_page() -> ResponseReturnValue:
    """Show the sign-in page; whoever is signed in already goes on."""
    target = local_path(request.args.get("next", ""))
    if actor().user_id is not None:
        return redirect(target)
    return _sign_in_page(forms.SignInForm(formdata=None, next=target), 200)


@bp.post("/masuk")
@public
@limiter.limit(_SIGN_IN_LIMIT)
def sign_in() -> ResponseReturnValue:
    """Check the password outside the transaction, note the try in a short one, and begin the session."""
    form = forms.SignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    settings, now = _settings(), utc_now()
    try:
        attempt = signing_in.examine(form.identifier.data, form.password.data, now, settings)
        with unit_of_work():
            outcome = signing_in.settle(attempt, now, settings)
        if isinstance(outcome, signing_in.Refused):
            raise outcome.error
    except ShopError as error:
        form.form_errors.append(told(error))
        response = _sign_in_page(form, status_of(error))
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    login.start(outcome.user_id, outcome.epoch, _last_hat())
    response = make_response(redirect(local_path(form.next.data)))
    _keep(response, language.COOKIE, outcome.locale)
    return response


def _sign_in_page(form: forms.SignInForm, status: int) -> Response:
    # A function given by the application, because the demo lies above this room.
    logins = current_app.extensions.get("demo_logins") if _settings().demo != "none" else None
    page = render_template(
        "accounts/sign_in.html", form=form, errors=form_faults(form), demo_logins=logins() if logins else ()
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def local_path(given: str | None) -> str:
    """Return a path of this site to go on to, `/` for anything else and for signing in itself."""
    text = path_here(given) or "/"
    return "/" if text.split("?")[0].rstrip("/") == "/masuk" else text


@bp.post("/keluar")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End this session."""
    login.end()
    flash(_("Anda sudah keluar."), "info")
    return redirect("/")


@bp.post("/keluar-semua")
@signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of this person, and the tokens when asked."""
    form = forms.SignOutForm()
    with unit_of_work():
        keeping_safe.sign_out_everywhere(actor(), utc_now(), tokens_too=bool(form.tokens_too.data))
    login.end()
    flash(_("Anda sudah keluar di semua perangkat."), "info")
    return redirect("/masuk")


@bp.post("/peran")
@signed_in
def switch_hat() -> ResponseReturnValue:
    """Wear another of one's own hats from now on."""
    form = forms.HatForm()
    if not form.validate():
        raise Invalid.at("hat_id", "Pilih salah satu peran Anda.")
    worn = hats.choose_hat(actor(), worn_hats(), form.hat_id.data)
    visit["hat"] = form.hat_id.data
    flash(_("Anda sekarang bekerja sebagai %(hat)s.", hat=_hat_label(worn)), "success")
    response = make_response(redirect(local_path(form.next.data)))
    _keep(response, LAST_HAT, str(form.hat_id.data))
    return response


@bp.get("/profil")
@signed_in
def profile() -> ResponseReturnValue:
    """Show one's own account."""
    return _profile()


def _profile(faulty: Any = None, *, new_token: str = "", **given: Any) -> Response:
    """Draw the profile; `faulty` is the form that was refused, among `given` under its name."""
    who, now = actor(), utc_now()
    row = people.profile(who)
    shown = {
        "password_form": forms.PasswordForm(formdata=None),
        "token_form": forms.TokenForm(formdata=None),
        "language_form": forms.LanguageForm(formdata=None, locale=row.locale),
        "nip_form": forms.NipForm(formdata=None, nip=mask(row.nip)),
        "ring_form": forms.RingForm(formdata=None, phone=mask(row.phone), notify_by=row.notify_by),
        **given,
    }
    shown["token_form"].offer(_hat_choices())
    page = render_template(
        "accounts/profile.html",
        profile=row,
        worn=worn_hats(),
        tokens=tokens.tokens_of(who, now),
        new_token=new_token,
        errors=form_faults(faulty) if faulty else [],
        pairs=_pairs,
        **shown,
    )
    response = make_response(page, 422 if faulty else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _hat_choices() -> list[tuple[int, str]]:
    return [(0, _("Semua peran saya")), *((hat.hat_id, _hat_label(hat)) for hat in worn_hats())]


def _pairs(field: Any) -> list[tuple[Any, Any]]:
    return [(choice.value, choice.label) for choice in field.choices]


def _hat_label(hat: Any) -> str:
    name = _(hat.role_label)
    if hat.for_name:
        name = f"{name} ({_('menggantikan %(name)s', name=hat.for_name)})"
    return f"{name} · {hat.place_label}" if hat.place_label else name


@bp.post("/profil/kata-sandi")
@signed_in
@limiter.limit(_HASHING_LIMIT)
def change_password() -> ResponseReturnValue:
    """Change the password, end all other sessions, go on in this one."""
    form, who = forms.PasswordForm(), actor()
    if not form.validate():
        return _profile(form, password_form=form)
    try:
        change = keeping_safe.prepare_change(who, form.old_password.data, form.new_password.data)
    except Invalid as error:
        show_faults(form, error)
        return _profile(form, password_form=form)
    with unit_of_work():
        epoch = keeping_safe.apply_change(who, change, utc_now())
    login.start(change.user_id, epoch, who.hat_id)
    flash(_("Kata sandi sudah diganti. Perangkat lain sudah dikeluarkan."), "success")
    return redirect("/profil")


@bp.post("/profil/bahasa")
@signed_in
def choose_language() -> ResponseReturnValue:
    """Keep the language for pages and mail."""
    form = forms.LanguageForm()
    if not form.validate():
        return _profile(form, language_form=form)
    with unit_of_work():
        people.choose_language(actor(), form.locale.data)
    response = make_response(redirect("/profil"))
    _keep(response, language.COOKIE, form.locale.data)
    return response


@bp.post("/profil/dering")
@signed_in
def choose_ring() -> ResponseReturnValue:
    """Keep the number and the channel that rings when a mail stays unread."""
    form = forms.RingForm()
    if not form.validate():
        return _profile(form, ring_form=form)
    try:
        with unit_of_work():
            ringing.choose(actor(), form.phone.data or "", form.notify_by.data or "", utc_now())
    except Invalid as error:
        show_faults(form, error)
        return _profile(form, ring_form=form)
    flash(_("Pemberitahuan disimpan."), "success")
    return redirect("/profil#dering", 303)


@bp.post("/profil/nip")
@signed_in
def tell_nip() -> ResponseReturnValue:
    """Keep the NIP that official papers name an officer with."""
    form = forms.NipForm()
    if not form.validate():
        return _profile(form, nip_form=form)
    try:
        with unit_of_work():
            people.tell_nip(actor(), form.nip.data or "", utc_now())
    except Invalid as error:
        show_faults(form, error)
        return _profile(form, nip_form=form)
    flash(_("NIP disimpan."), "success")
    return redirect("/profil#nip", 303)


@bp.post("/profil/token")
@signed_in
def create_token() -> ResponseReturnValue:
    """Make an access token and show it, the only time."""
    form, who = forms.TokenForm(), actor()
    form.offer(_hat_choices())
    if not form.validate():
        return _profile(form, token_form=form)
    try:
        with unit_of_work():
            text = tokens.create_token(
                who, form.name.data, utc_now(), hat_id=form.hat_id.data or None, days=form.days.data
            )
    except Invalid as error:
        show_faults(form, error)
        return _profile(form, token_form=form)
    return _profile(new_token=text)


@bp.post(f"/profil/token/<int(max={forms.BIGGEST_ID}):token_id>/cabut")
@signed_in
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End one of one's own tokens."""
    with unit_of_work():
        tokens.revoke_token(actor(), token_id, utc_now())
    flash(_("Token sudah dicabut."), "success")
    return redirect("/profil#token")


def _settings() -> Settings:
    found: Settings = current_app.config["SHOP"]
    return found


def _last_hat() -> int | None:
    kept = request.cookies.get(LAST_HAT, "")
    return int(kept) if kept.isascii() and kept.isdigit() and len(kept) < 19 else None  # noqa: PLR2004 - below 2**63


def _keep(response: Any, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=_YEAR_SECONDS, samesite="Lax", httponly=True, secure=_settings().https_only
    )
