"""OCDS: valid by the official schema in every state, incremental, never changed, and merged as the standard says."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import jsonschema_rs
import pytest
from sqlalchemy import insert, select

from shop.accounts import reorganising
from shop.accounts.models import Office
from shop.addenda import agreeing
from shop.addenda.contents import Wanted
from shop.base.actor import SYSTEM
from shop.budgets.facts import of_package
from shop.budgets.models import Package
from shop.db import session, unit_of_work
from shop.opendata import events, ocds
from shop.orders import confirming, correcting, paying, proposing
from shop.orders.models import Order, OrderLine
from shop.orders.proposing import Idea
from shop.p3dn.posting import ledger, settle
from shop.vendors.models import Vendor
from tests import makers

HERE = Path(__file__).parent / "schema"
RELEASES = "/api/v1/ocds/releases"
PREFIX = "local-eorder-jakpreneur"
GOOD = {
    "evidence": "certified", "tkdn": "40,00", "pdn": "1", "umk": "1", "certificate_number": "77/SJ-IND.8/TKDN/2026",
    "issued_on": "2026-01-01", "valid_until": "2026-11-20", "reason": "Sertifikat terlambat masuk", "document": "BA-7/2026",
}  # fmt: skip


def schema(name):
    return json.loads((HERE / f"{name}.json").read_text())


def check(package, name):
    """Hold a package against the official schema of its kind, with the release schema it points at, formats and all."""
    kind, *others = map(schema, (name, "release-schema", "versioned-release-validation-schema"))
    known = jsonschema_rs.Registry([(other["id"], other) for other in others])
    validator = jsonschema_rs.Draft4Validator(kind, registry=known, validate_formats=True)
    assert [f"{list(fault.instance_path)}: {fault.message}" for fault in validator.iter_errors(package)] == []


def page(client, address=RELEASES):
    """Return the releases of a page and the address of what comes after; a page with releases is a valid package."""
    answer = client.get(address)
    later = answer.headers["Link"].split(">")[0].removeprefix("<")
    if answer.status_code == 204:
        return [], later, 'rel="next"' in answer.headers["Link"]
    body = answer.get_json()
    assert body["links"]["later"] == later
    check(body, "release-package-schema")
    return body["releases"], later, "next" in body["links"]


def everything(client, address=RELEASES):
    found, more = [], True
    while more:
        releases, address, more = page(client, address)
        found += releases
    return found, address


def plan(crew, now):
    package = session.get_one(Package, crew.package_id)
    source, facts = of_package(package.id, package.office_id, package.account_code, package.pagu, pdn=True)
    settle(SYSTEM, source, facts, now)


@pytest.fixture
def city(app, now):
    """Return the crew and {what became of it: id} of orders in every state, with a plan that changed."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            crew = makers.make_crew()
        made = {}

        def order(name, make):
            with unit_of_work():
                made[name] = make(crew, now).id

        def then(name, step, *words):
            with unit_of_work():
                found = session.get_one(Order, made[name])
                step(found.id, found.version, *words, now)

        with unit_of_work():
            plan(crew, now)
        for name, make in (
            ("placed", makers.make_sent_order), ("refused", makers.make_sent_order), ("agreed", makers.make_sent_order),
            ("cancelled", makers.make_confirmed_order), ("amended", makers.make_confirmed_order),
            ("received", makers.make_received_order), ("paid", makers.make_paid_order), ("closed", makers.make_paid_order),
        ):  # fmt: skip
            order(name, make)
        then("refused", lambda *a: confirming.refuse(crew.producer, *a), "capacity", "")
        then("cancelled", lambda *a: confirming.cancel(crew.pp, *a), "event_off", "")
        then("closed", lambda *a: paying.close(crew.ppk, *a))
        with unit_of_work():
            found = session.get_one(Order, made["agreed"])
            [line] = line_ids(found.id)
            proposing.propose(crew.producer, found.id, found.version, Idea(None, {line: 20}), now)
        then("agreed", lambda *a: proposing.accept(crew.pp, *a))
        with unit_of_work():
            found = session.get_one(Order, made["amended"])
            wanted = Wanted(quantities=dict.fromkeys(line_ids(found.id), 10), reason="Peserta berkurang")
            number = agreeing.propose(crew.pp, found.id, found.version, wanted, now).number
            session.flush()
            agreeing.accept(crew.producer, found.id, number, found.version, now)
        with unit_of_work():
            correct(makers.make_actor("programme"), made["closed"], now)
        yield crew, made


def line_ids(order_id):
    return list(session.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id)))


def correct(staff, order_id, now):
    correcting.correct(staff, order_id, line_ids(order_id)[0], 0, GOOD, now)


def record(client, ocid):
    body = client.get(f"/api/v1/ocds/records/{ocid}").get_json()
    check(body, "record-package-schema")
    return body["records"][0]


