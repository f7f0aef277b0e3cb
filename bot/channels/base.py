"""What every channel's translation needs: careful reading, and a name for what is not understood."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from bot.model import Channel, Event, EventKind, Json

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError)
"""What reading an item of an unexpected shape can raise; the item is then kept as OTHER."""


def dicts(value: object) -> list[Json]:
    """Return the objects of a JSON array; anything else is an empty list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def words(value: object) -> str | None:
    """Return a JSON text, None for anything else."""
    return value if isinstance(value, str) else None


def fingerprint(item: Json) -> str:
    """Return a name for an item that has none: the same content gives the same name."""
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:32]


def other(item: Json, channel: Channel, account: str, now: datetime, note: str) -> Event:
    """Return the event of an item that we keep and do not act on."""
    return Event(
        channel=channel,
        account=account,
        kind=EventKind.OTHER,
        external_id=f"other:{fingerprint(item)}",
        occurred_at=now,
        note=note,
    )
