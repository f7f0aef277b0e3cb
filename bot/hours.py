"""Opening hours of the people at the desk, with Finnish public holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import holidays
import yaml

from bot.clock import HELSINKI
from bot.errors import ConfigError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 30
CLOSED = "closed"
Span = tuple[time, time] | None


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Hours by weekday (Monday first) and by date; None is closed."""

    days: tuple[Span, ...]
    exceptions: dict[date, Span]

    def is_open(self, at: datetime) -> bool:
        """Tell whether people answer at that moment (aware)."""
        local = at.astimezone(HELSINKI)
        span = self.on(local.date())
        return span is not None and span[0] <= local.time() < span[1]

    def next_opening(self, at: datetime) -> datetime | None:
        """Return when people answer next; `at` itself when they do now, None when never within a month."""
        if self.is_open(at):
            return at
        local = at.astimezone(HELSINKI)
        for ahead in range(LOOK_AHEAD_DAYS):
            day = local.date() + timedelta(days=ahead)
            span = self.on(day)
            opens = datetime.combine(day, span[0], HELSINKI) if span is not None else None
            if opens is not None and opens >= local:
                return opens
        return None

    def on(self, day: date) -> Span:
        """Return the hours of a day: an exception first, then holidays, then the weekday."""
        if day in self.exceptions:
            return self.exceptions[day]
        if day in holidays.country_holidays("FI", years=day.year):
            return None
        return self.days[day.weekday()]


def load_hours(path: Path) -> OpeningHours:
    """Read the file of opening hours; raise `ConfigError` saying which line cannot be read."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    days = tuple(_span(name, data["days"].get(name, CLOSED)) for name in WEEKDAYS)
    exceptions = {day: _span(str(day), hours) for day, hours in (data.get("exceptions") or {}).items()}
    return OpeningHours(days, exceptions)


def _span(name: str, hours: str) -> Span:
    if hours == CLOSED:
        return None
    try:
        start, end = (_time(part) for part in str(hours).split("-"))
    except ValueError as error:
        raise ConfigError(f"opening_hours.yml: {name}: {hours!r} is neither '8-20', '8:30-16' nor 'closed'") from error
    return start, end


def _time(text: str) -> time:
    hour, _, minute = text.strip().replace(".", ":").partition(":")
    return time(int(hour), int(minute or 0))
