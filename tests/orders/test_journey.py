"""The journey of one order through the pages, each step by the person whose turn it is."""

from __future__ import annotations

import io
import re
from datetime import timedelta

from sqlalchemy import func, select

from shop.db import session, unit_of_work
from shop.orders.models import CartLine, Order
from shop.p3dn.models import LedgerEntry
from tests import makers

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def checkout_form(page, crew, **changed):
    return {
        "key": hidden(page, "key"),
        "shown_total": hidden(page, "shown_total"),
        "package_id": str(crew.package_id),
        "purpose": "Rapat koordinasi RW",
        "headcount": "30",
        "deliver.address": "Kantor Kelurahan, Jl. Medan Merdeka 1",
        "deliver.kecamatan": makers.GAMBIR,
        "deliver.at": "2026-11-25T10:00",
        "product_id": re.findall(r'name="product_id" value="(\d+)"', page),
        "quantity": re.findall(r'name="quantity" value="(\d+)"', page),
        "note": re.findall(r'name="note" value="([^"]*)"', page),
        "act": "send",
        **changed,
    }


def test_an_order_goes_from_basket_to_closed_through_the_pages(crew, person, clock):
    with unit_of_work():
        product = makers.make_product(crew.vendor, name="Snack kotak kue basah", stock=100)
        makers.make_certificate(product, tkdn_bp=6240)
        other = makers.make_product(name="Kopi gula aren")
    pp, ppk, bendahara, producer = (person(a) for a in (crew.pp, crew.ppk, crew.bendahara, crew.producer))
    pp.post("/keranjang", {"product_id": product.id, "quantity": "30", "note": "tidak pedas"})
    pp.post("/keranjang", {"product_id": other.id, "quantity": "30"})
    basket = pp.get("/keranjang").text
    assert "Snack kotak kue basah" in basket
    assert "Rp1.110.000" in basket
    page = pp.get("/kirim").text
    sent = pp.post("/kirim", checkout_form(page, crew))
    assert pp.get(sent.location).text.count("/SP/OPD-") == 2
    session.rollback()
    assert session.scalar(select(func.count()).select_from(CartLine)) == 0
    order = session.scalars(select(Order).where(Order.vendor_id == crew.vendor.id)).one()
    url = f"/pesanan/{order.id}"

    seen = producer.get(url).text
    assert "Giliran Anda" in seen
    assert "Terima pesanan" in seen
    assert "62,40" in seen
    assert "tidak pedas" in seen
    producer.post(f"{url}/confirm", {"version": "1"})
    producer.post(f"{url}/ship", {"version": "2"})
    clock.shift(timedelta(days=5))
    producer.post(f"{url}/arrive", {"version": "3"})
    assert "Barang diterima" in ppk.get(url).text
    assert "Giliran Anda" in ppk.get("/meja").text
    ppk.post(f"{url}/receive", {"version": "4"})
    assert "Catat pembayaran" in bendahara.get(f"{url}/bayar").text
    bendahara.post(
        f"{url}/bayar/transfer",
        {
            "version": "5",
            "reference": "SP2D-0001",
            "paid_on": "2026-11-25",
            "withheld": "2.775",
            "note": "Menurut bukti potong bendahara",
            "proof": (io.BytesIO(PDF), "bukti transfer.pdf"),
        },
        content_type="multipart/form-data",
    )
    proof = ppk.get(f"{url}/bukti")
    assert proof.data == PDF
    assert proof.headers["Content-Disposition"].startswith("attachment")
    assert proof.headers["X-Content-Type-Options"] == "nosniff"
    ppk.post(f"{url}/close", {"version": "6"})
    last = ppk.get(url).text
    assert "Selesai" in last
    assert "SP2D-0001" in last
    session.rollback()
    paid = session.execute(select(func.sum(LedgerEntry.paid_total), func.sum(LedgerEntry.pdn_certified))).one()
    assert tuple(paid) == (555_000, 555_000)
