"""Permissions are named `room:thing:act`; roles are sets of them. A person wears several hats, one at a time."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """The hats there are. Names are the field's own."""

    PA_KPA = "pa_kpa"
    PPK = "ppk"
    PP = "pp"
    BENDAHARA = "bendahara"
    AUDITOR = "auditor"
    VENDOR_OWNER = "vendor_owner"
    VENDOR_STAFF = "vendor_staff"
    CURATOR_KECAMATAN = "curator_kecamatan"
    CURATOR_PROVINCE = "curator_province"
    MENTOR = "mentor"
    PROGRAMME = "programme"
    ADMIN = "admin"
    ATTENDANT = "attendant"


LABELS: Final[dict[Role, str]] = {
    Role.PA_KPA: "PA/KPA",
    Role.PPK: "PPK",
    Role.PP: "Pejabat Pengadaan",
    Role.BENDAHARA: "Bendahara",
    Role.AUDITOR: "Auditor",
    Role.VENDOR_OWNER: "Pemilik usaha",
    Role.VENDOR_STAFF: "Staf usaha",
    Role.CURATOR_KECAMATAN: "Kurator kecamatan",
    Role.CURATOR_PROVINCE: "Kurator provinsi",
    Role.MENTOR: "Pendamping",
    Role.PROGRAMME: "Staf program",
    Role.ADMIN: "Admin program",
    Role.ATTENDANT: "Petugas gerai",
}
"""Labels as people read them, msgids of the translation catalogue."""

OFFICE_ROLES: Final = frozenset({Role.PA_KPA, Role.PPK, Role.PP, Role.BENDAHARA})
VENDOR_ROLES: Final = frozenset({Role.VENDOR_OWNER, Role.VENDOR_STAFF})

