"""Recording deposits of taxes and the numbers of slips. A deposit moves the books once; a wrong one is reversed, never edited."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from shop.accounts.models import Office
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day, month_days, month_number
from shop.base.codes import one_line
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound
from shop.base.money import MAX_RUPIAH, rupiah
from shop.base.numbers import card_faults, checked_reason
from shop.books.accounts import BANK, withheld
from shop.books.posting import Event, Transfer, post
from shop.db import session
from shop.orders.models_tax import OrderTax
from shop.treasury import remit_lists
from shop.treasury.models_bank import BankMatch
from shop.treasury.models_remit import TaxDeposit, TaxSlip
from shop.treasury.rights import RECORD, office_of

_NTPN: Final = re.compile(r"[0-9A-Z]{16}")
_SLIP: Final = re.compile(r"[0-9A-Za-z./-]{5,40}")


@dataclass(frozen=True, slots=True)
class Told:
    """A deposit as the treasurer tells it: code of the tax, NTPN, rupiah, Jakarta day, the kept proof (key and name)."""

    code: str
    ntpn: str
    amount: int
    deposited_on: date
    proof_key: str = ""
    proof_name: str = ""


def record(actor: Actor, month: int, told: Told, now: datetime) -> TaxDeposit:
    """Record a deposit for a period; part of what is due may be deposited, more may not.

    Raises Invalid with every fault at once: an NTPN of another length or used before, a day outside the period's first day
    and today, an amount above what is left, a tax nothing was kept back of.
    """
    actor.require(RECORD)
    office_id = _lock_office(actor)
    ntpn = one_line(told.ntpn).replace(" ", "").upper()
    faults = _faults(month, told, ntpn, local_day(now))
    left = {due.code: due.left for due in remit_lists.dues(office_id, month, month)}
    if told.code not in left:
        faults.append(FieldFault("code", "Pajak ini tidak dipungut pada masa ini."))
    elif told.amount > left[told.code]:
        words = "Lebih dari yang belum disetor: %(left)s. Setoran lebih tidak dapat dicatat."
        faults.append(FieldFault("amount", words, (("left", rupiah(max(left[told.code], 0))),)))
    if faults:
        raise Invalid(faults=tuple(faults))
    on = told.deposited_on
    deposit = TaxDeposit(
        office_id=office_id, month=month, code=told.code, amount=told.amount, ntpn=ntpn, deposited_on=on,
        deposited_month=month_number(on), proof_key=told.proof_key, proof_name=one_line(told.proof_name)[:200],
        recorded_by=actor.user_id, recorded_at=now,
    )  # fmt: skip
    session.add(deposit)
    session.flush()
    _post(actor, deposit, Transfer(withheld(told.code), BANK, told.amount), "paid", now)
    said = {"month": month, "code": told.code, "amount": told.amount, "ntpn": ntpn}
    trail.record(actor, "tax_deposit", "tax_deposit", deposit.id, now, **said)
    return deposit


def _faults(month: int, told: Told, ntpn: str, today: date) -> list[FieldFault]:
    faults = card_faults({"ntpn": ntpn, "proof": told.proof_name})
    if not _NTPN.fullmatch(ntpn):
        faults.append(FieldFault("ntpn", "NTPN terdiri dari 16 huruf dan angka, seperti di bukti penerimaan negara."))
    elif session.scalar(select(TaxDeposit.id).where(TaxDeposit.ntpn == ntpn, TaxDeposit.reversed_at.is_(None))):
        faults.append(FieldFault("ntpn", "NTPN ini sudah dicatat. Satu NTPN untuk satu setoran."))
    if not 0 < told.amount <= MAX_RUPIAH:
        faults.append(FieldFault("amount", "Isi jumlah yang disetor, lebih dari 0."))
    if not month_days(month)[0] <= told.deposited_on <= today:
        faults.append(FieldFault("deposited_on", "Tanggal setor harus antara awal masa pajak dan hari ini."))
    return faults


def reverse(actor: Actor, deposit_id: int, reason: str, now: datetime) -> TaxDeposit:
    """Take back a deposit that was recorded wrongly, by an entry of the books the other way; the NTPN is free again.

    Raises NotFound for another office's, Invalid without a reason, Conflict when it was reversed before or a movement of the
    account confirms it.
    """
    actor.require(RECORD)
    office_id = _lock_office(actor)
    deposit = session.get(TaxDeposit, deposit_id, with_for_update=True)
    if deposit is None or deposit.office_id != office_id:
        raise NotFound
    words = checked_reason(reason)
    if deposit.reversed_at is not None:
        raise Conflict("Setoran ini sudah dibatalkan.", kind="stale")
    held = (BankMatch.subject == "deposit", BankMatch.target_id == deposit_id, BankMatch.undone_at.is_(None))
    if session.scalar(select(BankMatch.id).where(*held)) is not None:
        raise Conflict("Setoran ini sudah cocok dengan mutasi rekening. Lepas dulu mutasinya.", kind="matched")
    deposit.reversed_by, deposit.reversed_at, deposit.reason = actor.user_id, now, words
    _post(actor, deposit, Transfer(BANK, withheld(deposit.code), deposit.amount), "reversed", now)
    trail.record(actor, "tax_deposit_reverse", "tax_deposit", deposit_id, now, reason=words, amount=deposit.amount)
    return deposit


def note_slip(actor: Actor, line_id: int, tax: str, number: str, now: datetime) -> None:
    """Keep the number of a bukti potong that the tax office gave after filing.

    A later number takes the place of the earlier, which stays on the trail. Raises NotFound for another office's line or a
    tax the line has not, Invalid for what cannot be a number.
    """
    actor.require(RECORD)
    line = session.get(OrderTax, line_id)
    if line is None or line.office_id != office_of(actor):
        raise NotFound
    kept_by = {"ppn": line.ppn_remitted_by if line.ppn else "", "pph": line.pph_remitted_by if line.pph else ""}
    if kept_by.get(tax) != "treasurer":
        raise NotFound
    text = one_line(number)
    if not _SLIP.fullmatch(text) or card_faults({"number": text}):
        raise Invalid.at("number", "Isi nomor bukti potong, 5 sampai 40 huruf, angka, titik, atau garis.")
    slip = session.get(TaxSlip, (line_id, tax), with_for_update=True)
    before = slip.number if slip is not None else ""
    if slip is None:
        slip = TaxSlip(line_id=line_id, tax=tax)
        session.add(slip)
    slip.number, slip.noted_by, slip.noted_at = text, actor.user_id or 0, now
    trail.record(actor, "tax_slip", "order_tax", line_id, now, tax=tax, number=text, before=before)


def _lock_office(actor: Actor) -> int:
    """Lock the own office: two deposits at one moment must not both find the same rest."""
    return session.scalars(select(Office.id).where(Office.id == office_of(actor)).with_for_update()).one()


def _post(actor: Actor, deposit: TaxDeposit, transfer: Transfer, name: str, now: datetime) -> None:
    event = Event(f"remit:{deposit.id}", name, deposit.office_id, None, deposit.deposited_on, [transfer])
    post(actor, event, now)
