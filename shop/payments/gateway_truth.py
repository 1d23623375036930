"""What the gateway says of a payment, written down: paid once, owed back, waiting, or not agreeing with what was opened.

Only what was fetched from the gateway itself comes here, never what a webhook carried. Applying the same twice, or an older
answer after a newer one, changes nothing: what has ended stays ended.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from shop.accounts import mail
from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.errors import Conflict
from shop.books.accounts import BANK, REFUND_DUE
from shop.books.posting import Event, Transfer, post
from shop.clients.stripe import CURRENCY, Intent, to_minor
from shop.db import session
from shop.orders.models import Order
from shop.orders.owing import source
from shop.payments import states
from shop.payments.channels import confirmed, lock_request
from shop.payments.gateway_channel import CODE
from shop.payments.models import GatewayEvent, PaymentRequest

ANOTHER: Final = "Gerbang menyebut pembayaran lain untuk permintaan ini. Tidak dicatat sebagai lunas."
AMOUNT: Final = "Jumlah di gerbang tidak sama dengan jumlah permintaan ini. Tidak dicatat sebagai lunas."
CURRENCY_DIFFERS: Final = "Mata uang di gerbang bukan rupiah. Tidak dicatat sebagai lunas."
OWED_BACK: Final = (
    "Uang sudah keluar lewat gerbang, tetapi pesanan ini tidak menunggu pembayaran lagi. Uang harus kembali."
)
NEVER_ARRIVED: Final = (
    "Permintaan ini tidak pernah sampai ke gerbang. Tidak ada uang yang keluar. Buka lagi bila perlu."
)
DECLINED: Final = "Bank atau penerbit kartu menolak. Tidak ada uang yang keluar."
UNKNOWN_THERE: Final = "Gerbang tidak mengenal pembayaran ini."
_SOONEST, _LATEST = timedelta(minutes=2), timedelta(hours=6)


def apply(request_id: int, intent: Intent, now: datetime, by: Actor = SYSTEM) -> str:
    """Write what the gateway says of a payment; return what does not agree (msgid), empty when all does.

    `by`: who cancelled, when it was cancelled on somebody's word.
    """
    request = lock_request(request_id)
    if request.external_state == "succeeded" and request.external_id == intent.id:
        return ""
    wrong = _disagreement(request, intent)
    if wrong:
        return _odd(request, intent, wrong, now)
    request.external_id = intent.id
    if intent.is_paid:
        _paid(request, intent, now)
    elif request.state in states.LIVE:
        _waits(request, intent, now, by)
    else:  # ended here while the call was under way: what may still be paid there must be cancelled there
        request.next_check_at = None if intent.status == "canceled" else next_look(request, now)
    return ""


def wait(request_id: int, words: str, now: datetime) -> None:
    """Keep why the gateway did not answer, and look again later."""
    request = lock_request(request_id)
    request.words, request.next_check_at = words, next_look(request, now)


def end(request_id: int, verb: str, words: str, now: datetime, by: Actor = SYSTEM, **said: object) -> None:
    """End a request that is still live and was not paid, by a verb of its table, and say why."""
    request = lock_request(request_id)
    if request.state in states.LIVE:
        _end(request, verb, words, now, by, **said)


def next_look(request: PaymentRequest, now: datetime) -> datetime:
    """Return when to ask again: soon at first, then ever more seldom."""
    return now + min(max((now - request.opened_at) // 4, _SOONEST), _LATEST)


def _end(request: PaymentRequest, verb: str, words: str, now: datetime, by: Actor, **said: object) -> None:
    if verb == "cancel" and request.state == "processing":  # a person cancels what the gateway let go of
        by, verb, said = SYSTEM, "lapse", {**said, "cancelled_by": by.user_id}
    states.move(by, request, verb, now, **said)
    request.words = words


def _disagreement(request: PaymentRequest, intent: Intent) -> str:
    if intent.metadata.get("request") != request.key or request.external_id not in {"", intent.id}:
        return ANOTHER
    if intent.currency != CURRENCY:
        return CURRENCY_DIFFERS
    wanted = to_minor(request.amount)
    taken = wanted if intent.received is None else intent.received
    return AMOUNT if intent.amount != wanted or (intent.is_paid and taken != wanted) else ""


def _odd(request: PaymentRequest, intent: Intent, words: str, now: datetime) -> str:
    """Keep what does not agree. Money that was taken all the same is owed back, in whole rupiah, once for each payment."""
    if intent.is_paid and intent.currency == CURRENCY and intent.metadata.get("request") == request.key:
        _owe_back(request, intent, now)
    if note_odd(f"odd:{intent.id}", intent.id, words, now):
        mail.notify(
            [request.opened_by],
            "Pembayaran lewat gerbang tidak cocok: %(number)s",
            "Pembayaran pesanan %(number)s lewat gerbang tidak cocok dengan yang dibuka. Buka halaman pembayaran lewat gerbang.",
            now,
            number=str(request.details.get("number", "")),
        )
    if not request.words:
        request.words = words
    request.next_check_at = next_look(request, now) if request.state in states.LIVE else None
    return words


def note_odd(event_id: str, object_id: str, words: str, now: datetime) -> bool:
    """Keep something that does not agree and that no event told; return whether it is new."""
    if session.get(GatewayEvent, event_id[:100]) is not None:
        return False
    row = {"id": event_id[:100], "kind": "look", "object_id": object_id[:100], "received_at": now, "handled_at": now}
    session.add(GatewayEvent(**row, odd=words))
    return True


def _paid(request: PaymentRequest, intent: Intent, now: datetime) -> None:
    request.external_state = intent.status
    if request.state in states.LIVE and _books(request, intent, now):
        request.details = {**request.details, "charged": request.amount}
        request.words = ""
        return
    if request.state in states.LIVE:
        states.move(SYSTEM, request, "succeed", now, reference=intent.id)
    request.words = OWED_BACK
    _owe_back(request, intent, now)
    note_odd(f"odd:{intent.id}", intent.id, OWED_BACK, now)
    mail.notify(
        [request.opened_by],
        "Uang harus kembali: %(number)s",
        "Pesanan %(number)s sudah tidak menunggu pembayaran ketika uang keluar lewat gerbang. Minta uangnya kembali.",
        now,
        number=str(request.details.get("number", "")),
    )


def _books(request: PaymentRequest, intent: Intent, now: datetime) -> bool:
    """Pay the order by what the gateway took; return False when it does not wait for it, or costs less by now."""
    if session.get_one(Order, request.order_id).state != "received":
        return False
    try:
        confirmed(request, intent.id, local_day(now), now)
    except Conflict as fault:
        if fault.kind != "amount-differs":
            raise
        return False
    return True


def _owe_back(request: PaymentRequest, intent: Intent, now: datetime) -> None:
    """Write money that was taken for nothing into the books, and let the request give it back when it is its own."""
    taken = (intent.amount if intent.received is None else intent.received) // 100
    where = (source(request.order_id), f"late:{intent.id[-34:]}", request.office_id, request.vendor_id, local_day(now))
    post(SYSTEM, Event(*where, [Transfer(REFUND_DUE, BANK, taken)], CODE), now)
    if request.external_id in {"", intent.id} and "charged" not in request.details:
        request.external_id, request.external_state = intent.id, intent.status
        request.details = {**request.details, "charged": taken, "owed_back": True}
        if request.state in states.LIVE:
            states.move(SYSTEM, request, "fail", now, reference=intent.id)


def _waits(request: PaymentRequest, intent: Intent, now: datetime, by: Actor) -> None:
    request.external_state, request.words = intent.status, DECLINED if intent.decline else ""
    request.details = {**request.details, "decline": intent.decline, "next_url": intent.next_url}
    if intent.status == "canceled":
        _end(request, "lapse" if by is SYSTEM else "cancel", "", now, by)
        return
    if intent.status == "processing" and request.state == "opened":
        states.move(SYSTEM, request, "begin", now)
    request.next_check_at = next_look(request, now)