_SIGNED_IN = {"accounts:profile:edit", "desk:home:read"}
_OFFICE = _SIGNED_IN | {
    "budgets:package:read",
    "orders:order:read",
    "orders:order:message",
    "accounts:delegation:make",
    "handover:complaint:read",
    "negotiation:deal:read",
    "risk:finding:read",
    "treasury:money:read",
    "documents:paper:issue",
    "documents:paper:sign",
    "reports:outlook:read",
    "targets:alert:read",
}
_VENDOR = _SIGNED_IN | {
    "orders:order:read",
    "orders:order:confirm",
    "orders:order:refuse",
    "orders:order:propose",
    "orders:order:ready",
    "orders:order:ship",
    "orders:order:arrive",
    "orders:order:stop",
    "addenda:change:make",
    "handover:photo:add",
    "handover:shortage:answer",
    "handover:paper:sign",
    "handover:complaint:read",
    "handover:complaint:open",
    "handover:complaint:answer",
    "vendors:vendor:read",
    "catalog:product:read_own",
    "programme:facility:read_own",
    "negotiation:deal:read",
    "negotiation:deal:sell",
    "documents:paper:issue",
    "documents:paper:sign",
}
_CURATOR = _SIGNED_IN | {
    "catalog:product:curate",
    "vendors:vendor:read_all",
    "vendors:conflict:tell",
    "reports:outlook:read",
}
_PROGRAMME = _SIGNED_IN | {
    "vendors:vendor:read_all",
    "programme:facility:record",
    "programme:event:manage",
    "programme:help:manage",
    "programme:funnel:read",
    "reports:outlook:read",
    "spread:producer:read",
    "targets:alert:read",
}
GRANTS: Final[dict[Role, frozenset[str]]] = {
    Role.PA_KPA: frozenset(
        _OFFICE
        | {
            "budgets:package:import",
            "budgets:package:assign_ppk",
            "accounts:office:relax",
            "accounts:office:limit",
            "accounts:office:describe",
            "documents:numbering:set",
            "accounts:delegation:make_any",
            "approvals:request:read",
            "payments:request:approve",
            "targets:target:set",
            "treasury:tax:read",
            "targets:alert:answer",
            "risk:note:write",
            "oversight:question:answer",
        }
    ),
    Role.PPK: frozenset(
        _OFFICE
        | {
            "budgets:package:document",
            "budgets:package:assign_pp",
            "orders:order:receive",
            "orders:order:send_back",
            "orders:order:cancel",
            "orders:order:close",
            "orders:order:answer",
            "approvals:request:read",
            "approvals:request:answer",
            "addenda:change:make",
            "handover:order:rate",
            "handover:complaint:open",
            "handover:complaint:answer",
            "targets:alert:answer",
            "risk:note:write",
            "oversight:question:answer",
        }
    ),
    Role.PP: frozenset(
        _OFFICE
        | {
            "orders:cart:edit",
            "orders:order:place",
            "orders:order:cancel",
            "orders:order:answer",
            "approvals:request:read",
            "approvals:request:ask",
            "addenda:change:make",
            "handover:order:rate",
            "handover:complaint:open",
            "handover:complaint:answer",
            "negotiation:deal:buy",
            "risk:note:write",
        }
    ),
    Role.BENDAHARA: frozenset(
        _OFFICE
        | {
            "orders:order:pay",
            "handover:complaint:answer",
            "treasury:bank:match",
            "treasury:deposit:record",
            "treasury:tax:read",
        }
    ),
    Role.AUDITOR: frozenset(
        _SIGNED_IN
        | {
            "budgets:package:read_all",
            "budgets:package:read",
            "orders:order:read",
            "orders:order:read_all",
            "approvals:request:read",
            "handover:complaint:read",
            "negotiation:deal:read",
            "audit:trail:read",
            "risk:finding:read",
            "risk:flag:read",
            "treasury:money:read",
            "payments:odd:read",
            "treasury:tax:read",
            "treasury:tax:read_all",
            "reports:outlook:read",
            "spread:producer:read",
            "targets:alert:read",
            "opendata:exchange:read",
            "oversight:room:read",
            "oversight:note:write",
            "oversight:sample:draw",
            "oversight:verify:run",
            "oversight:export:read",
        }
    ),
    Role.VENDOR_OWNER: frozenset(
        _VENDOR
        | {
            "catalog:product:manage",
            "vendors:vendor:manage",
            "programme:event:join",
            "programme:help:ask",
            "growth:figures:read",
            "growth:figures:declare",
            "growth:letter:issue",
            "treasury:money:read",
            "treasury:claim:offer",
        }
    ),
    Role.VENDOR_STAFF: frozenset(_VENDOR | {"catalog:product:manage"}),
    Role.CURATOR_KECAMATAN: frozenset(_CURATOR),
    Role.CURATOR_PROVINCE: frozenset(_CURATOR | {"vendors:hold:manage"}),
    Role.MENTOR: frozenset(_PROGRAMME - {"programme:event:manage", "programme:help:manage"}),
    Role.PROGRAMME: frozenset(
        _PROGRAMME
        | {
            "programme:target:set",
            "targets:target:set",
            "targets:target:set_any",
            "orders:line:correct",
            "p3dn:external:import",
            "opendata:exchange:read",
            "vendors:hold:manage",
            "vendors:conflict:tell",
            "handover:complaint:read",
            "handover:complaint:decide",
            "budgets:ceiling:set",
            "payments:odd:read",
            "reference:rule:edit",
            "treasury:tax:read",
            "treasury:tax:read_all",
        }
    ),
    Role.ADMIN: frozenset(
        _PROGRAMME
        | {
            "programme:target:set",
            "targets:target:set",
            "targets:target:set_any",
            "orders:line:correct",
            "p3dn:external:import",
            "opendata:exchange:read",
            "vendors:hold:manage",
            "vendors:conflict:tell",
            "handover:complaint:read",
            "handover:complaint:decide",
            "accounts:user:manage",
            "accounts:office:merge",
            "oversight:verify:run",
            "oversight:export:read",
            "catalog:import:run",
            "budgets:package:import",
            "budgets:ceiling:set",
            "reference:rule:edit",
            "budgets:package:read",
            "budgets:package:read_all",
            "orders:order:read",
            "orders:order:read_all",
            "negotiation:deal:read",
            "audit:trail:read",
            "risk:finding:read",
            "risk:flag:read",
            "treasury:money:read",
            "payments:odd:read",
        }
    ),
    Role.ATTENDANT: frozenset(_SIGNED_IN | {"kiosk:counter:read"}),
}


def permissions_of(role: str) -> frozenset[str]:
    """Return what a role may do. Raises ValueError for an unknown role."""
    return GRANTS[Role(role)]
