"""What every channel's translation needs: careful reading, and a name for what is not understood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.model import Channel, Event, EventKind, Json

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, OverflowError, OSError)
"""What reading an item of an unexpected shape can raise; the item is then kept as OTHER."""


LONGEST_ID = 512
"""In bytes. Meta's ids have up to about 200; three that are far longer would not fit into an index."""


def dicts(value: object) -> list[Json]:
    """Return the objects of a JSON array; anything else is an empty list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def words(value: object) -> str | None:
    """Return a JSON text, None for anything else."""
    return value if isinstance(value, str) else None


def identifier(value: object) -> str:
    """Return an id as text; raise ValueError for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ValueError("not an id")
    return str(value)


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


def bounded(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events; one with an id too long for an index is kept as OTHER, without the id."""
    for event in events:
        if all(map(_fits, (event.account, event.external_id, event.address or "", *event.aliases))):
            yield event
        else:
            name = hashlib.sha256(event.external_id.encode()).hexdigest()[:32]
            yield Event(
                channel=event.channel,
                account=event.account if _fits(event.account) else "",
                kind=EventKind.OTHER,
                external_id=f"other:{name}",
                occurred_at=event.occurred_at,
                note="an id is too long",
            )


def _fits(id_: str) -> bool:
    return len(id_.encode()) <= LONGEST_ID
