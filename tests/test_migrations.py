"""Migrations: what they build is what the models say, and the way back works."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect, text

from shop.db import Base, db
from shop.settings import ROOT

FOLDER = str(ROOT / "migrations")


def test_migrated_schema_is_what_the_models_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_to_nothing_and_up_again(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        downgrade(directory=FOLDER, revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        assert functions() == []
        upgrade(directory=FOLDER)
        assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def functions() -> list[str]:
    """Return the triggers and functions of ours that are in the database."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if on_sqlite
        else ("SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE n.nspname = 'public'")
    )
    with db.engine.connect() as connection:
        return sorted(connection.execute(text(query)).scalars())


@pytest.mark.parametrize(
    "table", ["audit_entry", "ledger_entry", "product_version", "tkdn_worksheet", "curation_review"]
)
def test_after_down_and_up_the_books_still_refuse_to_be_rewritten(app: Flask, table: str) -> None:
    with app.app_context():
        before = functions()
        assert any(name.startswith(table) for name in before)
        db.session.remove()
        downgrade(directory=FOLDER, revision="base")
        upgrade(directory=FOLDER)
        assert functions() == before


def test_every_check_of_the_models_is_in_the_database_once(app: Flask) -> None:
    with app.app_context():
        found = {
            name: [c["name"] for c in checks]
            for (_, name), checks in inspect(db.engine).get_multi_check_constraints().items()
        }
    for table in Base.metadata.tables.values():
        wanted = [c.name for c in table.constraints if isinstance(c, CheckConstraint)]
        assert sorted(map(str, found[table.name])) == sorted(map(str, wanted)), table.name


@pytest.mark.blank
def test_rows_of_the_first_house_go_up_and_down_unharmed(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        downgrade(directory=FOLDER, revision="0001")
        with db.engine.begin() as connection:
            for statement in FIRST_HOUSE:
                connection.execute(text(statement))
        upgrade(directory=FOLDER)
        assert kept() == ("Dapur", "Kue", 4_500, "sent")
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE product SET state = 'submitted'"))
            connection.execute(text("UPDATE purchase_order SET state = 'ready', shipping = 10"))
        downgrade(directory=FOLDER, revision="0001")
        assert kept() == ("Dapur", "Kue", 4_500, "confirmed")
        upgrade(directory=FOLDER)


def kept() -> tuple[object, ...]:
    """Return what the rows of the first house say now, through the keys between them."""
    with db.engine.connect() as connection:
        return tuple(
            connection.execute(
                text(
                    "SELECT v.name, p.name, c.tkdn_bp, o.state FROM vendor v JOIN product p ON p.vendor_id = v.id"
                    " JOIN certificate c ON c.product_id = p.id JOIN order_line l ON l.product_id = p.id"
                    " JOIN purchase_order o ON o.id = l.order_id"
                )
            ).one()
        )


FIRST_HOUSE = (
    "INSERT INTO region (code, name, level) VALUES ('31.71.01', 'Gambir', 'kecamatan')",
    "INSERT INTO office (id, code, name, kind, relaxed_duties, active, version) VALUES (1, 'OPD-1', 'Kelurahan', 'kelurahan', false, true, 1)",
    (
        "INSERT INTO user_account (id, email, name, password_hash, active, locale, failed_attempts, epoch, created_at)"
        " VALUES (1, 'a@contoh.id', 'A', '-', true, 'id', 0, 1, '2026-11-01 00:00:00')"
    ),
    (
        "INSERT INTO vendor (id, name, slug, kind, size, legal_form, pkp, kecamatan_code, address, phone, story, bank_name,"
        " bank_account, closed_weekdays, state, created_at, version) VALUES (1, 'Dapur', 'dapur', 'jakpreneur', 'mikro',"
        " 'individual', false, '31.71.01', '', '', '', '', '', 0, 'active', '2026-11-01 00:00:00', 1)"
    ),
    (
        "INSERT INTO category (code, name_id, name_en, kind, industrial, art, position)"
        " VALUES ('kue', 'Kue', 'Cake', 'food', false, 'umum', 0)"
    ),
    (
        "INSERT INTO product (id, vendor_id, category_code, name, slug, description, ingredients, price, unit, min_order,"
        " lead_time_hours, halal, pdn, state, source, created_at, updated_at, version) VALUES (1, 1, 'kue', 'Kue', 'kue', '', '',"
        " 5000, 'buah', 1, 24, false, true, 'published', 'shop', '2026-11-01 00:00:00', '2026-11-01 00:00:00', 1)"
    ),
    (
        "INSERT INTO certificate (id, product_id, kind, number, tkdn_bp, bmp_bp, issued_on, valid_until)"
        " VALUES (1, 1, 'certified', '1', 4500, 0, '2026-01-01', '2026-12-31')"
    ),
    (
        "INSERT INTO account_code (code, name, parent_code, parent_name, msme, kind)"
        " VALUES ('5.1.02.01.01.0052', 'Makan', '5.1', 'Barang', true, 'operasi')"
    ),
    (
        "INSERT INTO budget_package (id, rup_code, name, office_id, account_code, year, pagu, reserved, realised, state, mak,"
        " fund_source, method, pdn, umk, imported_at, version) VALUES (1, '1', 'P', 1, '5.1.02.01.01.0052', 2026, 100000, 0, 0,"
        " 'with_pp', '', '', '', true, true, '2026-11-01 00:00:00', 1)"
    ),
    (
        "INSERT INTO purchase_order (id, number, state, office_id, package_id, account_code, vendor_id, vendor_name,"
        " vendor_kecamatan, purpose, deliver_address, deliver_kecamatan, deliver_at, total, placed_by, placed_at, relaxed,"
        " version) VALUES (1, '1', 'sent', 1, 1, '5.1.02.01.01.0052', 1, 'Dapur', '31.71.01', 'Rapat', 'Kantor', '31.71.01',"
        " '2026-11-25 00:00:00', 5000, 1, '2026-11-20 00:00:00', '[]', 1)"
    ),
    (
        "INSERT INTO order_line (id, order_id, product_id, product_version, product_name, category_code, unit, list_price,"
        " unit_price, quantity, amount, note, evidence, tkdn_bp, bmp_bp, pdn, umk, halal, took_stock, took_capacity)"
        " VALUES (1, 1, 1, 1, 'Kue', 'kue', 'buah', 5000, 5000, 1, 5000, '', 'certified', 4500, 0, true, true, false, false, false)"
    ),
)
"""One producer, one product with its paper, one order, as version 0.1.0 wrote them."""
