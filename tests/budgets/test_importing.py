"""RUP packages from CSV: many ways to write them, all or nothing, and the same file twice changes nothing."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Office
from shop.base.errors import Conflict, Forbidden, Invalid
from shop.budgets import facts
from shop.budgets.importing import import_packages
from shop.budgets.models import Package
from shop.budgets.pagu import check_left, lock_package
from shop.db import Base, session, unit_of_work
from shop.p3dn import verify
from shop.p3dn.models import LedgerEntry
from tests import makers

HEAD = "kd_rup,nama_paket,tahun_anggaran,kode_kantor,kode_rekening,pagu,status_pdn\n"
MEAL = "5.1.02.01.01.0052"


def line(crew, code="90010001", name="Makan minum rapat", pagu="25000000", account=MEAL, pdn="PDN", office=None):
    return f"{code},{name},2026,{office or code_of(crew.office_id)},{account},{pagu},{pdn}\n"


def code_of(office_id):
    return session.execute(select(Office.code).where(Office.id == office_id)).scalar_one()


def bring(actor, text, now):
    with unit_of_work():
        return import_packages(actor, text if isinstance(text, bytes) else text.encode(), now)


def faults(report):
    return [(f.row, f.column, f.message % dict(f.params)) for f in report.faults]


def package(code):
    session.rollback()
    return session.scalars(select(Package).where(Package.rup_code == code)).one()


def entries():
    session.rollback()
    return session.execute(
        select(func.count(), func.coalesce(func.sum(LedgerEntry.planned), 0)).select_from(LedgerEntry)
    ).one()


def test_our_own_columns(crew, now):
    report = bring(crew.pa, HEAD + line(crew), now)
    assert (report.created, report.updated, report.unchanged, report.faults) == (1, 0, 0, [])
    made = package("90010001")
    assert (made.name, made.year, made.office_id, made.account_code, made.pagu) == (
        "Makan minum rapat",
        2026,
        crew.office_id,
        MEAL,
        25_000_000,
    )
    assert (made.state, made.reserved, made.realised, made.pdn, made.version) == ("available", 0, 0, True, 1)


def test_lkpp_columns_find_the_office_by_its_name(crew, now):
    """As the ISB of LKPP exports them: its numbers of offices are not ours, decimals, and columns nobody asked for."""
    name = session.execute(select(Office.name).where(Office.id == crew.office_id)).scalar_one()
    text = (
        "tahun_anggaran;kd_klpd;kd_satker;nama_satker;kd_rup;nama_paket;pagu;metode_pengadaan;status_pdn;status_ukm;sumber_dana;mak\n"
        f'2026;D999;64021;{name.upper()};53540777;"Belanja ""snack"" rapat; triwulan";"25.000.000,00";E-Purchasing;PDN;UKM;APBD;'
        "5.02.5.02.0.001.2.06.04.5.1.02.01.01.52\n"
    )
    report = bring(crew.pa, text, now)
    assert faults(report) == []
    made = package("53540777")
    assert made.name == 'Belanja "snack" rapat; triwulan'
    assert (made.pagu, made.account_code, made.umk) == (25_000_000, MEAL, True)
    assert made.mak == "5.02.5.02.0.001.2.06.04.5.1.02.01.01.52"


@pytest.mark.parametrize(
    "written", ["25000000", "25.000.000", "25,000,000", "Rp25.000.000", "Rp 25.000.000,-", "25000000.00"]
)
def test_amounts_as_people_write_them(crew, now, written):
    assert faults(bring(crew.pa, HEAD + line(crew, pagu=f'"{written}"'), now)) == []
    assert package("90010001").pagu == 25_000_000


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff{}".format,
        lambda text: text.encode("cp1252"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.upper().replace("OPD", "opd"),
        lambda text: text + "\n\n",
    ],
    ids=["bom", "windows", "tabs", "crlf", "capitals", "blank lines"],
)
def test_files_as_spreadsheets_save_them(crew, now, content):
    report = bring(crew.pa, content(HEAD + line(crew, name="Kafé & kue")), now)
    assert faults(report) == []
    assert package("90010001").name.casefold() == "kafé & kue"


def test_a_code_twice_in_one_file(crew, now):
    report = bring(crew.pa, HEAD + line(crew) + line(crew, name="Lain lagi"), now)
    said = "Kode RUP ini sudah ada di baris 2 dengan isi yang lain. Pilih satu yang benar."
    assert faults(report) == [(3, "kd_rup", said)]
    zero = bring(crew.pa, HEAD + line(crew) + line(crew, code="090010001"), now)
    assert [(row, "hanya beda nol" in why) for row, _, why in faults(zero)] == [(3, True)]
    same = bring(crew.pa, HEAD + line(crew) + line(crew, code=" 9001 0001 "), now)
    assert (same.created, same.repeated, same.faults) == (1, 1, [])
    again = bring(crew.pa, HEAD + line(crew, code="090010001"), now)
    assert "sudah ada sebagai 90010001" in faults(again)[0][2]


def test_every_wrong_cell_is_named_and_nothing_is_kept(crew, now):
    text = (
        HEAD
        + line(crew, code="90010001")
        + "12,ab,26,OPD-9999,9.9.9,0,PDN\n"
        + line(crew, code="90010002", pagu="-5")
        + line(crew, code="90010003", pagu="1.5")
        + line(crew, code="90010004", pagu="9" * 20)
        + line(crew, code="9001000x")
    )
    report = bring(crew.pa, text, now)
    assert {(row, column) for row, column, _ in faults(report)} == {
        (3, "kd_rup"),
        (3, "nama_paket"),
        (3, "tahun_anggaran"),
        (3, "kode_kantor"),
        (3, "kode_rekening"),
        (3, "pagu"),
        (4, "pagu"),
        (5, "pagu"),
        (6, "pagu"),
        (7, "kd_rup"),
    }
    assert (report.created, report.updated, report.unchanged) == (0, 0, 0)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Package).where(Package.rup_code.like("9001%"))) == 0
    assert entries() == (0, 0)


def test_the_same_file_again_changes_nothing_and_the_plan_is_stated_once(crew, now):
    text = HEAD + line(crew) + line(crew, code="90010002", pagu="1000", pdn="tidak")
    bring(crew.pa, text, now)
    assert entries() == (1, 25_000_000)  # what is not PDN is no plan of PDN
    report = bring(crew.pa, text, now)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert entries() == (1, 25_000_000)
    assert package("90010001").version == 1


def test_a_new_pagu_moves_the_plan_by_the_difference(crew, now):
    bring(crew.pa, HEAD + line(crew), now)
    report = bring(crew.pa, HEAD + line(crew, pagu="30000000", name="Makan minum rapat RW"), now)
    assert (report.created, report.updated, report.unchanged) == (0, 1, 0)
    assert entries() == (2, 30_000_000)
    bring(crew.pa, HEAD + line(crew, pagu="30000000", pdn="0"), now)
    assert entries()[1] == 0


def test_a_plan_that_shrinks_vanishes_and_comes_back(crew, now):
    """What was ordered stays payable, nothing more is ordered, and the planned figure says what SiRUP says."""
    with unit_of_work():
        makers.make_sent_order(crew, now)
    code, used = crew.rup_code, package(crew.rup_code).reserved
    moved = bring(crew.pa, HEAD + line(crew, code=code, account="5.1.02.01.01.0025"), now)
    assert "rekening tidak boleh berubah" in faults(moved)[0][2]
    steps = (
        (line(crew, code=code, pagu=str(used)), False, used, None, used),
        (line(crew, code=code, pagu=str(used - 1)), False, used, used - 1, used - 1),
        (line(crew), True, used, 0, 25_000_000),  # a complete list without it: only the other one is planned
        (line(crew, code=code, pagu="20000000"), False, 20_000_000, None, 45_000_000),
    )
    for text, complete, pagu, announced, planned in steps:
        for _ in range(2):  # the same file again changes nothing
            with unit_of_work():
                report = import_packages(crew.pa, (HEAD + text).encode(), now, complete=complete)
            assert report.faults == []
        assert (report.created, report.updated) == (0, 0)
        held = package(code)
        assert (held.pagu, held.announced, held.reserved, entries()[1]) == (pagu, announced, used, planned)
        if announced is not None:
            assert held.left == 0
            with pytest.raises(Conflict, match="tidak lagi diumumkan" if announced == 0 else "Pagu paket tinggal"):
                check_left(lock_package(crew.package_id), 1)
    assert verify.verify(facts.statements()).ok


def test_the_whole_shape_of_lkpp_as_json_keeps_nobodys_name(crew, now):
    """`RUP-PaketPenyedia-Terumumkan` has no account: a package that is known keeps its own, a new one asks for it."""
    name = session.execute(select(Office.name).where(Office.id == crew.office_id)).scalar_one()
    known = {
        "tahun_anggaran": 2026, "kd_satker": 64021, "nama_satker": name, "kd_rup": int(crew.rup_code), "pagu": 21000000.0,
        "nama_paket": "Makan minum rapat", "status_pdn": "PDN", "status_ukm": "UKM", "status_aktif_rup": True,
        "status_delete_rup": False, "status_umumkan_rup": "Terumumkan", "nip_ppk": "198001012005011001",
        "nama_ppk": "Budi Rahasia", "username_ppk": "budi.rahasia", "alasan_non_ukm": None,
    }  # fmt: skip
    assert bring(crew.pa, json.dumps([known]), now).updated == 1
    assert (package(crew.rup_code).pagu, package(crew.rup_code).account_code) == (21_000_000, MEAL)
    lines = "\n".join(json.dumps(known | more) for more in ({"status_delete_rup": True}, {"kd_rup": 90010009}))
    assert "mak" in faults(bring(crew.pa, lines, now))[0][2]
    for gone in ({"status_aktif_rup": False}, {"status_delete_rup": True}, {"status_umumkan_rup": "Draf"}):
        report = bring(crew.pa, json.dumps([known | gone, known | gone | {"kd_rup": 90010009}]), now)
        assert (report.faults, report.not_taken, package(crew.rup_code).announced) == ([], ["90010009"], 0)
        bring(crew.pa, json.dumps([known]), now)
    assert package(crew.rup_code).announced is None
    kept = str([dict(row._mapping) for table in Base.metadata.sorted_tables for row in session.execute(select(table))])
    assert "198001012005011001" not in kept
    assert "rahasia" not in kept.lower()
    for broken in ("[1]", "[{]", '{"kd_rup": {"a": 1}}', "[" * 5000, "[]"):
        with pytest.raises(Invalid):
            bring(crew.pa, broken, now)


def test_a_pa_imports_for_the_own_office_only(crew, strangers, now):
    theirs = code_of(strangers.office_id)
    report = bring(crew.pa, HEAD + line(crew, office=theirs), now)
    assert faults(report) == [(2, "kode_kantor", "Paket ini milik kantor lain.")]


def test_a_code_of_another_office_does_not_bring_its_package_over(crew, strangers, now):
    report = bring(crew.pa, HEAD + line(crew, code=strangers.rup_code), now)
    assert faults(report) == [(2, "kd_rup", "Kode RUP ini milik kantor lain.")]
    same = package(strangers.rup_code)
    assert (same.office_id, same.pagu, same.version) == (strangers.office_id, 20_000_000, 1)


def test_an_admin_imports_for_all_but_moves_nothing_that_is_in_somebodys_hands(crew, strangers, now):
    with unit_of_work():
        admin = makers.make_actor("admin")
    session.rollback()
    both = HEAD + line(crew) + line(crew, code="90010002", office=code_of(strangers.office_id))
    assert bring(admin, both, now).created == 2
    assert package("90010002").office_id == strangers.office_id
    assert bring(admin, HEAD + line(crew, code="90010002"), now).updated == 1  # nobody has it yet
    report = bring(admin, HEAD + line(crew, code=strangers.rup_code), now)
    assert "sudah diserahkan" in faults(report)[0][2]


def test_others_may_not_import(crew, now):
    for actor in (crew.ppk, crew.pp, crew.bendahara, crew.producer):
        with pytest.raises(Forbidden):
            bring(actor, HEAD + line(crew), now)


def test_fifty_thousand_rows_and_one(crew, now):
    with pytest.raises(Invalid, match="50000 baris"):
        bring(crew.pa, HEAD + "1,2,3,4,5,6,7\n" * 50_001, now)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "kosong"),
        (b"  \n ", "kosong"),
        (b"PK\x03\x04\x00\x00workbook", "bukan teks"),
        (b"%PDF-1.4\n%\xe2\xe3", "Kolom ini tidak ada"),
        (b"kd_rup,nama_paket\n1,2\n", "Kolom ini tidak ada di berkas: tahun_anggaran, pagu"),
        (b"kd_rup,nama_paket,tahun_anggaran,kode_rekening,pagu\n1,2,3,4,5\n", "kode_kantor"),
        (HEAD.encode(), "tidak berisi"),
        (HEAD.encode() + b'1,"' + b"x" * 200_000 + b'",2026,a,b,c,d\n', "rusak dekat baris"),
    ],
)
def test_what_is_no_csv_of_packages(crew, now, content, told):
    with pytest.raises(Invalid) as refusal:
        bring(crew.pa, content, now)
    assert told in str(refusal.value)


def test_markup_and_control_characters_are_only_text(crew, now):
    bring(crew.pa, HEAD + line(crew, name="<b>Rapat</b>\x1b[31m\u202e penting"), now)
    assert package("90010001").name == "<b>Rapat</b>[31m penting"
