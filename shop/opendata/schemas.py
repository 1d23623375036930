"""Shapes of the JSON door of the open data."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shop.opendata.events import CURSOR


class ReleasesQuery(BaseModel):
    """Where to go on from."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(
        default=None, pattern=CURSOR, description="The cursor in `links.next`, or of the last `uri`"
    )


class RecordQuery(BaseModel):
    """Nothing may be asked besides."""

    model_config = ConfigDict(extra="forbid")


class PublisherOut(BaseModel):
    """Who publishes."""

    name: str


class ReleasePackageOut(BaseModel):
    """An OCDS 1.1 release package; the standard's own schema says what a release holds."""

    uri: str
    version: str
    publishedDate: str  # noqa: N815 - as the standard calls it
    publisher: PublisherOut
    license: str
    publicationPolicy: str  # noqa: N815
    releases: list[dict[str, Any]]
    links: dict[str, str] = Field(default_factory=dict)


class RecordPackageOut(BaseModel):
    """An OCDS 1.1 record package of one process."""

    uri: str
    version: str
    publishedDate: str  # noqa: N815
    publisher: PublisherOut
    license: str
    publicationPolicy: str  # noqa: N815
    records: list[dict[str, Any]]
