"""The independent script as a stranger runs it, and imported by its path for generated ledgers."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from datetime import date
from pathlib import Path

from shop.accounts.models import Office, UserAccount
from shop.base.actor import SYSTEM
from shop.db import session, unit_of_work
from shop.orders import confirming, correcting
from shop.p3dn.posting import settle
from shop.p3dn.rules import planned_fact
from tests import makers

SCRIPT = Path(__file__).resolve().parents[1] / "docs" / "recompute.py"


def run(*paths):
    """Run the script on files, isolated from us and from everything that is installed."""
    return subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, *paths], capture_output=True, text=True, check=False, timeout=60
    )


def imported():
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("recompute", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SECRETS = {
    "name": "Zulaikha Rahasiawati", "email": "rahasia@telltale.example", "phone": "081299887766",
    "nik": "3171009988776655", "npwp": "0998877665544332", "nip": "198001012009012099", "address": "Jalan Rahasia 77",
    "bank": "7766554433221100",
}  # fmt: skip
_CORRECTED = {
    "evidence": "certified", "tkdn": "43,21", "pdn": "1", "umk": "1", "certificate_number": "1/SJ-IND.8/TKDN/1/2026",
    "issued_on": "2026-01-01", "valid_until": "2026-12-31", "reason": "Sertifikat terlambat masuk", "document": "BA-7/2026",
}  # fmt: skip


def make_open_city(now):
    """Two offices (one with a code a spreadsheet would run) whose people would be known anywhere.

    Orders: paid, paid and corrected, received, cancelled after the yes. One plan of another year that shrank.
    """
    with unit_of_work():
        makers.make_reference()
        vendor = makers.make_vendor(
            address=SECRETS["address"], phone=SECRETS["phone"], owner_name=SECRETS["name"], nik=SECRETS["nik"],
            npwp=SECRETS["npwp"], bank_account=SECRETS["bank"], bank_holder=SECRETS["name"],
        )  # fmt: skip
        crew, other = makers.make_crew(vendor, makers.make_office(code="=OPD-1")), makers.make_crew(vendor)
        for number, actor in enumerate((crew.pa, crew.ppk, crew.pp, crew.bendahara, crew.producer)):
            person = session.get_one(UserAccount, actor.user_id)
            person.name, person.email = SECRETS["name"], f"{number}{SECRETS['email']}"
            person.phone, person.nip = SECRETS["phone"], SECRETS["nip"]
        office = session.get_one(Office, crew.office_id)
        office.npwp, office.pptk_name, office.pptk_nip = SECRETS["npwp"], SECRETS["name"], SECRETS["nip"]
        product = makers.make_product(vendor, name="=Kue lapis, 'enak'")
        makers.make_certificate(product, tkdn_bp=4_321)
        makers.make_paid_order(crew, now, (product, 31))
        corrected = makers.make_paid_order(other, now)
        makers.make_received_order(crew, now)
        gone = makers.make_confirmed_order(other, now)
        staff, at = makers.make_actor("programme"), (corrected.id, corrected.lines[0].id)
        lost = gone.id, gone.version
    with unit_of_work():
        correcting.correct(staff, *at, 0, _CORRECTED, now)
        confirming.cancel(other.ppk, *lost, "other", "Rapat dibatalkan seluruhnya", now)
    for pagu in (20_000_000, 12_000_000):
        with unit_of_work():
            fact = planned_fact(
                package_id=crew.package_id, office_id=crew.office_id, account_code="5.1.02.01.01.0052", pagu=pagu
            )
            settle(SYSTEM, f"package:{crew.package_id}", [fact], now, on=date(2025, 1, 1))


def make_another_order(now):
    """One more paid order of a new office."""
    with unit_of_work():
        makers.make_paid_order(makers.make_crew(), now)