def test_a_city_in_every_state_is_valid_and_says_what_became_of_each_order(city, client):
    crew, made = city
    found, _ = everything(client)
    ids = [release["id"] for release in found]
    assert len(set(ids)) == len(ids)
    tags = {name: [r["tag"] for r in found if r["ocid"] == f"{PREFIX}-order-{number}"] for name, number in made.items()}
    first, said_yes = ["planning", "award", "contract"], ["awardUpdate", "contractUpdate"]
    ended = ["awardCancellation", "contractTermination"]
    assert tags["placed"] == [first]
    assert tags["refused"] == [first, ended]
    assert tags["agreed"] == [first, said_yes]
    assert tags["cancelled"] == [first, said_yes, ended]
    assert tags["amended"] == [first, said_yes, ["contractAmendment"]]
    assert tags["received"] == [first, said_yes, ["implementation"]]
    assert tags["paid"] == [first, said_yes, ["implementation"], ["implementation"]]
    assert tags["closed"] == [*tags["paid"], ["contractUpdate"], ["contractUpdate"]]
    assert {release["ocid"] for release in found} == {f"{PREFIX}-order-{number}" for number in made.values()} | {
        f"{PREFIX}-rup-2026-{crew.rup_code}"
    }
    statuses = {
        name: (state["awards"][0]["status"], state["contracts"][0]["status"], state["contracts"][0]["value"]["amount"])
        for name, number in made.items()
        for state in (record(client, f"{PREFIX}-order-{number}")["compiledRelease"],)
    }
    assert statuses == {
        "placed": ("pending", "pending", 555_000), "refused": ("unsuccessful", "cancelled", 555_000),
        "agreed": ("active", "active", 370_000), "cancelled": ("cancelled", "cancelled", 555_000),
        "amended": ("active", "active", 185_000), "received": ("active", "active", 555_000),
        "paid": ("active", "active", 555_000), "closed": ("active", "terminated", 555_000),
    }  # fmt: skip
    closed = record(client, f"{PREFIX}-order-{made['closed']}")["compiledRelease"]
    [contract], [award] = closed["contracts"], closed["awards"]
    assert award["suppliers"] == [{"id": f"producer-{crew.vendor.id}", "name": crew.vendor.name}]
    assert (award["value"], award["value"]["currency"]) == (contract["value"], "IDR")
    [item], [paid] = contract["items"], contract["implementation"]["transactions"]
    assert paid["value"]["amount"] == item["quantity"] * item["unit"]["value"]["amount"] == 555_000
    assert item["tkdn"] == {"basisPoints": 4_000, "evidence": "certified", "certificate": GOOD["certificate_number"]}
    before = record(client, f"{PREFIX}-order-{made['paid']}")["compiledRelease"]["contracts"][0]["items"][0]
    assert before["tkdn"] == {"basisPoints": 0, "evidence": "none"}
    for name, wanted in (("releaseTag", [tag for r in found for tag in r["tag"]]),
                         ("awardStatus", [a["status"] for r in found for a in r.get("awards", ())]),
                         ("contractStatus", [c["status"] for r in found for c in r.get("contracts", ()) if "status" in c])):  # fmt: skip
        with (HERE / "codelists" / f"{name}.csv").open() as rows:
            assert set(wanted) <= {row["Code"] for row in csv.DictReader(rows)}


def test_a_record_is_its_releases_merged_as_the_standard_says(city, client):
    crew, made = city
    found, _ = everything(client)
    told = record(client, f"{PREFIX}-order-{made['closed']}")
    own = [release for release in found if release["ocid"] == told["ocid"]]
    assert told["releases"] == own
    state = told["compiledRelease"]
    last = own[-1]
    assert (state["id"], state["date"], state["tag"]) == (f"{told['ocid']}-{last['date']}", last["date"], ["compiled"])
    [contract] = state["contracts"]
    assert [m["id"] for m in contract["implementation"]["milestones"]] == ["received"]
    assert state["planning"] == own[0]["planning"]
    assert state["relatedProcesses"][0]["identifier"] == f"{PREFIX}-rup-2026-{crew.rup_code}"
    assert record(client, f"{PREFIX}-rup-2026-{crew.rup_code}")["releases"][0]["tag"] == ["planning"]
    taken = [{"ocid": "o", "date": "d", "a": {"x": 1, "y": 2}}, {"a": {"y": None}, "b": [{"id": 1, "z": None}]}]
    assert {key: ocds.compiled(taken)[key] for key in "ab"} == {"a": {"x": 1}, "b": [{"id": 1}]}, "null takes away"
    for unknown in ("x", f"{PREFIX}-order-0", f"{PREFIX}-order-01", f"{PREFIX}-order-{made['paid']}x", "order-1",
                    f"{PREFIX}-order-{made['paid'] + 999}", f"{PREFIX}-rup-2025-{crew.rup_code}",
                    f"{PREFIX}-rup-2026-%00", f"other-order-{made['paid']}", f"{PREFIX}-order-{'9' * 30}"):  # fmt: skip
        assert client.get(f"/api/v1/ocds/records/{unknown}").status_code == 404, unknown


