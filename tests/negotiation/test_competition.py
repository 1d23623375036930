"""A sealed request to three: nobody of the office reads a price before the deadline, and the winner is chosen line by line."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from shop import background
from shop.audit.models import AuditEntry
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, Stale, WrongState
from shop.db import session, unit_of_work
from shop.documents import drawing, reading
from shop.negotiation import awarding, bidding, competitions, opening, ranking, requesting, waiting
from shop.negotiation.awarding import Choice
from shop.negotiation.bidding import BidLine
from shop.negotiation.models import Competition, CompetitionBid, CompetitionLine
from shop.negotiation.requesting import Need, NeedLine
from shop.orders import confirming
from shop.orders.models import Order, OrderLine
from shop.orders.wish import Delivery
from shop.outbox.models import OutboxMessage
from shop.outbox.posting import drain
from shop.vendors.conflicts import tell_conflict
from shop.vendors.models import Vendor
from tests import makers

SECRETS = (17_311, 16_377, 17_193, 16_937, 8_133, 8_717)


def typed(street, **changed):
    return {
        "act": "send", "category": "snack-kotak", "package_id": street.crew.package_id, "purpose": "Rapat RW November",
        "words": "Tahan 4 jam", "lines.0.need": "Snack kotak isi 4", "lines.0.quantity": "300", "lines.0.unit": "kotak",
        "lines.1.need": "Jus buah", "lines.1.quantity": "300", "lines.1.unit": "botol", "lines.1.ceiling": "9.500",
        "deliver.address": "Kantor Kelurahan, Jalan Medan Merdeka 1", "deliver.kecamatan": makers.GAMBIR,
        "deliver.at": "2026-11-27T10:00", "deadline": "2026-11-23T15:00", "vendor": street.vendors[:3],
    } | changed  # fmt: skip


def called(street, now, **changed):
    """A request for 300 boxes and 300 bottles to the first three producers, open until Monday at three."""
    lines = (NeedLine("Snack kotak isi 4", 300, "kotak", None), NeedLine("Jus buah", 300, "botol", 9_500))
    place = Delivery("Kantor Kelurahan, Jalan Medan Merdeka 1", makers.GAMBIR, now + timedelta(days=7))
    values = {"package_id": street.crew.package_id, "category": "snack-kotak", "purpose": "Rapat RW November",
              "words": "", "lines": lines, "delivery": place, "deadline": now + timedelta(days=3)}  # fmt: skip
    with unit_of_work():
        asked = street.vendors[:3]
        return requesting.call(street.pp, Need(**values | changed), asked, asked[:2], now).id


def line_ids(competition_id):
    found = select(CompetitionLine.id).where(CompetitionLine.competition_id == competition_id)
    return session.scalars(found.order_by(CompetitionLine.position)).all()


def put(street, who, competition_id, now, box=None, jus=None, seen=0, **more):
    """Bid as producer number `who`: rupiah for a box, for a bottle, or only one of them."""
    first, second = line_ids(competition_id)
    session.rollback()
    lines = [BidLine(first, street.goods[who], box, **more)] if box else []
    lines += [BidLine(second, street.drinks[who], jus)] if jus else []
    with unit_of_work():
        return bidding.bid(street.owners[who], competition_id, seen, lines, now)


def row(competition_id):
    session.rollback()
    return session.get_one(Competition, competition_id)


def money(amount):
    return f"{amount:,}".replace(",", ".")


def told(answer):
    """Return which of the secret prices an answer lets out, however they are written."""
    words = answer.data.decode("utf-8", "replace")
    return [p for p in SECRETS if any(shape in words for shape in (str(p), money(p), f"{p:,}"))]


def test_a_competition_of_three_from_the_need_to_the_orders(  # noqa: PLR0915 - one story, told in one go
    app, street, person, clock
):
    pp, owners = person(street.pp), [person(who) for who in street.owners]
    found = pp.post("/kompetisi", typed(street, act="find", vendor=[]), 200).text
    assert all(name in found for name in street.names)
    refused = pp.post("/kompetisi", typed(street, vendor=street.vendors[:2], purpose=" "), 422).text
    assert "Pilih paling sedikit 3 produsen" in refused
    assert "Tuliskan keperluannya" in refused
    assert "Snack kotak isi 4" in refused
    at = pp.post("/kompetisi", typed(street)).headers["Location"]
    assert "sudah dikirim" in pp.post("/kompetisi", typed(street), 409).text  # the second click asks nobody again
    number = int(at.rsplit("/", 1)[1])
    owners[3].get(at, 404)  # who was not asked hears nothing
    page = owners[0].get(at).text
    assert "paling tinggi" in page
    assert street.names[1] not in page  # nor who else was asked
    first, second = line_ids(number)
    envelope = {
        f"product-{first}": street.goods[0], f"price-{first}": "17.311",
        f"product-{second}": street.drinks[0], f"price-{second}": "8.717", "seen": "0",
    }  # fmt: skip
    assert "dilihat" in pp.get(at).text
    owners[0].post(f"{at}/penawaran", envelope)
    assert money(17_311) not in owners[1].get(at).text
    owners[1].post(f"{at}/penawaran", {f"product-{first}": street.goods[1], f"price-{first}": "17.193", "seen": "0"})
    owners[1].post(f"{at}/penawaran", {f"product-{first}": street.goods[1], f"price-{first}": "16.377", "seen": "1"})
    stale = owners[1].post(
        f"{at}/penawaran", {f"product-{first}": street.goods[1], f"price-{first}": "1", "seen": "1"}, 409
    )
    assert "diubah di layar lain" in stale.text
    lone = {f"product-{second}": street.drinks[2], f"price-{second}": "8.133"}
    owners[2].post(f"{at}/penawaran", {**lone, "seen": "0"})
    owners[2].post(f"{at}/tarik", {"seen": "1"})
    owners[2].post(f"{at}/penawaran", {**lone, "seen": "2"})
    clock.move_to(row(number).deadline + timedelta(seconds=1))
    late = owners[0].post(f"{at}/penawaran", {**envelope, "seen": "1"}, 409).text
    assert "Batas waktu menawar sudah lewat" in late
    opened = pp.get(at).text
    assert all(money(price) in opened for price in (17_311, 16_377, 8_717, 8_133))
    assert money(17_193) not in opened  # what was replaced was never an offer
    assert opened.count("cocok, isinya tidak berubah") == 3
    dear = {f"winner-{first}": street.vendors[0], f"winner-{second}": street.vendors[2], "version": row(number).version}
    assert "Ini bukan urutan pertama" in pp.post(f"{at}/tetapkan", dear, 422).text
    kept = pp.post(f"{at}/tetapkan", {**dear, f"reason-{first}": "other", f"words-{first}": " "}, 422).text
    assert f'<option value="{street.vendors[0]}" selected>' in kept
    pp.post(f"{at}/tetapkan", {**dear, f"reason-{first}": "contents", f"words-{first}": "Isinya lima macam"})
    pp.post(f"{at}/tetapkan", {**dear, f"reason-{first}": "contents"}, 409)
    lost = owners[1].get(at).text
    assert "Belum menang" in lost
    assert money(17_311) in lost  # the winner's price, with the reason
    assert "Isinya lima macam" in lost
    assert money(8_717) not in lost  # but not of a line it did not bid for
    assert "Anda menang" in owners[2].get(at).text
    owners[0].get(f"{at}/berita-acara", 404)
    assert pp.get(f"{at}/berita-acara").data.startswith(b"%PDF")
    total = re.search(r'name="shown_total" value="(\d+)"[^/]*</?button class="btn big gold"', pp.get(at).text)
    assert "Harga berubah" in pp.post(f"{at}/pesan", {"shown_total": "1"}, 409).text
    sent = pp.post(f"{at}/pesan", {"shown_total": total.group(1)}).headers["Location"]
    assert pp.post(f"{at}/pesan", {"shown_total": total.group(1)}).headers["Location"] == sent  # a second click
    session.rollback()
    orders = session.execute(select(Order.id, Order.vendor_id, Order.total).order_by(Order.id)).all()
    assert [(o.vendor_id, o.total) for o in orders] == [
        (street.vendors[0], 300 * 17_311), (street.vendors[2], 300 * 8_133),
    ]  # fmt: skip
    assert set(session.scalars(select(OrderLine.unit_price))) == {17_311, 8_133}
    behind = pp.get(f"/pesanan/{orders[0].id}").text
    assert "Harga pemenang lomba" in behind
    assert f"{at}/berita-acara" in behind
    assert "penawaran tertutup" in behind
    for one in orders:  # one record, in the papers of both orders that were won
        with unit_of_work():
            winner = street.owners[street.vendors.index(one.vendor_id)]
            confirming.confirm(winner, one.id, session.get_one(Order, one.id).version, row(number).ended_at)
        paper = reading.newest(reading.of_order(one.id))["bak"]
        assert (paper.number, paper.version) == (row(number).record_number, 1)
        assert drawing.draw(paper, None, "https://toko.contoh").startswith(b"%PDF")


def test_no_page_trail_mail_or_message_tells_a_sealed_price(app, street, person, now, clock):
    number = called(street, now)
    put(street, 0, number, now, 17_311, 8_717)
    put(street, 1, number, now, 17_193)
    put(street, 1, number, now, 16_377, seen=1)
    put(street, 2, number, now, 16_937, 8_133)
    waiting_mail = session.execute(select(OutboxMessage.payload)).scalars().all()
    drain(background.handlers(app), now)
    written = [repr(p) for p in (*waiting_mail, *session.scalars(select(OutboxMessage.payload)))]
    written += [repr(data) for data in session.scalars(select(AuditEntry.data))]
    written += [path.read_text("latin-1") for path in app.config["SHOP"].var.rglob("*.eml")]
    assert not [w for w in written if any(str(p) in w or money(p) in w for p in SECRETS)]
    seals = [d["seal"] for d in session.scalars(select(AuditEntry.data)) if "seal" in d]
    assert seals == list(session.scalars(select(CompetitionBid.seal).order_by(CompetitionBid.id)))
    crew, leaks, pages = street.crew, [], 0
    for who in (crew.pp, crew.ppk, crew.pa, crew.bendahara, street.auditor):
        browser = person(who)
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
                continue
            names = {"competition_id": number, "package_id": crew.package_id}
            path = rule.rule
            for name in rule.arguments:
                path = re.sub(rf"<[^>]*{name}>", str(names.get(name, 1)), path)
            answer = browser._open("GET", path)
            pages += answer.status_code == 200
            leaks += [(who.role, path, p) for p in told(answer)]
        for verb in ("tetapkan", "buka", "perpanjang", "pesan", "penawaran"):
            answer = browser._open("POST", f"/kompetisi/{number}/{verb}", data={"csrf_token": browser._token})
            leaks += [(who.role, verb, p) for p in told(answer)]
    assert leaks == []
    assert pages > 60
    with pytest.raises(Forbidden, match="disegel"):
        ranking.envelopes(row(number))
    seen = competitions.tender(street.pp, number, now)
    assert (seen.count, seen.envelopes, seen.table) == (None, [], {})
    session.rollback()
    opening.open_due(row(number).deadline)
    assert row(number).state == "collecting"  # the deadline itself still belongs to the producers
    opening.open_due(row(number).deadline + timedelta(seconds=1))
    assert told(person(street.pp).get(f"/kompetisi/{number}"))
    with pytest.raises(DatabaseError, match="append-only"), unit_of_work():
        session.execute(text("UPDATE competition_bid SET withdrawn = withdrawn"))


def test_too_few_bids_stay_sealed_until_somebody_answers_for_it(app, street, person, now, clock):
    number, pp = called(street, now), person(street.pp)
    put(street, 0, number, now, 17_311)
    late = row(number).deadline + timedelta(minutes=1)
    clock.move_to(late)
    assert opening.open_due(late) == 1
    assert not told(pp.get(f"/kompetisi/{number}"))
    assert [t.link for t in waiting.turns(street.pp, late)] == ["/kompetisi?status=berjalan"]
    at, form = f"/kompetisi/{number}", {"version": row(number).version}
    assert "5 sampai 500" in pp.post(f"{at}/buka", {**form, "note": " "}, 422).text
    pp.post(f"{at}/tetapkan", {**form, **{f"winner-{n}": street.vendors[0] for n in line_ids(number)}}, 409)
    pp.post(f"{at}/perpanjang", form)
    assert row(number).deadline == pytest.approx(late + timedelta(hours=48), abs=timedelta(seconds=5))
    put(street, 0, number, late, 16_377, seen=1)  # more time also lets one think again
    later = row(number).deadline + timedelta(minutes=1)
    clock.move_to(later)
    pp.get(at)
    assert row(number).state == "short"
    form = {"version": row(number).version}
    assert "sudah pernah diperpanjang" in pp.post(f"{at}/perpanjang", form, 409).text
    pp.post(f"{at}/buka", {**form, "note": "Kegiatan tidak bisa diundur"})
    assert told(pp.get(at)) == [16_377]
    pp.post(f"{at}/tutup", {"version": row(number).version, "note": "Kegiatan batal"})
    assert (row(number).state, row(number).record_number[:9]) == ("closed", "0001/BAK/")
    assert pp.get(f"{at}/berita-acara").data.startswith(b"%PDF")
    other = called(street, later, delivery=Delivery("Kantor Kelurahan", makers.GAMBIR, later + timedelta(days=9)),
                   deadline=later + timedelta(days=1))  # fmt: skip
    past = later + timedelta(days=2)
    opening.open_due(past)
    with pytest.raises(WrongState, match="Tidak ada penawaran"), unit_of_work():
        opening.open_anyway(street.pp, other, row(other).version, "Mendesak sekali", past)


def test_bids_that_cannot_be_are_refused_with_all_faults(street, now):
    number = called(street, now)
    first, second = line_ids(number)
    mine, jus = street.goods[0], street.drinks[0]
    wrong = {
        "isi harga": [],
        "bukan bagian": [BidLine(987_654, mine, 10_000)],
        "sedang dijual": [BidLine(first, street.goods[1], 10_000)],
        "satu produk": [BidLine(first, mine, 10_000), BidLine(second, mine, 9_000)],
        "dalam rupiah": [BidLine(first, mine, 0), BidLine(second, jus, 9_400, why=" ")],
        "membatasi": [BidLine(second, jus, 9_501, why="Lebih besar")],
        "di atas harga daftar": [BidLine(first, mine, 18_501, why=" ")],
    }
    for words, lines in wrong.items():
        with pytest.raises(Invalid) as refused, unit_of_work():
            bidding.bid(street.owners[0], number, 0, lines, now)
        assert words in " ".join(f.message.lower() for f in refused.value.faults), words
    assert session.scalars(select(CompetitionBid.id)).all() == []
    put(street, 0, number, now, 19_000, why="Isinya ditambah buah")
    for who, error in ((street.owners[3], NotFound), (street.pp, Forbidden)):
        with pytest.raises(error), unit_of_work():
            bidding.bid(who, number, 0, [BidLine(first, mine, 1)], now)
    with unit_of_work():
        session.execute(update(Vendor).where(Vendor.id == street.vendors[1]).values(state="suspended"))
    with pytest.raises(WrongState, match="dibekukan"):
        put(street, 1, number, now, 10_000)
    with pytest.raises(Stale):
        put(street, 0, number, now, 10_000, seen=7)


def test_a_producer_held_meanwhile_loses_its_place_and_who_is_close_may_not_decide(street, now):
    number = called(street, now)
    for who, price in enumerate((15_000, 16_000, 16_000)):
        put(street, who, number, now, price)
    after = row(number).deadline + timedelta(minutes=1)
    opening.open_due(after)
    with unit_of_work():
        session.execute(update(Vendor).where(Vendor.id == street.vendors[0]).values(state="suspended"))
    first, second = line_ids(number)
    entries = competitions.tender(street.pp, number, after).table[first]
    assert [(e.vendor_id, e.rank, e.out) for e in entries] == [
        (street.vendors[1], 1, ""), (street.vendors[2], 1, ""), (street.vendors[0], 0, "vendor"),
    ]  # fmt: skip
    version = row(number).version

    def award(vendor, **more):
        with unit_of_work():
            awarding.award(street.pp, number, version, {first: Choice(vendor, **more), second: Choice(None)}, after)

    for choice in (street.vendors[0], street.vendors[3], None):
        with pytest.raises(Invalid):
            award(choice)
    with pytest.raises(Invalid):
        award(None, words="Semua terlalu mahal")  # nobody at all is not an award
    with unit_of_work():
        tell_conflict(makers.make_actor("admin"), street.crew.ppk.user_id, street.vendors[1], "Adik pemilik", after)
    with pytest.raises(Forbidden, match="Adik pemilik"):
        award(street.vendors[1])
    with pytest.raises(Invalid):
        award(street.vendors[2])  # as cheap as the first but later: that needs a word, too
    award(street.vendors[2], reason="other", words="Yang pertama keluarga PPK")
    assert [t.label for t in waiting.turns(street.pp, after)] == ["Pesan dari pemenang kompetisi"]
    with unit_of_work():
        session.execute(update(Vendor).where(Vendor.id == street.vendors[0]).values(state="active"))
    frozen = competitions.tender(street.owners[0], number, after).outcomes[first]
    assert (frozen.out, frozen.rank, frozen.winning_price) == ("vendor", 0, 16_000)  # a hold that ends rewrites nothing


def test_who_is_able_and_what_a_request_must_say(street, now, statements, person, app):
    place = Delivery("Kantor", makers.GAMBIR, now + timedelta(days=7))
    with unit_of_work():
        tell_conflict(makers.make_actor("admin"), street.pp.user_id, street.vendors[3], "Suami pemilik", now)
        far = makers.make_vendor(kecamatan_code="31.74.01")
        makers.make_product(far)
        shut = makers.make_vendor(closed_weekdays=1 << 4)  # Fridays, and the delivery is on one
        makers.make_product(shut)
        idle, shut_id, far_id = makers.make_vendor(name="Dapur Tanpa Snack").id, shut.id, far.id
    with statements() as seen:
        found = {one.id: one for one in requesting.able(street.pp, "snack-kotak", place, "tanpa snack", now)}
    assert set(found) == {*street.vendors[:3], far_id, idle}
    assert (found[far_id].near, found[idle].added, shut_id in found) == (False, True, False)
    assert len(seen) <= 9
    with pytest.raises(Forbidden, match="Suami pemilik"), unit_of_work():
        need = Need(street.crew.package_id, "snack-kotak", "Rapat RW", "", (NeedLine("Snack", 30, "kotak", None),),
                    place, now + timedelta(days=1))  # fmt: skip
        requesting.call(street.pp, need, [street.vendors[0], street.vendors[1], street.vendors[3]], [], now)
    pp = person(street.pp)
    wrong = typed(street, **{"category": "x\0", "deliver.kecamatan": "99", "deliver.at": "2020-01-01T10:00",
                             "deadline": "2026-11-20T10:30", "lines.0.quantity": "0", "lines.1.ceiling": "murah"})  # fmt: skip
    assert "Isi rupiah bulat" in pp.post("/kompetisi", wrong, 422).text
    answer = pp.post("/kompetisi", wrong | {"lines.1.ceiling": "9.000", "package_id": "999999"}, 422).text
    for words in ("Pilih paket", "Pilih jenis barang", "44 kecamatan", "sudah lewat", "paling sedikit 4 jam",
                  "bilangan bulat 1 sampai"):  # fmt: skip
        assert words in answer, words
    assert session.scalars(select(Competition.id)).all() == []
    called(street, now)
    pages = {}
    for times in (1, 4):
        for number in range(times - 1):
            called(street, now, purpose=f"Rapat RW {number}")
        with app.app_context(), statements() as seen:
            assert competitions.tenders(street.pp, "", 0)[1] == times
        pages[times] = len(seen)
    assert pages[1] == pages[4] == 2
    with pytest.raises(Conflict), unit_of_work():
        opening.close(street.pp, row(1).id, 99, "Salah kirim", now)
