"""Figures of other systems: as published, beside ours, with a word where they do not divide."""

from __future__ import annotations

import io

import pytest
from sqlalchemy.exc import DatabaseError

from shop.base.errors import Forbidden, Invalid
from shop.base.money import ratio_bp
from shop.db import session, unit_of_work
from shop.p3dn import external
from shop.p3dn.models_external import ExternalFigure
from tests import makers

HEAD = "sistem,milik,tahun,per_tanggal,komitmen,realisasi,persen_tertulis,dasar,sumber,keyakinan\n"


@pytest.mark.parametrize(
    ("planned", "realised", "stated", "computed", "divides"),
    [
        (11_334, 20_454, 18_047, 18_047, True),
        (15_800, 11_350, 7_180, 7_184, True),
        (15_850, 13_100, 8_260, 8_265, True),
        (30_680, 16_050, 6_261, 5_231, False),  # the article contradicts itself
        (32_690, 29_880, 9_140, 9_140, True),
        (0, 5, 100, None, None),
    ],
)
def test_the_published_figures_divide_or_it_is_said(planned, realised, stated, computed, divides):
    figure = external.Figure("x", "y", 2024, None, planned, realised, stated, "", "z", "M")
    assert (ratio_bp(realised, planned), figure.computed_bp, figure.divides) == (computed, computed, divides)


def test_published_figures_stand_beside_ours_and_are_never_edited(app, now, person):
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            staff, auditor = makers.make_actor("programme"), makers.make_actor("auditor")
            assert external.load_published(now).added == 6
            assert external.load_published(now).added == 0
        public = app.test_client().get("/p3dn/sistem-lain?tahun=2024").text
        assert "62,61 %" in public
        assert "52,31 %" in public
        assert "Persennya tidak cocok" in public
        assert "karena sistem dan dasarnya lain" in public
        assert "Di atas seratus persen" in app.test_client().get("/p3dn/sistem-lain?tahun=2022").text
        assert app.test_client().get("/p3dn/sistem-lain?tahun=2019").status_code == 200, "a year without figures"
        with pytest.raises(Forbidden), unit_of_work():
            external.enter(auditor, external.PUBLISHED[:1], now)
        browser = person(staff)
        bad = HEAD + "B,K,26,2027-01-01,-1,x,y,,s,Z\n"
        answer = browser.post("/p3dn/sistem-lain/berkas", {"file": (io.BytesIO(bad.encode()), "a.csv")}, status=422)
        for column in ("tahun", "per_tanggal", "komitmen", "realisasi", "persen_tertulis", "sumber", "keyakinan"):
            assert f">{column}<" in answer.text
        row = 'BigBox LKPP,Provinsi DKI Jakarta,2024,2024-09-06,30680000000000,16050000000000,"52,31",,ralat indotoday.id,H\n'
        for _ in range(2):
            browser.post("/p3dn/sistem-lain/berkas", {"file": (io.BytesIO((HEAD + row).encode()), "a.csv")})
        stands = [f.stated_bp for f in external.latest(2024) if f.as_of]
        assert (stands, session.query(ExternalFigure).count()) == ([5_231], 7), (
            "superseded, and the same again is not kept"
        )
        typed = {"system": "Sistem P3DN BPKP", "subject": "Provinsi DKI Jakarta", "year": "2025", "source": "x"}
        kept = browser.post("/p3dn/sistem-lain/isi", typed, status=422).text
        assert "Sistem P3DN BPKP" in kept
        with pytest.raises(Invalid):
            external.read(typed | {"source": "berita", "confidence": "H"}, now)
        with pytest.raises(DatabaseError), unit_of_work():
            session.execute(ExternalFigure.__table__.delete())
