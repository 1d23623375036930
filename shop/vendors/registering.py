"""Registration: an account with its business at once, then short steps that are kept one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from shop.accounts.granting import grant_hat
from shop.accounts.models import UserAccount
from shop.accounts.people import NewUser, create_user
from shop.accounts.permissions import Role
from shop.audit import trail
from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.codes import one_line, slug
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound, Stale
from shop.base.numbers import mobile_number
from shop.db import session
from shop.outbox.posting import post
from shop.reference import regions
from shop.reference.models import Kbli
from shop.reference.policy import RuleValue, rule
from shop.vendors import states, taxpaying
from shop.vendors.models import DeliveryArea, Vendor
from shop.vendors.papers import CHANGED

REGISTERED: Final = "programme.registered"
"""Outbox kind the programme takes: a registration is complete, facility P1. Payload {"vendor_id"}."""
NOTICED: Final = "programme.noticed"
"""Outbox kind the programme takes: the shop saw a producer receive a facility. Payload {"vendor_id", "facility"}."""
MANAGE: Final = "vendors:vendor:manage"
FORMS_RULE: Final = "tax.pph_final_umkm.forms"
STEPS: Final[dict[str, tuple[str, ...]]] = {
    "identitas": ("name", "owner_name", "nik", "legal_form", "kecamatan_code", "address", "phone", "story"),
    "izin": ("nib", "kbli_code"),
    "pajak": (
        "npwp", "pkp", "turnover_class", "size", "tax_paper", "tax_paper_number", "tax_paper_from", "tax_paper_until",
        "tax_paper_year",
    ),
    "rekening": ("bank_name", "bank_account", "bank_holder"),
    "qris": ("qris", "qris_nmid"),
    "jam": ("closed_weekdays", "opens_at", "closes_at"),
    "kirim": (),
}  # fmt: skip
"""Steps of the registration and the columns each one keeps."""
TITLES: Final = {
    "identitas": "Identitas",
    "izin": "Izin usaha",
    "pajak": "Pajak",
    "rekening": "Rekening",
    "qris": "QRIS",
    "jam": "Hari dan jam buka",
    "kirim": "Pengiriman",
}
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "identitas": ("owner_name", "nik", "address", "phone"),
    "izin": ("nib", "kbli_code"),
    "pajak": ("turnover_class",),
    "rekening": ("bank_name", "bank_account", "bank_holder"),
    "qris": (),
    "jam": ("opens_at",),
    "kirim": (),
}
_TAKEN: Final = (
    "NIB ini sudah dipakai produsen lain. Periksa angkanya; bila benar milik Anda, hubungi petugas program di kantor "
    "kecamatan Anda. Tidak ada yang disimpan."
)
_EMAIL_TAKEN: Final = "E-mail ini sudah punya akun. Masuk dengan e-mail ini, atau pakai e-mail lain."


@dataclass(frozen=True, slots=True)
class NewBusiness:
    """What the first page asks about the business."""

    name: str
    kind: str
    kecamatan_code: str
    phone: str


def check_business(new: NewBusiness) -> NewBusiness:
    """Return the business cleaned. Raises Invalid with every fault."""
    faults: list[FieldFault] = []
    name, phone = one_line(new.name), ""
    if not name or len(name) > 160:  # noqa: PLR2004 - the column's width
        faults.append(FieldFault("business", "Isi nama usaha, paling panjang 160 karakter."))
    if new.kind not in {"jakpreneur", "umkm"}:
        faults.append(FieldFault("kind", "Pilih salah satu."))
    if not is_kecamatan(new.kecamatan_code):
        faults.append(FieldFault("kecamatan_code", "Pilih kecamatan tempat usaha Anda."))
    try:
        phone = mobile_number(new.phone)
    except Invalid as fault:
        faults += fault.faults
    if faults:
        raise Invalid(faults=tuple(faults))
    return NewBusiness(name, new.kind, new.kecamatan_code, phone)


def is_kecamatan(code: str) -> bool:
    """Tell whether a code is one of the 44 kecamatan."""
    found = regions.regions(session).get(code)
    return found is not None and found.level == "kecamatan"


def open_business(user: NewUser, new: NewBusiness, now: datetime) -> tuple[int, int]:
    """Write account, business in registration and the owner's hat; return (user id, hat id).

    Raises Conflict at once when the e-mail has an account: nothing is written then.
    """
    if session.execute(select(UserAccount.id).where(UserAccount.email == user.email)).first():
        raise Conflict(_EMAIL_TAKEN, kind="user-exists")
    user_id = create_user(SYSTEM, user, now)
    account = session.get_one(UserAccount, user_id)
    account.phone = new.phone
    vendor = Vendor(
        name=new.name,
        slug=_free_slug(new.name),
        kind=new.kind,
        kecamatan_code=new.kecamatan_code,
        owner_name=user.name,
        phone=new.phone,
        state=states.begin(),
        created_at=now,
    )
    session.add(vendor)
    session.flush()
    hat_id = grant_hat(SYSTEM, user_id, Role.VENDOR_OWNER.value, now, vendor_id=vendor.id)
    trail.record(SYSTEM, "vendors.registration_began", "vendor", vendor.id, now, user_id=user_id, kind=new.kind)
    return user_id, hat_id


def _free_slug(name: str) -> str:
    wanted = slug(name)
    like = Vendor.slug.startswith(f"{wanted}-", autoescape=True) | (Vendor.slug == wanted)
    taken = set(session.scalars(select(Vendor.slug).where(like)))
    return next(s for n in range(1, len(taken) + 2) if (s := wanted if n == 1 else f"{wanted}-{n}") not in taken)


def own_vendor(actor: Actor, *, lock: bool = False) -> Vendor:
    """Return the business of the hat worn now. Raises Forbidden, or NotFound for a hat without one."""
    actor.require(MANAGE)
    found = None
    if actor.vendor_id is not None:
        found = session.get(Vendor, actor.vendor_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound
    return found


def save_step(actor: Actor, step: str, version: int, values: Mapping[str, Any], now: datetime) -> Vendor:
    """Keep one step of the own business; columns that `values` leaves out stay as they are.

    Raises Forbidden, NotFound, Stale when somebody was first, Invalid per field, Conflict for an NIB of another producer.
    """
    vendor = own_vendor(actor, lock=True)
    if step not in STEPS:
        raise NotFound
    if vendor.version != version:
        raise Stale
    _check_step(vendor, step, values, now)
    changed = sorted(name for name in STEPS[step] if name in values and getattr(vendor, name) != values[name])
    for name in changed:
        setattr(vendor, name, values[name])
    try:
        session.flush()
    except IntegrityError:
        if step != "izin":
            raise
        # Another producer saved the same NIB in this very moment.
        raise Conflict(_TAKEN, kind="nib-taken") from None
    if changed:
        # Names of columns only: no number of anybody gets into the trail.
        trail.record(actor, "vendors.changed", "vendor", vendor.id, now, step=step, fields=changed)
        post(CHANGED, {"vendor_id": vendor.id}, now)
    return vendor


def _check_step(vendor: Vendor, step: str, values: Mapping[str, Any], now: datetime) -> None:
    if step == "izin":
        if session.get(Kbli, values["kbli_code"]) is None:
            raise Invalid.at("kbli_code", "Pilih bidang usaha (KBLI) dari daftar.")
        nib = values.get("nib")
        if nib and session.execute(select(Vendor.id).where(Vendor.nib == nib, Vendor.id != vendor.id)).first():
            raise Conflict(_TAKEN, kind="nib-taken")
    if step == "identitas" and not is_kecamatan(values["kecamatan_code"]):
        raise Invalid.at("kecamatan_code", "Pilih kecamatan tempat usaha Anda.")
    form = values.get("legal_form", vendor.legal_form)
    if step == "pajak":
        taxpaying.check_paper(values["tax_paper"], form, values["turnover_class"], eligible_forms(local_day(now)).value)
        if form != "individual" and not (values.get("npwp") or vendor.npwp):
            raise Invalid.at("npwp", "Badan usaha perlu NPWP. NIK hanya dapat menggantikan NPWP perorangan.")
    if step == "identitas" and vendor.tax_paper != "none":
        try:
            taxpaying.check_paper(vendor.tax_paper, form, vendor.turnover_class, eligible_forms(local_day(now)).value)
        except Invalid:
            raise Invalid.at(
                "legal_form", "Surat pajak Anda tidak cocok dengan bentuk usaha ini. Ubah dahulu di langkah pajak."
            ) from None


def eligible_forms(day: date) -> RuleValue:
    """Return the dated rule of legal forms that may pay the final 0.5 % (PP 55/2022, changed by PP 20/2026)."""
    return rule(session, FORMS_RULE, day)


def save_areas(actor: Actor, version: int, costs: Mapping[str, int], now: datetime) -> Vendor:
    """Keep where the own business delivers: {kecamatan: rupiah}; an empty mapping is everywhere for nothing.

    Raises Forbidden, NotFound, Stale, Invalid for an unknown kecamatan or a cost outside 0 to 10 million.
    """
    vendor = own_vendor(actor, lock=True)
    if vendor.version != version:
        raise Stale
    for code, cost in costs.items():
        if not is_kecamatan(code):
            raise Invalid.at("areas", "Pilih kecamatan dari daftar.")
        if not 0 <= cost <= 10_000_000:  # noqa: PLR2004 - a typing slip beyond
            raise Invalid.at(f"cost-{code}", "Ongkos kirim 0 sampai Rp10.000.000.")
    session.execute(delete(DeliveryArea).where(DeliveryArea.vendor_id == vendor.id))
    session.add_all(DeliveryArea(vendor_id=vendor.id, kecamatan_code=code, cost=cost) for code, cost in costs.items())
    flag_modified(vendor, "state")  # a new version, although the areas lie in rows of their own
    session.flush()
    trail.record(actor, "vendors.changed", "vendor", vendor.id, now, step="kirim", areas=len(costs))
    return vendor


def areas_of(vendor_id: int) -> dict[str, int]:
    """Return {kecamatan: rupiah} of a producer; empty means everywhere for nothing."""
    rows = session.execute(
        select(DeliveryArea.kecamatan_code, DeliveryArea.cost).where(DeliveryArea.vendor_id == vendor_id)
    )
    return {code: cost for code, cost in rows}  # noqa: C416 - rows are not pairs to mypy


def missing(vendor: Vendor) -> tuple[str, ...]:
    """Return the steps that are not complete yet, in their order. Delivery needs nothing (empty is everywhere), QRIS neither."""
    open_steps = [step for step, names in _NEEDED.items() if any(getattr(vendor, n) in {None, ""} for n in names)]
    if vendor.legal_form != "individual" and not vendor.npwp and "pajak" not in open_steps:
        open_steps.append("pajak")
    return tuple(step for step in STEPS if step in open_steps)


def notice(vendor_id: int, facility: str, now: datetime) -> None:
    """Tell the programme that a producer received a facility (`P5`); its handler records it once, after the commit."""
    post(NOTICED, {"vendor_id": vendor_id, "facility": facility}, now)


def complete(actor: Actor, version: int, now: datetime) -> Vendor:
    """Finish the registration: the business is active. Raises Invalid while a step is missing, Stale, WrongState."""
    vendor = own_vendor(actor, lock=True)
    if vendor.version != version:
        raise Stale
    if missing(vendor):
        raise Invalid("Masih ada langkah yang belum lengkap. Lengkapi dahulu, lalu selesaikan.")
    states.move(actor, vendor, "complete", now)
    vendor.registered_at = now
    session.flush()
    post(REGISTERED, {"vendor_id": vendor.id}, now)
    return vendor
