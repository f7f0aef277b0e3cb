"""Words, dates and times of a page in the agent's language; all times are Finland's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from babel.dates import format_date, format_time
from babel.units import format_unit

from bot.clock import HELSINKI
from bot.desk.words import WORDS
from bot.model import LANGUAGES, Language

# Swedish as it is written in Finland, English as in Britain.
LOCALES: dict[Language, str] = {"fi": "fi", "sv": "sv_FI", "en": "en_GB"}
DAY: dict[Language, str] = {"fi": "cccc d.M.", "sv": "cccc d.M.", "en": "cccc d MMMM"}
DAY_OF_ANOTHER_YEAR: dict[Language, str] = {"fi": "d.M.yyyy", "sv": "d.M.yyyy", "en": "d MMMM yyyy"}
SHORT_DAY: dict[Language, str] = {"fi": "d.M.", "sv": "d.M.", "en": "d MMM"}
CLOCK: dict[Language, str] = {"fi": "H.mm", "sv": "H.mm", "en": "H:mm"}


@dataclass(frozen=True, slots=True)
class Texts:
    """The catalogue of one language, called with the key of a text."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its placeholders filled; an unknown key is a KeyError."""
        text = WORDS[self.language][key]
        return text.format(**values) if values else text

    def one_of(self, group: str, name: str, otherwise: str) -> str:
        """Return the text `group_name`, `otherwise` where the catalogue does not know the name."""
        return WORDS[self.language].get(f"{group}_{name}", otherwise)

    def clock(self, at: datetime) -> str:
        """Return the time of day: 15.30."""
        return str(format_time(at.astimezone(HELSINKI), CLOCK[self.language], locale=LOCALES[self.language]))

    def day(self, day: date, now: datetime) -> str:
        """Return a day as a heading: today, yesterday, or weekday and date."""
        today = now.astimezone(HELSINKI).date()
        if day == today:
            return self("today")
        if day == today - timedelta(days=1):
            return self("yesterday")
        pattern = DAY if day.year == today.year else DAY_OF_ANOTHER_YEAR
        text = self._date(day, pattern[self.language])
        return text[:1].upper() + text[1:]

    def short_day(self, day: date) -> str:
        """Return day and month: 22.11."""
        return self._date(day, SHORT_DAY[self.language])

    def moment(self, at: datetime, now: datetime) -> str:
        """Return a moment as short as it can be: the time today, day and time otherwise."""
        local = at.astimezone(HELSINKI)
        if local.date() == now.astimezone(HELSINKI).date():
            return self.clock(at)
        return f"{self.short_day(local.date())} {self.clock(at)}"

    def full(self, at: datetime) -> str:
        """Return date and time in full, for tooltips."""
        local = at.astimezone(HELSINKI)
        return f"{self._date(local.date(), 'long')} {self.clock(at)}"

    def span(self, length: timedelta) -> str:
        """Return a length of time, at least a minute: 5 min, 1 h 20 min, 3 days."""
        minutes = max(1, int(length.total_seconds() // 60))
        if minutes >= 48 * 60:
            return self._unit(minutes // (24 * 60), "duration-day", "long")
        hours, minutes = divmod(minutes, 60)
        parts = [self._unit(hours, "duration-hour")] if hours else []
        return " ".join([*parts, self._unit(minutes, "duration-minute")] if minutes or not hours else parts)

    def _date(self, day: date, pattern: str) -> str:
        return str(format_date(day, pattern, locale=LOCALES[self.language]))

    def _unit(self, number: int, unit: str, length: Literal["short", "long"] = "short") -> str:
        text = str(format_unit(number, unit, length=length, locale=LOCALES[self.language]))
        return text.replace("mins", "min").replace("hrs", "hr") if self.language == "en" else text


def parse_moment(text: str) -> datetime:
    """Read a moment in ISO 8601 as look-ups carry it; one without an offset is taken as UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def preferred_language(chosen: str | None, accepted: str) -> Language:
    """Return the language of the pages: the agent's choice, else the browser's first known one, else Finnish."""
    wanted = [chosen or "", *(part.split(";")[0].strip()[:2].lower() for part in accepted.split(","))]
    return next((language for name in wanted for language in LANGUAGES if language == name), "fi")
