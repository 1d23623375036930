"""Shapes of the JSON door of taxes: the facts of a payment, strictly, and the assessment it gets."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shop.base.money import MAX_RUPIAH
from shop.reference.policy import RuleValue
from shop.tax.facts import Assessment, Basis, Collector, Facts, Form, Kind

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _day(value: Any) -> Any:
    """Read an ISO day; whatever else is left for the model to refuse."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


Day = Annotated[date, BeforeValidator(_day)]
Amount = Annotated[int, Field(ge=0, le=MAX_RUPIAH)]


class AssessIn(BaseModel):
    """One payment to one producer for one kind of supply. All but `date` and `amount` may be left out."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    date: Day
    """Day of the payment in Jakarta: the rules of that day count."""
    amount: int = Field(ge=1, le=MAX_RUPIAH)
    """Rupiah."""
    basis: Basis = "excl"
    """Which tax is inside the amount."""
    kind: Kind = "goods"
    """`catering` is food made and served where the customer asks; food sold over a counter is goods."""
    form: Form = "individual"
    npwp: bool = True
    """Holds a valid NPWP (or NIK, for an individual)."""
    pkp: bool = False
    sk: bool = False
    """Holds a Surat Keterangan PP 55."""
    decl500: bool = False
    """An individual's statement of turnover up to Rp 500 million this tax year."""
    skb: bool = False
    pbjt: bool = False
    """The seller owes PBJT on food and drink."""
    luxury: bool = False
    collector: Collector = "treasurer"
    pmk58_min: Amount | None = None
    """Floor of PMK 58 in rupiah; null for what the dated rule says (none)."""
    rounding: Literal["floor", "half_up"] | None = None
    """Of PPh; null for what the dated rule says (floor)."""
    split_dpp: Amount = 0
    """Beyond the vectors: DPP of other orders of the same need, which count for the Rp 2 million floor."""
    turnover_before: Amount = 0
    """Beyond the vectors: what the producer was paid earlier this tax year, for the Rp 500 million counter."""
    card: bool = False
    """Beyond the vectors: paid by government credit card."""
    sk_until: Day | None = None
    """Beyond the vectors: last day the Surat Keterangan counts. A CV, firma or PT keeps 0.5 % after 22 April 2026 only until it."""

    def facts(self) -> Facts:
        """Return them as the assessment takes them."""
        given = self.model_dump(exclude={"date", "rounding"})
        return Facts(day=self.date, rounding=self.rounding or "", **given)


class RuleOut(BaseModel):
    """A dated rule that was looked at; `to` is the first day it does not hold any more. H, M, L: how sure we are."""

    model_config = ConfigDict(populate_by_name=True)

    key: str
    source: str
    from_: date = Field(alias="from")
    to: date | None
    confidence: Literal["H", "M", "L"]


class AssessOut(BaseModel):
    """Rupiah. `gross` = `dpp` + `ppn` + `pbjt` = `seller_receives` + `remit_treasurer` + `remit_platform`.

    The stamp is listed, never netted.
    """

    dpp: int
    ppn: int
    ppn_remitted_by: Literal["treasurer", "platform", "seller"] | None
    pbjt: int
    pph_code: str
    pph_bp: int
    pph: int
    gross: int
    seller_receives: int
    remit_treasurer: int
    remit_platform: int
    stamp: int
    rules: list[RuleOut]


_SAME: Final = tuple(name for name in AssessOut.model_fields if name not in {"ppn_remitted_by", "rules"})


def told(found: Assessment) -> AssessOut:
    """Return an assessment as the door answers it."""
    return AssessOut(
        **{name: getattr(found, name) for name in _SAME},
        ppn_remitted_by=found.ppn_remitted_by or None,
        rules=[RuleOut.model_validate(_rule(rule)) for rule in found.rules],
    )


def _rule(rule: RuleValue) -> dict[str, object]:
    span = {"from": rule.valid_from, "to": rule.valid_to}
    return {"key": rule.key, "source": rule.source, "confidence": rule.confidence, **span}
