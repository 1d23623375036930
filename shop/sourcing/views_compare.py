"""Door: comparing up to four, and for producers why others were chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.base.money import rupiah
from shop.base.sheet import whole
from shop.catalog import attributes, places, sections
from shop.catalog.attributes import Attribute
from shop.catalog.listing import LABELS
from shop.orders import terms
from shop.sourcing import compare, lost, need_reading
from shop.sourcing.compare import Compared
from shop.sourcing.need import Need
from shop.sourcing.weighing import Weighed
from shop.web import choosing
from shop.web.guard import actor, public, requires
from shop.web.language import angka, language, persen
from shop.web.language import gettext as _
from shop.web.shelf import engine

bp = Blueprint("comparing", __name__)
_LARGEST: Final = 2**63 - 1
_DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
Row = tuple[str, list[str | Markup], bool]
"""What is compared, one cell for each product, and whether they differ."""


@bp.get("/banding")
@public
def side_by_side() -> ResponseReturnValue:
    """Show up to four products side by side, what differs marked; a fifth is told and left out."""
    who, day = actor(), local_day(utc_now())
    ids, faults = _asked(request.args.getlist("produk"))
    quantity, wrong = _quantity(request.args.get("jumlah", ""))
    place = choosing.kecamatan_of(who)
    need, along = _need()
    place = need.kecamatan if need else place
    columns = compare.compare(ids[: compare.MOST], quantity, place, day, people=need.headcount if need else None)
    if len(ids) > len(columns) + max(len(ids) - compare.MOST, 0):
        faults.append(("", _("Ada produk yang tidak ada lagi; ia tidak ikut dibandingkan.")))
    likes = _likes(columns) if columns else ()
    drawn = render_template(
        "sourcing/compare.html",
        columns=columns,
        rows=_rows(columns, place, own=need is None),
        need=need,
        along=along,
        likes=likes,
        rules=[(c.offer.name, c) for c in columns if c.weighed and _weighs(c.weighed)],
        faults=[*faults, *wrong],
        quantity=request.args.get("jumlah", ""),
        joined=",".join(str(column.offer.id) for column in columns),
        without={c.offer.id: ",".join(str(x.offer.id) for x in columns if x is not c) for c in columns},
        most=compare.MOST,
    )
    if len(columns) > 1:
        asked = need.asked if need else {"jumlah": quantity} if quantity else {}
        choosing.note("compare", asked, [(column.offer.id, column.unit_price) for column in columns])
    return drawn, 422 if faults or wrong else 200


def _need() -> tuple[Need | None, str]:
    """Return the need one comes from, and the query that carries it on; none when it is none any more."""
    if not request.args.get("orang"):
        return None, ""
    given = need_reading.typed(request.args.to_dict(flat=False))
    try:
        return need_reading.read(given, utc_now()), need_reading.onward(given)
    except Invalid:
        return None, ""  # its moment has passed, or somebody changed the address: compare without it


def _asked(given: Sequence[str]) -> tuple[list[int], list[tuple[str, str]]]:
    texts = [part.strip() for text in given[:20] for part in text[:400].split(",") if part.strip()]
    good = [int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 20 and int(t) <= _LARGEST]  # noqa: PLR2004
    ids = list(dict.fromkeys(good))
    faults = []
    if len(good) < len(texts):
        faults.append(("", _("Ada nomor produk yang tidak terbaca; ia tidak ikut dibandingkan.")))
    if len(ids) > compare.MOST:
        faults.append(("", _("Paling banyak %(most)s produk sekaligus. %(count)s produk terakhir belum ikut; keluarkan satu untuk menggantinya.",
                             most=compare.MOST, count=len(ids) - compare.MOST)))  # fmt: skip
    return ids, faults


def _quantity(text: str) -> tuple[int | None, list[tuple[str, str]]]:
    if not text.strip():
        return None, []
    number = whole(text)
    if number is None or not 1 <= number <= terms.MAX_QUANTITY:
        return None, [("jumlah", _("Jumlah harus bilangan bulat 1 sampai 100.000."))]
    return number, []


def _likes(columns: Sequence[Compared]) -> Sequence[compare.Like]:
    first = columns[0]
    near = compare.neighbours(engine(), first.offer.category_code, first.offer.price)
    beside = {column.offer.id for column in columns}
    return compare.similar(near, beside, first.attributes, first.offer.unit, first.offer.price)


def _rows(columns: Sequence[Compared], place: str, *, own: bool) -> list[Row]:
    """Return what the category asks first, then the terms, the proof, and what the price is held against."""
    if not columns:
        return []
    rows = [_row(label, [read(column) for column in columns]) for label, read in _reads(columns, place, own=own)]
    return [row for row in rows if any(cell not in {"", "–"} for cell in row[1])]


def _row(label: str, cells: list[str | Markup]) -> Row:
    return label, cells, len({str(cell) for cell in cells}) > 1


def _reads(
    columns: Sequence[Compared], place: str, *, own: bool
) -> Iterable[tuple[str, Callable[[Compared], str | Markup]]]:
    lang = language()
    asked = {a.key: a for column in columns for a in sections.asked(column.offer.category_code)}
    for attribute in asked.values():
        yield attribute.label(lang), _answer(attribute, lang)
    yield (
        _("Alergen"),
        lambda c: ", ".join(_(attributes.ALLERGENS[k]) for k in c.allergens if k in attributes.ALLERGENS),
    )
    yield _("Harga per satuan"), lambda c: f"{rupiah(c.unit_price)} / {c.offer.unit}"
    yield _("Untuk jumlah"), lambda c: f"{angka(c.quantity)} {c.offer.unit}"
    yield _("Nilai barang"), lambda c: rupiah(c.total)
    yield _("Per orang, dengan ongkos kirim"), lambda c: rupiah(c.per_head) if c.per_head is not None else ""
    yield _("Kisaran wajar"), _fair
    yield _("Pagu satuan"), _top
    yield (
        _("Cukup untuk"),
        lambda c: _("%(count)s orang per %(unit)s", count=angka(c.serves), unit=c.offer.unit) if c.serves else "",
    )
    yield _("Pesanan terkecil"), lambda c: f"{angka(c.offer.min_order)} {c.offer.unit}"
    yield _("Pesan paling lambat"), lambda c: _("%(hours)s jam sebelumnya", hours=angka(c.offer.lead_at(c.quantity)))
    yield _("Kesanggupan per hari"), lambda c: angka(c.offer.daily_capacity) if c.offer.daily_capacity else ""
    yield _("Stok"), lambda c: angka(c.offer.stock) if c.offer.stock is not None else ""
    yield _("Bukti TKDN"), _proof
    yield _("TKDN + BMP"), lambda c: persen(c.offer.evidence.tkdn_bp + c.offer.evidence.bmp_bp)
    yield _("Produk dalam negeri (PDN)"), lambda c: _yes(c.offer.pdn)
    yield _("Usaha mikro dan kecil (UMK)"), lambda c: _yes(c.offer.umk)
    yield _("Halal"), lambda c: _yes(c.offer.halal)
    yield _("Berat"), lambda c: f"{angka(c.weight_gram)} g" if c.weight_gram else ""
    yield _("Tepat waktu"), _on_time
    yield _("Produsen"), lambda c: c.offer.vendor_name
    yield _("Kecamatan"), lambda c: places.kecamatan().get(c.offer.vendor_kecamatan, "")
    if place:
        yield (
            _("Ongkos kirim ke kantor Anda") if own else _("Ongkos kirim ke tempat acara"),
            lambda c: _("tidak diantar") if c.delivery is None else rupiah(c.delivery),
        )
    yield (
        _("Tidak melayani"),
        lambda c: ", ".join(_(d) for n, d in enumerate(_DAYS) if c.offer.closed_weekdays >> n & 1),
    )
    yield _("Dapat dipesan"), lambda c: _yes(c.offer.for_sale and not c.offer.sold_out)


def _on_time(column: Compared) -> str:
    kept = column.record
    if not kept.tells_punctuality:
        return _("belum cukup catatan")
    return _("%(part)s dari %(all)s", part=angka(kept.on_time), all=angka(kept.delivered))


def _weighs(weighed: Weighed) -> bool:
    return any((weighed.band, weighed.ceiling, weighed.preference))


def _fair(column: Compared) -> str:
    band = column.weighed.band if column.weighed else None
    if band is None:
        return ""
    stands = {
        "below": _("Di bawah kisaran wajar."),
        "inside": _("Dalam kisaran wajar."),
        "above": _("Di atas kisaran wajar."),
    }
    return f"{stands[band.stands(column.unit_price)]} {rupiah(band.low)} – {rupiah(band.high)}"


def _top(column: Compared) -> str:
    weighed = column.weighed
    if weighed is None or weighed.ceiling is None:
        return ""
    words = _("Melewati pagu satuan.") if weighed.over else _("Tidak melewati pagu satuan.")
    return f"{words} {rupiah(weighed.per_head or 0)} / {rupiah(weighed.ceiling.amount)}"


def _answer(attribute: Attribute, lang: str) -> Callable[[Compared], str]:
    def read(column: Compared) -> str:
        value: Any = column.attributes.get(attribute.key)
        return "" if value is None or value == "" else attribute.words(value, lang)

    return read


def _proof(column: Compared) -> str:
    proof = column.offer.evidence
    return _(LABELS[proof.evidence]) + (f" · {persen(proof.tkdn_bp)}" if proof.evidence != "none" else "")


def _yes(fact: bool) -> str:  # noqa: FBT001 - one fact
    return _("Ya") if fact else _("Tidak")


@bp.get("/produk-saya/alasan")
@requires("catalog:product:read_own")
def losses() -> ResponseReturnValue:
    """Show a producer why others were chosen: counts by reason, nobody named."""
    return render_template("sourcing/losses.html", found=lost.own(actor(), utc_now()), least=lost.LEAST)
