"""The pages of money say what the books say, the same statements however long, and to nobody else."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from shop.base.actor import SYSTEM
from shop.books.accounts import BANK, PAYABLE, withheld
from shop.books.posting import Event, Transfer, post
from shop.db import session, unit_of_work
from shop.orders import paying, punctuality
from shop.orders.models import Order
from shop.orders.paying import CHANNELS, Charged
from shop.treasury import aging
from shop.treasury.purses import Purse
from shop.vendors.models import Vendor
from tests import makers

OCTOBER = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_from_a_sum_to_its_posting_to_its_order_in_two_clicks(crew, person, now, statements):
    with unit_of_work():
        old = makers.make_received_order(crew, OCTOBER).id
        paid = makers.make_paid_order(crew, now).id
        number = session.get_one(Order, paid).number
        session.flush()
        remitted = [Transfer(withheld("PPH22"), BANK, 6_650)]
        post(SYSTEM, Event("remit:1", "paid", crew.office_id, None, now.date(), remitted), now)
        back = [Transfer(BANK, PAYABLE, 1_000)]
        post(SYSTEM, Event(f"order:{paid}", "refund:1", crew.office_id, crew.vendor.id, now.date(), back), now)
    bendahara, producer, auditor = person(crew.bendahara), person(crew.producer), None
    page = bendahara.get("/uang")
    said = text(page)
    # 555,000 is still owed since October and 1,000 came back; 16,650 was kept back and 6,650 of it remitted.
    for amount in ("Rp538.350", "Rp16.650", "Rp6.650", "Rp10.000", "Rp1.000", "Rp556.000", "Rp555.000"):
        assert amount in said
    assert "belum cukup pembayaran" in said
    link = re.search(r'href="(/uang/2026-11\?arus=paid)"', page.text).group(1)
    month = bendahara.get(link)
    assert f'href="/pesanan/{paid}">{number}</a>' in month.text
    assert "Dibayar kepada produsen: Rp538.350" in text(month)
    assert "Transfer bank" in text(month)
    assert f"/pesanan/{old}" not in month.text
    assert "Setoran pajak" in text(bendahara.get("/uang/2026-11?arus=remitted"))
    mine = text(producer.get("/uang"))
    assert "Masuk ke rekening" in mine
    assert "Pajak disetor" not in mine
    with unit_of_work():
        others, auditor = makers.make_crew(), person(makers.make_actor("auditor"))
    assert "Rp555.000" in text(auditor.get("/uang"))
    assert number in text(auditor.get(f"/uang/2026-11?kantor={crew.office_id}"))
    assert "Rp555.000" not in text(person(others.bendahara).get("/uang"))
    for path in (f"/uang?kantor={crew.office_id}", f"/uang/2026-11?kantor={crew.office_id}", "/uang?kantor=999999"):
        person(others.bendahara).get(path, 404)
    for path in ("/uang/2027-01", "/uang/2026-13", "/uang/2026-11?arus=zz", "/uang/2026-11?setelah=99", "/uang?kantor=0",
                 f"/uang?kantor={2**70}", "/uang/2026-11?arus=%00", "/uang?kantor=%00"):  # fmt: skip
        bendahara.get(path, 404)
    auditor.get("/uang/2026-11", 404)
    with unit_of_work():
        staff = makers.make_actor("vendor_staff", vendor_id=crew.vendor.id)
    person(staff).get("/uang", 403)


def test_pages_ask_the_same_few_questions_however_long_they_are_and_page_by_posting(crew, person, now, statements):
    def counts():
        found = []
        for path in ("/uang", "/uang/2026-11", "/uang/2026-11?arus=due", "/uang/belum-dibayar"):
            with statements() as seen:
                person(crew.bendahara).get(path)
            found.append(len(seen))
        return found

    with unit_of_work():
        makers.make_received_order(crew, now)
    few = counts()
    with unit_of_work():
        for n in range(52):
            event = Event(
                f"order:{n + 900}",
                "due",
                crew.office_id,
                crew.vendor.id,
                now.date(),
                [Transfer("expense", PAYABLE, n + 1)],
            )
            post(SYSTEM, event, now)
        for _ in range(3):
            makers.make_received_order(crew, now)
    assert counts() == few
    first = person(crew.bendahara).get("/uang/2026-11")
    second = person(crew.bendahara).get(re.search(r'href="(/uang/2026-11\?setelah=\d+)"', first.text).group(1))
    shown = [page.text.count("Utang dicatat saat barang diterima") for page in (first, second)]
    assert shown == [50, 6]
    assert "setelah=" not in second.text


def test_what_is_owed_stands_in_the_bucket_of_its_working_days(crew, person, now):
    """Now is Friday 20 November; an order of Monday the 16th is due on Thursday the 19th."""
    days = {"2026-11-18": 0, "2026-11-16": 1, "2026-11-10": 1, "2026-11-06": 2, "2026-10-05": 3}
    with unit_of_work():
        for day in days:
            makers.make_received_order(crew, datetime.fromisoformat(f"{day}T03:00:00+00:00"))
    purse = Purse("office", crew.office_id, "")
    (group,) = aging.groups(purse, now)
    assert group.count == 5
    assert [amount // 555_000 for amount in group.buckets] == [1, 2, 1, 1]
    assert (group.oldest, group.late, group.total) == (date(2026, 10, 5), 4 * 555_000, 5 * 555_000)
    rows = aging.owed(purse, now)
    assert [row.received_on.isoformat() for row in rows] == sorted(days)
    for row in rows:
        bucket = days[row.received_on.isoformat()]
        assert row.is_late == (bucket > 0)
        assert (0, 1, 6, 21)[bucket] <= row.days_late <= (0, 5, 20, 999)[bucket], row
    with unit_of_work():
        session.execute(update(Vendor).where(Vendor.id == crew.vendor.id).values(name="=cmd()"))
        session.execute(update(Order).values(vendor_name="=cmd()"))
        auditor = makers.make_actor("auditor")
    for who, path in ((crew.bendahara, ""), (crew.producer, ""), (auditor, f"?kantor={crew.office_id}"), (auditor, "")):
        found = list(csv.reader(io.StringIO(person(who).get(f"/uang/belum-dibayar.csv{path}").text)))
        assert len(found) == 6
        assert ["'=cmd()", "555000", "2026-10-05", "2026-10-08"] in [row[2:6] for row in found]
    # Every bucket's edge is the day by day count of working days, on weekends and holidays too.
    for ahead in range(12):
        moment = now + timedelta(days=ahead)
        (group,) = aging.groups(purse, moment)
        by_row = [0, 0, 0, 0]
        for row in aging.owed(purse, moment):
            by_row[0 if not row.is_late else 1 if row.days_late <= 5 else 2 if row.days_late <= 20 else 3] += row.amount
        assert list(group.buckets) == by_row, moment


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_the_payment_clock_counts_payments_by_every_channel(crew, person, now, channel):
    with unit_of_work():
        for _ in range(5):
            order = makers.make_received_order(crew, now)
            session.flush()
            paying.charge(
                order.id, Charged(channel, "REF-1", order.total, now.date(), now.date(), crew.bendahara.user_id), now
            )
    assert punctuality.of_offices([crew.office_id], now)[crew.office_id].in_time == 5
    assert punctuality.verify() == []
    assert "5 dari 5" in text(person(crew.bendahara).get("/uang"))
