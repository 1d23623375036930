"""The forms of a producer's business, from text to values. Every fault is told at once, at its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid, or_fault
from shop.base.fields import Fields
from shop.base.numbers import mobile_number
from shop.base.sheet import whole
from shop.vendors import identity, own_qris, taxpaying
from shop.vendors.papers import NewPaper

Reader = Callable[["Form"], dict[str, Any]]
_EVERY_DAY: Final = 0b1111111
_MIDNIGHT: Final = 24 * 60


class Form(Fields):
    """One sent form of a business; an empty secret number stays as it is kept."""

    def __init__(self, sent: Mapping[str, str], today: date, kept: Mapping[str, Any]) -> None:
        """Take what was sent, the Jakarta day, and the values kept so far: an empty secret number stays as it is."""
        super().__init__(sent)
        self.today, self.kept = today, kept

    def text(self, name: str, message: str, longest: int, least: int = 1) -> str:
        """Return one line of text of an allowed length."""
        value = one_line(self.sent.get(name, ""))
        if not least <= len(value) <= longest:
            self.fault(name, message)
        return value

    def one_of(self, name: str, known: Mapping[str, Any], message: str) -> str:
        """Return a value of a list."""
        value = self.sent.get(name, "")
        if value not in known:
            self.fault(name, message)
        return value

    def secret(self, name: str, clean: Callable[[str], str], needed: str = "") -> dict[str, str]:
        """Return {name: number} when one was typed, nothing when the kept one stays; `needed` is said without either."""
        given = self.typed(name)
        if not given:
            if needed and not self.kept.get(name):
                self.fault(name, needed)
            return {}
        found = or_fault(self.faults, clean, given)
        return {} if found is None else {name: found}

    def done(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values. Raises Invalid with every fault."""
        self.check()
        return values


def _identity(form: Form) -> dict[str, Any]:
    values = {
        "name": form.text("name", "Isi nama usaha, paling panjang 160 karakter.", 160),
        "owner_name": form.text("owner_name", "Isi nama pemilik seperti di KTP.", 160),
        "legal_form": form.one_of("legal_form", taxpaying.FORMS, "Pilih bentuk usaha."),
        "kecamatan_code": form.sent.get("kecamatan_code", ""),
        "address": form.text("address", "Isi alamat usaha, paling panjang 300 karakter.", 300),
        "story": form.sent.get("story", "").strip()[:5000],
        **form.secret("nik", lambda text: identity.clean_nik(text, form.today), "Isi NIK, 16 angka di KTP."),
        **form.secret("phone", mobile_number, "Isi nomor HP yang dapat dihubungi."),
    }
    return form.done(values)


def _licence(form: Form) -> dict[str, Any]:
    values = {
        "kbli_code": form.text("kbli_code", "Pilih bidang usaha (KBLI) dari daftar.", 5),
        **form.secret("nib", identity.clean_nib, "Isi NIB, 13 angka. Belum punya? Urus gratis di oss.go.id."),
    }
    return form.done(values)


def _tax(form: Form) -> dict[str, Any]:
    turnover = form.one_of("turnover_class", taxpaying.TURNOVER, "Pilih omzet tahun lalu.")
    paper = form.one_of("tax_paper", taxpaying.PAPERS, "Pilih salah satu dari daftar.")
    values: dict[str, Any] = {
        "pkp": form.sent.get("pkp") == "1",
        "turnover_class": turnover,
        "size": taxpaying.TURNOVER.get(turnover, ("", "mikro"))[1],
        "tax_paper": paper,
        "tax_paper_from": None,
        "tax_paper_until": None,
        "tax_paper_year": None,
        **form.secret("npwp", identity.clean_npwp),
    }
    if paper == "sk_pp55":
        values |= form.secret("tax_paper_number", lambda text: one_line(text)[:80], "Isi nomor Surat Keterangan.")
        first = values["tax_paper_from"] = form.day("tax_paper_from", "Isi tanggal terbit Surat Keterangan.")
        last = values["tax_paper_until"] = form.day("tax_paper_until", "Isi hari terakhir berlakunya.")
        if first and first > form.today:
            form.fault("tax_paper_from", "Tanggal terbit belum tiba. Periksa lagi suratnya.")
        if first and last and last < first:
            form.fault("tax_paper_until", "Surat ini berakhir sebelum terbit. Periksa kedua tanggal.")
    else:
        values["tax_paper_number"] = ""
    if paper == "decl_500m":
        year = whole(form.sent.get("tax_paper_year", "").strip())
        if year is None or not form.today.year - 1 <= year <= form.today.year:
            form.fault("tax_paper_year", "Isi tahun pajak pernyataan: tahun ini atau tahun lalu.")
        values["tax_paper_year"] = year
    return form.done(values)


