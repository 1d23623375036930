"""Everything the page of one order tells: who did what when, in sentences, and what was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import people
from shop.accounts.permissions import LABELS
from shop.audit import trail
from shop.base.money import rupiah
from shop.db import session
from shop.orders import paying, reasons, states
from shop.orders.models import Payment
from shop.orders.reading import OrderView, Scope, order

_SENTENCES: Final[Mapping[str, str]] = {
    "place": "Mengirim surat pesanan senilai %(total)s",
    "confirm": "Menerima pesanan",
    "refuse": "Menolak pesanan",
    "expire": "Batas waktu menjawab lewat, pesanan berakhir",
    "cancel": "Membatalkan pesanan",
    "agree": "Kantor setuju, pesanan diterima senilai %(total)s",
    "ready": "Menyiapkan barang sampai siap diantar",
    "propose": "Mengusulkan perubahan",
    "attach": "Menambah lampiran",
    "answer_accepted": "Menyetujui usulan, pesanan berubah",
    "answer_declined": "Menolak usulan",
    "answer_withdrawn": "Menarik usulan",
    "answer_closed": "Usulan berakhir bersama pesanan",
    "ship": "Berangkat mengantar",
    "arrive": "Tiba di tempat",
    "receive": "Memeriksa dan menerima barang",
    "send_back": "Mengembalikan barang",
    "payment_open": "Membuka pembayaran senilai %(amount)s",
    "payment_ask": "Meminta PA/KPA menyetujui debit",
    "payment_approve": "Menyetujui debit %(amount)s",
    "payment_reject": "Menolak debit",
    "payment_cancel": "Membatalkan pembayaran yang dibuka",
    "payment_prove": "Melampirkan bukti pembayaran %(reference)s",
    "payment_begin": "Pembayaran sedang diproses saluran",
    "payment_succeed": "Saluran menyatakan pembayaran berhasil",
    "payment_fail": "Pembayaran gagal di saluran",
    "payment_lapse": "Pembayaran yang dibuka berakhir tanpa dibayar",
    "charge": "Pembayaran dikonfirmasi saluran pembayaran",
    "receive_part": "Menerima sebagian, sisanya diantar lagi",
    "accept": "Diterima otomatis karena tidak diperiksa sampai batas waktu",
    "settle": "Diterima dengan penyesuaian: yang dibayar hanya yang diterima",
    "adjust_received": "Jumlah dan nilai disesuaikan menjadi %(total)s",
    "receipt_place": "Memeriksa tempat ke-%(place)s",
    "receipt_ask": "Mencatat kekurangan dan meminta bayar yang diterima saja",
    "receipt_agree": "Membenarkan kekurangan",
    "receipt_assume": "Kekurangan dianggap benar karena tidak dibantah",
    "receipt_dispute": "Membantah kekurangan",
    "receipt_withdraw": "Menarik catatan kekurangan",
    "receipt_drop": "Catatan kekurangan tidak berlaku lagi",
    "papers_issued": "BAP dan BAST terbit",
    "papers_signed": "Menandatangani BAP dan BAST",
    "papers_assumed": "BAP dan BAST dianggap disetujui karena tidak dijawab",
    "document_issued": "%(title)s %(number)s terbit",
    "document_signed": "Menandatangani %(title)s %(number)s",
    "document_signed_by": "Tanda tangan %(signed_by)s tercatat pada %(title)s %(number)s",
    "photo_added": "Menambah foto kiriman",
    "rate": "Menilai pengiriman",
    "complaint_open": "Membuka pengaduan",
    "complaint_answer": "Menjawab pengaduan",
    "complaint_settle": "Menerima jawaban, pengaduan selesai",
    "complaint_escalate": "Meneruskan pengaduan ke program",
    "complaint_overdue": "Batas waktu pengaduan lewat",
    "complaint_withdraw": "Menarik pengaduan",
    "complaint_decide": "Memutus pengaduan",
    "pay": "Mencatat pembayaran %(reference)s",
    "close": "Menutup pesanan",
    "remind": "Mengingatkan yang memegang giliran",
    "stop": "Menghentikan pesanan: %(unpaid)s belum dibayar, lewat %(days)s hari kerja",
    "addendum_propose": "Mengusulkan addendum",
    "addendum": "Menyetujui Addendum ke-%(signed)s, total menjadi %(total)s",
    "addendum_declined": "Menolak usulan addendum",
    "addendum_withdrawn": "Menarik usulan addendum",
    "addendum_lapsed": "Usulan addendum berakhir tanpa jawaban",
}
_TONES: Final = {
    "refuse": "bad",
    "expire": "bad",
    "cancel": "bad",
    "stop": "bad",
    "send_back": "bad",
    "pay": "ok",
    "close": "ok",
    "receive": "ok",
    "accept": "ok",
    "settle": "ok",
    "receive_part": "bad",
    "complaint_open": "bad",
}
_LATE: Final = "Terlambat %(minutes)s menit dari waktu yang diminta."
_ON_TIME: Final = "Tepat waktu."
_NO_FILE: Final = "Berkas bukti bayar tidak dilampirkan."
_IN_PLACE_OF: Final = "%(who)s menggantikan %(name)s."
_RELAXED: Final = "Satu orang memegang dua tugas: kantor ini melonggarkan pemisahan tugas secara terbuka."

Sentence = tuple[str, Mapping[str, object]]
"""A msgid and what fills its placeholders after translation."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `words` are the person's own, shown as written."""

    at: datetime
    who: str
    role_label: str
    verb: str
    tone: str
    sentence: Sentence
    notes: Sequence[Sentence]
    words: str


