"""The award: line by line, with a reason where the first in price and time is passed over. Prices are promised, everybody is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, FieldFault, Invalid, WrongState
from shop.negotiation import guarding, news, reasons, states, terms
from shop.negotiation.bidding import lines_of
from shop.negotiation.models import Competition, CompetitionLine
from shop.negotiation.ranking import Entry, envelopes, side_by_side
from shop.negotiation.requesting import lock_tender
from shop.orders.promises import Promised, promise


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets one line (None: nobody), and why."""

    vendor_id: int | None
    reason: str = ""
    words: str = ""


def award(actor: Actor, competition_id: int, version: int, choices: Mapping[int, Choice], now: datetime) -> Competition:
    """Give each line to a bid or to nobody, promise the prices, and tell winners and losers.

    `choices` are by line id. Raises Invalid with every fault at once, Forbidden for a conflict of interest, Stale,
    WrongState before the opening, Conflict `too-late` when the delivery has passed.
    """
    tender = lock_tender(actor, competition_id)
    ground = guarding.must_hold(actor, tender.package_id, tender.made_by)
    if tender.state != "opened":
        raise WrongState("Pemenang ditetapkan setelah penawaran dibuka, dan hanya satu kali.")
    if tender.deliver_at <= now:
        raise Conflict("Waktu kirimnya sudah lewat. Tutup permintaan ini, lalu buat yang baru.", kind="too-late")
    lines, bids = lines_of(tender.id), envelopes(tender)
    table = side_by_side(tender, bids, now)
    _check(lines, table, choices)
    for vendor_id in sorted({c.vendor_id for c in choices.values() if c.vendor_id is not None}):
        guarding.must_be_free(actor, ground.ppk_id, vendor_id, now)
    goods = [
        won for line in lines if (won := _write(line, table[line.id], choices.get(line.id, Choice(None)))) is not None
    ]
    until = terms.promised_until(now, tender.deliver_at)
    promise(tender.office_id, "competition", tender.id, goods, until, now)
    sets = {
        "ended_by": actor.user_id,
        "ended_at": now,
        "valid_until": until,
        "record_number": terms.record_number(tender.office_id, terms.COMPETITION_RECORD, now),
    }
    told = [
        {"line": line.id, "vendor": line.won_vendor_id, "price": line.won_price, "reason": line.reason}
        for line in lines
    ]
    states.move_tender(actor, tender, "award", version, now, sets, lines=told)
    for bid in bids:
        winner = any(line.won_vendor_id == bid.vendor_id for line in lines)
        news.of_tender(tender.id, "won" if winner else "lost", now, bid.vendor_id)
    news.of_tender(tender.id, "awarded", now)
    return tender


def _check(
    lines: Sequence[CompetitionLine], table: Mapping[int, Sequence[Entry]], choices: Mapping[int, Choice]
) -> None:
    faults: list[FieldFault] = []
    for line in lines:
        choice = choices.get(line.id, Choice(None))
        faults += _faults(line, table[line.id], choice)
    if not faults and not any(choice.vendor_id is not None for choice in choices.values()):
        words = "Pilih pemenang paling sedikit untuk satu barang. Bila tidak ada yang dipilih, tutup permintaan ini."
        faults.append(FieldFault("lines", words))
    if faults:
        raise Invalid(faults=tuple(faults))


def _faults(line: CompetitionLine, entries: Sequence[Entry], choice: Choice) -> list[FieldFault]:
    said, valid = len(one_line(choice.words)), {entry.vendor_id: entry for entry in entries if not entry.out}
    field, message = f"words-{line.id}", ""
    passed_over = choice.vendor_id != next(iter(valid), None)
    if said > terms.MAX_WORDS:
        message = "Penjelasan paling panjang 500 huruf."
    elif choice.vendor_id is None:
        if valid and said < terms.LEAST_WORDS:
            message = "Tuliskan mengapa barang ini tidak diberikan kepada siapa pun."
    elif choice.vendor_id not in valid:
        field, message = f"winner-{line.id}", "Pilih salah satu penawaran yang masih sah."
    elif passed_over and choice.reason not in reasons.AWARD:
        field, message = (
            f"reason-{line.id}",
            "Ini bukan urutan pertama: termurah, lalu yang lebih dahulu masuk. Pilih alasannya.",
        )
    elif passed_over and choice.reason == "other" and said < terms.LEAST_WORDS:
        message = "Tuliskan alasannya, paling sedikit 5 huruf."
    return [FieldFault(field, message)] if message else []


def _write(line: CompetitionLine, entries: Sequence[Entry], choice: Choice) -> Promised | None:
    line.ranking = [asdict(entry) for entry in entries]
    line.words = one_line(choice.words)
    chosen = next((x for x in entries if x.vendor_id == choice.vendor_id and not x.out), None)
    if chosen is None:
        line.reason = reasons.NOBODY
        return None
    line.won_vendor_id, line.won_price = chosen.vendor_id, chosen.unit_price
    line.reason = reasons.CHEAPEST if chosen == entries[0] else choice.reason
    return Promised(chosen.product_id, line.quantity, chosen.unit_price)