def _bank(form: Form) -> dict[str, Any]:
    values = {
        "bank_name": form.text("bank_name", "Isi nama bank, misalnya Bank DKI.", 60),
        "bank_holder": form.text("bank_holder", "Isi nama pemilik rekening seperti di buku tabungan.", 160),
        **form.secret("bank_account", identity.clean_account, "Isi nomor rekening."),
    }
    return form.done(values)


def _qris(form: Form) -> dict[str, Any]:
    if form.sent.get("remove") == "1":
        return {"qris": "", "qris_nmid": ""}
    found = form.secret("qris", own_qris.clean)
    return form.done(found | ({"qris_nmid": own_qris.nmid(found["qris"])} if found else {}))


def _hours(form: Form) -> dict[str, Any]:
    closed = sum(1 << day for day in range(7) if form.sent.get(f"closed-{day}") == "1")
    if closed == _EVERY_DAY:
        form.fault("closed-0", "Sisakan paling sedikit satu hari buka.")
    opens, closes = (_clock(form, name) for name in ("opens_at", "closes_at"))
    if opens is not None and closes is not None and opens >= closes:
        form.fault("closes_at", "Jam tutup harus sesudah jam buka.")
    return form.done({"closed_weekdays": closed, "opens_at": opens, "closes_at": closes})


def _clock(form: Form, name: str) -> int | None:
    hours, _, minutes = form.sent.get(name, "").strip().replace(".", ":").partition(":")
    if hours.isascii() and hours.isdigit() and (minutes or "0").isascii() and (minutes or "0").isdigit():
        found = int(hours[:4]) * 60 + int((minutes or "0")[:4])
        if int((minutes or "0")[:4]) < 60 and found < _MIDNIGHT:  # noqa: PLR2004 - minutes of an hour
            return found
    form.fault(name, "Tulis jam seperti 08:00.")
    return None


def read_areas(sent: Mapping[str, str], codes: list[str]) -> dict[str, int]:
    """Return {kecamatan: rupiah} of the ticked ones. Raises Invalid at a cost that is no number."""
    faults, costs = [], {}
    for code in codes:
        if sent.get(f"to-{code}") != "1":
            continue
        cost = whole(sent.get(f"cost-{code}", "").strip() or "0")
        if cost is None:
            faults.append(FieldFault(f"cost-{code}", "Isi ongkos kirim dengan bilangan bulat, misalnya 15000."))
        costs[code] = cost or 0
    if faults:
        raise Invalid(faults=tuple(faults))
    return costs


def read_paper(sent: Mapping[str, str], file_key: str = "", file_name: str = "") -> NewPaper:
    """Return a paper of the wallet as it was typed. Raises Invalid at a date that does not exist."""
    form = Form(sent, date.max, {})
    paper = NewPaper(
        sent.get("kind", ""),
        sent.get("number", ""),
        sent.get("issuer", ""),
        form.day("issued_on", "Isi tanggal terbit."),
        form.day("valid_until"),
        file_key,
        file_name,
    )
    form.done({})
    return paper


READERS: Final[Mapping[str, Reader]] = {
    "identitas": _identity,
    "izin": _licence,
    "pajak": _tax,
    "rekening": _bank,
    "qris": _qris,
    "jam": _hours,
}
"""Step -> its reader; `kirim` has a shape of its own, `read_areas`."""
