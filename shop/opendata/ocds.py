"""OCDS 1.1 releases of one order and of one RUP package, and the record compiled from them. Pure.

A release says only what that step made known, from what is frozen: the trail of the order, and at the payment its lines,
which nothing changes any more. Merging the releases of one process gives its present state. Amounts are whole rupiah.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]

VERSION: Final = "1.1"
_ENDED: Final = ("awardCancellation", "contractTermination")
_UPDATED: Final = ("awardUpdate", "contractUpdate")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a step of an order means in OCDS."""

    tags: tuple[str, ...]
    award: str = ""
    contract: str = ""


STEPS: Final[Mapping[str, Meaning]] = {
    "place": Meaning(("planning", "award", "contract"), "pending", "pending"),
    "confirm": Meaning(_UPDATED, "active", "active"),
    "agree": Meaning(_UPDATED, "active", "active"),
    "refuse": Meaning(_ENDED, "unsuccessful", "cancelled"),
    "expire": Meaning(_ENDED, "unsuccessful", "cancelled"),
    "cancel": Meaning(_ENDED, "cancelled", "cancelled"),
    "stop": Meaning(_ENDED, "cancelled", "cancelled"),
    "addendum": Meaning(("contractAmendment",)),
    "adjust_received": Meaning(("contractAmendment",)),
    "receive": Meaning(("implementation",)),
    "accept": Meaning(("implementation",)),
    "settle": Meaning(("implementation",)),
    "pay": Meaning(("implementation",)),
    "charge": Meaning(("implementation",)),
    "correct_line": Meaning(("contractUpdate",)),
    "close": Meaning(("contractUpdate",), "", "terminated"),
}
"""Verbs of the trail that tell the public something new; all others are between the two sides."""
_RECEIVED: Final = frozenset({"receive", "accept", "settle"})
_PAID: Final = frozenset({"pay", "charge"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a paid order as photographed. Rupiah, basis points."""

    id: int
    name: str
    category: str
    unit: str
    quantity: int
    unit_price: int
    tkdn_bp: int
    evidence: str
    certificate: str | None
    pdn: bool
    umk: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """What a line counts as since a correction; its photograph stays in the release of the payment. Basis points."""

    line_id: int
    tkdn_bp: int
    evidence: str
    certificate: str | None
    pdn: bool
    umk: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step of an order, with what does not change about the order. `at` is ISO 8601 with offset."""

    id: int
    at: str
    verb: str
    total: int | None
    """The new total, where this step set one."""
    order_id: int
    number: str
    office_code: str
    office_name: str
    vendor_id: int
    vendor_name: str
    kecamatan: str
    rup_code: str
    year: int
    paid: int = 0
    lines: Sequence[Line] = ()
    corrected: Correction | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One change of what a RUP package announces as PDN: `amount` is what stands since then."""

    id: int
    at: str
    rup_code: str
    year: int
    office_code: str
    office_name: str
    amount: int
    first: bool


def ocid_of_order(prefix: str, order_id: int) -> str:
    """Return the id of the contracting process of an order."""
    return f"{prefix}-order-{order_id}"


def ocid_of_package(prefix: str, rup_code: str, year: int) -> str:
    """Return the id of the planning of a RUP package."""
    return f"{prefix}-rup-{year}-{rup_code}"


def plan_release(prefix: str, plan: Plan) -> Json:
    """Return the release of a package: announced, or its budget changed."""
    ocid = ocid_of_package(prefix, plan.rup_code, plan.year)
    return {
        "ocid": ocid,
        "id": f"{ocid}-{plan.id}",
        "date": plan.at,
        "tag": ["planning" if plan.first else "planningUpdate"],
        "initiationType": "tender",
        "language": "id",
        "parties": [_buyer(plan.office_code, plan.office_name)],
        "buyer": _named(_buyer(plan.office_code, plan.office_name)),
        # No name: SIRUP may correct it, and what was published never changes. The file of packages has it.
        "planning": {"budget": {"id": plan.rup_code, "amount": _money(plan.amount)}},
    }


def order_release(prefix: str, step: Step) -> Json:
    """Return the release of one step of an order."""
    ocid, meaning = ocid_of_order(prefix, step.order_id), STEPS[step.verb]
    buyer, supplier = _buyer(step.office_code, step.office_name), _supplier(step)
    release: Json = {
        "ocid": ocid,
        "id": f"{ocid}-{step.id}",
        "date": step.at,
        "tag": list(meaning.tags),
        "initiationType": "tender",
        "language": "id",
        "parties": [buyer, supplier],
        "buyer": _named(buyer),
        "contracts": [_contract(step, meaning)],
    }
    if meaning.award:
        release["awards"] = [_award(step, meaning, supplier)]
    if step.verb == "place":
        release["planning"] = {"budget": {"id": step.rup_code}}
        release["relatedProcesses"] = [
            {
                "id": step.rup_code,
                "relationship": ["planning"],
                "scheme": "ocid",
                "identifier": ocid_of_package(prefix, step.rup_code, step.year),
            }
        ]
    return release


def _award(step: Step, meaning: Meaning, supplier: Json) -> Json:
    found: Json = {"id": step.number, "status": meaning.award}
    if step.verb == "place":
        found |= {"title": f"Surat pesanan {step.number}", "date": step.at, "suppliers": [_named(supplier)]}
    return found | _value(step)


def _contract(step: Step, meaning: Meaning) -> Json:
    found: Json = {"id": step.number, "awardID": step.number}
    if meaning.contract:
        found["status"] = meaning.contract
    if meaning.contract == "active":
        found["dateSigned"] = step.at
    if "contractAmendment" in meaning.tags:
        found["amendments"] = [{"id": str(step.id), "date": step.at}]
    if step.verb in _RECEIVED:
        delivered = {
            "id": "received",
            "title": "Barang diterima",
            "type": "delivery",
            "status": "met",
            "dateMet": step.at,
        }
        found["implementation"] = {"milestones": [delivered]}
    if step.verb in _PAID:
        found["items"] = [_item(line) for line in step.lines]
        paid = {
            "id": str(step.id),
            "date": step.at,
            "value": _money(step.paid),
            "payer": _named(_buyer(step.office_code, step.office_name)),
            "payee": _named(_supplier(step)),
        }
        found["implementation"] = {"transactions": [paid]}
    if step.corrected is not None:
        found["items"] = [{"id": str(step.corrected.line_id), **_evidence(step.corrected)}]
    return found | _value(step)


def _value(step: Step) -> Json:
    return {} if step.total is None else {"value": _money(step.total)}


def _item(line: Line) -> Json:
    """Return an item as photographed in the order."""
    return {
        "id": str(line.id),
        "description": line.name,
        "classification": {"scheme": "x_eorder_category", "id": line.category},
        "quantity": line.quantity,
        "unit": {"name": line.unit, "value": _money(line.unit_price)},
        **_evidence(line),
    }


def _evidence(line: Line | Correction) -> Json:
    """Return `tkdn`, `pdn` and `umk`: fields of our own, described in docs/open-data.md."""
    tkdn: Json = {"basisPoints": line.tkdn_bp, "evidence": line.evidence}
    if line.certificate or isinstance(line, Correction):  # null takes the certificate of the photograph away in a merge
        tkdn["certificate"] = line.certificate or None
    return {"tkdn": tkdn, "pdn": line.pdn, "umk": line.umk}


def _buyer(code: str, name: str) -> Json:
    return {"id": f"office-{code}", "name": name, "identifier": {"id": code, "legalName": name}, "roles": ["buyer"]}


def _supplier(step: Step) -> Json:
    where = {"locality": step.kecamatan, "region": "DKI Jakarta", "countryName": "Indonesia"}
    return {
        "id": f"producer-{step.vendor_id}",
        "name": step.vendor_name,
        "identifier": {"id": str(step.vendor_id)},
        "address": {key: value for key, value in where.items() if value},
        "roles": ["supplier"],
    }


def _named(party: Json) -> Json:
    return {"id": party["id"], "name": party["name"]}


def _money(amount: int) -> Json:
    return {"amount": amount, "currency": "IDR"}


def release_package(releases: list[Json], *, uri: str, published: str, about: Json, later: str, more: bool) -> Json:
    """Return a page of releases as a package: `links.later` is what comes after it, `links.next` if it is there already."""
    links = {"links": {"next": later, "later": later} if more else {"later": later}}
    return {"uri": uri, "version": VERSION, "publishedDate": published, **about, "releases": releases, **links}


def record_package(ocid: str, releases: list[Json], *, uri: str, published: str, about: Json) -> Json:
    """Return the record of one process: its releases, oldest first, and what they come to."""
    record = {"ocid": ocid, "releases": releases, "compiledRelease": compiled(releases)}
    return {"uri": uri, "version": VERSION, "publishedDate": published, **about, "records": [record]}


def compiled(releases: Iterable[Json]) -> Json:
    """Return the releases of one process, oldest first, merged into one as OCDS 1.1 says."""
    found: Json = {}
    for release in releases:
        found = _merged(found, release)
    return {**found, "id": f"{found['ocid']}-{found['date']}", "tag": ["compiled"]}


def _merged(old: Any, new: Any) -> Any:
    if isinstance(new, dict):
        found = dict(old) if isinstance(old, dict) else {}
        for key, value in new.items():
            if value is None:  # the standard: null takes away
                found.pop(key, None)
            else:
                found[key] = _merged(found.get(key), value)
        return found
    if isinstance(new, list) and new and isinstance(new[0], dict) and "id" in new[0]:
        by_id = {thing["id"]: thing for thing in old or ()}
        for thing in new:
            by_id[thing["id"]] = _merged(by_id.get(thing["id"]), thing)
        return list(by_id.values())
    return new
