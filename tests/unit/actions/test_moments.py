"""Points in time in words."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from actions.moments import day_in_words, in_words, short_day
from actions.wording import Wording

# A Sunday, 15.00 in Finland.
NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "fi", "sv", "en"),
    [
        (datetime(2026, 11, 22, 13, 30, tzinfo=UTC), "tänään klo 15.30", "i dag kl. 15.30", "today at 15:30"),
        (datetime(2026, 11, 22, 22, 5, tzinfo=UTC), "huomenna klo 0.05", "i morgon kl. 0.05", "tomorrow at 0:05"),
        (datetime(2026, 11, 21, 20, 10, tzinfo=UTC), "eilen klo 22.10", "i går kl. 22.10", "yesterday at 22:10"),
        (
            datetime(2026, 11, 24, 6, 0, tzinfo=UTC),
            "tiistaina 24.11. klo 8",
            "tisdag 24.11. kl. 8",
            "on Tuesday 24 November at 8:00",
        ),
        # Summer time: 5.00 UTC is 8.00 in Finland.
        (
            datetime(2026, 7, 1, 5, 0, tzinfo=UTC),
            "keskiviikkona 1.7. klo 8",
            "onsdag 1.7. kl. 8",
            "on Wednesday 1 July at 8:00",
        ),
    ],
)
def test_in_words(domain: dict[str, Any], moment: datetime, fi: str, sv: str, en: str) -> None:
    assert [in_words(moment, NOW, Wording(domain, code)) for code in ("fi", "sv", "en")] == [fi, sv, en]


def test_day_is_the_one_in_finland(domain: dict[str, Any]) -> None:
    late = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert day_in_words(date(2026, 11, 23), late, Wording(domain, "fi")) == "tänään"


def test_short_day(domain: dict[str, Any]) -> None:
    moment = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    assert [short_day(moment, Wording(domain, code)) for code in ("fi", "sv", "en")] == ["22.11.", "22.11.", "22 Nov"]
