"""The method of counting TKDN on a day, put together from the dated rules, each of which it cites."""

from __future__ import annotations

from datetime import date
from typing import Any

from shop.db import session
from shop.p3dn.tkdn import Cited, Method
from shop.reference.policy import RuleValue, rule

_FACTORS = ("tkdn.overhead_scale", "tkdn.rnd_bonus_max_bp", "tkdn.invest_min_bp", "bmp.factors", "bmp.cap_bp")


def method_on(day: date) -> Method:
    """Return how TKDN of goods is counted on a Jakarta day. Raises NotFound before there was any rule (February 2011)."""
    goods = rule(session, "tkdn.goods.method", day)
    if goods.value == "cost_based":
        return Method(None, cited=(_cite(goods),))
    rules = {key: rule(session, key, day) for key in _FACTORS}
    said: dict[str, Any] = {key: found.value for key, found in rules.items()}
    return Method(
        weights=(goods.value["material"], goods.value["labour"], goods.value["overhead"]),
        overhead=said["tkdn.overhead_scale"],
        rnd_max=said["tkdn.rnd_bonus_max_bp"],
        invest_min=said["tkdn.invest_min_bp"],
        bmp_factors=said["bmp.factors"],
        bmp_cap=said["bmp.cap_bp"],
        cited=(_cite(goods), *map(_cite, rules.values())),
    )


def _cite(found: RuleValue) -> Cited:
    return Cited(found.key, found.source, found.confidence)
