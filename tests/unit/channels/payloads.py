"""Reading payload files, and saying briefly what is expected of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from bot.model import Event, EventKind, Json

FOLDER = Path(__file__).parents[2] / "payloads"


def names(channel: str) -> list[str]:
    """Return the names of a channel's payload files."""
    return sorted(path.stem for path in (FOLDER / channel).glob("*.json"))


def payload(channel: str, name: str) -> Json:
    """Return one webhook."""
    body = json.loads((FOLDER / channel / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(body, dict)
    return body


def in_short(events: Iterable[Event]) -> list[Event | str]:
    """Return the events; of those that are kept and not acted on the note only: their id is a fingerprint."""
    return [event.note or "" if event.kind is EventKind.OTHER else event for event in events]
