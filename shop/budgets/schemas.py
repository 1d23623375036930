"""Shapes of the JSON door of packages."""

from __future__ import annotations

from pydantic import BaseModel, Field


class PackageOut(BaseModel):
    """A budget package the caller may order from. Rupiah; `committed` is bound by orders that are not yet paid."""

    rup_code: str
    name: str
    account_code: str
    year: int
    pagu: int
    committed: int
    realised: int
    left: int


class PackageList(BaseModel):
    """One page of packages."""

    items: list[PackageOut]
    total: int
    page: int
    per_page: int


class PackageQuery(BaseModel):
    """Which page, of which fiscal year (default: this one)."""

    year: int | None = Field(default=None, ge=2019, le=2100)
    page: int = Field(default=1, ge=1, le=10_000)
    per_page: int = Field(default=24, ge=1, le=100)
