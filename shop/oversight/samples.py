"""Samples: drawn once and frozen, judged order by order, read with what they say about all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select

from shop.accounts.models import Office, UserAccount
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound
from shop.base.money import MAX_RUPIAH
from shop.base.sheet import whole
from shop.db import session
from shop.orders.models import Order
from shop.oversight import search
from shop.oversight.concluding import Conclusion, Judged, conclude
from shop.oversight.drawing import METHODS, Drawn, Plan, draw
from shop.oversight.models import AuditSample, AuditSampleItem, SampleVerdict
from shop.oversight.search import Wanted

DRAW: Final = "oversight:sample:draw"
MOST: Final = 1000
PAGE: Final = 50
VERDICTS: Final[Mapping[str, str]] = {"right": "Sesuai", "wrong": "Temuan"}
"""msgids; without one the order is not judged yet."""
_LONGEST_NAME, _LONGEST_SEED, _LEAST_WORDS, _MOST_WORDS = 120, 64, 5, 500


@dataclass(frozen=True, slots=True)
class Row:
    """One order of a sample with the verdict that stands; `verdict` is empty while there is none."""

    order_id: int
    number: str
    office: str
    vendor: str
    position: int
    total: int
    stratum: str
    hits: int
    verdict: str
    error: int
    words: str
    given_by: str
    given_at: datetime | None


@dataclass(frozen=True, slots=True)
class SampleView:
    """A sample with its orders and conclusion."""

    sample: Any
    drawn_by: str
    rows: Sequence[Row]
    conclusion: Conclusion


def plan_from(sent: Mapping[str, str]) -> tuple[str, Plan]:
    """Read name and plan of a draw. Raises Invalid with every fault.

    An empty seed is none of ours to choose: the person chooses it, so that nobody draws until the sample pleases.
    """
    faults: list[FieldFault] = []
    name, seed, method = (one_line(sent.get(field, "")) for field in ("nama", "benih", "cara"))
    size, above = whole(sent.get("ukuran", "")), whole(sent.get("batas", ""))
    if not 3 <= len(name) <= _LONGEST_NAME:  # noqa: PLR2004
        faults.append(FieldFault("nama", "Beri nama sampel, 3 sampai 120 huruf."))
    if not 1 <= len(seed) <= _LONGEST_SEED:
        faults.append(FieldFault("benih", "Isi benih, paling panjang 64 huruf, misalnya nomor surat tugas."))
    if method not in METHODS:
        faults.append(FieldFault("cara", "Pilih cara menarik sampel."))
    if size is None or not 1 <= size <= MOST:
        faults.append(FieldFault("ukuran", "Isi jumlah pesanan, 1 sampai 1.000."))
    if method == "top" and (above is None or not 1 <= above <= MAX_RUPIAH):
        faults.append(FieldFault("batas", "Isi batas dalam rupiah, misalnya 50.000.000."))
    if faults:
        raise Invalid(faults=tuple(faults))
    return name, Plan(method, seed, size or 1, above if method == "top" else None)


def draw_sample(actor: Actor, name: str, plan: Plan, wanted: Wanted, now: datetime) -> int:
    """Draw from all that a search finds, freeze it and return its id.

    Raises Forbidden, Conflict `empty` when nothing is found, Conflict `too-many` when everything above the limit would be
    more than 1,000 orders.
    """
    actor.require(DRAW)
    drawn = draw(plan, search.population(actor, wanted, now))
    if not drawn.items:
        raise Conflict("Tidak ada pesanan untuk pencarian ini, jadi tidak ada sampel.", kind="empty")
    if len(drawn.items) > 2 * MOST:
        raise Conflict("Sampelnya %(count)s pesanan. Naikkan batas rupiahnya.", kind="too-many", count=len(drawn.items))
    sample_id: int = session.execute(
        insert(AuditSample).returning(AuditSample.id),
        {
            "name": name, "method": plan.method, "seed": plan.seed, "size": plan.size, "above": plan.above,
            "wanted": dict(wanted.asked), "drawn_by": actor.user_id, "drawn_at": now, **_weight(drawn),
        },
    ).scalar_one()  # fmt: skip
    session.execute(
        insert(AuditSampleItem),
        [
            {"sample_id": sample_id, "order_id": item.order_id, "position": n, "total": item.total,
             "stratum": item.stratum, "hits": item.hits}
            for n, item in enumerate(drawn.items, 1)
        ],
    )  # fmt: skip
    trail.record(actor, "oversight.sample_drawn", "audit_sample", sample_id, now, method=plan.method, seed=plan.seed,
                 items=len(drawn.items), population=drawn.population_hash)  # fmt: skip
    return sample_id


def _weight(drawn: Drawn) -> dict[str, Any]:
    return {
        "population": drawn.population,
        "population_sum": drawn.population_sum,
        "population_hash": drawn.population_hash,
        "interval": drawn.interval,
        "strata": dict(drawn.strata),
    }


def again(actor: Actor, sample: Any, wanted: Wanted, now: datetime) -> tuple[Drawn, bool]:
    """Draw a kept sample again from what its search finds now; return it, and whether the same orders were drawn."""
    actor.require(DRAW)
    drawn = draw(Plan(sample.method, sample.seed, sample.size, sample.above), search.population(actor, wanted, now))
    kept = session.scalars(
        select(AuditSampleItem.order_id)
        .where(AuditSampleItem.sample_id == sample.id)
        .order_by(AuditSampleItem.position)
    ).all()
    return drawn, [item.order_id for item in drawn.items] == list(kept)


def judge(actor: Actor, sample_id: int, order_id: int, sent: Mapping[str, str], now: datetime) -> None:
    """Keep a verdict on one order of a sample. Raises Forbidden, NotFound, Invalid with every fault."""
    actor.require(DRAW)
    total = session.scalar(
        select(AuditSampleItem.total).where(
            AuditSampleItem.sample_id == sample_id, AuditSampleItem.order_id == order_id
        )
    )
    if total is None:
        raise NotFound("Pesanan ini tidak ada di sampel.")
    faults: list[FieldFault] = []
    verdict, words = sent.get("putusan", ""), one_line(sent.get("catatan", ""))
    error = whole(sent.get("salah", "")) if sent.get("salah", "").strip() else 0
    if verdict not in VERDICTS:
        faults.append(FieldFault("putusan", "Pilih sesuai atau temuan."))
    if error is None or error > total or (verdict == "right" and error):
        faults.append(FieldFault("salah", "Nilai salah 0 sampai nilai pesanan; kosongkan bila sesuai."))
    if len(words) > _MOST_WORDS or (verdict == "wrong" and len(words) < _LEAST_WORDS):
        faults.append(FieldFault("catatan", "Tulis apa yang ditemukan, 5 sampai 500 huruf."))
    if faults:
        raise Invalid(faults=tuple(faults))
    values = {"verdict": verdict, "error": error, "words": words, "given_by": actor.user_id, "given_at": now}
    session.execute(insert(SampleVerdict), {"sample_id": sample_id, "order_id": order_id} | values)
    trail.record(actor, "oversight.sample_judged", "audit_sample", sample_id, now, order_id=order_id, verdict=verdict,
                 error=error)  # fmt: skip


def samples(actor: Actor, before: int | None = None) -> Sequence[Any]:
    """Return the newest samples, with how many orders each has and how many are judged; 50 and one more."""
    actor.require(search.READ)
    items = select(func.count()).where(AuditSampleItem.sample_id == AuditSample.id).scalar_subquery()
    judged = (
        select(func.count(SampleVerdict.order_id.distinct()))
        .where(SampleVerdict.sample_id == AuditSample.id)
        .scalar_subquery()
    )
    query = (
        select(
            AuditSample.id, AuditSample.name, AuditSample.method, AuditSample.drawn_at, AuditSample.population,
            AuditSample.population_sum, UserAccount.name.label("drawn_by"), items.label("items"), judged.label("judged"),
        )
        .join(UserAccount, UserAccount.id == AuditSample.drawn_by)
        .order_by(AuditSample.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    return session.execute(query.where(AuditSample.id < before) if before is not None else query).all()


def sample(actor: Actor, sample_id: int) -> SampleView:
    """Return a sample with its orders and conclusion; three statements. Raises Forbidden, NotFound."""
    actor.require(search.READ)
    found = session.execute(
        select(*AuditSample.__table__.columns, UserAccount.name.label("by"))
        .join(UserAccount, UserAccount.id == AuditSample.drawn_by)
        .where(AuditSample.id == sample_id)
    ).first()
    if found is None:
        raise NotFound("Sampel ini tidak ada.")
    rows = _rows(sample_id)
    cases = [Judged(row.total, row.stratum, row.hits, row.error if row.verdict else None) for row in rows]
    return SampleView(found, found.by, rows, conclude(found.method, cases, found.strata, found.interval))


def _rows(sample_id: int) -> list[Row]:
    said = {
        row.order_id: row  # the last one stands
        for row in session.execute(
            select(
                SampleVerdict.order_id, SampleVerdict.verdict, SampleVerdict.error, SampleVerdict.words,
                SampleVerdict.given_at, UserAccount.name,
            )
            .join(UserAccount, UserAccount.id == SampleVerdict.given_by)
            .where(SampleVerdict.sample_id == sample_id)
            .order_by(SampleVerdict.id)
        )
    }  # fmt: skip
    items = session.execute(
        select(
            AuditSampleItem.order_id, Order.number, Office.name.label("office"), Order.vendor_name,
            AuditSampleItem.position, AuditSampleItem.total, AuditSampleItem.stratum, AuditSampleItem.hits,
        )
        .join(Order, Order.id == AuditSampleItem.order_id)
        .join(Office, Office.id == Order.office_id)
        .where(AuditSampleItem.sample_id == sample_id)
        .order_by(AuditSampleItem.position)
    )  # fmt: skip
    found = []
    for item in items:
        last = said.get(item.order_id)
        verdict = (last.verdict, last.error, last.words, last.name, last.given_at) if last else ("", 0, "", "", None)
        found.append(Row(*item, *verdict))
    return found
