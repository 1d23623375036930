"""Loading twice changes nothing; a changed file mends the row; overlaps are refused before anything is written.

These need only the tables of this room, so they use a database of their own in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from shop.base.errors import Invalid, NotFound
from shop.db import Base
from shop.reference import files, policy
from shop.reference.accounts import account
from shop.reference.calendar import holiday_set
from shop.reference.loading import load_all, load_rules
from shop.reference.models import AccountCode, Holiday, Kbli, Region, Rule, RuleVersion
from shop.reference.regions import kecamatan, kecamatan_of, line_up, region

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def facts() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    tables = [model.__table__ for model in (Region, AccountCode, Kbli, Holiday, Rule, RuleVersion)]
    Base.metadata.create_all(engine, tables=tables)  # type: ignore[arg-type]
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_a_second_run_changes_nothing_and_says_so(facts: Session) -> None:
    first = load_all(facts, NOW)
    facts.commit()
    second = load_all(facts, LATER)
    assert not facts.dirty
    assert first.touched == sum(t.added for t in first.tables) > 700
    assert second.touched == 0
    assert "Tidak ada perubahan." in str(second)
    assert set(facts.scalars(select(Rule.recorded_at))) == {NOW}


def test_a_row_that_differs_from_the_file_is_mended(facts: Session) -> None:
    load_all(facts, NOW)
    facts.get_one(Holiday, date(2026, 8, 17)).name = "salah ketik"
    facts.commit()
    assert load_all(facts, LATER).touched == 1
    assert facts.get_one(Holiday, date(2026, 8, 17)).name == "Hari Kemerdekaan Republik Indonesia"


def test_a_rule_overlapping_one_in_the_database_is_refused_and_nothing_written(facts: Session) -> None:
    load_all(facts, NOW)
    before = facts.scalar(select(func.count()).select_from(Rule))
    stamp = next(r for r in files.rules() if r.key == "stamp")
    with pytest.raises(Invalid):
        load_rules(facts, (replace(stamp, valid_from=date(2026, 1, 1)),), LATER)
    assert facts.scalar(select(func.count()).select_from(Rule)) == before


def test_rules_are_read_for_the_day_asked_and_reloaded_after_loading(facts: Session) -> None:
    with pytest.raises(NotFound):
        policy.rule(facts, "stamp", date(2026, 1, 1))
    load_all(facts, NOW)
    assert policy.rule(facts, "stamp", date(2026, 1, 1)).value == {"above": 5_000_000, "amount": 10_000}
    assert policy.rule(facts, "p3dn.value_basis", date(2026, 1, 1)).is_unsure
    assert policy.rule(facts, "tkdn.ik_self_declare_cap_bp", date(2026, 1, 1)).value is None
    assert len(policy.all_rules(facts)) == len(files.rules())


def test_an_empty_table_is_not_remembered_as_the_truth(facts: Session) -> None:
    assert kecamatan(facts) == ()
    assert holiday_set(facts) == frozenset()
    load_all(facts, NOW)
    assert len(kecamatan(facts)) == 44
    assert date(2026, 8, 17) in holiday_set(facts)


def test_regions_lead_from_kelurahan_to_province(facts: Session) -> None:
    load_all(facts, NOW)
    assert [r.name for r in line_up(facts, "31.71.01.1001")] == [
        "Gambir",
        "Gambir",
        "Kota Administrasi Jakarta Pusat",
        "Daerah Khusus Ibukota Jakarta",
    ]
    found = kecamatan_of(facts, "31.71.01.1001")
    assert found is not None
    assert found.code == "31.71.01"
    assert kecamatan_of(facts, "31.71") is None
    with pytest.raises(NotFound):
        region(facts, "32.01")


def test_an_unknown_account_is_not_found(facts: Session) -> None:
    load_all(facts, NOW)
    assert account(facts, "5.1.02.01.01.0052").name == "Belanja Makanan dan Minuman Rapat"
    with pytest.raises(NotFound):
        account(facts, "5.1.02.01.01.9999")
