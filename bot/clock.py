"""Time as an argument: the product asks a clock, tests give their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
HELSINKI = ZoneInfo("Europe/Helsinki")


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def from_millis(value: int | float | str) -> datetime:
    """Read Messenger's timestamps: milliseconds since 1970."""
    return datetime.fromtimestamp(int(value) / 1000, UTC)


def from_seconds(value: int | float | str) -> datetime:
    """Read WhatsApp's timestamps: seconds since 1970, as a decimal string."""
    return datetime.fromtimestamp(int(value), UTC)