def test_a_new_step_is_one_release_behind_the_cursor_and_no_old_one_ever_changes(city, client, now, monkeypatch):
    crew, made = city
    before, later = everything(client)
    assert page(client, later) == ([], later, False), "nothing new is no package, and the same place to ask again"
    with unit_of_work():
        order = session.get_one(Order, made["placed"])
        confirming.confirm(crew.producer, order.id, order.version, now)
    [new], later, more = page(client, later)
    assert (new["ocid"], new["tag"], more) == (
        f"{PREFIX}-order-{made['placed']}", ["awardUpdate", "contractUpdate"], False,
    )  # fmt: skip
    with unit_of_work():  # the plan grows, and the package, the producer and the office get other names
        package = session.get_one(Package, crew.package_id)
        package.pagu, package.name = package.pagu + 1_000_000, "Nama lain"
        session.get_one(Vendor, crew.vendor.id).name = "Dapur Nama Lain"
        plan(crew, now)
        office = session.get_one(Office, crew.office_id)
        was = office.name
        sent = {"office": str(office.code), "seen": was, "name": "Kelurahan Nama Lain", "day": "2026-11-01",
                "decree": "Kep 1/2026", "reason": "Nama baru menurut keputusan"}  # fmt: skip
        reorganising.rename(makers.make_actor("admin"), sent, now + timedelta(minutes=1))
    [grown], later, _ = page(client, later)
    assert (grown["tag"], grown["planning"]["budget"]["amount"]["amount"]) == (["planningUpdate"], 21_000_000)
    assert grown["buyer"]["name"] == was
    again, end = everything(client)
    key = lambda release: release["id"]  # noqa: E731
    assert sorted(again, key=key) == sorted([*before, new, grown], key=key)
    assert end == later
    monkeypatch.setattr(events, "_PAGE", 3)
    monkeypatch.setattr(events, "_SPAN", 7)
    small, ended = everything(client)
    assert sorted(small, key=key) == sorted(again, key=key)
    assert ended == end
    with unit_of_work():
        order = session.get_one(Order, made["received"])
        at = now + timedelta(minutes=2)
        paying.pay(crew.bendahara, order.id, order.version, paying.Proof("TRF-9", at.date()), at)
    [paid], _, _ = page(client, later)
    assert paid["buyer"]["name"] == "Kelurahan Nama Lain"


def test_an_entry_that_is_committed_late_is_not_passed_over(city, client, now):
    """A number that is missing holds the plans back, until the entry behind it is too old for it to come any more."""
    _, later = everything(client)
    with unit_of_work():
        top = session.scalar(select(ledger.c.id).order_by(ledger.c.id.desc()).limit(1))
        row = dict(session.execute(select(ledger).where(ledger.c.planned != 0).limit(1)).one()._mapping)
        session.execute(insert(ledger).values(row | {"id": top + 2, "planned": 7, "at": now}))
    assert page(client, later)[0] == [], "the entry before it may not have been committed yet"
    with unit_of_work():
        session.execute(insert(ledger).values(row | {"id": top + 1, "planned": 5, "at": now}))
    assert [r["planning"]["budget"]["amount"]["amount"] for r in page(client, later)[0]] == [20_000_005, 20_000_012]
    old = now - timedelta(hours=2)
    with unit_of_work():
        session.execute(insert(ledger).values(row | {"id": top + 9, "planned": 1, "at": old}))
    assert [r["planning"]["budget"]["amount"]["amount"] for r in page(client, later)[0]][-1] == 20_000_013


def test_a_page_takes_the_same_statements_however_many_releases_and_refuses_rubbish(city, client, statements, now):
    crew, _ = city
    _, later = everything(client)
    counts = []
    for orders in (1, 4):
        with unit_of_work():
            for _ in range(orders):
                makers.make_paid_order(crew, now)
        with statements() as seen:
            found, later, _ = page(client, later)
        assert len(found) == 4 * orders
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 14
    for cursor in ("", "1", "1.", "-1.0", "1.0.0", "1e3.0", "9" * 19 + ".0", "1.0%00", "٣.٠"):
        assert client.get(RELEASES, query_string={"cursor": cursor}).status_code == 422, cursor
    assert client.get(f"{RELEASES}?cursor=0.0&cursor=0.0").status_code == 422
    assert client.get(f"{RELEASES}?page=2").status_code == 422
    far = "9" * 18
    assert client.get(f"{RELEASES}?cursor={far}.{far}").status_code == 204