@dataclass(frozen=True, slots=True)
class PaymentView:
    """What the bendahara recorded. Rupiah."""

    amount: int
    paid_on: date
    reference: str
    proof_key: str
    proof_name: str
    withheld: int
    note: str
    channel: str

    @property
    def no_file(self) -> str:
        """Why there is no file of proof (msgid), empty when there is one: what a channel or the account itself says is proof."""
        if self.proof_key:
            return ""
        if self.channel == "gateway":
            return "Dikonfirmasi langsung oleh gerbang pembayaran; tidak ada berkas bukti."
        if self.reference.startswith(paying.STATEMENT):
            return "Terbukti dari mutasi rekening yang dicocokkan bendahara; tidak ada berkas bukti."
        return _NO_FILE

    @property
    def is_proven(self) -> bool:
        """Tell whether there is a proof: a file, or what the gateway or the account says."""
        return self.no_file != _NO_FILE


@dataclass(frozen=True, slots=True)
class Dossier:
    """One order with its papers, its people and its history, oldest event first."""

    order: OrderView
    payment: PaymentView | None
    names: Mapping[int, str]
    events: Sequence[Event]

    @property
    def ended_at(self) -> datetime | None:
        """When the order reached its last state; None while it goes on."""
        return self.events[-1].at if self.events and self.order.state in states.MACHINE.final else None


def read_dossier(scope: Scope, order_id: int) -> Dossier:
    """Return the page of one order; five statements. Raises NotFound when it is not theirs to see."""
    found = order(scope, order_id)
    case = found.case
    names = people.names_of(
        i for i in (case.placed_by, case.placed_for, case.received_by, case.received_for, found.paid_by) if i
    )
    return Dossier(found, read_payment(order_id), names, [_event(row) for row in trail.history("order", order_id)])


def read_payment(order_id: int) -> PaymentView | None:
    """Return the recorded payment of an order, if there is one."""
    row = session.execute(
        select(
            Payment.amount,
            Payment.paid_on,
            Payment.reference,
            Payment.proof_key,
            Payment.proof_name,
            Payment.withheld,
            Payment.note,
            Payment.channel,
        ).where(Payment.order_id == order_id)
    ).first()
    return PaymentView(*row) if row else None


def _event(row: Any) -> Event:
    data: Mapping[str, Any] = row.data
    facts = {name: data.get(name, "") for name in ("reference", "unpaid", "days", "signed", "place", "title", "number")}
    facts["total"], facts["amount"] = rupiah(data.get("total", 0)), rupiah(data.get("amount", 0))
    notes: list[Sentence] = []
    said = {**reasons.BY_VERB, "answer_declined": reasons.DECLINE, "stop": reasons.STOP}.get(row.verb, {}).get(
        data.get("reason", "")
    )
    if said:
        notes.append((said, {}))
    if row.verb == "arrive":
        late = data.get("minutes_late", 0)
        notes.append((_LATE, {"minutes": late}) if late else (_ON_TIME, {}))
    if data.get("for_name"):
        notes.append((_IN_PLACE_OF, {"who": row.actor, "name": data["for_name"]}))
    if data.get("duties_relaxed"):
        notes.append((_RELAXED, {}))
    sentence = _SENTENCES.get(row.verb, row.verb)
    return Event(
        row.at,
        row.actor,
        LABELS.get(row.role, "Sistem"),
        row.verb,
        _TONES.get(row.verb, ""),
        (sentence, facts if "%(" in sentence else {}),
        notes,
        str(data.get("words", "")),
    )
