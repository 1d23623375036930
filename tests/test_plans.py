"""What the database means to do: no desk, no list and nothing that runs by itself walks through a table that grows."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from shop import background
from shop.db import db, session, unit_of_work
from tests import makers

GROWS = (
    "purchase_order", "order_line", "order_proposal", "order_reminder", "price_promise", "approval_request",
    "approval_line", "negotiation", "negotiation_offer", "competition", "competition_invite", "competition_bid",
    "addendum", "receipt", "receipt_line", "signing", "handover_paper", "handover_photo", "complaint", "rating",
    "choice_trail", "comparison_record", "paid_price", "price_count", "choice_count", "risk_flag", "risk_note",
    "order_attachment", "saved_basket", "cart_line", "product", "certificate", "vendor_paper", "capacity_day",
    "ledger_entry", "money_posting", "money_transfer", "claim_pledge", "audit_entry", "outbox_message", "placement_key",
    "p3dn_alert", "p3dn_judged", "p3dn_target",
)  # fmt: skip
WALK = re.compile(rf"^SCAN ({'|'.join(GROWS)})\b")
ANYTIME = re.compile(r"WHERE (0 = 1|1 = 1)")
"""Of all that hat may see: nobody, which is no walk, or everybody, newest first and a page of it."""
DESKS = ("/meja", "/pesanan?status=giliran")
PAGES = {
    "pp": (*DESKS, "/persetujuan", "/tawar", "/kompetisi", "/pengaduan", "/simpanan", "/keranjang", "/kebutuhan"),
    "ppk": (*DESKS, "/persetujuan?status=giliran", "/tawar?status=berjalan", "/kompetisi?status=selesai", "/pengaduan"),
    "bendahara": (
        *DESKS,
        "/pengaduan",
        "/uang",
        "/uang/2026-11?arus=paid",
        "/uang/belum-dibayar",
    ),
    "producer": (
        *DESKS,
        "/serah-terima",
        "/tawar",
        "/kompetisi",
        "/pengaduan",
        "/produk-saya/alasan",
        "/uang",
        "/uang/2026-11",
        "/uang/belum-dibayar.csv",
        "/tagihan",
        "/tagihan.pdf",
    ),
}


@pytest.fixture
def walks(app):
    """Collect (statement, step of its plan) of every walk through a table that grows while the test runs."""
    found = []

    def look(connection, _cursor, statement, parameters, _context, many):
        if not many and statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            plan = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.extend((statement, row[3]) for row in plan if WALK.match(row[3]) and not ANYTIME.search(statement))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", look)
    yield found
    event.remove(engine, "after_cursor_execute", look)


@pytest.mark.sqlite_only  # an empty PostgreSQL walks through everything: its planner knows that the tables are empty
def test_no_list_and_no_deadline_walks_through_a_table_that_grows(app, person, now, walks):
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            crew = makers.make_crew()
            auditor = makers.make_actor("auditor")
        for work in background.periodic(app):
            if work.__name__ != "heal":  # reads the whole catalogue once, when the index is made anew
                work(now)
                session.rollback()
        for role, paths in PAGES.items():
            for path in paths:
                person(getattr(crew, role)).get(path)
        person(auditor).get("/audit/risiko?aturan=splitting")
        for path in (
            "/audit",
            "/audit/pesanan?produk=kue&risiko=tidak",
            "/audit/sampel",
            "/audit/catatan",
            "/audit/ekspor",
        ):
            person(auditor).get(path)
        person(auditor).get("/ketepatan-bayar")
        person(auditor).get("/pemerataan")
        person(auditor).get("/pemerataan/ketepatan")
        person(auditor).get("/program/belum-terjual?kategori=snack-kotak")
        person(auditor).get("/uang")
        person(auditor).get("/uang/belum-dibayar")
    assert walks == []
