"""Whatever happens to orders and plans: facts = ledger = kept totals = lines, under every grouping and range."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from shop.base.actor import SYSTEM
from shop.db import session, unit_of_work
from shop.p3dn.faces import GROUPS
from shop.p3dn.posting import ledger, settle
from shop.p3dn.reading import every_page
from shop.p3dn.rules import CHANNELS, EVIDENCE, ZERO, Fact, Measures, line_measures, planned_fact
from shop.p3dn.totals import Filters, totals
from shop.p3dn.verify import rebuild_totals, verify
from tests import recomputing

SCRIPT = recomputing.imported()
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
FIRST = date(2025, 11, 1)
ACCOUNTS = ("5.1.02.01.01.0052", "5.1.02.01.01.0024")
STAGES = {"accepted": (True, False), "paid": (True, True), "cancelled": (False, False)}


@dataclass
class Order:
    """A model order: what was photographed, and how far it has come."""

    number: int
    office: int
    account: str
    vendor: int
    lines: list[tuple[int, bool, bool, str, int]]
    stage: str = "cancelled"

    def facts(self):
        committed, paid = STAGES[self.stage]
        return [
            Fact(f"line:{self.number * 10 + i}", self.number, self.number * 10 + i, 1, self.office, self.account,
                 f"31.71.0{self.vendor % 2 + 1}", self.vendor, ("nasi-kotak", "atk")[value % 2], evidence, tkdn_bp,
                 line_measures(value=value, pdn=pdn, umk=umk, evidence=evidence, tkdn_bp=tkdn_bp,
                               committed=committed, paid=paid, first=i == 0), CHANNELS[self.number % 3])
            for i, (value, pdn, umk, evidence, tkdn_bp) in enumerate(self.lines)
        ]  # fmt: skip


@dataclass
class World:
    """The model: every posting with its day, added up by plain Python."""

    facts: dict[str, list[Fact]] = field(default_factory=dict)
    postings: list[tuple[date, Fact, Measures]] = field(default_factory=list)

    def settle(self, source, facts, day):
        before = {(f.key, replace(f, measures=ZERO)): f.measures for f in self.facts.get(source, [])}
        after = {(f.key, replace(f, measures=ZERO)): f.measures for f in facts}
        for where in {**before, **after}:
            change = after.get(where, ZERO) - before.get(where, ZERO)
            if change:
                self.postings.append((day, where[1], change))
        self.facts[source] = facts
        with unit_of_work():
            settle(SYSTEM, source, facts, NOW, on=day)


LINE = st.tuples(
    st.integers(1, 10**9), st.booleans(), st.booleans(), st.sampled_from(EVIDENCE[:3]), st.integers(0, 10_000)
)
ORDER = st.tuples(
    st.integers(1, 3), st.sampled_from(ACCOUNTS), st.integers(1, 3), st.lists(LINE, min_size=1, max_size=3)
)
STEP = st.tuples(st.sampled_from(["advance", "cancel", "amend", "move_office", "replan", "again"]),
                 st.integers(0, 5), st.integers(0, 45), LINE)  # fmt: skip
RANGES = [
    Filters(), Filters(year=2025), Filters(year=2026), Filters(year=2024), Filters(office_id=2),
    Filters(account_code=ACCOUNTS[0]), Filters(office_id=1, account_code=ACCOUNTS[1]),
    Filters(year=2026, office_id=3, end=date(2026, 3, 9)), Filters(start=date(2025, 11, 17), end=date(2026, 2, 3)),
    Filters(office_ids=(1, 3)), Filters(office_ids=(2, 3), end=date(2026, 5, 20)), Filters(office_ids=()),
    Filters(office_ids=(1, 2), account_code=ACCOUNTS[0], start=date(2025, 12, 2), end=date(2026, 11, 29)),
    Filters(start=date(2026, 1, 31)), Filters(end=date(2025, 12, 31), account_code=ACCOUNTS[0]),
]  # fmt: skip


def keys_of(fact, day):
    return {"office": str(fact.office_id), "account": fact.account_code, "kecamatan": fact.kecamatan_code,
            "vendor": str(fact.vendor_id or ""), "evidence": fact.evidence, "category": fact.category_code,
            "channel": fact.channel, "month": day.isoformat()[:7], "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
            "semester": f"{day.year}-S{1 if day.month < 7 else 2}"}  # fmt: skip


def meant(filters, fact, day):
    return (
        (filters.year is None or day.year == filters.year)
        and (filters.start is None or day >= filters.start)
        and (filters.end is None or day <= filters.end)
        and filters.office_id in {None, fact.office_id}
        and (filters.office_ids is None or fact.office_id in filters.office_ids)
        and filters.account_code in {None, fact.account_code}
    )


def play(world, orders, steps):
    day = FIRST
    for verb, which, days, line in steps:
        day += timedelta(days=days)
        if verb == "replan":
            plan = planned_fact(
                package_id=which, office_id=which % 3 + 1, account_code=ACCOUNTS[which % 2], pagu=line[0]
            )
            world.settle(f"package:{which}", [plan], day.replace(month=1, day=1))
            continue
        order = orders[which % len(orders)]
        if verb == "advance":
            order.stage = {"cancelled": "accepted", "accepted": "paid", "paid": "paid"}[order.stage]
        elif verb == "cancel" and order.stage == "accepted":
            order.stage = "cancelled"
        elif verb == "amend" and order.stage == "accepted":
            order.lines = [line, *order.lines[1:]]
        elif verb == "move_office":
            order.office = order.office % 3 + 1
        world.settle(f"order:{order.number}", order.facts(), day)


def assert_agreement(world, filters):
    mine = [(day, fact, change) for day, fact, change in world.postings if meant(filters, fact, day)]
    whole = sum((change for _, _, change in mine), ZERO)
    assert totals(filters, now=NOW).total == whole
    for group_by in GROUPS:
        expected = defaultdict(lambda: ZERO)
        for day, fact, change in mine:
            expected[keys_of(fact, day)[group_by]] += change
        report = totals(filters, group_by, now=NOW)
        assert {row.key: row.measures for row in report.rows} == {k: m for k, m in expected.items() if m}
        assert report.total == whole
    assert sum((line.measures for page in every_page(filters, per_page=3) for line in page.items), ZERO) == whole
    for group_by in GROUPS[GROUPS.index("month") :]:
        for row in totals(filters, group_by, now=NOW).rows:
            if group_by == "account":  # a filter, not a group of the lines
                continue
            pages = every_page(filters, {group_by: row.key}, per_page=50)
            assert sum((line.measures for page in pages for line in page.items), ZERO) == row.measures


def assert_the_script_agrees(world):
    """The independent script, given the entries as the download tells them: same totals, and no order line at fault."""
    renamed = {"account": "account_code", "kecamatan": "kecamatan_code", "vendor": "vendor_id",
               "category": "category_code", "office": "office_id"}  # fmt: skip
    book, told = SCRIPT.LineBook(), []
    for row in session.execute(select(ledger)).mappings():
        told.append({**row, "day": row["day"].isoformat(), **{ours: row[theirs] for ours, theirs in renamed.items()}})
        assert book.is_new(told[-1])
        book.add(told[-1])
    found = SCRIPT.totals_of(told)
    assert list(book.faults()) == []
    for group_by in GROUPS:
        kept = {row.key: list(row.measures.as_tuple()) for row in totals(Filters(), group_by, now=NOW).rows}
        assert found.get(group_by, {}) == kept
    whole = sum((change for _, _, change in world.postings), ZERO)
    assert found.get("city", {"": [0] * 9}) == {"": list(whole.as_tuple())}
    for year, sums in found.get("year", {}).items():
        assert sums == list(totals(Filters(year=int(year)), now=NOW).total.as_tuple())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ORDER, min_size=1, max_size=4), st.lists(STEP, min_size=1, max_size=16))
def test_every_sum_agrees_whatever_happens(on_blank_ledger, given_orders, steps):
    def work():
        world = World()
        play(world, [Order(n, *given) for n, given in enumerate(given_orders, 1)], steps)
        for filters in RANGES:
            assert_agreement(world, filters)
        assert_the_script_agrees(world)
        report = verify(world.facts.items())
        assert report.ok, report.differences
        assert report.entries == len(world.postings)
        with unit_of_work():
            rebuild_totals()
        assert verify(world.facts.items()).ok
        for filters in RANGES[:3]:
            assert_agreement(world, filters)

    on_blank_ledger(work)
