"""Messages posted in the same transaction as the change they speak of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, UtcDateTime


class OutboxMessage(Base):
    """One piece of waiting work. Done messages are deleted; what fails for good stays with its last error."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        # The drain reads only what is still waiting, however many have gone through.
        Index(
            "ix_outbox_message_due",
            "due_at",
            "id",
            sqlite_where=text("failed_at IS NULL"),
            postgresql_where=text("failed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
