"""What waits for a hat in this room, for the desk."""

from __future__ import annotations

from shop.handover.desk import turns

__all__ = ["turns"]
