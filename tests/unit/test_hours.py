"""Opening hours: weekdays, Saturdays, Finnish holidays, exceptions, summer time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import HELSINKI
from bot.config import ROOT
from bot.errors import ConfigError
from bot.hours import OpeningHours, load_hours


@pytest.fixture(scope="module")
def hours() -> OpeningHours:
    return load_hours(ROOT / "data" / "opening_hours.yml")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI)


MOMENTS = {
    "Monday noon": ("2026-11-23 12:00", True),
    "the first minute": ("2026-11-23 08:00", True),
    "the minute before": ("2026-11-23 07:59:59", False),
    "the last minute": ("2026-11-23 19:59:59", True),
    "the closing minute": ("2026-11-23 20:00", False),
    "Saturday": ("2026-11-28 15:00", True),
    "Saturday evening": ("2026-11-28 16:00", False),
    "Sunday": ("2026-11-29 12:00", False),
    "Independence Day on a Monday": ("2027-12-06 12:00", False),
    "Good Friday": ("2027-03-26 12:00", False),
    "Midsummer's Eve": ("2027-06-25 12:00", False),
    "Christmas Eve by an exception": ("2026-12-24 12:00", False),
    "New Year's Eve, shorter by an exception": ("2026-12-31 14:30", False),
    "New Year's Eve in the morning": ("2026-12-31 13:30", True),
    "a summer morning": ("2026-07-01 08:00", True),
    "the morning after the clocks changed": ("2026-03-30 08:00", True),
}


@pytest.mark.parametrize(("moment", "is_open"), MOMENTS.values(), ids=MOMENTS)
def test_open_or_closed(hours: OpeningHours, moment: str, is_open: bool) -> None:
    assert hours.is_open(at(moment)) is is_open
    assert hours.is_open(at(moment).astimezone(UTC)) is is_open


NEXT = {
    "now": ("2026-11-23 12:00", "2026-11-23 12:00"),
    "this morning": ("2026-11-23 06:00", "2026-11-23 08:00"),
    "tomorrow": ("2026-11-23 21:00", "2026-11-24 08:00"),
    "over the weekend": ("2026-11-28 17:00", "2026-11-30 08:00"),
    "over Christmas": ("2026-12-23 21:00", "2026-12-28 08:00"),
    "over the change of clocks": ("2026-10-24 18:00", "2026-10-26 08:00"),
}


@pytest.mark.parametrize(("moment", "opens"), NEXT.values(), ids=NEXT)
def test_next_opening(hours: OpeningHours, moment: str, opens: str) -> None:
    assert hours.next_opening(at(moment).astimezone(UTC)) == at(opens)


def test_never_open_is_never() -> None:
    assert OpeningHours((None,) * 7, {}).next_opening(at("2026-11-23 12:00")) is None


SPELLINGS = {"8-20": ((8, 0), (20, 0)), "8:30-16": ((8, 30), (16, 0)), "08.30 - 16.15": ((8, 30), (16, 15))}


@pytest.mark.parametrize(("text", "span"), SPELLINGS.items())
def test_hours_as_people_write_them(tmp_path: Path, text: str, span: tuple[tuple[int, int], tuple[int, int]]) -> None:
    path = tmp_path / "hours.yml"
    path.write_text(f"days:\n  mon: '{text}'\n", encoding="utf-8")
    monday = load_hours(path).days[0]
    assert monday is not None
    assert tuple((time.hour, time.minute) for time in monday) == span
    assert load_hours(path).days[1] is None


@pytest.mark.parametrize("text", ["8", "open", "8-25", "8-12, 13-20"])
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "hours.yml"
    path.write_text(f"days:\n  mon: '{text}'\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="mon"):
        load_hours(path)
